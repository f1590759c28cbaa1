"""The whole network: its shapes, weights and numbers are those given."""

from xml.etree import ElementTree

import pytest

from imdbtutor.pictures.network import draw_network

SHAPES = {
    "ids": (2, 5),
    "embedding": (2, 5, 100),
    "states": (2, 5, 128),
    "pooled": (2, 128),
    "logits": (2, 2),
}
WEIGHTS = {"embedding": 500_000, "forward": 7, "backward": 8, "linear": 258}
VALUES = {
    "embedding": [[0.1, 0.2, 0.3]] * 3 + [[0, 0, 0]] * 2,
    "forward": [0.1, 0.2, 0.3],
    "backward": [0.3, 0.2, 0.1],
    "pooled": [0.1] * 6,
    "logits": [-0.25, 1.5],
}


@pytest.fixture(scope="module")
def picture():
    words = ["dull", "and", "slow"]
    return draw_network(words, [789, 5, 610, 0, 0], SHAPES, WEIGHTS, VALUES)


@pytest.fixture(scope="module")
def written(picture):
    root = ElementTree.fromstring(picture.svg())
    return [part.text for part in root.iter() if part.text]


def test_words_and_ids_stand_in_their_order(written):
    places = [written.index(token) for token in ("dull", "and", "slow")]
    assert places == sorted(places)
    assert [written.count(number) for number in ("789", "0")] == [1, 2]


def test_every_shape_is_written_and_told(picture, written):
    for name, shape in SHAPES.items():
        assert str(shape) in written
        assert f"{name} {shape}" in picture.alt


def test_every_layer_has_its_weights(written):
    for count in (
        "500,000 parameters",
        "7 parameters",
        "8 parameters",
        "258 parameters",
    ):
        assert count in written


def test_the_logits_are_those_given(written):
    assert "\N{MINUS SIGN}0.25" in written
    assert "1.50" in written


def test_padding_is_hatched_in_every_row_but_that_of_the_numbers(picture):
    svg = picture.svg()
    assert svg.count('stroke-opacity="0.6"') == 3 * 2
