"""Pictures: well-formed, described, and told apart by more than colour."""

import itertools
from xml.etree import ElementTree

import numpy as np
import pytest
import write_pictures
from hypothesis import given
from hypothesis import strategies as st

from imdbtutor.pictures import shapes
from imdbtutor.pictures.legend import draw_legend
from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS

PAPERS = {"white": "#ffffff", "dark": "#14181e"}


def luminance(colour):
    """Return how bright a colour is, 0 to 1, as WCAG 2.2 works it out."""
    srgb = np.array([int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)])
    dark = srgb <= 0.04045
    light = np.where(dark, srgb / 12.92, ((srgb + 0.055) / 1.055) ** 2.4)
    return light @ [0.2126, 0.7152, 0.0722]


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("role", COLOURS)
def test_every_colour_is_seen_on_white_and_in_the_dark(role, paper):
    """WCAG 2.2, 1.4.11: what carries meaning, three to one."""
    low, high = sorted([luminance(COLOURS[role]), luminance(PAPERS[paper])])
    assert (high + 0.05) / (low + 0.05) >= 3


def test_each_thing_has_a_shape_of_its_own():
    drawn = [
        shapes.word(0, 0, "a"),
        shapes.token_id(0, 0, 1),
        shapes.padding(0, 0),
        shapes.gate(0, 0, "f"),
        shapes.loss(0, 0),
        *(
            shapes.vector(0, 0, [0.5], role=role)
            for role in ("embedding", "hidden", "memory")
        ),
    ]
    for colour in COLOURS.values():
        drawn = [shape.replace(colour, "grey") for shape in drawn]
    assert all(a != b for a, b in itertools.combinations(drawn, 2))


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_any_word_makes_a_well_formed_picture(token):
    parts = [shapes.word(50, 0, token), shapes.loss(0, 0, token)]
    frames = [(token, shapes.text(0, 0, token))]
    picture = Picture(
        parts,
        (100, 30),
        token,
        frames,
        turns=token,
        live="x",
        values={"a": token},
    )
    root = ElementTree.fromstring(picture.svg())
    assert root.get("aria-label") == token.replace("\n", " ").replace(
        "\t", " "
    )


def test_one_frame_is_drawn_and_all_are_there():
    frames = [("one", "<g/>"), ("two", "<g/>"), ("three", "<g/>")]
    svg = Picture([], (1, 1), "x", frames, shown=1, turns="n").svg()
    drawn = {
        g.get("data-frame"): g.get("display")
        for g in ElementTree.fromstring(svg)
        if g.get("data-frame")
    }
    assert drawn == {"one": "none", "two": None, "three": "none"}


def test_a_notebook_gets_the_drawing_and_the_words():
    bundle = draw_legend()._repr_mimebundle_()
    assert bundle["image/svg+xml"].startswith("<svg")
    assert bundle["text/plain"] == draw_legend().alt


def test_the_legend_names_every_colour_but_the_verdicts():
    svg = draw_legend().svg()
    named = set(COLOURS) - {"positive", "negative"}
    assert all(COLOURS[role] in svg for role in named)


def test_the_pictures_on_pages_are_those_that_a_command_writes():
    """After a change: `make tool NAME=pictures`."""
    for path, svg in write_pictures.pictures().items():
        assert path.read_text("utf-8") == svg
