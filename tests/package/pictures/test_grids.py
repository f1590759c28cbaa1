"""Pictures of rectangles: each number in its place, and no other number."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from imdbtutor.pictures.grids import (
    draw_broadcasts,
    draw_places,
    draw_rectangle,
    number,
)

RATINGS = np.array([[9, 2, 7], [8, 1, 10]])
SVG = "{http://www.w3.org/2000/svg}"


def texts(picture):
    """Every label, with its place, from the top and then the left."""
    root = ElementTree.fromstring(picture.svg())
    found = [
        (float(label.get("y")), float(label.get("x")), label.text)
        for label in root.iter(f"{SVG}text")
    ]
    return sorted(found)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (3, "3"),
        (-0.5, "\N{MINUS SIGN}0.5"),
        (6.333, "6.33"),
        (-0.001, "0"),
        (10, "10"),
    ],
)
def test_a_number_is_short_and_has_a_true_minus(value, written):
    assert number(value) == written


@pytest.mark.parametrize(
    "right", [RATINGS.mean(axis=1, keepdims=True), RATINGS.mean(axis=0)]
)
def test_what_is_drawn_is_what_numpy_broadcasts(right):
    result = RATINGS - right
    drawn = [
        label
        for *_, label in texts(draw_broadcasts([(RATINGS, right, result)]))
    ]
    tables = [RATINGS, np.broadcast_to(right, (2, 3)), result]
    for table in tables:
        for value in np.ravel(table):
            drawn.remove(number(value))
    assert not [label for label in drawn if re.fullmatch(r"\D?[\d.]+", label)]


def test_only_copies_have_dashed_borders():
    right = np.array([[6.0], [6.5]])
    svg = draw_broadcasts([(RATINGS, right, RATINGS - right)]).svg()
    assert svg.count("stroke-dasharray") == 4
    assert "(2, 1) → (2, 3)" in svg


def test_both_sides_are_stretched_where_both_are_too_small():
    labels, predictions = np.array([1, 0, 1]), np.array([[0.9], [0.2], [0.7]])
    case = (labels, predictions, labels - predictions)
    svg = draw_broadcasts([case]).svg()
    assert svg.count("stroke-dasharray") == 12


@pytest.mark.parametrize(
    "table", [RATINGS.reshape(3, 2), RATINGS.T, RATINGS.reshape(-1)]
)
def test_each_number_is_where_it_is_in_the_table(table):
    drawn = texts(draw_places({"t": table}))
    cells = [label for *_, label in drawn if label.isdigit()]
    assert cells == [str(value) for value in table.flat]


def test_an_arrow_leads_from_each_number_to_the_next():
    svg = draw_places({"x": RATINGS, "y": RATINGS.reshape(-1)}).svg()
    assert svg.count('stroke-width="1.5"') == 2 * (RATINGS.size - 1)


def test_a_rectangle_has_each_word_its_id_and_filling():
    reviews = [["loved", "it"], ["boring"]]
    picture = draw_rectangle(reviews, [[8, 7], [3, 0]])
    drawn = [label for *_, label in texts(picture)]
    assert drawn == ["loved", "it", "8", "7", "boring", "3", "0"]


def test_no_picture_is_wider_than_a_page():
    pictures = [
        draw_broadcasts([(RATINGS, RATINGS[0], RATINGS - RATINGS[0])]),
        draw_places({"a": RATINGS, "ratings.reshape(3, 2)": RATINGS.T}),
    ]
    assert all(picture.size[0] <= 640 for picture in pictures)
