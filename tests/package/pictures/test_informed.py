from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from imdbtutor.models.informed import InformedLSTM
from imdbtutor.pictures.informed import draw_informed
from imdbtutor.pictures.shapes import COLOURS

WEIGHTS = np.array([[0.03, 0, 0], [-0.12, -0.31, 0], [0.5, 0.25, -0.07]])


def words(svg):
    return [
        part.text.replace("\N{MINUS SIGN}", "-")
        for part in ElementTree.fromstring(svg).iter()
        if part.tag.endswith("text")
    ]


@pytest.fixture
def svg():
    tokens = ["not", "so", "good"]
    return draw_informed(tokens, WEIGHTS, dim=5, hidden_dim=4).svg()


def test_each_weight_stands_below_its_word(svg):
    drawn = words(svg)
    first = drawn.index("so")
    assert drawn[first : first + 4] == ["so", "-0.12", "-0.31", "0"]


def test_the_sums_of_the_weights_are_drawn(svg):
    assert words(svg)[-12:-9] == ["+0.41", "-0.06", "-0.07"]


def test_praise_is_blue_and_blame_orange():
    for value, role in [(0.2, "positive"), (-0.2, "negative")]:
        weights = np.full((1, 1), value)
        svg = draw_informed(["x"], weights, dim=5, hidden_dim=4).svg()
        # One of them in the word's cell and the sum's, each has a logit.
        assert svg.count(f'fill="{COLOURS[role]}"') == 3


def test_the_sizes_are_those_of_the_model(svg):
    model = InformedLSTM(torch.randn(9, 5), hidden_dim=4)
    assert f"linear layer: {model.linear.in_features} to 2" in words(svg)
    states = model.layer(torch.zeros(1, 2, 8), torch.tensor([2]))
    assert f"states of {states.shape[2]}" in words(svg)


def test_a_weight_that_would_read_0_00_is_drawn_as_0():
    weights = np.array([[0.5], [-0.004]])
    svg = draw_informed(["a", "b"], weights, dim=5, hidden_dim=4).svg()
    assert words(svg).count("0") == 1
    assert "0.00" not in words(svg)
