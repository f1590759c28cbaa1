"""Chapter 11: baselines."""

import numpy as np
from scipy.stats import binomtest

from imdbtutor.checks.stages import exercise, try_on
from imdbtutor.checks.values import real, whole

NOTHING_TO_TOSS = (
    "If the models never differ there is nothing to toss: return 1."
)


def _predictions(reviews=40):
    """Draw on which reviews each of two models is right."""
    return tuple(whole(0, 2, 2, reviews).bool().numpy())


@exercise("11.1")
def _log_ratio(answer):
    fixed = np.array([3, 0, 7]), np.array([1, 2, 0])
    fresh = whole(0, 30, 2, 5).numpy()
    for positive, negative in [fixed, tuple(fresh)]:
        more, less = positive + 1, negative + 1
        right = np.log(more / more.sum()) - np.log(less / less.sum())
        with np.errstate(divide="ignore", invalid="ignore"):
            bare = np.log(positive / positive.sum())
            bare -= np.log(negative / negative.sum())
        tempting = [
            ((-right).tolist(), "Positive over negative, not under it."),
            (bare.tolist(), "Add 1 to every count first."),
            (
                np.log(more / less).tolist(),
                "Divide each kind of count by its own sum, or a class with "
                "more words wins everywhere.",
            ),
            (np.exp(right).tolist(), "The logarithm is missing."),
            (
                (
                    np.log(more / positive.sum())
                    - np.log(less / negative.sum())
                ).tolist(),
                "Divide by the sum of the counts *with* their 1.",
            ),
            ((right / np.log(2)).tolist(), "The natural logarithm, np.log."),
        ]
        try_on(
            answer,
            positive,
            negative,
            expected=right.tolist(),
            tempting=tempting,
        )
    return "The scale that NBWeights learns."


@exercise("11.2")
def _paired_error(answer):
    fixed = np.array([1, 0, 1, 1, 0, 1]) > 0, np.array([1, 1, 1, 0, 1, 1]) > 0
    for first, second in [fixed, _predictions()]:
        difference = second.astype(float) - first
        n = len(difference)
        right = float(difference.std() / n**0.5)
        apart = (first.var() / n + second.var() / n) ** 0.5
        tempting = [
            (
                float(difference.std()),
                "That is the spread of one review; divide by the root of "
                "how many there are.",
            ),
            (float(difference.std() / n), "Divide by the *root* of n."),
            (
                float(difference.std(ddof=1) / n**0.5),
                "Nearly: `np.std` as it is, without `ddof=1`.",
            ),
            (
                float(apart),
                "That is for two models on different reviews. Take the "
                "difference review by review, then its spread.",
            ),
            (
                float((first != second).std() / n**0.5),
                "A review that only the first gets right counts -1.",
            ),
            (
                float(difference.var() / n),
                "The root is missing.",
            ),
            (
                float(difference.mean()),
                "That is the difference itself; its error was asked for.",
            ),
        ]
        try_on(answer, first, second, expected=right, tempting=tempting)
    return "Where both are right or both wrong, nothing adds to it."


@exercise("11.3")
def _mcnemar(answer):
    one_sided = np.array([True] * 3 + [False] * 5), np.array([True] * 8)
    same = np.array([True, False]), np.array([True, False])
    for first, second in [one_sided, one_sided[::-1], _predictions(), same]:
        gained = int((second & ~first).sum())
        lost = int((first & ~second).sum())
        both = gained + lost
        right = float(binomtest(gained, both).pvalue) if both else 1.0
        n = len(first)
        hits = int(second.sum())
        tempting = [
            (
                float(binomtest(hits, n).pvalue),
                "That asks whether the second model beats a coin. Count only "
                "the reviews on which one model is right and the other not.",
            ),
            (
                float(binomtest(gained, n).pvalue),
                "Reviews on which both are right, or neither, do not count.",
            ),
        ]
        if both:
            more = binomtest(gained, both, alternative="greater").pvalue
            tempting.append(
                (
                    float(more),
                    "That looks to one side only. Either model may be the "
                    "better one.",
                )
            )
        else:
            tempting.append((float("nan"), NOTHING_TO_TOSS))
        try_on(
            answer,
            first,
            second,
            expected=right,
            tempting=tempting,
            errors={
                "must be": NOTHING_TO_TOSS,  # SciPy before 1.18
                "~": "Turn the arrays into bool first.",
            },
        )
    return "A coin for every review on which only one of them is right."


@exercise("11.4")
def _spread(answer):
    fresh = (0.88 + real(5).double() / 200).numpy()
    for accuracies in [np.array([0.87, 0.88, 0.89]), fresh]:
        tempting = [
            (
                float(np.std(accuracies)),
                "That divides by the number of runs. With few of them it is "
                "too small: divide by one less, `ddof=1`.",
            ),
            (float(np.var(accuracies, ddof=1)), "The root is missing."),
            (float(np.ptp(accuracies)), "That is the range."),
            (
                float(np.std(accuracies, ddof=1) / len(accuracies) ** 0.5),
                "That is the error of the mean; the spread of a single run "
                "was asked for.",
            ),
        ]
        right = float(np.std(accuracies, ddof=1))
        try_on(answer, accuracies, expected=right, tempting=tempting)
    return "How far one run typically lies from the mean of many."
