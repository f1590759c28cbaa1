"""A threshold: what is drawn is what was counted."""

import re
from xml.etree import ElementTree

import numpy as np
import pytest

from imdbtutor.evaluation.report import confusion_metrics
from imdbtutor.pictures.threshold import BARS, NAMES, draw_thresholds

THRESHOLDS = [0.05, 0.5, 0.95]
COUNTS = np.array(
    [[100, 1400, 9, 991], [1200, 300, 100, 900], [1499, 1, 800, 200]]
)
METRICS = confusion_metrics(COUNTS)
PICTURE = draw_thresholds(THRESHOLDS, COUNTS, METRICS)
FRAMES = [
    [*ElementTree.fromstring(f"<g>{drawn}</g>")] for _, drawn in PICTURE.frames
]

each_threshold = pytest.mark.parametrize("place", range(len(THRESHOLDS)))


def words(frame):
    return [element.text for element in frame if element.tag == "text"]


def boxes(frame):
    """Width and height of every box: four squares, then three bars."""
    return [
        (float(box.get("width")), float(box.get("height")))
        for box in frame
        if box.tag == "rect"
    ]


@each_threshold
def test_each_count_stands_beside_its_name(place):
    for count, name in zip(COUNTS[place], NAMES, strict=True):
        assert f"{count:,} {name}" in words(FRAMES[place])


@each_threshold
def test_areas_are_in_proportion_to_the_counts(place):
    largest = COUNTS.sum(axis=1).max() * 0.6  # the class with 1,500 reviews
    areas = [width * height for width, height in boxes(FRAMES[place])[:4]]
    shares = np.sqrt(np.array(areas)) / 96
    assert shares == pytest.approx(np.sqrt(COUNTS[place] / largest), abs=0.01)


@each_threshold
def test_bars_are_as_long_as_the_shares_they_stand_for(place):
    bars = [width / BARS[1] for width, _ in boxes(FRAMES[place])[4:]]
    row = METRICS.iloc[place]
    told = [row["precision"], row["recall"], row["accuracy"]]
    assert bars == pytest.approx(told, abs=0.001)
    assert {f"{share:.3f}" for share in told} <= set(words(FRAMES[place]))


def test_the_threshold_is_told_in_the_frame_and_on_the_slider():
    assert [name for name, _ in PICTURE.frames] == ["0.05", "0.50", "0.95"]
    for threshold, frame in zip(THRESHOLDS, FRAMES, strict=True):
        assert f"above {threshold:.2f}" in words(frame)[0]


def test_one_half_is_shown_first():
    assert PICTURE.shown == 1
    assert "1,200 true negatives" in PICTURE.alt


def test_it_is_well_formed():
    svg = PICTURE.svg()
    assert len(ElementTree.fromstring(svg).findall("*[@data-frame]")) == 3
    assert not re.search(r"\bid=", svg)


def test_mistakes_are_told_apart_without_a_colour():
    dashed = [
        bool(box.get("stroke-dasharray"))
        for box in FRAMES[1]
        if box.tag == "rect"
    ]
    assert dashed[:4] == [False, True, True, False]
