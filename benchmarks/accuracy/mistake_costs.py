"""What a mistake costs: from right predictions to points and an interval.

Which predictions are right comes as arrays of bool, shape (seeds, reviews).
"""

from collections.abc import Callable

import numpy as np

from benchmarks.accuracy.intervals import Estimate, compare
from imdbtutor.training.recipe import BATCH_SIZE

DRAWS = 1_000  # orders of the test reviews, ways to halve them


def describe_cost(
    reported: np.ndarray, honest: np.ndarray, cost: Estimate, over: str
) -> dict:
    """Name what a row says of a cost.

    Args:
        reported: An accuracy for each seed.
        honest: The accuracy it is compared with, for each seed.
        cost: In points.
        over: What the interval is over: reviews, orders or halves.
    """
    points, *interval = (round(float(number), 2) for number in cost)
    return {
        "accuracy": np.round(reported, 4).tolist(),
        "compared_with": np.round(honest, 4).tolist(),
        "cost_points": points,
        "interval": interval,
        "interval_over": over,
    }


def in_points(difference: Estimate) -> Estimate:
    """Turn a difference of shares into points."""
    return Estimate(*(100 * number for number in difference))


def lose(
    right: np.ndarray, reference: np.ndarray, *, shared: bool = False
) -> dict:
    """Say what is lost, on the same test reviews, or by the same runs."""
    cost = in_points(compare(right, reference, shared=shared))
    return describe_cost(
        right.mean(axis=1), reference.mean(axis=1), cost, "reviews"
    )


def flatter(
    right: np.ndarray, reference: np.ndarray, *, paired: bool = True
) -> dict:
    """Say what is won, on the same test reviews or on other ones."""
    cost = in_points(compare(reference, right, paired=paired))
    return describe_cost(
        right.mean(axis=1), reference.mean(axis=1), cost, "reviews"
    )


def one_batch(right: np.ndarray) -> float:
    """Return the accuracy on the first batch alone."""
    return right[:BATCH_SIZE].mean()


def mean_of_means(right: np.ndarray) -> float:
    """Average the accuracies of the batches, the small last one too."""
    starts = range(0, len(right), BATCH_SIZE)
    sizes = np.diff([*starts, len(right)])
    return (np.add.reduceat(right.astype(int), starts) / sizes).mean()


def miss(right: np.ndarray, reference: np.ndarray, metric: Callable) -> dict:
    """Say how far a metric misses, for many orders of the reviews."""
    rng = np.random.default_rng(0)
    orders = [rng.permutation(right.shape[1]) for _ in range(DRAWS)]
    found = np.array([[metric(run[o]) for o in orders] for run in right])
    honest = reference.mean(axis=1)
    off = 100 * (found - honest[:, None])
    cost = Estimate(np.abs(off).mean(), *np.quantile(off, [0.025, 0.975]))
    return describe_cost(found[:, 0], honest, cost, "orders")


def pick_best_look(looks: np.ndarray, reference: np.ndarray) -> dict:
    """Pick the look that is best on one half; score it on the other.

    Args:
        looks: Which predictions are right, shape (seeds, looks, reviews).
        reference: Not used; the other half is what to compare with.
    """
    rng = np.random.default_rng(0)
    half = looks.shape[2] // 2
    found = np.empty((2, DRAWS, len(looks)))  # half, draw, seed
    for draw in range(DRAWS):
        order = rng.permutation(looks.shape[2])
        here = looks[:, :, order[:half]].mean(axis=2)  # (seeds, looks)
        there = looks[:, :, order[half:]].mean(axis=2)
        best = range(len(looks)), here.argmax(axis=1)
        found[:, draw] = here[best], there[best]
    gap = 100 * (found[0] - found[1])
    cost = Estimate(gap.mean(), *np.quantile(gap, [0.025, 0.975]))
    return describe_cost(*found.mean(axis=1), cost, "halves")
