import math
from collections import Counter

import numpy as np
from scipy.stats import binomtest


def log_ratios(positive, negative, *, once=set, add=1, log=math.log):
    words = {word for review in positive + negative for word in review}

    def shares(reviews):
        count = Counter(word for r in reviews for word in once(r))
        more = {word: count[word] + add for word in words}
        return {word: more[word] / sum(more.values()) for word in words}

    share, other = shares(positive), shares(negative)
    return {word: log(share[word] / other[word]) for word in words}


def seen_words_only(positive, negative):
    """Add the 1 to the words that a class has, and count the others as 1."""

    def share(reviews, word):
        count = Counter(word for r in reviews for word in set(r))
        more = {word: times + 1 for word, times in count.items()}
        return more.get(word, 1) / sum(more.values())

    return {
        word: math.log(share(positive, word) / share(negative, word))
        for word in log_ratios(positive, negative)
    }


def without_shares(positive, negative):
    def times(reviews, word):
        return 1 + sum(word in review for review in reviews)

    return {
        word: math.log(times(positive, word) / times(negative, word))
        for word in log_ratios(positive, negative)
    }


def of_one_class(positive, negative):
    ratios = log_ratios(positive, negative)
    return {word: ratios[word] for review in positive for word in review}


def difference(first, second):
    return second.astype(float) - first


def apart(first, second):
    return (first.var() / len(first) + second.var() / len(second)) ** 0.5


def least_gained(n, first=None, **options):
    for gained in range(n // 2 if first is None else first, n + 1):
        if binomtest(gained, n, **options).pvalue < 0.05:
            return gained
    return n + 1


def all_of_them(n):
    return min(least_gained(n), n)


WRONG = {
    "11.1": [
        ("over negative", lambda p, n: log_ratios(n, p)),
        ("Add 1", lambda p, n: log_ratios(p, n, add=0)),
        ("once a review", lambda p, n: log_ratios(p, n, once=list)),
        (
            "logarithm is missing",
            lambda p, n: log_ratios(p, n, log=lambda x: x),
        ),
        ("natural logarithm", lambda p, n: log_ratios(p, n, log=math.log2)),
        ("all of these belong", seen_words_only),
        ("wins everywhere", without_shares),
        ("are missing", of_one_class),
        (
            "expected is a dictionary",
            lambda p, n: list(log_ratios(p, n).items()),
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
        ("would lose the sign", lambda a, b: (b - a).std() / len(a) ** 0.5),
        ("counts -1", lambda a, b: (b ^ a).std() / len(a) ** 0.5),
    ],
    "11.3": [
        ("one side only", lambda n: least_gained(n, alternative="greater")),
        ("*first* model", lambda n: least_gained(n, first=0)),
        ("the lead", lambda n: 2 * least_gained(n) - n),
        ("not below 0.05 yet", lambda n: least_gained(n) - 1),
        ("One less is enough", lambda n: least_gained(n) + 1),
        ("return n + 1", all_of_them),
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
