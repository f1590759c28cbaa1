"""How far two models differ, with both kinds of chance in the interval.

A score of a run on a review is taken apart as in a two-way analysis of
variance: the model's mean, what the run adds, what the review adds, and the
rest. `coverage.py` tries how often the intervals hold the truth.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from scipy.stats import t as student

NOTHING = 1e-30  # keeps 0 / 0 away where no score varies


class Estimate(NamedTuple):
    """A number, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


class Part(NamedTuple):
    """A variance of the difference, and its degrees of freedom."""

    variance: np.ndarray
    freedom: int


class Runs(NamedTuple):
    """What the runs of a model add to the variance of its mean.

    Args:
        between: From the runs' means; what one adds, and the rest.
        rest: What of that is the rest: chance on single reviews.
    """

    between: Part
    rest: np.ndarray


def compare(
    lower: np.ndarray,
    upper: np.ndarray,
    *,
    paired: bool = True,
    shared: bool = False,
) -> Estimate:
    """Return the difference of two means and its 95 % interval.

    A single run says nothing about other seeds: with one run a side the
    interval is of these two trainings on other reviews, not of the methods.

    Args:
        lower: Which reviews it got right, or their losses; shape (runs,
            reviews).
        upper: The same for the other model; its runs may be more or fewer.
        paired: Whether both were scored on the same reviews.
        shared: Whether both have the same runs, scored in two ways; run by
            run and review by review, only the differences count then.

    Returns:
        The mean of `upper` minus that of `lower`.
    """
    if shared:
        upper = upper.astype(float) - lower
        lower = np.zeros_like(upper[..., :1, :])
    mean, error = mean_and_error(lower, upper, paired)
    return Estimate(float(mean), float(mean - error), float(mean + error))


def mean_and_error(
    lower: np.ndarray, upper: np.ndarray, paired: bool = True
) -> tuple[np.ndarray, np.ndarray]:
    """Return a difference and half the width of its interval.

    Args:
        lower: As for `compare`; more axes may come before the two.
        upper: The same.
        paired: Whether both were scored on the same reviews.
    """
    sides = lower.astype(float), upper.astype(float)
    mean = sides[1].mean(axis=(-2, -1)) - sides[0].mean(axis=(-2, -1))
    by_review = [side.mean(axis=-2) for side in sides]
    if paired:
        by_review = [by_review[1] - by_review[0]]
    reviews = sum(
        each.var(axis=-1, ddof=1) / each.shape[-1] for each in by_review
    )
    freedom = min(each.shape[-1] for each in by_review) - 1
    runs = [look_at_runs(side) for side in sides if side.shape[-2] > 1]
    return mean, half_width(Part(reviews, freedom), runs)


def look_at_runs(scores: np.ndarray) -> Runs:
    """Take the scores of several runs apart, (..., runs, reviews)."""
    runs, reviews = scores.shape[-2:]
    of_run = scores.mean(axis=-1, keepdims=True)
    of_review = scores.mean(axis=-2, keepdims=True)
    left = scores - of_run - of_review + scores.mean((-2, -1), keepdims=True)
    rest = (left**2).sum(axis=(-2, -1)) / ((runs - 1) * (reviews - 1))
    between = of_run[..., 0].var(axis=-1, ddof=1) / runs
    return Runs(Part(between, runs - 1), rest / (runs * reviews))


def half_width(reviews: Part, runs: Sequence[Runs]) -> np.ndarray:
    """Put the parts together to half the width of a 95 % interval.

    The mean over runs, review by review, varies with the reviews and the
    rest; the runs' means vary with the runs and the rest, which must count
    once. If both models have several runs, Satterthwaite's degrees of
    freedom suit the sum (Satterthwaite, 1946). If one has, they would be
    too many: with two runs, 87 of 100 intervals would hold the truth. Each
    part then keeps its own quantile (Graybill and Wang, 1980).

    Args:
        reviews: How much the mean over runs varies from review to review.
        runs: Of each model that has several.
    """
    if len(runs) == 2:
        rest = sum(found.rest for found in runs)
        apart = np.maximum(reviews.variance - rest, 0)
        parts = [Part(apart, reviews.freedom), *(r.between for r in runs)]
        variance = sum(part.variance for part in parts)
        spread = sum(part.variance**2 / part.freedom for part in parts)
        freedom = (variance**2 + NOTHING) / (spread + NOTHING)
        return student.ppf(0.975, freedom) * np.sqrt(variance)
    square = student.ppf(0.975, reviews.freedom) ** 2 * reviews.variance
    for between, rest in runs:
        seeds = np.maximum(between.variance - rest, 0)
        square = square + student.ppf(0.975, between.freedom) ** 2 * seeds
    return np.sqrt(square)
