"""The map of words: one scale, every word readable, nothing moved."""

import itertools
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdbtutor.pictures.word_map import (
    DOT,
    HALF,
    HEIGHT,
    TOP,
    WIDTH,
    draw_word_map,
    half_width,
    place_labels,
)

WORDS = ["good", "superb", "bad", "disappointing", "of"]
KINDS = ["positive", "positive", "negative", "negative", "plain"]
BEFORE = np.array([[0, 0], [0.1, 0], [0, 0.1], [0.1, 0.1], [0.05, 0]])
AFTER = np.array([[1, 0], [1.5, 0.2], [-1, 0], [-1.2, 0.9], [0, 0]])
PLACES = {"before training": BEFORE, "after epoch 1": AFTER}


def frames():
    root = ElementTree.fromstring(draw_word_map(PLACES, WORDS, KINDS).svg())
    return {g.get("data-frame"): g for g in root.iter() if g.get("data-frame")}


def centres(frame):
    """Where the dots are drawn, in the order of the words."""
    dots = []
    for element in frame:
        if element.tag.endswith("circle"):
            dots.append((float(element.get("cx")), float(element.get("cy"))))
        elif element.get("d") and element.get("fill"):
            x, y = map(float, re.findall(r"[\d.]+", element.get("d"))[:2])
            square = "h9v9" in element.get("d")
            dots.append((x + 4.5, y + 4.5) if square else (x, y + 5))
    return np.array(dots)


def test_every_frame_names_every_word():
    for frame in frames().values():
        drawn = [text.text for text in frame.iter() if text.text]
        assert drawn == WORDS


def test_all_frames_have_one_scale():
    drawn = frames()
    ratios = []
    for name, points in PLACES.items():
        pixels = centres(drawn[name])
        for a, b in itertools.combinations(range(len(WORDS)), 2):
            ratios.append(
                np.linalg.norm(pixels[a] - pixels[b])
                / np.linalg.norm(points[a] - points[b])
            )
    assert max(ratios) / min(ratios) == pytest.approx(1, abs=0.02)


def test_the_last_frame_is_the_one_that_is_drawn():
    shown = [name for name, g in frames().items() if not g.get("display")]
    assert shown == ["after epoch 1"]


def test_the_words_of_each_kind_are_told_to_those_who_cannot_see_them():
    alt = draw_word_map(PLACES, WORDS, KINDS).alt
    assert "Praise: good, superb." in alt
    assert "Neither: of." in alt


def test_a_kind_for_each_word_is_needed():
    with pytest.raises(ValueError, match="shorter"):
        draw_word_map(PLACES, WORDS, KINDS[:-1])


# Also many words in one place, as before training.
@given(
    st.lists(
        st.tuples(
            st.floats(60, WIDTH - 60),
            st.floats(TOP + 30, HEIGHT - 30),
            st.sampled_from(["of", "great", "wonderful", "disappointing"]),
        ),
        min_size=1,
        max_size=36,
    ),
    st.sampled_from([1, 0.2, 0]),
)
def test_no_label_lies_on_another_one_or_on_a_dot(words, spread):
    middle = np.array([WIDTH / 2, (TOP + HEIGHT) / 2])
    points = np.array([[x, y] for x, y, _ in words])
    points = middle + spread * (points - middle)
    names = [name for *_, name in words]
    boxes = [(x, y, DOT, DOT) for x, y in points] + [
        (x, y, half_width(name), HALF)
        for (x, y), name in zip(
            place_labels(points, names), names, strict=True
        )
    ]
    labels = range(len(points), len(boxes))
    for one in labels:
        for other in range(one):
            (x, y, w, h), (a, b, v, k) = boxes[one], boxes[other]
            assert abs(x - a) >= w + v - 1e-9 or abs(y - b) >= h + k - 1e-9


def test_a_lonely_word_stands_beside_its_dot():
    ((x, y),) = place_labels(np.array([[300.0, 200.0]]), ["great"])
    assert abs(x - 300) <= half_width("great") + 12
    assert abs(y - 200) <= 16
