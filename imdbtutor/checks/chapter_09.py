"""Chapter 9: evaluation."""

import numpy as np
from torch import Tensor

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import real, whole


def _pair(answer, *inputs, expected, tempting):
    """Ask for a pair of numbers, in any kind of sequence."""
    result = ask(answer, *inputs)
    expect(
        isinstance(result, tuple | list | np.ndarray | Tensor)
        and len(result) == 2,
        "It returns {}; expected is a pair.",
        result,
    )
    try_on(answer, *inputs, expected=expected, tempting=tempting)


@exercise("09.1")
def _precision_and_recall(answer):
    fresh = whole(1, 90, 2, 2).numpy()
    fixed = np.array([[50, 10], [20, 20]])
    for matrix, label in [(fixed, 1), (fixed, 0), (fresh, 1)]:
        hit, called = matrix[label, label], matrix[:, label].sum()
        true = matrix[label].sum()
        other = 1 - label
        wrong = matrix[other, other]
        right = float(hit / called), float(hit / true)
        tempting = [
            (
                right[::-1],
                "The two have changed places. Precision divides by the "
                "column, all that were *called* this class.",
            ),
            (
                (
                    float(wrong / matrix[:, other].sum()),
                    float(wrong / matrix[other].sum()),
                ),
                "Those are the figures of the other class.",
            ),
            (
                (right[0], float(hit / matrix.sum())),
                "The recall divides by the reviews of this class, not by all.",
            ),
            (
                (float(matrix.trace() / matrix.sum()),) * 2,
                "That is the accuracy, twice.",
            ),
        ]
        _pair(answer, matrix, label, expected=right, tempting=tempting)
    return "As precision_score and recall_score with pos_label."


@exercise("09.2")
def _interval(answer):
    n = 100 * whole(1, 60, 1).item()
    for a, size in [(0.88, 5_000), (0.5, 100), (0.75, n)]:
        variance = a * (1 - a) / size
        reach = 1.96 * variance**0.5

        def ends(reach, a=a):
            return a - reach, a + reach

        tempting = [
            (ends(1.96 * variance), "The root is missing."),
            (
                ends(variance**0.5),
                "One standard error to each side; 95 % needs 1.96 of them.",
            ),
            (
                ends(1.96 * (a * (1 - a)) ** 0.5),
                "Divide by the number of reviews under the root.",
            ),
            (
                ends(1.96 * (a * (1 - a)) ** 0.5 / size),
                "Divide by n *under* the root, not after it.",
            ),
            (ends(reach)[::-1], "The lower end goes first."),
            ((-reach, reach), "Put the accuracy in the middle."),
        ]
        _pair(answer, a, size, expected=ends(reach), tempting=tempting)
    return "Four times the reviews, half the width."


@exercise("09.3")
def _predictions(answer):
    fixed = np.array([0.1, 0.5, 0.6, 0.95, 0.9])
    fresh = whole(0, 101, 6).numpy() / 100
    for probabilities, threshold in [(fixed, 0.5), (fixed, 0.9), (fresh, 0.3)]:
        both = np.column_stack([1 - probabilities, probabilities])
        right = (probabilities > threshold).astype(int).tolist()
        tempting = [
            (
                (1 - probabilities > threshold).astype(int).tolist(),
                "That looks at column 0, the negative one.",
            ),
            (
                (probabilities >= threshold).astype(int).tolist(),
                "A probability equal to the threshold is not above it.",
            ),
            (
                [bool(found) for found in right],
                "Truth values; labels are the numbers 0 and 1.",
            ),
            (
                both.argmax(axis=1).tolist(),
                "That takes the likelier class, whatever the threshold.",
            ),
        ]
        inputs = both, threshold
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "Every threshold is another balance of precision and recall."


def _gaps(claimed, true, groups):
    claims = np.asarray(claimed).reshape(groups, -1).mean(axis=1)
    return claims - np.asarray(true).reshape(groups, -1).mean(axis=1)


@exercise("09.4")
def _calibration_gap(answer):
    fixed = np.array([0.9, 0.1, 0.6, 0.3, 0.8, 0.45])
    labels = np.array([0, 0, 1, 1, 1, 0])
    fresh = real(12).double().sigmoid().numpy()
    for claimed, true, groups in [
        (fixed, labels, 3),
        (fresh, whole(0, 2, 12).numpy(), 4),
    ]:
        order = np.argsort(claimed, kind="stable")
        gaps = _gaps(claimed[order], true[order], groups)
        apart = _gaps(claimed[order], np.sort(true), groups)
        mixed = _gaps(
            claimed[order].reshape(-1, groups).T.ravel(),
            true[order].reshape(-1, groups).T.ravel(),
            groups,
        )
        tempting = [
            (
                float(np.abs(_gaps(claimed, true, groups)).mean()),
                "Sort the reviews by their claim before you cut them into "
                "groups, and the labels with them.",
            ),
            (
                float(np.abs(_gaps(claimed[order], true, groups)).mean()),
                "The claims are sorted and the labels are not: every claim "
                "has to keep its own label.",
            ),
            (
                float(np.abs(apart).mean()),
                "Claims and labels were sorted apart: every claim has to "
                "keep its own label.",
            ),
            (
                float(np.abs(mixed).mean()),
                "Neighbours belong into one group: `reshape(groups, -1)`.",
            ),
            (
                float(gaps.mean()),
                "Too high and too low cancel out here; take distances.",
            ),
            (
                float(np.abs(gaps).max()),
                "That is the largest gap; the mean was asked for.",
            ),
            (float((gaps**2).mean()), "Squares; the distance was meant."),
            (
                float(np.abs(claimed - true).mean()),
                "That compares review by review. A single review is positive "
                "or not; compare group by group.",
            ),
        ]
        right = float(np.abs(gaps).mean())
        inputs = claimed, true, groups
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "The number this chapter computed with pandas."
