"""Every package that is used is named, and every one installed is pinned."""

import ast
import json
import re
import sys
from importlib import metadata
from itertools import chain

import pytest
import tomllib
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from places import ROOT

from imdbtutor.data import minilm

NAMED_BY = ROOT / "requirements.in"
PINNED_BY = ROOT / "requirements.txt"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PINS = tomllib.loads((ROOT / "book/tools/pins.toml").read_text("utf-8"))
COMMAND = PINS["pip"]["custom-compile-command"]
CODE = ("imdbtutor", "benchmarks", "book", "tests")
# Our own modules, and those that were asked once, elsewhere, for golden files.
OURS = {path.stem for name in CODE for path in ROOT.glob(f"{name}/**/*.py")}
OURS |= {*CODE, "ledger_cases", "torchtext"}
OURS |= {"sentence_transformers", "transformers"}
MODULES = metadata.packages_distributions()


def entries(path):
    """Yield the lines of a file that require something."""
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.lstrip().startswith("#"):
            yield line


def required(lines):
    """Map names to requirements, where the marker holds here."""
    found = [Requirement(line.split(" #")[0]) for line in lines]
    return {
        canonicalize_name(one.name): one
        for one in found
        if one.marker is None or one.marker.evaluate({"extra": ""})
    }


NAMED = required(entries(NAMED_BY))
PINNED = required(entries(PINNED_BY))
EXTRAS = PROJECT["project"]["optional-dependencies"]
PACKAGE = required(PROJECT["project"]["dependencies"])
PACKAGE |= required(chain(*EXTRAS.values()))


def imported_by(path):
    """Return the modules that a file imports, without what is below them."""
    if path.suffix == ".ipynb":
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = ["".join(c["source"]) for c in cells if "outputs" in c]
        found = r"(?m)^ *(?:from|import) (\w+)"
        return set(re.findall(found, "\n".join(code)))
    names = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names.add(node.module)
    return {name.split(".")[0] for name in names}


def packages(*patterns):
    """Return the names of the packages that files import."""
    paths = chain(*map(ROOT.glob, patterns))
    modules = set(chain(*map(imported_by, paths)))
    outside = modules - sys.stdlib_module_names - OURS
    return {canonicalize_name(MODULES[name][0]) for name in outside}


def test_every_line_says_what_the_package_is_for():
    lines = list(entries(NAMED_BY))
    assert [x for x in lines if not re.fullmatch(r"\S+ +# \S.+", x)] == []


def test_what_is_imported_is_named():
    code = (f"{name}/**/*.py" for name in CODE)
    used = packages("*.py", "notebooks/**/*.ipynb", *code)
    assert len(used) > 25
    assert used - set(NAMED) == set()


def test_what_the_package_imports_is_in_its_own_metadata():
    assert packages("imdbtutor/**/*.py") - set(PACKAGE) == set()


def test_what_the_package_asks_for_is_named_for_the_book():
    assert set(PACKAGE) - set(NAMED) == set()


def test_what_is_named_is_pinned_as_it_asks():
    for name, one in (NAMED | PACKAGE).items():
        (pin,) = PINNED[name].specifier
        assert one.specifier.contains(pin.version), name


def test_every_line_pins_one_version_and_gives_no_address():
    version = r"[a-z0-9-]+==[a-z0-9.]+( ; .+)?"
    assert all(re.fullmatch(version, line) for line in entries(PINNED_BY))
    assert "//" not in PINNED_BY.read_text("utf-8")


def test_both_files_give_the_command_that_pins():
    assert COMMAND in NAMED_BY.read_text("utf-8")
    assert COMMAND in PINNED_BY.read_text("utf-8").splitlines()[1]


def needed(names, left_out):
    """Return the versions of all that is installed because of `names`."""
    found, ahead = {}, list(names)
    while ahead:
        name = canonicalize_name(ahead.pop())
        if name in found or name in left_out:
            continue
        try:
            package = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            continue  # for another system, or an extra that nobody asked for
        found[name] = package.version.split("+")[0]  # torch: 2.13.0+cpu
        ahead += required(package.requires or [])
    return found


def test_what_is_installed_is_what_is_pinned():
    here = needed(NAMED, set(PINS["exclude-dependencies"]))
    pinned = {name: str(one.specifier)[2:] for name, one in PINNED.items()}
    assert len(here) > 150
    assert {n: v for n, v in here.items() if pinned.get(n) != v} == {}


def test_nothing_of_cuda_is_pinned():
    """Else it would come with PyTorch's CPU build, too, by the gigabyte."""
    assert not re.search(
        r"(?m)^(nvidia|cuda|triton)", PINNED_BY.read_text("utf-8")
    )


MINILM = [
    *("Makefile", "CONTRIBUTING.md", "noxfile.py"),
    *("book/tools/rehearse_colab.py", ".github/workflows/tests.yml"),
]


@pytest.mark.parametrize("name", MINILM)
def test_the_transformers_files_come_from_one_version(name):
    text = (ROOT / name).read_text("utf-8")
    found = re.findall(rf"{minilm.PACKAGE}==[\d.]+\d", text)
    assert found == [minilm.PIN]


TORCH = [
    *("README.md", "CONTRIBUTING.md", "Dockerfile"),
    *("book/tools/rehearse_colab.py",),
    *(".devcontainer/devcontainer.json", ".github/workflows/tests.yml"),
    *(".github/workflows/site.yml", ".github/workflows/release.yml"),
]


@pytest.mark.parametrize("name", TORCH)
def test_wherever_pytorch_is_installed_first_it_is_the_pinned_one(name):
    text = (ROOT / name).read_text("utf-8")
    found = set(re.findall(r"torch==([\d.]+\d)", text))
    assert found <= {str(PINNED["torch"].specifier)[2:], "2.3.1"}
