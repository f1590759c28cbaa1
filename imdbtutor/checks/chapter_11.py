"""Chapter 11: baselines."""

from collections import Counter

import numpy as np
from scipy.stats import binomtest

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import real, whole

# What Python says of the logarithm of 0, and of dividing by it.
_NO_LOG = ("math domain error", "expected a positive", "division by zero")
_WORDS = ["a", "dull", "not", "good", "film"]


def _predictions(reviews=40):
    """Draw on which reviews each of two models is right."""
    return tuple(whole(0, 2, 2, reviews).bool().numpy())


def _draw_reviews():
    rows = whole(0, 5, 3, 4).tolist()
    return [[_WORDS[place] for place in row] for row in rows]


def _ratios(positive, negative, slip=""):
    """Compute the log-ratio of each word, or with a slip."""
    words = sorted({w for review in positive + negative for w in review})
    logs = []
    for reviews in (positive, negative):
        once = [r if slip == "each time" else set(r) for r in reviews]
        found = Counter(word for review in once for word in review)
        counts = np.array([found[word] for word in words])
        more = counts + (slip != "without the 1")
        total = {
            "bare sum": counts.sum(),
            "own words": more[counts > 0].sum(),
            "no share": 1,
        }.get(slip, more.sum())
        with np.errstate(divide="ignore"):
            logs.append(np.log(more / total))
    return dict(zip(words, (logs[0] - logs[1]).tolist(), strict=True))


def _changed(ratios, change):
    return {word: float(change(ratio)) for word, ratio in ratios.items()}


@exercise("11.1")
def _log_ratios(answer):
    fixed = (
        [["good", "film", "good"], ["a", "good", "film"], ["good"]],
        [["dull", "film"], ["not", "bad"], ["film", "film"], ["a", "film"]],
    )
    without = "Add 1 to every count first: a word may be missing on one side."
    for lists in (fixed, (_draw_reviews(), _draw_reviews())):
        right = _ratios(*lists)
        result = ask(answer, *lists, errors=dict.fromkeys(_NO_LOG, without))
        expect(
            isinstance(result, dict),
            "It returns {}; expected is a dictionary from words to numbers.",
            result,
        )
        missing = sorted(set(right) - set(result))
        expect(
            not missing,
            f"The words {missing} are missing. A word of one class alone has "
            f"a ratio, too: that is what the 1 is for.",
        )
        hints = {
            "each time": "A word counts once a review, however often it "
            "stands there.",
            "without the 1": without,
            "bare sum": "Divide by the sum of the counts *with* their 1.",
            "own words": "Every word gets its 1 in both classes, and all of "
            "these belong to the sum.",
            "no share": "Divide the counts of each class by their own sum, or "
            "a class with more words wins everywhere.",
        }
        tempting = [
            (_changed(right, np.negative), "Positive over negative."),
            (_changed(right, np.exp), "The logarithm is missing."),
            (
                _changed(right, lambda ratio: ratio / np.log(2)),
                "The natural logarithm, np.log.",
            ),
            *((_ratios(*lists, slip), hint) for slip, hint in hints.items()),
        ]
        try_on(answer, *lists, expected=right, tempting=tempting)
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
        try_on(
            answer,
            first,
            second,
            expected=right,
            tempting=tempting,
            errors={
                "boolean subtract": "NumPy's advice would lose the sign. Turn "
                "the arrays into numbers first: `.astype(int)`.",
            },
        )
    return "Where both are right or both wrong, nothing adds to it."


def _enough(n, least=0.05, alternative="two-sided"):
    """Count up from half of n until the p-value is small."""
    for gained in range(n // 2, n + 1):
        found = binomtest(gained, n, alternative=alternative)
        if found.pvalue < least:
            return gained
    return n + 1


@exercise("11.3")
def _least_gained(answer):
    for n in (12, 30, 5, 6, whole(40, 200, 1).item()):
        right = _enough(n)
        tempting = [
            (
                _enough(n, alternative="greater"),
                "That looks to one side only. Had the first model been the "
                "better one by as much, you would have been as surprised.",
            ),
            (
                0,
                "With 0 the p-value is small because the *first* model is "
                "right on all of them. Start in the middle.",
            ),
            (
                2 * right - n,
                "That is the lead. How many of the reviews are it in all?",
            ),
            (right - 1, "With one less, p is not below 0.05 yet."),
            (right + 1, "One less is enough."),
            (n // 2 + 1, "A lead of one is nothing that a coin cannot do."),
        ]
        if right > n:
            hint = "Not even all of them are enough: return n + 1."
            tempting = [(wrong, hint) for wrong in range(n + 1)]
        try_on(answer, n, expected=right, tempting=tempting)
    return "Try the chapter's `gained + lost`, and compare with its `gained`."


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
