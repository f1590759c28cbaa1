import itertools

import numpy as np


def leave_one_out(text, score):
    words = text.split()
    all_but_one = list(itertools.combinations(words, len(words) - 1))
    parts = np.array(score([" ".join(left) for left in all_but_one[::-1]]))
    return list(zip(words, score([text])[0] - parts, strict=True))


def in_chunks(texts, score, size):
    if not texts:
        return []
    return [
        *score(texts[:size]),
        *in_chunks(texts[size:], score, size),
    ]


RIGHT = {
    "10.1": [leave_one_out],
    "10.2": [
        lambda template, names, score: np.ptp(
            [score([template.replace("{}", name)])[0] for name in names]
        ),
    ],
    "10.3": [
        lambda pairs, score: np.mean(
            [
                (before > 0.5) is not (after > 0.5)
                for before, after in map(score, map(list, pairs))
            ]
        ),
    ],
    "10.4": [in_chunks],
}
