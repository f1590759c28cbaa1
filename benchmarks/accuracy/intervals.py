"""How far two models differ, with both kinds of chance in the interval."""

import numpy as np

DRAWS = 10_000


def compare(
    lower: np.ndarray, upper: np.ndarray, paired: bool = True
) -> tuple[float, float, float]:
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
        The mean of `upper` minus that of `lower`, and the ends of the
        interval.
    """
    rng = np.random.default_rng(0)

    def draw_runs(right: np.ndarray) -> np.ndarray:
        runs, mean = len(right), right.mean(axis=0)
        if runs == 1:
            return mean
        drawn = right[rng.integers(runs, size=runs)].mean(axis=0)
        return mean + np.sqrt(runs / (runs - 1)) * (drawn - mean)

    def draw_reviews(right: np.ndarray) -> float:
        return right[rng.integers(len(right), size=len(right))].mean()

    found = []
    for _ in range(DRAWS):
        one, other = draw_runs(lower), draw_runs(upper)
        if paired:
            found.append(draw_reviews(other - one))
        else:
            found.append(draw_reviews(other) - draw_reviews(one))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(upper.mean() - lower.mean()), float(low), float(high)
