import math

import numpy as np
import torch


def log_ratios(positive, negative):
    words = sorted({w for review in positive + negative for w in review})
    table = np.array(
        [
            [sum(w in review for review in reviews) + 1 for w in words]
            for reviews in (positive, negative)
        ]
    )
    shares = table / table.sum(axis=1, keepdims=True)
    return dict(zip(words, np.log(shares[0] / shares[1]), strict=True))


def least_gained(n):
    """Add up the tosses of a coin oneself."""
    for gained in range(n // 2 + 1, n + 1):
        tail = sum(math.comb(n, k) for k in range(gained, n + 1)) / 2**n
        if 2 * tail < 0.05:
            return np.int64(gained)
    return n + 1


RIGHT = {
    "11.1": [log_ratios],
    "11.2": [
        lambda a, b: np.std(b.astype(int) - a.astype(int)) / np.sqrt(len(a)),
        lambda a, b: (
            torch.tensor(b * 1.0 - a).std(correction=0) / len(a) ** 0.5
        ),
    ],
    "11.3": [least_gained],
}
