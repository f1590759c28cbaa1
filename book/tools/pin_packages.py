"""Pin every package in `requirements.txt`, from `requirements.in`.

More words go to `uv pip compile`: `make tool NAME=pins ARGS=--upgrade`.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
UV = Path(sys.executable).with_name("uv.exe" if os.name == "nt" else "uv")
COMMAND = [
    *(UV, "pip", "compile", "--quiet"),
    *("--config-file", "book/tools/pins.toml"),
    *("requirements.in", "--output-file", "requirements.txt"),
]

if __name__ == "__main__":
    subprocess.run([*COMMAND, *sys.argv[1:]], cwd=ROOT, check=True)
    print("See what changed: git diff requirements.txt")
