import numpy as np
from scipy.stats import binomtest


def shares(counts):
    return (counts + 1) / (counts + 1).sum()


def difference(first, second):
    return second.astype(float) - first


def without_1(positive, negative):
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.log(positive / positive.sum()) - np.log(
            negative / negative.sum()
        )


def apart(first, second):
    return (first.var() / len(first) + second.var() / len(second)) ** 0.5


def only_one_is_right(first, second):
    gained = (second & ~first).sum()
    return gained, gained + (first & ~second).sum()


def one_side(first, second):
    gained, both = only_one_is_right(first, second)
    return binomtest(gained, both, alternative="greater").pvalue


def no_number_of_none(first, second):
    gained, both = only_one_is_right(first, second)
    return binomtest(gained, both).pvalue if both else np.nan


WRONG = {
    "11.1": [
        ("not under it", lambda p, n: np.log(shares(n) / shares(p))),
        ("Add 1", without_1),
        ("its own sum", lambda p, n: np.log((p + 1) / (n + 1))),
        ("logarithm is missing", lambda p, n: shares(p) / shares(n)),
        ("natural logarithm", lambda p, n: np.log2(shares(p) / shares(n))),
        (
            "*with* their 1",
            lambda p, n: np.log((p + 1) / p.sum() / ((n + 1) / n.sum())),
        ),
    ],
    "11.2": [
        ("spread of one review", lambda a, b: difference(a, b).std()),
        ("*root* of n", lambda a, b: difference(a, b).std() / len(a)),
        (
            "without `ddof=1`",
            lambda a, b: difference(a, b).std(ddof=1) / len(a) ** 0.5,
        ),
        ("different reviews", apart),
        ("root is missing", lambda a, b: difference(a, b).var() / len(a)),
        ("difference itself", lambda a, b: difference(a, b).mean()),
        ("boolean subtract", lambda a, b: (b - a).std() / len(a) ** 0.5),
    ],
    "11.3": [
        ("beats a coin", lambda a, b: binomtest(b.sum(), len(b)).pvalue),
        (
            "do not count",
            lambda a, b: binomtest((b & ~a).sum(), len(b)).pvalue,
        ),
        ("one side only", one_side),
        (
            "nothing to toss",
            lambda a, b: binomtest(*only_one_is_right(a, b)).pvalue,
        ),
        ("nothing to toss", no_number_of_none),  # as SciPy 1.18 has it
    ],
    "11.4": [
        ("`ddof=1`", np.std),
        ("root is missing", lambda a: np.var(a, ddof=1)),
        ("the range", np.ptp),
        (
            "error of the mean",
            lambda a: np.std(a, ddof=1) / len(a) ** 0.5,
        ),
    ],
}
