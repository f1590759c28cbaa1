"""The picture of a reading shows the numbers that it is given."""

import html
import json
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from imdbtutor.pictures import reading
from imdbtutor.pictures.reading import (
    draw_reading,
    draw_verdict,
    telling_units,
)

TOKENS = ["a", "dull", "start", "but", "wonderful"]
VERDICT = [0.55, 0.2, 0.25, 0.3, 0.9]
ANY_WORD = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1
)


def trace(seed):
    generator = np.random.default_rng(seed)
    rows = {name: generator.uniform(0, 1, (4, 5)).tolist() for name in "ifo"}
    rows |= {name: generator.uniform(-1, 1, (4, 5)).tolist() for name in "ch"}
    return {"units": [3, 1, 60, 7], "share": [0.4, 0.1, -0.2, -0.5], **rows}


@pytest.fixture
def directions():
    return {"forward": trace(0), "backward": trace(1)}


@pytest.fixture
def svg(directions):
    return draw_reading("A dull", TOKENS, VERDICT, directions).svg()


def number(value):
    return f"{round(value, 2) + 0:.2f}".replace("-", "\N{MINUS SIGN}")


def test_bars_are_as_tall_as_the_verdict_is_sure():
    svg = draw_verdict(TOKENS, VERDICT).svg()
    tall = re.findall(r'height="([\d.]+)"\s+fill="#', svg)
    sure = [abs(positive - 0.5) for positive in VERDICT]
    np.testing.assert_allclose(
        np.array(tall, float) / reading.TALL, sure, atol=1e-3
    )


def test_bars_go_up_for_praise_and_down_for_blame():
    svg = draw_verdict(TOKENS, VERDICT).svg()
    tops = re.findall(r'y="([\d.]+)" width="[\d.]+" height="[\d.]+" fill', svg)
    middle = reading.TOP + reading.TALL / 2
    ups = [float(y) < middle for y in tops]
    assert ups == [positive > 0.5 for positive in VERDICT]


def test_the_word_that_moved_the_verdict_most_is_bold():
    svg = draw_verdict(TOKENS, VERDICT).svg()
    assert re.findall(r'font-weight="600">(\w+)<', svg) == ["wonderful"]


def test_the_first_word_is_compared_with_one_half():
    svg = draw_verdict(["awful", "film"], [0.1, 0.4]).svg()
    assert re.findall(r'font-weight="600">(\w+)<', svg) == ["awful"]


def test_each_unit_shows_its_numbers_at_that_word(svg, directions):
    shown = re.findall(r'text-anchor="end"[^>]*>([\N{MINUS SIGN}\d.]+)<', svg)
    expected = [
        number(traced[name][unit][4])
        for traced in directions.values()
        for unit in (0, 3)
        for name in "ifoch"
    ]
    assert shown[1:] == expected  # the first is the scale's one half


def test_cells_are_the_darker_the_larger_their_numbers(svg, directions):
    cells = re.findall(r'z" fill-opacity="([\d.]+)"', svg)
    expected = [
        0.08 + 0.72 * abs(value)
        for traced in directions.values()
        for unit in (0, 3)
        for name in "ifoch"
        for value in traced[name][unit]
    ]
    np.testing.assert_allclose(np.array(cells, float), expected, atol=0.006)


def test_a_frame_is_around_the_largest_state(directions):
    traced = {"forward": trace(0)}
    svg = draw_reading("x", TOKENS, VERDICT, traced).svg()
    frames = re.findall(r'<rect x="([\d.]+)"[^>]*stroke-width="2"/>', svg)
    width = min(30, (reading.WIDTH - reading.LEFT) / 5)
    places = [(float(x) - reading.LEFT) / width for x in frames]
    best = [int(np.argmax(traced["forward"]["h"][unit])) for unit in (0, 3)]
    np.testing.assert_allclose(places, best, atol=0.01)


def test_the_units_shown_are_the_two_ends():
    assert telling_units([0.1, 0.5, -0.3, 0.2]) == [1, 2]


def test_the_script_gets_the_same_numbers(svg, directions):
    found = re.search(r'data-values=("[^"]*"|\'[^\']*\')', svg)[1]
    values = json.loads(html.unescape(found[1:-1]))
    assert values["tokens"] == TOKENS
    assert values["text"] == "A dull"
    assert values["verdict"] == VERDICT
    for name, traced in directions.items():
        for row, numbers in traced.items():
            got = np.array(values["directions"][name][row])
            np.testing.assert_allclose(got, numbers, atol=5e-4)


@given(st.lists(ANY_WORD, min_size=1, max_size=30))
def test_any_words_make_a_well_formed_picture(tokens):
    svg = draw_verdict(tokens, [0.5] * len(tokens)).svg()
    assert ElementTree.fromstring(svg).get("role") == "img"


def test_a_picture_is_no_wider_than_a_page(svg):
    width = float(ElementTree.fromstring(svg).get("width"))
    assert width <= 640
    assert 'id="' not in svg
