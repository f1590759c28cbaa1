"""README, contents, road map and the page on the package list all there is."""

import csv
import re

import list_chapters
import list_modules
import pytest
from places import ROOT

README = (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("path", "text"),
    [*list_modules.files().items(), *list_chapters.files().items()],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_lists_are_those_that_a_command_writes(path, text):
    """After a change: `make tool NAME=lists`."""
    assert path.read_text("utf-8") == text


# --- modules


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


def test_readme_has_each_table_once():
    assert README.count(list_modules.table()) == 1
    assert README.count(list_chapters.table()) == 1


# --- chapters


def test_every_chapter_is_listed_everywhere_in_order():
    names = [path.stem for path in list_chapters.chapters()]
    toc = (ROOT / "_toc.yml").read_text("utf-8")
    road_map = (ROOT / "book" / "road_map.html").read_text("utf-8")
    files = "notebooks/(solutions/)?([0-9]{2}_[a-z_]+)"
    found = re.findall(rf"- file: {files}\n", toc)
    assert [name for solved, name in found if not solved] == names
    assert [name for solved, name in found if solved] == names
    assert [name for _, name in re.findall(files, road_map)] == names
    assert [
        name for _, name in re.findall(rf"\({files}\.ipynb\)", README)
    ] == (names)


def test_the_road_map_says_something_short_of_every_chapter():
    with open(ROOT / "book" / "road_map.csv", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    numbers = [int(path.name[:2]) for path in list_chapters.chapters()]
    assert [int(row["Chapter"]) for row in rows] == numbers
    assert max(len(row["You carry away"]) for row in rows) <= 34


def test_a_chapter_that_was_renamed_is_renamed_in_the_contents():
    text = (ROOT / "_toc.yml").read_text("utf-8")
    old = text.replace("01_create_tensors", "01_make_tensors")
    assert old != text
    assert list_chapters.contents(old) == text
