"""The walk that a reader sets off on chapter 2's landscape is PyTorch's."""

import json
import math

import numpy as np
import pytest
import torch
from sites import open_context, open_tab

PAGE = "notebooks/02_follow_gradients.html"
COUNTS = torch.tensor([[2, 0], [0, 2], [1, 0], [1, 1]], dtype=torch.float64)
LABELS = torch.tensor([1, 0, 0, 1], dtype=torch.float64)
RATES = [0.1, 0.2, 0.5, 1, 2, 3, 4, 5, 6, 7, 8, 10, 15]
SLIDERS = {"great": 0, "boring": 1, "rate": 2}


@pytest.fixture(scope="module")
def tab(browser, address):
    with open_context(browser, "desktop") as context:
        tab = open_tab(context)
        tab.goto(address + PAGE)
        tab.locator("svg[data-live=descent][data-trail]").wait_for()
        yield tab


def loss_of(weights):
    chance = torch.sigmoid(COUNTS @ weights)
    return -torch.where(LABELS == 1, chance, 1 - chance).log().mean()


def walk(start, rate, most=300):
    """Descend with autograd until the slope is nearly none."""
    weights = torch.tensor(start, dtype=torch.float64, requires_grad=True)
    trail = [start]
    while len(trail) <= most:
        (gradient,) = torch.autograd.grad(loss_of(weights), weights)
        if gradient.norm() < 0.01:
            break
        with torch.no_grad():
            weights -= rate * gradient
        trail.append(weights.tolist())
    return trail


def controls(tab):
    """The sliders below the landscape, and what it says."""
    return tab.locator("svg[data-live=descent] + .controls")


def put(tab, **values):
    for name, value in values.items():
        slider = controls(tab).get_by_role("slider").nth(SLIDERS[name])
        slider.fill(str(RATES.index(value) if name == "rate" else value))


def trail(tab):
    svg = tab.locator("svg[data-live=descent]")
    return json.loads(svg.get_attribute("data-trail"))


def side(tab):
    """The width of the landscape, in the drawing's own pixels."""
    svg = tab.locator("svg[data-live=descent]")
    return json.loads(svg.get_attribute("data-values"))["box"][2]


def told(tab):
    return controls(tab).locator("p").text_content()


def test_it_goes_on_from_the_still(tab):
    svg = tab.locator("svg[data-live=descent]")
    still = json.loads(svg.get_attribute("data-values"))
    put(tab, great=-3, boring=3, rate=2)
    found = trail(tab)
    assert len(found) <= len(still["trail"])
    expected = still["trail"][: len(found)]
    np.testing.assert_allclose(found, expected, atol=1e-3)
    assert still["counts"] == COUNTS.tolist()
    assert still["labels"] == LABELS.tolist()


@pytest.mark.parametrize("rate", [0.1, 0.5, 2, 6, 7, 8])
@pytest.mark.parametrize("start", [(-3, 3), (2.5, 1.5), (0, 0)])
def test_every_step_is_the_one_that_pytorch_takes(tab, start, rate):
    put(tab, great=start[0], boring=start[1], rate=rate)
    expected = walk(list(map(float, start)), rate)
    found = trail(tab)
    assert len(found) == len(expected)
    np.testing.assert_allclose(found, expected, atol=1e-6)
    loss = loss_of(torch.tensor(expected[-1], dtype=torch.float64))
    steps = f"{len(expected) - 1} steps"
    assert told(tab).startswith(steps)
    assert f"loss {loss:.3f}" in told(tab)


def test_a_rate_too_large_is_told(tab):
    put(tab, great=-3, boring=3, rate=8)
    assert "back and forth" in told(tab)
    put(tab, rate=2)
    assert "flat bottom" in told(tab)


def test_the_path_drawn_is_the_path_walked(tab):
    put(tab, great=2.5, boring=1.5, rate=1)
    svg = tab.locator("svg[data-live=descent]")
    dots = svg.locator("svg g circle")
    assert dots.count() == len(trail(tab)) - 1
    left = [
        -4 + float(dot.get_attribute("cx")) * 8 / side(tab)
        for dot in dots.all()
    ]
    expected = [across for across, _ in trail(tab)[1:]]
    np.testing.assert_allclose(left, expected, atol=0.01)


def test_the_ring_can_be_dragged(tab):
    put(tab, great=-3, boring=3, rate=2)
    svg = tab.locator("svg[data-live=descent]")
    svg.scroll_into_view_if_needed()
    ring = svg.locator("svg > circle").first.bounding_box()
    x, y = ring["x"] + ring["width"] / 2, ring["y"] + ring["height"] / 2
    scale = svg.evaluate("svg => svg.getScreenCTM().a")
    tab.mouse.move(x, y)
    tab.mouse.down()
    step = scale * side(tab) / 8  # pixels: one more on a weight
    tab.mouse.move(x + 5 * step, y + step, steps=5)
    tab.mouse.up()
    assert math.dist(trail(tab)[0], (2, 2)) < 0.1


def test_the_keyboard_is_enough(tab):
    put(tab, great=-3, boring=3, rate=2)
    controls(tab).get_by_role("slider").nth(2).focus()
    before = told(tab)
    tab.keyboard.press("ArrowLeft")
    assert told(tab) != before


def test_no_script_has_failed(tab):
    assert tab.faults == []
