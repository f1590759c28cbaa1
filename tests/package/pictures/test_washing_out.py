"""Padding that washes two reviews out: the numbers are those given."""

import re
from xml.etree import ElementTree

import pytest

from imdbtutor.pictures.washing_out import draw_washing_out

REVIEWS = [[("not", 0.1), ("bad", -0.3)], [("dull", 0.2)]]
STATES = {
    0: ([0.5, -0.2, 0.1], [-0.4, 0.3, -0.001]),
    1: ([0.2, -0.1, 0.1], [-0.1, 0.2, 0.0]),
    7: ([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]),
    200: ([0.1, 0.1, 0.1], [0.1, 0.1, 0.1]),
}
APART = {0: 0.9, 1: 0.3, 7: 0.01, 200: 0.0}


@pytest.fixture(scope="module")
def frames():
    svg = draw_washing_out(REVIEWS, STATES, APART).svg()
    found = [g for g in ElementTree.fromstring(svg) if g.get("data-frame")]
    return {g.get("data-frame"): g for g in found}


def written(frame):
    return [t.text for t in frame.iter() if t.text]


def test_there_is_a_frame_for_each_padding(frames):
    assert list(frames) == ["0 places", "1 place", "7 places", "200 places"]


def test_each_frame_shows_both_states_and_how_far_apart_they_are(frames):
    for places, name in zip(STATES, frames, strict=True):
        shown = [
            t.replace("\N{MINUS SIGN}", "-") for t in written(frames[name])
        ]
        found = [float(t) for t in shown if re.fullmatch(r"-?\d\.\d\d", t)]
        assert found == [
            round(v, 2) for state in STATES[places] for v in state
        ]
        assert f"apart: {APART[places]:.3f}" in shown
        assert "-0.00" not in shown


def test_the_dot_sinks_as_the_states_come_together(frames):
    dots = [
        float(part.get("cy"))
        for frame in frames.values()
        for part in frame.iter()
        if part.tag.endswith("circle")
    ]
    assert dots == sorted(dots)
    assert dots[0] < dots[1] < dots[2]


def test_without_padding_none_is_drawn(frames):
    assert not any("<pad>" in t for t in written(frames["0 places"]))
    assert sum("<pad>" in t for t in written(frames["7 places"])) == 2


def test_the_alt_text_tells_what_is_to_be_seen():
    alt = draw_washing_out(REVIEWS, STATES, APART).alt
    assert "'not bad' and 'dull'" in alt
    assert "0.90" in alt
    assert "after 200 places, by up to 0.00" in alt
