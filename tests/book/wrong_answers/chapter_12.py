import math
from collections import Counter

import numpy as np
import torch


def pairs(words, window):
    return [
        (left, right)
        for place, left in enumerate(words)
        for right in words[place + 1 : place + 1 + window]
    ]


def pmi(together, first, second, total):
    return math.log(together * total / (first * second)) if together else 0.0


def in_turn(labels, folds):
    part = np.empty(len(labels), dtype=int)
    for label in (0, 1):
        rows = np.flatnonzero(labels == label)
        part[rows] = np.arange(len(rows)) % folds
    return part


def in_blocks(labels, folds):
    part = np.empty(len(labels), dtype=int)
    for label in (0, 1):
        rows = np.flatnonzero(labels == label)
        part[rows] = np.arange(len(rows)) * folds // len(rows)
    return part


def left(lengths, chunk):
    return lengths[:, None] - torch.arange(0, int(lengths.max()), chunk)


def one_more(lengths, chunk):
    starts = torch.arange(0, int(lengths.max()) + chunk, chunk)
    return (lengths[:, None] - starts).clamp(0, chunk)


WRONG = {
    "12.1": [
        ("too short by one", lambda w, n: Counter(pairs(w, n - 1))),
        ("too long by one", lambda w, n: Counter(pairs(w, n + 1))),
        (
            "both ways",
            lambda w, n: Counter(
                pairs(w, n) + [(b, a) for a, b in pairs(w, n)]
            ),
        ),
        ("once only", lambda w, n: Counter(set(pairs(w, n)))),
        (
            "are sorted",
            lambda w, n: Counter(tuple(sorted(p)) for p in pairs(w, n)),
        ),
        ("expected is a Counter", pairs),
    ],
    "12.2": [
        ("Below 0 return 0", pmi),
        ("logarithm is missing", lambda t, a, b, n: t * n / (a * b)),
        (
            "natural logarithm",
            lambda t, a, b, n: max(0.0, pmi(t, a, b, n)) / math.log(2),
        ),
        ("The quotient", lambda t, a, b, n: max(0.0, -pmi(t, a, b, n))),
        ("Without the 1", lambda t, a, b, n: math.log(1 + t * n / (a * b))),
        (
            "return 0 for them first",
            lambda t, a, b, n: max(0.0, math.log(t * n / (a * b))),
        ),
    ],
    "12.3": [
        ("dealt out in turn", in_turn),
        (
            "cuts the whole file",
            lambda y, n: np.arange(len(y)) * n // len(y),
        ),
        ("number 0", lambda y, n: in_blocks(y, n) + 1),
    ],
    "12.4": [
        ("at least none", left),
        ("at most `chunk`", lambda n, c: left(n, c).clamp(min=0)),
        ("not fewer", lambda n, c: left(n, c).clamp(max=c)),
        ("Reviews in rows", lambda n, c: left(n, c).clamp(0, c).T),
        ("One piece too many", one_more),
        ("int64", lambda n, c: left(n, c).clamp(0, c).float()),
    ],
}
