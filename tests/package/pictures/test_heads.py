import re

import numpy as np
import pytest

from imdbtutor.pictures.heads import FLAT, draw_heads

WORDS = ["not", "a", "good", "film"]
BACK = np.eye(4)[[0, 0, 1, 2]]  # each word looks at the one before it
AHEAD = np.eye(4)[[1, 2, 3, 3]]
EVEN = np.full((4, 4), 0.25)
FAINT = np.array([[0.91, 0.09, 0, 0]] * 4)


def arcs(**weights):
    picture = draw_heads(WORDS, weights, turns="Head")
    found = r'd="M([\d.]+) ([\d.]+)A[\d. ]+ 0 0 0 ([\d.]+) '
    return [
        np.array(re.findall(found, drawn), dtype=float)
        for _, drawn in picture.frames
    ]


def test_an_arc_that_looks_back_is_above_and_one_ahead_below():
    back, ahead = arcs(back=BACK, ahead=AHEAD)
    assert (back[:, 2] < back[:, 0]).all()
    assert (ahead[:, 2] > ahead[:, 0]).all()
    assert back[:, 1].max() < ahead[:, 1].min()
    assert len(back) == len(ahead) == 3


def test_a_word_that_looks_at_itself_is_underlined():
    picture = draw_heads(WORDS, {"self": np.eye(4)}, turns="Head")
    assert picture.frames[0][1].count("h18") == 4
    assert arcs(self=np.eye(4))[0].size == 0


def test_faint_looks_are_left_out():
    assert len(arcs(even=EVEN)[0]) == 12
    assert len(arcs(faint=FAINT)[0]) == 3


@pytest.mark.parametrize("stroke", ["stroke-width", "stroke-opacity"])
def test_the_more_it_looks_the_thicker_the_arc(stroke):
    weights = np.array([[0.1, 0.2, 0.3, 0.4]] * 4)
    drawn = draw_heads(WORDS, {"one": weights}, turns="Head").frames[0][1]
    first_row = re.findall(rf'{stroke}="([\d.]+)"', drawn)[:4]
    assert first_row == sorted(first_row, key=float)
    assert len(set(first_row)) == 4


def test_everything_is_inside_the_picture():
    picture = draw_heads(WORDS, {"even": EVEN}, turns="Head")
    width, height = picture.size
    (found,) = arcs(even=EVEN)
    assert found[:, [0, 2]].max() < width
    tall = np.abs(found[:, 0] - found[:, 2]) / FLAT
    up = np.where(found[:, 2] < found[:, 0], -tall, tall)
    assert (found[:, 1] + up).min() > 0
    assert (found[:, 1] + up).max() < height


def test_the_alt_text_says_who_looks_at_whom():
    alt = draw_heads(WORDS, {"layer 1": BACK}, turns="Head").alt
    assert "In layer 1: " in alt
    assert "good looks at a; film looks at good; not and a look at not" in alt
    even = draw_heads(WORDS, {"layer 1": EVEN}, turns="Head").alt
    assert "no word looks at one alone" in even
