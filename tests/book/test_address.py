"""The book's address: one place to read it, one command to change it.

The same command says that the package is released, so that a chapter which is
opened alone installs it from PyPI.
"""

import re
import shutil
import subprocess
import sys

import nbformat
import pytest
import yaml
from places import ROOT

COMMAND = ROOT / "book" / "tools" / "set_address.py"
PARTS = ["README.md", "CITATION.cff", "pyproject.toml", "_config.yml"]
PARTS += ["book", "notebooks"]
CONFIG = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
OLD = CONFIG["repository"]["url"].removeprefix("https://github.com/")
NEW = "someone/film-reviews"


@pytest.fixture
def copy(tmp_path):
    for part in PARTS:
        take = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
        take(ROOT / part, tmp_path / part)
    change(tmp_path, f"https://github.com/{OLD}")  # as before a release
    return tmp_path


def change(folder, url):
    return subprocess.run(
        [sys.executable, COMMAND, url],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def texts(folder):
    kinds = {".md", ".cff", ".toml", ".yml", ".ipynb"}
    for path in folder.glob("**/*"):
        if path.suffix in kinds:
            yield path, path.read_text("utf-8")


def test_one_command_changes_the_address_everywhere(copy):
    before = sum(text.count(OLD) for _, text in texts(copy))
    assert change(copy, f"https://github.com/{NEW}").returncode == 0
    assert [path for path, text in texts(copy) if OLD in text] == []
    assert sum(text.count(NEW) for _, text in texts(copy)) == before > 30


def test_changing_it_back_leaves_no_trace(copy):
    before = dict(texts(copy))
    change(copy, f"https://github.com/{NEW}")
    change(copy, f"https://github.com/{OLD}")
    assert dict(texts(copy)) == before


def test_notebooks_stay_notebooks(copy):
    change(copy, f"https://github.com/{NEW}")
    for path in (copy / "notebooks").glob("**/*.ipynb"):
        nbformat.validate(nbformat.read(path, as_version=4))


@pytest.mark.parametrize("url", ["", "someone", "https://example.org/a/b"])
def test_what_is_no_address_changes_nothing(copy, url):
    before = dict(texts(copy))
    result = change(copy, url)
    assert "no address of a repository" in result.stderr
    assert dict(texts(copy)) == before


def sources(folder):
    """Return what the chapters install, and how many do."""
    found = [
        source
        for path in folder.glob("notebooks/**/*.ipynb")
        for source in re.findall(
            r'%pip install --quiet ([^\\"]+)', path.read_text("utf-8")
        )
    ]
    return set(found), len(found)


def test_a_release_is_installed_by_every_notebook_and_nothing_else_changes(
    copy,
):
    before = dict(texts(copy))
    count = len(list((copy / "notebooks").glob("**/*.ipynb")))
    assert sources(copy) == ({f"git+https://github.com/{OLD}"}, count)
    assert change(copy, "--released").returncode == 0
    assert sources(copy) == ({"imdbtutor"}, count)
    released = f"--quiet git+https://github.com/{OLD}", "--quiet imdbtutor"
    after = {path: text.replace(*released) for path, text in before.items()}
    assert dict(texts(copy)) == after


def test_an_address_takes_the_release_back(copy):
    change(copy, "--released")
    change(copy, f"https://github.com/{NEW}")
    assert sources(copy)[0] == {f"git+https://github.com/{NEW}"}


def test_other_packages_that_a_cell_installs_stay(copy):
    path = copy / "notebooks" / "01_create_tensors.ipynb"
    text = path.read_text("utf-8").replace("%pip install --quiet", "%pip")
    for package in ("onnx", "imdbtutor-cards"):
        path.write_text(f'{text} "%pip install --quiet {package}"', "utf-8")
        change(copy, "--released")
        assert f'quiet {package}"' in path.read_text("utf-8")
