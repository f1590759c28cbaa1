"""How long the book takes: every chapter, the site, a new set-up."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from unittest import mock

from benchmarks.speed.timing import row, seconds

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "book" / "tools"))
from run_chapters import run_chapter  # noqa: E402

FILES = ("Makefile", "requirements.txt", "pyproject.toml", "README.md")
FOLDERS = ("imdbtutor", "book", "notebooks", "results")
FILES += ("_config.yml", "_toc.yml", "CHANGELOG.md", "CITATION.cff", "LICENSE")


def copy(folder: Path) -> None:
    """Copy what the site is built from, without what was built."""
    for name in FILES:
        shutil.copy(ROOT / name, folder / name)
    for name in FOLDERS:
        shutil.copytree(ROOT / name, folder / name)


def make(target: str, folder: Path) -> float:
    """Return the seconds that a target of the Makefile takes."""
    command = ["make", f"PYTHON={sys.executable}", target]
    env = {k: v for k, v in os.environ.items() if k != "IMDBTUTOR_CACHE"}
    return seconds(
        lambda: subprocess.run(
            command, cwd=folder, env=env, stdout=subprocess.PIPE, check=True
        )
    )


def run_chapters(folder: Path) -> list[dict]:
    """Run every chapter, as a new reader would: with an empty cache."""
    rows, total = [], 0.0
    paths = sorted((folder / "notebooks").glob("*.ipynb"))
    with mock.patch.dict("os.environ", IMDBTUTOR_CACHE=str(folder / ".cache")):
        for path in paths:
            spent = run_chapter(path)
            total += spent
            print(f"{path.stem}: {spent:.0f} s")
            what = f"Chapter {int(path.stem[:2])}"
            rows.append(row(f"book.{path.stem}", what, [spent], "s"))
    return [*rows, row("book.chapters", "All chapters", [total], "s")]


def measure() -> list[dict]:
    """Set up in an empty folder, build the site, run every chapter."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        copy(folder)
        setup = make(".venv/.ready", folder)
        print(f"set-up: {setup:.0f} s")
        site = make("site", folder)
        print(f"site: {site:.0f} s")
        return [
            row("book.setup", "Set-up, in a new environment", [setup], "s"),
            row("book.site", "The site, from committed outputs", [site], "s"),
            *run_chapters(folder),
        ]
