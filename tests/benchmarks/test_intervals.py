"""The interval of a difference holds both kinds of chance."""

import numpy as np
import pytest

from benchmarks.accuracy import intervals
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


def drawn_one_by_one(lower, upper, paired):
    """Do it as the words say it, a draw at a time."""
    rng = np.random.default_rng(0)

    def draw_runs(values):
        runs, mean = len(values), values.mean(axis=0)
        if runs == 1:
            return mean
        drawn = values[rng.integers(runs, size=runs)].mean(axis=0)
        return mean + np.sqrt(runs / (runs - 1)) * (drawn - mean)

    def draw_reviews(values):
        return values[rng.integers(len(values), size=len(values))].mean()

    found = []
    for _ in range(intervals.DRAWS):
        one, other = draw_runs(lower), draw_runs(upper)
        if paired:
            found.append(draw_reviews(other - one))
        else:
            found.append(draw_reviews(other) - draw_reviews(one))
    return np.quantile(found, [0.025, 0.975])


@pytest.mark.parametrize("runs", [(1, 1), (3, 1), (2, 5)])
@pytest.mark.parametrize("paired", [True, False])
def test_all_draws_at_once_are_those_made_one_by_one(
    monkeypatch, runs, paired
):
    monkeypatch.setattr(intervals, "DRAWS", 200)
    monkeypatch.setattr(
        intervals, "draw_anew", intervals.draw_anew.__wrapped__
    )
    rng = np.random.default_rng(1)
    lower = rng.random((runs[0], 90))
    upper = rng.random((runs[1], 90 if paired else 70))
    _, *ends = compare(lower, upper, paired)
    expected = drawn_one_by_one(lower, upper, paired)
    assert ends == pytest.approx(expected, rel=0, abs=1e-12)
