from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_matrix

from imdbtutor.pictures.comparison import BAR, draw_sparse, draw_verdicts
from imdbtutor.pictures.shapes import COLOURS

COUNTS = np.array([[1, 0, 2], [0, 0, 1]])
NAMES = ["both", "second", "first", "neither"]


def texts(svg):
    return [
        part.text
        for part in ElementTree.fromstring(svg).iter()
        if part.tag.endswith("text")
    ]


@pytest.fixture
def drawn():
    picture = draw_sparse(csr_matrix(COUNTS), ["a c c", "c"], ["a", "b", "c"])
    return texts(picture.svg())


def test_the_whole_table_is_drawn(drawn):
    assert drawn[:3] == ["a", "b", "c"]
    assert drawn[3:11] == ["a c c", "1", "0", "2", "c", "0", "0", "1"]


def test_what_is_kept_makes_the_table_again(drawn):
    row, column, value = (
        list(map(int, drawn[drawn.index(name) + 1 :][:3]))
        for name in ("row", "column", "value")
    )
    again = csr_matrix((value, (row, column)), COUNTS.shape)
    assert (again.toarray() == COUNTS).all()


def test_every_count_has_its_name():
    drawn = texts(
        draw_verdicts(dict(zip(NAMES, [1_500, 9, 7, 3], strict=True))).svg()
    )
    assert drawn == [
        *("1,500", "both", "9", "second"),
        *("7", "first", "3", "neither"),
    ]


@given(st.lists(st.integers(1, 5_000), min_size=4, max_size=4))
def test_the_bar_is_shared_out_by_the_counts(counts):
    svg = draw_verdicts(dict(zip(NAMES, counts, strict=True))).svg()
    boxes = [
        part
        for part in ElementTree.fromstring(svg).iter()
        if part.tag.endswith("rect")
    ][::2]
    widths = [float(box.get("width")) for box in boxes]
    assert np.allclose(widths, BAR * np.array(counts) / sum(counts), atol=0.01)
    assert boxes[1].get("fill") == COLOURS["positive"]
    assert boxes[2].get("fill") == COLOURS["negative"]
