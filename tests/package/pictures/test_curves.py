"""Learning curves: what is drawn are the losses that were measured."""

import math
import re
from xml.etree import ElementTree

import pandas as pd
import pytest

from imdbtutor.pictures.curves import PANEL, draw_curves

SVG = "{http://www.w3.org/2000/svg}"


def frame(train, validation):
    return pd.DataFrame(
        {"train_loss": train, "validation_loss": validation},
        index=range(1, len(train) + 1),
    )


CURVES = {
    "too high": frame([3.2, 0.9, 0.8], [0.9, 0.7, 0.75]),
    "right": frame([0.7, 0.5, 0.3], [0.6, 0.5, 0.45]),
}
PICTURE = draw_curves(CURVES, top=1.0)
ROOT = ElementTree.fromstring(PICTURE.svg())
PANELS = ROOT.findall(f"{SVG}g")


def losses(panel, line):
    """Read the losses off a line's heights."""
    path = panel.findall(f"{SVG}svg/{SVG}path")[line].get("d")
    heights = re.findall(r" (-?[\d.]+)", path)
    return [1 - float(y) / PANEL[1] for y in heights]


@pytest.mark.parametrize("line", [0, 1])
@pytest.mark.parametrize("place", [0, 1])
def test_every_loss_is_drawn_at_its_height(place, line):
    given = [*CURVES.values()][place].iloc[:, line].tolist()
    assert losses(PANELS[place], line) == pytest.approx(given, abs=0.002)


def test_every_panel_has_its_name():
    for panel, name in zip(PANELS, CURVES, strict=False):
        assert panel.find(f"{SVG}text").text == name


def test_guessing_is_marked_where_its_loss_is():
    (dotted,) = [
        path
        for path in PANELS[0].findall(f"{SVG}path")
        if path.get("stroke-dasharray")
    ]
    height = float(re.match(r"M0 ([\d.]+)", dotted.get("d"))[1])
    assert 1 - height / PANEL[1] == pytest.approx(math.log(2), abs=0.001)


def test_a_loss_above_the_panel_is_cut_off_and_told():
    inner = PANELS[0].find(f"{SVG}svg")
    assert inner.get("overflow") == "hidden"
    told = ["".join(panel.itertext()) for panel in PANELS]
    assert "\N{UPWARDS ARROW} 3.2" in told[0]
    assert "\N{UPWARDS ARROW}" not in told[1]


def test_the_lines_are_told_apart_without_a_colour():
    drawn = PANELS[0].findall(f"{SVG}svg/{SVG}path")
    assert [bool(path.get("stroke-dasharray")) for path in drawn] == [0, 1]


def test_beginning_and_end_are_told_to_those_who_cannot_see_them():
    assert "right: training from 0.70 to 0.30" in PICTURE.alt
    assert "validation from 0.60 to 0.45" in PICTURE.alt


def test_a_row_holds_three():
    heights = [
        draw_curves(dict.fromkeys("abcdefgh"[:n], CURVES["right"])).size[1]
        for n in (2, 3, 5, 6)
    ]
    assert heights[0] < heights[1] == heights[2] < heights[3]
