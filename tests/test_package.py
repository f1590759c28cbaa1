"""What the house rules say of every module."""

import ast
import re
from pathlib import Path

import pytest

import imdbtutor

FOLDER = Path(imdbtutor.__file__).parent
ORDER = [
    "runtime",
    "sources",
    "download",
    "reviews",
    "tokens",
    "vocab",
    "encoding",
    "batches",
    "cell",
    "model",
    "processes",
    "checkpoint",
    "history",
    "training",
    "precision",
    "streams",
    "evaluation",
    "recipe",
    "explanation",
    "baselines",
    "vectors",
    "phrases",
    "informed",
    "artefact",
    "export",
    "classifier",
    "verdicts",
    "results",
    "plots",
    "terminal",
    "checks.values",
    "checks.stages",
    *(f"checks.chapter_{number:02}" for number in range(1, 15)),
    "checks",
    "__main__",
]
FILES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(
        ".__init__"
    ): path
    for path in FOLDER.glob("**/*.py")
}
TREES = {
    name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()
}
each_module = pytest.mark.parametrize("name", ORDER)


def imported(tree):
    """Name the modules of the package that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module == "imdbtutor":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def definitions(tree):
    kinds = (ast.FunctionDef, ast.ClassDef)
    return [node for node in ast.walk(tree) if isinstance(node, kinds)]


def code_lines(function, source):
    """Count what is neither signature, docstring, comment nor empty."""
    documented = ast.get_docstring(function) is not None
    first = function.body[documented] if function.body[documented:] else None
    if first is None:
        return 0
    lines = source.splitlines()[first.lineno - 1 : function.end_lineno]
    return sum(not re.match(r"\s*(#|$)", line) for line in lines)


def test_every_module_has_its_place_in_the_pipeline():
    assert set(TREES) == {"__init__", *ORDER}


def test_the_package_says_in_order_what_its_modules_do():
    listed = re.findall(r"^- `(\w+)`: ", imdbtutor.__doc__, re.MULTILINE)
    assert listed == [name for name in ORDER[:-1] if "." not in name]


@each_module
def test_a_module_imports_only_from_modules_above_it(name):
    ours = {
        module.removeprefix("imdbtutor.") for module in imported(TREES[name])
    }
    below = set(ORDER[ORDER.index(name) :])
    assert ours.isdisjoint(below)


def test_nothing_is_re_exported():
    kinds = [type(node) for node in TREES["__init__"].body]
    assert kinds == [ast.Expr, ast.Assign]


@pytest.mark.parametrize("name", ORDER[:-1])
def test_what_is_public_says_in_which_chapter_it_is_built(name):
    silent = [
        node.name
        for node in TREES[name].body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not re.search(
            r"\n\n(Built|Used) in chapter \d+\.$",
            ast.get_docstring(node) or "",
        )
    ]
    assert silent == []


@each_module
def test_a_file_is_not_too_long_to_read(name):
    source = FILES[name].read_text("utf-8")
    limit = 300 if name.startswith("checks.chapter") else 250
    assert len(source.splitlines()) <= limit


@each_module
def test_a_function_has_at_most_30_lines_of_code(name):
    source = FILES[name].read_text("utf-8")
    # The check of an exercise is a list of hints, one below the other.
    limit = 55 if name.startswith("checks.chapter") else 30
    too_long = {
        node.name: code_lines(node, source)
        for node in definitions(TREES[name])
        if isinstance(node, ast.FunctionDef)
        and code_lines(node, source) > limit
    }
    assert too_long == {}
