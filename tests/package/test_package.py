"""What the house rules say of every module."""

import ast
import re
from pathlib import Path

import pytest
from list_modules import stages

import imdbtutor

FOLDER = Path(imdbtutor.__file__).parent
STAGES = stages()  # the one list, in the docstring of the package
ORDER = [f"{stage}.{name}" for stage in STAGES for name in STAGES[stage]]
FILES = {
    ".".join(path.relative_to(FOLDER).with_suffix("").parts).removesuffix(
        ".__init__"
    ): path
    for path in FOLDER.glob("**/*.py")
}
TREES = {
    name: ast.parse(path.read_text("utf-8")) for name, path in FILES.items()
}
MODULES = sorted(set(TREES) - {"__init__", *STAGES})
each_module = pytest.mark.parametrize("name", MODULES)


def imported(tree):
    """Name the modules of the package that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{found.name}" for found in node.names)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)


def ours(name):
    """Name what a module imports of the package, without the package."""
    names = {
        found.removeprefix("imdbtutor.") for found in imported(TREES[name])
    }
    return names & set(TREES)


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


def test_the_stages_are_in_the_order_of_the_book():
    assert [*STAGES] == [
        "data",
        "models",
        "training",
        "evaluation",
        "inference",
        "pictures",
    ]


def test_the_list_of_modules_is_the_folders_content():
    staged = {name for name in MODULES if name.split(".")[0] in STAGES}
    assert staged == set(ORDER)
    assert len(ORDER) == len(set(ORDER))


@pytest.mark.parametrize("name", ORDER)
def test_a_stage_imports_only_from_stages_before_it_and_runtime(name):
    earlier = set(ORDER[: ORDER.index(name)])
    stages = [*STAGES]
    place = stages.index(name.split(".")[0])
    folders = set(stages[: place + 1])  # `from imdbtutor.data import tokens`
    assert ours(name) <= earlier | folders | {"runtime"}


def test_runtime_imports_nothing_of_the_package():
    assert ours("runtime") == set()


@pytest.mark.parametrize("name", ["__init__", *STAGES])
def test_nothing_is_re_exported(name):
    kinds = {type(node) for node in TREES[name].body}
    assert kinds <= {ast.Expr, ast.Assign}
    assert not ours(name)


# What a command says of itself is its help; a message, its description.
SHOWN = {"__main__", "inference.learning", "inference.messages"}


@pytest.mark.parametrize("name", sorted({*MODULES} - SHOWN))
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
