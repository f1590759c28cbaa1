"""How long the book takes: a new set-up, the site, all chapters, each."""

import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from unittest import mock

from benchmarks.records import ROOT
from benchmarks.speed.timing import Measured, make_row, seconds

RUN_CHAPTERS = ROOT / "book" / "tools" / "run_chapters.py"
FILES = ("Makefile", "requirements.txt", "pyproject.toml", "README.md")
FOLDERS = ("imdbtutor", "book", "notebooks", "results", "tests")
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


def make_book_row(name: str, what: str, spent: float) -> dict:
    """Make a row of what was done once, and tell it at once."""
    print(f"{what}: {spent:.0f} s")
    return make_row(f"book.{name}", Measured(what, [spent]), "s")


def load_run_chapter() -> Callable[[Path], float]:
    """Return the book's own function that runs a notebook."""
    return runpy.run_path(str(RUN_CHAPTERS))["run_chapter"]


def run_chapters(folder: Path) -> list[dict]:
    """Run every chapter, as a new reader would: with an empty cache."""
    run_chapter = load_run_chapter()
    rows, total = [], 0.0
    paths = sorted((folder / "notebooks").glob("*.ipynb"))
    with mock.patch.dict("os.environ", IMDBTUTOR_CACHE=str(folder / ".cache")):
        for number, path in enumerate(paths, start=1):
            spent = run_chapter(path)
            total += spent
            row = make_book_row(path.stem, f"Chapter {number}", spent)
            rows.append(row | {"chapter": number})
    return [
        *rows,
        make_book_row("chapters", "All chapters, one by one", total),
    ]


def make_rows() -> list[dict]:
    """Set up in an empty folder, make the book, run each chapter."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        copy(folder)
        setup = make(".venv/.ready", folder)
        rows = [make_book_row("setup", "Set-up, in a new environment", setup)]
        site = make("site", folder)
        what = "The site, from committed outputs"
        rows.append(make_book_row("site", what, site))
        book = make("book", folder)
        what = "Chapters and solutions side by side, and the site"
        return [
            *rows,
            make_book_row("book", what, book),
            *run_chapters(folder),
        ]
