"""A command starts a chapter that passes the tests, but for its length."""

import os
import shutil
import subprocess
import sys

import pytest
from places import NOTEBOOKS, ROOT

LAST = max(int(path.name[:2]) for path in NOTEBOOKS.glob("*.ipynb"))
NUMBER, TITLE = LAST + 1, "Borrow word vectors"
STEM = f"{NUMBER:02}_borrow_word_vectors"
MADE = [
    f"notebooks/{STEM}.ipynb",
    f"notebooks/solutions/{STEM}.ipynb",
    f"imdbtutor/checks/chapter_{NUMBER:02}.py",
    f"tests/book/wrong_answers/chapter_{NUMBER:02}.py",
]
TESTS = ("notebooks", "checks", "lists", "front_page")
CONCERNED = (
    f"{STEM} or {NUMBER}. or list or road_map or every_chapter or least"
)
NOT_COPIED = shutil.ignore_patterns("__pycache__", "mathjax", "*.js")


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """The repository, without what is large; tests leave it as it is."""
    folder = tmp_path_factory.mktemp("repository")
    for path in ROOT.iterdir():
        if path.is_file():
            shutil.copy(path, folder / path.name)
    for name in ("book", "notebooks", "imdbtutor", "tests"):
        shutil.copytree(ROOT / name, folder / name, ignore=NOT_COPIED)
    return folder


@pytest.fixture
def copy(kept, tmp_path):
    """Another copy, to change."""
    return shutil.copytree(kept, tmp_path / "copy")


@pytest.fixture
def run(monkeypatch):
    """Run Python in a copy, with the copy's package."""
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)

    def run_python(folder, *words):
        return subprocess.run(
            [sys.executable, "-B", *map(str, words)],
            cwd=folder,
            env=os.environ | {"PYTHONPATH": str(folder)},
            capture_output=True,
            encoding="utf-8",
        )

    return run_python


def contents(folder):
    """When each file was last written, but for what Python compiles."""
    return {
        path: path.stat().st_mtime_ns
        for path in folder.rglob("*.*")
        if "__pycache__" not in path.parts
    }


@pytest.mark.slow
def test_a_new_chapter_is_listed_and_passes_the_tests_but_for_its_length(
    run, copy
):
    result = run(copy, "book/tools", "chapter", NUMBER, TITLE)
    assert result.returncode == 0, result.stderr
    assert all((copy / path).exists() for path in MADE)
    places = [line.strip() for line in result.stdout.splitlines()[-5:]]
    assert places == [*MADE, "book/road_map.csv"]
    for name in ("README.md", "_toc.yml", "book/road_map.html"):
        assert STEM in (copy / name).read_text("utf-8")
    tests = (f"tests/book/test_{name}.py" for name in TESTS)
    how = ("-q", "-p", "no:cacheprovider", "-k", CONCERNED)
    found = run(copy, "-m", "pytest", *how, *tests)
    failed = [line for line in found.stdout.splitlines() if "FAILED" in line]
    length = f"test_a_lesson_has_the_size_of_one_sitting[{STEM}]"
    assert len(failed) == 1, found.stdout[-5_000:]
    assert length in failed[0]
    paths = [copy / path for path in MADE]
    style = (
        run(copy, "-m", "ruff", "check", *paths),
        run(copy, "-m", "ruff", "format", "--check", *paths),
    )
    assert [(each.returncode, each.stdout) for each in style] == [
        (0, "All checks passed!\n"),
        (0, f"{len(paths)} files already formatted\n"),
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], f"the next chapter is {NUMBER}, not 0: say N={NUMBER}."),
        ([LAST, TITLE], f"the next chapter is {NUMBER}, not {LAST}"),
        ([NUMBER + 1, TITLE], f"the next chapter is {NUMBER}, not"),
        (["ten", TITLE], f"the next chapter is {NUMBER}"),
        ([NUMBER, "Labels"], "'Labels' is no title: expected are a verb"),
        ([NUMBER, "use labels"], "is no title"),
        ([NUMBER, "Use 3 labels"], "is no title"),
    ],
)
def test_what_is_no_next_chapter_changes_nothing(run, kept, words, said):
    before = contents(kept)
    result = run(kept, "book/tools", "chapter", *words)
    assert result.returncode == 1
    assert said in result.stderr
    assert contents(kept) == before


@pytest.mark.parametrize("place", MADE[2:])
def test_nothing_is_written_over(run, kept, place):
    before = contents(kept)
    (kept / place).write_text("mine", "utf-8")
    result = run(kept, "book/tools", "chapter", NUMBER, TITLE)
    assert result.stderr == f"nothing written: {place} is there.\n"
    assert (kept / place).read_text("utf-8") == "mine"
    (kept / place).unlink()
    assert contents(kept) == before
