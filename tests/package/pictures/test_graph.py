"""The computation graph: its numbers are autograd's, its steps in order."""

import re
from xml.etree import ElementTree

import pytest
import torch

from imdbtutor.pictures.graph import draw_graph

NAMES = ["w₁", "w₂", "b", "first", "second", "z", "p", "loss"]
COUNTS = [2.0, 1.0]


@pytest.fixture(scope="module")
def numbers():
    """Values and gradients by name, as autograd has them."""
    leaves = [torch.tensor(x, requires_grad=True) for x in (1.0, -3.0, 0.5)]
    first, second = COUNTS[0] * leaves[0], COUNTS[1] * leaves[1]
    z = first + second + leaves[2]
    p = torch.sigmoid(z)
    parts = [*leaves, first, second, z, p, -p.log()]
    for part in parts:
        part.retain_grad()
    parts[-1].backward()
    values = {n: x.item() for n, x in zip(NAMES, parts, strict=True)}
    slopes = {n: x.grad.item() for n, x in zip(NAMES, parts, strict=True)}
    return values, slopes


@pytest.fixture(scope="module")
def frames(numbers):
    return dict(draw_graph(COUNTS, *numbers).frames)


def labels(drawn):
    """Every label of a frame as a number, where it is one."""
    root = ElementTree.fromstring(f"<g>{drawn}</g>")
    found = []
    for label in root.iter("text"):
        number = label.text.replace("\N{MINUS SIGN}", "-").split("= ")[-1]
        if re.fullmatch(r"-?[\d.]+", number) and label.get("y") != "268":
            found.append((float(number), label.get("fill")))
    return found


def test_values_come_forward_then_slopes_back(frames):
    names = [name.split(":")[0] for name in frames]
    assert names == ["forward"] * 5 + ["back"] * 5


def test_the_last_frame_holds_every_number_of_autograd(frames, numbers):
    drawn = labels(frames["back: slopes by w₁ and w₂"])
    black = [number for number, colour in drawn if colour == "currentColor"]
    red = [number for number, colour in drawn if colour != "currentColor"]
    for found, expected in zip((black, red), numbers, strict=True):
        shown = sorted(round(value, 2) for value in expected.values())
        assert sorted(found) == pytest.approx(shown, abs=1e-9)


def test_no_slope_is_drawn_on_the_way_forward(frames):
    forward = [frame for name, frame in frames.items() if "forward" in name]
    assert all("stroke-dasharray" not in frame for frame in forward)


def test_each_step_back_draws_one_more_slope_or_some(frames):
    back = [frame for name, frame in frames.items() if "back" in name]
    dashed = [frame.count("stroke-dasharray") for frame in back]
    assert dashed == [1, 2, 3, 6, 8]


def test_the_words_name_the_slopes_by_the_weights(numbers):
    alt = draw_graph(COUNTS, *numbers).alt.replace("\N{MINUS SIGN}", "-")
    for leaf in ("w₁", "w₂", "b"):
        assert f"{numbers[1][leaf]:.2f} by {leaf}" in alt
