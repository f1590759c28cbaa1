"""The interval of a difference holds the truth as often as it says."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from benchmarks.accuracy import coverage
from benchmarks.accuracy.intervals import (
    compare,
    look_at_runs,
    mean_and_error,
)
from imdbtutor.evaluation.report import bootstrap_mean

NEVER = np.zeros((1, 900), bool)
APART = np.stack([np.ones(900), np.zeros(900)]) > 0  # accuracies 1 and 0


def coins(share, shape, seed=0):
    return np.random.default_rng(seed).random(shape) < share


def test_with_one_run_each_only_the_reviews_count():
    lower, upper = coins(0.8, (2, 1, 900))
    mean, low, high = compare(lower, upper)
    expected = bootstrap_mean(upper[0].astype(int) - lower[0])
    assert (mean, low, high) == pytest.approx(expected, abs=3e-3)


def test_a_model_does_not_differ_from_itself():
    right = coins(0.8, (1, 900))
    found = compare(right, np.repeat(right, 3, axis=0))
    assert found == pytest.approx((0, 0, 0), abs=1e-12)


def test_of_a_run_each_it_is_students_interval_of_pairs():
    lower, upper = np.array([[1, 0, 0, 1]]), np.array([[1, 1, 0.5, 1]])
    theirs = ttest_1samp((upper - lower)[0], 0).confidence_interval()
    assert compare(lower, upper)[1:] == pytest.approx(theirs)


def test_what_is_left_is_what_neither_runs_nor_reviews_explain():
    """Two runs, three reviews: by hand."""
    found = look_at_runs(np.array([[1.0, 0.0, 2.0], [0.0, 0.0, 0.0]]))
    assert found.between.variance == pytest.approx(0.5 / 2)  # means 1 and 0
    assert found.between.freedom == 1
    # Left over are 0, -1/2, 1/2 and their negatives: 1, over 1 * 2.
    assert found.rest == pytest.approx(0.5 / (2 * 3))


def test_two_runs_of_one_model_have_one_degree_of_freedom():
    mean, low, high = compare(NEVER, APART)
    assert mean == 0.5
    assert high - mean == pytest.approx(12.706 * 0.5, rel=1e-3)
    assert mean - low == pytest.approx(12.706 * 0.5, rel=1e-3)


def test_two_runs_of_each_have_two_degrees_of_freedom():
    mean, _, high = compare(APART, APART)
    assert mean == 0
    assert high == pytest.approx(4.303 * 0.5**0.5, rel=1e-3)


def test_chance_on_single_reviews_counts_once():
    lower, upper = coins(0.5, (2, 30, 4_000))  # no review, no run differs
    _, low, high = compare(lower, upper)
    expected = 2 * 2.0 * (2 * 0.25 / 30 / 4_000) ** 0.5
    assert high - low == pytest.approx(expected, rel=0.2)


def test_other_reviews_give_a_wider_interval_than_the_same():
    right = coins(0.9, (1, 900))
    _, low, high = compare(right, right, paired=False)
    error = (2 * 0.9 * 0.1 / 900) ** 0.5
    assert high - low == pytest.approx(2 * 1.96 * error, rel=0.01)


def test_runs_that_both_sides_share_are_compared_run_by_run():
    good, weak = np.ones(900), np.arange(900) < 450
    before = np.stack([good, weak]) > 0
    after = before & (np.arange(900) >= 90)  # costs each a tenth
    mean, low, high = compare(after, before, shared=True)
    assert mean == pytest.approx(0.1)
    assert high - low == pytest.approx(2 * 1.96 * 0.01, rel=0.01)
    _, low, high = compare(after, before)
    assert high - low > 1


def test_many_comparisons_at_once_are_those_made_one_by_one():
    rng = np.random.default_rng(0)
    lower, upper = rng.random((7, 2, 50)), rng.random((7, 3, 50))
    means, errors = mean_and_error(lower, upper)
    for each in range(7):
        mean, _, high = compare(lower[each], upper[each])
        assert mean == pytest.approx(means[each])
        assert high - mean == pytest.approx(errors[each])


@pytest.mark.parametrize("kind", coverage.KINDS)
@pytest.mark.parametrize("seeds", coverage.SEEDS.values(), ids=coverage.SEEDS)
@pytest.mark.parametrize("runs", coverage.RUNS)
def test_95_of_100_intervals_hold_the_truth(kind, runs, seeds):
    share = coverage.share_held(kind, (runs, runs), (seeds, seeds))
    assert 0.93 <= share <= 0.97


@pytest.mark.parametrize("seeds", coverage.SEEDS.values(), ids=coverage.SEEDS)
@pytest.mark.parametrize("runs", coverage.RUNS[1:])
def test_so_they_do_beside_a_model_that_comes_out_the_same(runs, seeds):
    share = coverage.share_held("loss", (1, runs), (0.0, seeds))
    assert (0.92 if runs == 2 else 0.93) <= share <= 0.97


@pytest.mark.parametrize("runs", coverage.RUNS[1:])
def test_a_seed_that_matters_to_one_model_alone_is_nearly_held(runs):
    share = coverage.share_held("loss", (runs, runs), (0.0, 0.3))
    assert (0.90 if runs == 2 else 0.92) <= share <= 0.97


def test_the_command_prints_a_line_a_case(monkeypatch, capsys):
    monkeypatch.setattr(coverage, "REPEATS", 20)
    coverage.main()
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 * (1 + 4 + 3 + 3)
    assert all(line.count("%") == 3 for line in lines if "runs" in line)


def test_the_simulation_sees_an_interval_that_forgets_the_runs(monkeypatch):
    def forget(lower, upper):
        means = (side.mean(axis=1, keepdims=True) for side in (lower, upper))
        return mean_and_error(*means)

    monkeypatch.setattr(coverage, "mean_and_error", forget)
    assert coverage.share_held(coverage.KINDS[0], (3, 3), (0.3, 0.3)) < 0.8
