"""The landscape: contour lines where the loss is, a path where it went."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from imdbtutor.pictures.descent import LEFT, SIDE, TOP, draw_descent

PLACES = np.linspace(-4, 4, 41)
TRAIL = [[-3.0, 3.0], [-1.0, 2.0], [1.0, -1.0]]
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def picture():
    """A round bowl around (1, -1)."""
    losses = (PLACES - 1) ** 2 + (PLACES[:, None] + 1) ** 2
    reviews = (np.eye(2), np.array([1.0, 0.0]))
    return draw_descent(
        losses, TRAIL, places=PLACES, reviews=reviews, rate=2.0
    )


@pytest.fixture(scope="module")
def root(picture):
    return ElementTree.fromstring(picture.svg())


def weights(x, y):
    """Turn pixels back into weights."""
    scale = 8 / SIDE
    return -4 + (x - LEFT) * scale, 4 - (y - TOP) * scale


def numbers(path):
    return np.reshape([float(n) for n in re.findall(r"[\d.]+", path)], (-1, 2))


def test_the_path_goes_through_the_weights_given(root):
    (path,) = (g for g in root.iter(f"{SVG}g") if g.get("class") == "path")
    drawn = [weights(*point) for point in numbers(path[0].get("d"))]
    np.testing.assert_allclose(drawn, TRAIL, atol=0.01)


def test_the_ring_is_where_it_starts_and_a_dot_after_each_step(root):
    circles = list(root.iter(f"{SVG}circle"))
    ends = [weights(float(c.get("cx")), float(c.get("cy"))) for c in circles]
    np.testing.assert_allclose(ends, TRAIL[1:] + TRAIL[:1], atol=0.01)
    assert [c.get("r") for c in circles] == ["2.5", "2.5", "7"]


def test_a_contour_line_of_a_round_bowl_is_a_circle(root):
    inner = next(p for p in root.iter(f"{SVG}path") if p.get("fill-rule"))
    hole = numbers(inner.get("d").split("M")[-1])
    x, y = weights(*hole.T)
    far = np.hypot(x - 1, y + 1)
    assert far.std() < 0.05 * far.mean()


def test_the_numbers_on_the_lines_are_their_losses(root):
    named = [
        label
        for label in root.iter(f"{SVG}text")
        if re.fullmatch(r"\d+\.\d\d", label.text)
    ]
    assert len(named) > 3
    for label in named:
        x, y = weights(float(label.get("x")), float(label.get("y")))
        loss = (x - 1) ** 2 + (y + 1) ** 2
        assert float(label.text) == pytest.approx(loss, abs=0.1)


def test_the_script_gets_the_data_and_the_trail(picture):
    assert picture.live == "descent"
    assert picture.values["counts"] == [[1, 0], [0, 1]]
    assert picture.values["labels"] == [1, 0]
    assert picture.values["trail"] == TRAIL
    assert picture.values["rate"] == 2
