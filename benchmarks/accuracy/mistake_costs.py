"""What a mistake costs: from right verdicts to points and an interval.

Verdicts come as arrays of bool, shape (seeds, reviews).
"""

from collections.abc import Callable

import numpy as np

from benchmarks.accuracy.intervals import compare

BATCH = 64
DRAWS = 1_000  # orders of the test reviews, ways to halve them


def figures(
    reported: np.ndarray,
    honest: np.ndarray,
    cost: tuple[float, float, float],
    over: str,
) -> dict:
    """Name a row's figures.

    Args:
        reported: An accuracy for each seed.
        honest: The accuracy it is compared with, for each seed.
        cost: In points, and the ends of its 95 % interval.
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


def lose(right: np.ndarray, reference: np.ndarray) -> dict:
    """Measure what is lost, on the same test reviews."""
    cost = 100 * np.array(compare(right, reference))
    return figures(right.mean(axis=1), reference.mean(axis=1), cost, "reviews")


def flatter(
    right: np.ndarray, reference: np.ndarray, *, paired: bool = True
) -> dict:
    """Measure what is won, on the same test reviews or on other ones."""
    cost = 100 * np.array(compare(reference, right, paired=paired))
    return figures(right.mean(axis=1), reference.mean(axis=1), cost, "reviews")


def one_batch(right: np.ndarray) -> float:
    """Measure the accuracy on the first batch alone."""
    return right[:BATCH].mean()


def mean_of_means(right: np.ndarray) -> float:
    """Average the accuracies of the batches, the small last one too."""
    starts = range(0, len(right), BATCH)
    sizes = np.diff([*starts, len(right)])
    return (np.add.reduceat(right.astype(int), starts) / sizes).mean()


def miss(right: np.ndarray, reference: np.ndarray, figure: Callable) -> dict:
    """Measure how far a figure misses, for many orders of the reviews."""
    rng = np.random.default_rng(0)
    orders = [rng.permutation(right.shape[1]) for _ in range(DRAWS)]
    found = np.array([[figure(run[o]) for o in orders] for run in right])
    honest = reference.mean(axis=1)
    off = 100 * (found - honest[:, None])
    cost = np.abs(off).mean(), *np.quantile(off, [0.025, 0.975])
    return figures(found[:, 0], honest, cost, "orders")


def pick_best_look(looks: np.ndarray, reference: np.ndarray) -> dict:
    """Pick the look that is best on one half; measure it on the other.

    Args:
        looks: Right verdicts, shape (seeds, looks, reviews).
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
    cost = gap.mean(), *np.quantile(gap, [0.025, 0.975])
    return figures(*found.mean(axis=1), cost, "halves")
