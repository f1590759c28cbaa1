"""README's table and the page on the package list what there is."""

import list_modules
import pytest
from places import ROOT


@pytest.mark.parametrize(
    ("path", "text"),
    list_modules.files().items(),
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_lists_of_modules_are_those_of_the_package(path, text):
    assert path.read_text("utf-8") == text


@pytest.mark.parametrize(
    "path", list_modules.files(), ids=lambda path: path.name
)
def test_every_module_is_listed(path):
    text = path.read_text("utf-8")
    for name in list_modules.modules():
        assert f"`{name}`" in text or f"`{name.replace('.', '/')}`" in text


def test_every_module_says_what_it_is_for():
    for name in list_modules.modules():
        assert list_modules.purpose(name).endswith(".")


def test_every_module_is_met_in_a_chapter():
    met = {
        name: list_modules.chapters(name) for name in list_modules.modules()
    }
    assert [name for name, chapters in met.items() if not chapters] == []


def test_writing_the_table_again_changes_nothing():
    readme = (ROOT / "README.md").read_text("utf-8")
    assert readme.count(list_modules.table()) == 1
