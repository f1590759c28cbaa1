"""How often a 95 % interval of a difference holds the truth, by simulation.

Run `make measure WHAT=coverage`; it takes seconds. Models are made up, whose
true difference is known; what the seed adds to a run is nothing, about as
much as in this book, or a lot. With one run a side the truth is the
difference of these two trainings: one run cannot say how others would do.
Least sure are two runs a side where the seed matters to one model alone.
"""

from typing import NamedTuple

import numpy as np
from numpy.polynomial.hermite_e import hermegauss
from scipy.stats import norm

from benchmarks.accuracy.intervals import mean_and_error

REVIEWS = 100
REPEATS = 3_000
RUNS = (1, 2, 3, 5)
SEEDS = {"none": 0.0, "usual": 0.1, "strong": 0.3}  # spread over runs
KINDS = ("right or wrong", "loss")
SHARED, OWN, REST = 0.7, 0.4, 0.6  # spreads over reviews, see `make_scores`
MEANS = (1.2, 1.4)
POINTS, WEIGHTS = hermegauss(40)


class Model(NamedTuple):
    """A made-up model: how good, how many runs, what the seed adds."""

    mean: float
    runs: int
    seeds: float


def mean_score(kind: str, level: np.ndarray, spread: float) -> np.ndarray:
    """Return the mean score where what decides it is normal."""
    if kind == "right or wrong":
        return norm.cdf(level / spread)
    margins = np.asarray(level)[..., None] + spread * POINTS
    return (WEIGHTS * np.logaddexp(0, -2 * margins)).sum(-1) / WEIGHTS.sum()


def make_scores(
    kind: str, model: Model, reviews: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray | float]:
    """Make up the scores of a model, many times over.

    How surely a review is judged is the sum of how good the model is, what
    the run adds, how easy the review is for all models, how easy it is for
    this one, and the rest.

    Args:
        kind: One of `KINDS`.
        model: The model.
        reviews: How easy each review is, (repeats, reviews).
        rng: Draws.

    Returns:
        The scores, (repeats, runs, reviews), and their true mean: of the run
        if it is the only one, else of all there could be.
    """
    added = rng.standard_normal((REPEATS, model.runs), np.float32)
    level = model.mean + model.seeds * added
    own = OWN * rng.standard_normal(reviews.shape, np.float32)
    found = rng.standard_normal((*level.shape, REVIEWS), np.float32)
    found *= REST
    found += level[:, :, None] + (reviews + own)[:, None]
    spread = np.sqrt(SHARED**2 + OWN**2 + REST**2)
    truth = (
        mean_score(kind, level[:, 0], spread)
        if model.runs == 1
        else mean_score(kind, model.mean, np.hypot(spread, model.seeds))
    )
    if kind == "right or wrong":
        return found > 0, truth
    return np.logaddexp(0, -2 * found), truth


def share_held(
    kind: str, runs: tuple[int, int], seeds: tuple[float, float]
) -> float:
    """Return the share of intervals that hold the true difference.

    Args:
        kind: One of `KINDS`.
        runs: How many runs the two models have.
        seeds: The spread that the seed makes in each.
    """
    rng = np.random.default_rng(0)
    reviews = SHARED * rng.standard_normal((REPEATS, REVIEWS), np.float32)
    (lower, true_lower), (upper, true_upper) = (
        make_scores(kind, Model(*model), reviews, rng)
        for model in zip(MEANS, runs, seeds, strict=True)
    )
    difference, error = mean_and_error(lower, upper)
    missed = difference - (true_upper - true_lower)
    return float((np.abs(missed) <= error).mean())


def main() -> None:
    """Print the shares for all effects of the seed, in both models or one."""
    alike = [(runs, runs) for runs in RUNS]
    cases = [(runs, True) for runs in alike]
    cases += [((1, runs), False) for runs in RUNS[1:]]
    cases += [(runs, False) for runs in alike[1:]]
    for kind in KINDS:
        print(f"{kind}; effect of the seed: {', '.join(SEEDS)}")
        for runs, both in cases:
            shares = [
                share_held(kind, runs, (spread * both, spread))
                for spread in SEEDS.values()
            ]
            whose = "both" if both else "the second alone"
            print(f"  {runs[0]} and {runs[1]} runs, of {whose}:", end=" ")
            print(*(f"{share:.1%}" for share in shares))


if __name__ == "__main__":
    main()
