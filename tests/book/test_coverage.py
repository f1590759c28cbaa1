"""Every topic of the book's forerunner, and the cell that teaches it."""

import csv

import nbformat
import pytest
from places import ROOT

with open(ROOT / "book" / "coverage.csv", encoding="utf-8") as file:
    ROWS = [tuple(row.values()) for row in csv.DictReader(file)]
PARTS = [
    *("1", "2", "2.1", "2.2", "2.3", "3", "3.2", "3.3"),
    *("4", "4.1", "4.2", "4.3", "5", "5.2", "5.3"),
    *("6", "6.2", "6.3", "7", "added"),
]
CELLS = {
    (int(path.name[:2]), cell.id): cell
    for path in (ROOT / "notebooks").glob("*.ipynb")
    for cell in nbformat.read(path, as_version=4).cells
}


def words(text):
    return " ".join(text.split())


def test_every_part_of_the_forerunner_is_covered():
    assert list(dict.fromkeys(part for part, *_ in ROWS)) == PARTS


def test_no_topic_is_listed_twice():
    topics = [(part, topic) for part, topic, *_ in ROWS]
    assert len(set(topics)) == len(topics)


@pytest.mark.parametrize(
    ("chapter", "cell", "sought"),
    [row[2:] for row in ROWS],
    ids=[f"{part}-{topic}" for part, topic, *_ in ROWS],
)
def test_a_topic_is_taught_in_the_cell_that_the_table_names(
    chapter, cell, sought
):
    shown = sought.strip("`")
    assert words(shown) in words(CELLS[int(chapter), cell].source)
