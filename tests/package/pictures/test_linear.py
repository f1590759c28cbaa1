"""A linear layer on a bag: its weights, its bias, its logits."""

import re

import numpy as np
import pytest

from imdbtutor.pictures.grids import number
from imdbtutor.pictures.linear import draw_linear_layer

WORDS = ["dull", "great", "awful"]
BAG = [1, 1, 0]
WEIGHTS = np.array([[0.52, -0.31, 0.77], [-0.5, 0.44, -0.66]])
BIASES = np.array([0.03, -0.04])


@pytest.fixture(scope="module")
def picture():
    logits = WEIGHTS @ BAG + BIASES
    return draw_linear_layer(WORDS, BAG, WEIGHTS, BIASES, logits)


def test_every_number_given_is_drawn(picture):
    drawn = re.findall(r">([^<>]+)</text>", picture.svg())
    for value in [*WEIGHTS.flat, *BIASES, *(WEIGHTS @ BAG + BIASES)]:
        assert number(value) in drawn
    assert [label for label in drawn if label in WORDS] == WORDS


def test_what_is_not_in_the_bag_is_grey_and_plays_no_part(picture):
    grey = re.findall(r'opacity="0.5"><text[^>]*>([^<]+)<', picture.svg())
    assert grey == [number(value) for value in WEIGHTS[:, 2]]
    assert "awful" not in picture.alt


def test_the_words_tell_the_logits(picture):
    for logit in WEIGHTS @ BAG + BIASES:
        assert number(logit) in picture.alt
