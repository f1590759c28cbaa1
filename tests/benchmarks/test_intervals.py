"""The interval of a difference holds both kinds of chance."""

import numpy as np
import pytest

from benchmarks.accuracy.intervals import compare
from imdbtutor.evaluation.report import bootstrap_mean


def coins(share, shape, seed=0):
    return np.random.default_rng(seed).random(shape) < share


def test_with_one_run_each_only_the_reviews_are_drawn_anew():
    lower, upper = coins(0.8, (2, 1, 900))
    mean, low, high = compare(lower, upper)
    expected = bootstrap_mean(upper[0].astype(int) - lower[0])
    assert (mean, low, high) == pytest.approx(expected, abs=3e-3)


def test_a_model_does_not_differ_from_itself():
    right = coins(0.8, (1, 900))
    assert compare(right, np.repeat(right, 3, axis=0)) == (0, 0, 0)


def test_two_runs_widen_the_interval_as_much_as_they_differ():
    # Accuracies 1 and 0: a standard deviation of 0.707 over runs, and of
    # their mean 0.5. Drawn with replacement, 0.5 * sqrt(2) at the ends.
    apart = np.stack([np.ones(900), np.zeros(900)]) > 0
    never = np.zeros((1, 900), bool)
    mean, low, high = compare(never, apart)
    assert mean == 0.5
    assert high - mean == pytest.approx(0.5 * 2**0.5)
    assert mean - low == pytest.approx(0.5 * 2**0.5)


def test_other_reviews_give_a_wider_interval_than_the_same():
    right = coins(0.9, (1, 900))
    _, low, high = compare(right, right, paired=False)
    error = (2 * 0.9 * 0.1 / 900) ** 0.5
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.1)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    held = 0
    for seed in range(40):
        lower, upper = coins([[[0.7]], [[0.75]]], (2, 1, 400), seed)
        _, low, high = compare(lower, upper)
        held += low <= 0.05 <= high
    assert 34 <= held <= 40
