"""The picture of batches: what is drawn is as long as the reviews are."""

import re
from xml.etree import ElementTree

import pytest

from imdbtutor.pictures.rectangles import draw_batches

SVG = "{http://www.w3.org/2000/svg}"
WAYS = {"random": [[3, 10], [1, 8]], "sorted": [[1, 3], [8, 10]]}
WIDTHS = {"random": [10, 8], "sorted": [3, 10]}
SHARES = {"random": 14 / 36, "sorted": 4 / 26}


@pytest.fixture
def picture():
    return draw_batches(WAYS, WIDTHS, SHARES, shown=1)


def lines(frame):
    """Add up how long the lines are: real ones, and filling."""
    totals = [0.0, 0.0]
    for path in frame.iter(SVG + "path"):
        filling = "stroke-dasharray" in path.attrib
        totals[filling] += sum(
            map(float, re.findall("h([^M]+)", path.get("d")))
        )
    return totals


def frames(picture):
    root = ElementTree.fromstring(picture.svg())
    return {g.get("data-frame"): g for g in root.iter(SVG + "g")}


@pytest.mark.parametrize("way", WAYS)
def test_the_share_of_dotted_line_is_the_share_of_padding(picture, way):
    real, filling = lines(frames(picture)[way])
    assert filling / (real + filling) == pytest.approx(SHARES[way], abs=1e-3)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_draws_the_same_reviews(picture, way):
    scale = lines(frames(picture)["random"])[0] / 22
    drawn = "".join(
        path.get("d")
        for path in frames(picture)[way].iter(SVG + "path")
        if "stroke-dasharray" not in path.attrib
    )
    lengths = [float(long) / scale for long in re.findall("h([^M]+)", drawn)]
    assert sorted(lengths) == pytest.approx([1, 3, 8, 10], abs=0.01)


def test_the_share_is_written_above(picture):
    said = frames(picture)["random"].find(SVG + "text").text
    assert said == "random: 38.9% padding"


def test_the_frame_asked_for_is_drawn(picture):
    hidden = {way: g.get("display") for way, g in frames(picture).items()}
    assert hidden == {"random": "none", "sorted": None}


def test_a_rectangle_wider_than_its_reviews_is_filled_up():
    wide = draw_batches({"one": [[3, 10]]}, {"one": [20]}, {"one": 27 / 40})
    real, filling = lines(frames(wide)["one"])
    assert filling / (real + filling) == pytest.approx(27 / 40, abs=1e-3)
