import math
from collections import Counter

import torch


def pairs(words, window):
    return [
        (left, right)
        for place, left in enumerate(words)
        for right in words[place + 1 : place + 1 + window]
    ]


def pmi(together, first, second, total):
    return math.log(together * total / (first * second)) if together else 0.0


def films_in_order(films):
    return list(dict.fromkeys(films))


def by_film(films, folds, order=None):
    order = order or films_in_order(films)
    return [order.index(film) * folds // len(order) for film in films]


def read_with(lengths, chunk, *, itself=0, padding=0, short=True):
    rows = torch.full((len(lengths), int(lengths.max())), padding)
    for row, length in enumerate(lengths.tolist()):
        for start in range(0, length, chunk):
            end = min(start + chunk, length)
            size = end - start if short else min(chunk, length)
            rows[row, start:end] = size - 1 + itself
    return rows


def whole_review(lengths, chunk):
    return read_with(lengths, int(lengths.max()))


def words_before(lengths, chunk):
    steps = torch.arange(int(lengths.max()))
    return steps % chunk * (steps < lengths[:, None])


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
        (
            "the result is above 0",
            lambda t, a, b, n: max(0.0, -pmi(t, a, b, n)),
        ),
        ("not the distance", lambda t, a, b, n: abs(pmi(t, a, b, n))),
        ("Without the 1", lambda t, a, b, n: math.log(1 + t * n / (a * b))),
        (
            "return 0 for them first",
            lambda t, a, b, n: max(0.0, math.log(t * n / (a * b))),
        ),
    ],
    "12.3": [
        (
            "dealt out in turn",
            lambda films, folds: [
                films_in_order(films).index(film) % folds for film in films
            ],
        ),
        (
            "more than one part",
            lambda films, folds: [
                row * folds // len(films) for row in range(len(films))
            ],
        ),
        (
            "by alphabet",
            lambda films, folds: by_film(films, folds, sorted(set(films))),
        ),
        ("number 0", lambda f, folds: [p + 1 for p in by_film(f, folds)]),
        (
            "films' numbers",
            lambda films, folds: [
                films_in_order(films).index(film) for film in films
            ],
        ),
    ],
    "12.4": [
        ("The word itself", lambda n, c: read_with(n, c, itself=1)),
        ("put 0 there", lambda n, c: read_with(n, c, padding=c - 1)),
        ("may be shorter", lambda n, c: read_with(n, c, short=False)),
        ("That is the whole review", whole_review),
        ("the words before it", words_before),
        (
            "the pieces' lengths",
            lambda n, c: (n[:, None] - torch.arange(0, int(n.max()), c)).clamp(
                0, c
            ),
        ),
        ("Reviews in rows", lambda n, c: read_with(n, c).T),
        ("int64", lambda n, c: read_with(n, c).float()),
    ],
}
