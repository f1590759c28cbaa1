"""How far two models differ, with both kinds of chance in the interval."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

DRAWS = 10_000


class Estimate(NamedTuple):
    """A number, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float


class Draws(NamedTuple):
    """What a bootstrap draws of one model, draw by draw.

    Args:
        runs: Which runs, shape (draws, runs).
        reviews: How often each review, shape (draws, reviews).
    """

    runs: np.ndarray
    reviews: np.ndarray


def compare(
    lower: np.ndarray, upper: np.ndarray, paired: bool = True
) -> Estimate:
    """Return the difference of two means and its 95 % interval.

    A bootstrap in which the reviews are drawn anew, and of each model the
    runs as well. Drawing n runs anew spreads their mean too little, by
    sqrt((n - 1) / n), which is made good; a single run says nothing about
    other seeds.

    Args:
        lower: Which reviews it got right, or their losses; shape (runs,
            reviews).
        upper: The same for the other model; its runs may be more or fewer.
        paired: Whether both were scored on the same reviews; else each
            model's reviews are drawn apart.

    Returns:
        The mean of `upper` minus that of `lower`.
    """
    of_lower, of_upper = draw_anew(lower.shape, upper.shape, paired)
    found = drawn_means(upper, of_upper) - drawn_means(lower, of_lower)
    low, high = np.quantile(found, [0.025, 0.975])
    mean = upper.mean() - lower.mean()
    return Estimate(float(mean), float(low), float(high))


@lru_cache(maxsize=4)  # many pairs of models have the same shapes
def draw_anew(
    lower: tuple[int, int], upper: tuple[int, int], paired: bool
) -> tuple[Draws, Draws]:
    """Draw runs and reviews of two models, given as (runs, reviews)."""
    rng = np.random.default_rng(0)

    def empty(runs: int, reviews: int) -> Draws:
        counts = np.empty((DRAWS, reviews), np.uint8)  # 1 on average
        return Draws(np.empty((DRAWS, runs), np.int64), counts)

    def draw_reviews(reviews: int) -> np.ndarray:
        drawn = rng.integers(reviews, size=reviews)
        return np.bincount(drawn, minlength=reviews)

    of_lower, of_upper = empty(*lower), empty(*upper)
    for draw in range(DRAWS):
        for runs in (of_lower.runs, of_upper.runs):
            runs[draw] = rng.integers(runs.shape[1], size=runs.shape[1])
        of_upper.reviews[draw] = draw_reviews(upper[1])
        if not paired:
            of_lower.reviews[draw] = draw_reviews(lower[1])
    if paired:
        of_lower = of_lower._replace(reviews=of_upper.reviews)
    return of_lower, of_upper


def drawn_means(values: np.ndarray, draws: Draws) -> np.ndarray:
    """Return the mean over runs and reviews in every draw, (draws,)."""
    runs, reviews = values.shape
    sums = np.einsum("dn,rn->dr", draws.reviews, values.astype(float))
    mean = sums.mean(axis=1)
    drawn = np.take_along_axis(sums, draws.runs, axis=1).mean(axis=1)
    return (mean + np.sqrt(runs / max(runs - 1, 1)) * (drawn - mean)) / reviews
