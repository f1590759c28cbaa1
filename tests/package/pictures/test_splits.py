"""The picture of a split: who is tested beside what was trained on."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdbtutor.pictures.splits import draw_splits

LINKS = ["", "Finch", "Finch", "", "Puri"]
TESTS = {
    "at random": [False, False, True, False, False, True],
    "by place": [False, False, False, False, True, True],
}


def elements(picture, kind):
    return [
        element
        for element in ElementTree.fromstring(picture.svg()).iter()
        if element.tag.endswith("}" + kind)
    ]


def words(picture):
    return [element.text for element in elements(picture, "text")]


def drawn(links=LINKS, tests=TESTS):
    return draw_splits(links, tests, dict.fromkeys(tests, 2444))


def test_every_review_is_drawn_once_a_way_and_test_reviews_are_filled():
    boxes = elements(drawn(), "rect")[:-2]  # the last two are the key's
    filled = [box.get("fill") != "none" for box in boxes]
    assert filled == TESTS["at random"] + TESTS["by place"]


@pytest.mark.parametrize(("way", "thick"), [("at random", 3), ("by place", 0)])
def test_an_arc_is_thick_where_one_trains_and_one_tests(way, thick):
    arcs = elements(drawn(tests={way: TESTS[way]}), "path")[:-2]
    assert len(arcs) == sum(map(bool, LINKS))
    assert sum("stroke-width" in arc.attrib for arc in arcs) == thick


def test_the_counts_are_those_given():
    picture = draw_splits(LINKS, TESTS, {"at random": 2444, "by place": 1})
    assert any(line.endswith("file: 2,444") for line in words(picture))
    assert "at random 2,444, by place 1." in picture.alt


def test_reviews_that_stand_together_share_one_name():
    found = [name for name in words(drawn()) if name in {"Finch", "Puri"}]
    assert found == ["Finch", "Puri"] * 2


@given(st.lists(st.sampled_from(["", "Tank", "A<b>"]), max_size=39))
def test_any_links_make_a_well_formed_picture(links):
    tests = {"way": [False] * (len(links) + 1)}
    arcs = elements(drawn(links, tests), "path")[:-2]
    assert len(arcs) == sum(map(bool, links))
