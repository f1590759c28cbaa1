"""A family imports the package and `records`, never another family."""

import ast

import pytest
from places import ROOT

FOLDER = ROOT / "benchmarks"
FAMILIES = ("accuracy", "speed", "robustness")
SOURCES = {
    path.relative_to(FOLDER).as_posix(): ast.parse(path.read_text("utf-8"))
    for path in sorted(FOLDER.glob("**/*.py"))
}
each_source = pytest.mark.parametrize("name", SOURCES)


def imported(tree):
    """Yield the full names of what a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            start = "." * node.level + (node.module or "")
            yield from (f"{start}.{alias.name}" for alias in node.names)


def test_every_folder_is_one_of_the_families():
    folders = {name.partition("/")[0] for name in SOURCES if "/" in name}
    assert folders == set(FAMILIES)


@each_source
def test_a_family_imports_no_other_family(name):
    family = name.partition("/")[0] if "/" in name else "records"
    allowed = ("benchmarks.records", f"benchmarks.{family}.")
    own = [
        what
        for what in imported(SOURCES[name])
        if what.startswith(("benchmarks", "."))
    ]
    assert [what for what in own if not what.startswith(allowed)] == []


@each_source
def test_nothing_of_the_book_or_the_tests_is_imported(name):
    elsewhere = {
        path.stem
        for folder in ("book/tools", "book/_ext", "tests")
        for path in ROOT.glob(f"{folder}/**/*.py")
    }
    assert elsewhere.isdisjoint(
        what.partition(".")[0] for what in imported(SOURCES[name])
    )


@each_source
def test_no_module_changes_where_modules_are_looked_for(name):
    attributes = [
        node
        for node in ast.walk(SOURCES[name])
        if isinstance(node, ast.Attribute) and node.attr == "path"
    ]
    owners = [getattr(node.value, "id", "") for node in attributes]
    assert "sys" not in owners
