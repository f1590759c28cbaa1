import re

import numpy as np
from scipy.spatial.distance import pdist

from imdbtutor.pictures.analogy import HEIGHT, WIDTH, draw_analogy, flatten

WORDS = ["man", "king", "woman", "queen"]
# A parallelogram, far from the origin, in five dimensions.
STEP, AWAY = np.array([3.0, 1, 0, 0, 0]), np.array([0, 0, 2.0, 0, 1])
POINTS = 9 + np.array([0 * STEP, STEP, AWAY, STEP + AWAY])


def numbers(pattern, drawn):
    return np.array(re.findall(pattern, drawn), dtype=float)


def drawn(points=POINTS):
    picture = draw_analogy(WORDS, points)
    squares = numbers(r'<rect x="([\d.-]+)" y="([\d.-]+)"', picture.svg()) + 4
    ends = numbers(r"M([\d.]+) ([\d.]+)L[\d.]+ [\d.]+L", picture.svg())
    return picture, squares, ends


def test_points_in_a_plane_keep_their_distances():
    assert np.allclose(pdist(flatten(POINTS)), pdist(POINTS))


def test_the_same_points_are_seen_from_the_same_side():
    assert np.allclose(flatten(POINTS[::-1])[::-1], flatten(POINTS))


def test_both_arrows_are_one_step_and_the_second_meets_the_answer():
    _, squares, ends = drawn()
    assert np.allclose(ends, squares[[1, 3]], atol=0.2)


def test_an_answer_elsewhere_is_not_where_the_arrow_ends():
    away = POINTS + np.array([[0], [0], [0], [1]]) * AWAY
    _, squares, ends = drawn(away)
    assert np.hypot(*(ends[1] - squares[3])) > 20


def test_everything_is_inside_and_every_word_is_written():
    picture, squares, ends = drawn()
    for x, y in [*squares, *ends]:
        assert 0 < x < WIDTH
        assert 0 < y < HEIGHT
    for word in WORDS:
        assert f">{word}</text>" in picture.svg()
        assert word in picture.alt
