import numpy as np


def both(matrix, label):
    hits = matrix[label, label]
    return hits / matrix[:, label].sum(), hits / matrix[label].sum()


def ends(middle, reach):
    return middle - reach, middle + reach


def gaps(claimed, true, groups):
    claims = claimed.reshape(groups, -1).mean(axis=1)
    return claims - true.reshape(groups, -1).mean(axis=1)


def only_claims_sorted(claimed, true, groups):
    return np.abs(gaps(np.sort(claimed), true, groups)).mean()


def ordered(claimed, true, groups):
    order = np.argsort(claimed, kind="stable")
    return gaps(claimed[order], true[order], groups)


def sorted_apart(claimed, true, groups):
    return np.abs(gaps(np.sort(claimed), np.sort(true), groups)).mean()


def every_nth(claimed, true, groups):
    order = np.argsort(claimed)
    claims = claimed[order].reshape(-1, groups).mean(axis=0)
    return np.abs(claims - true[order].reshape(-1, groups).mean(axis=0)).mean()


WRONG = {
    "09.1": [
        ("changed places", lambda m, label: both(m, label)[::-1]),
        ("other class", lambda m, label: both(m, 1 - label)),
        (
            "not by all",
            lambda m, k: (both(m, k)[0], m[k, k] / m.sum()),
        ),
        ("expected is a pair", lambda m, k: m.trace() / m.sum()),
    ],
    "09.2": [
        ("root is missing", lambda a, n: ends(a, 1.96 * a * (1 - a) / n)),
        ("One standard error", lambda a, n: ends(a, (a * (1 - a) / n) ** 0.5)),
        (
            "*under* the root",
            lambda a, n: ends(a, 1.96 * (a * (1 - a)) ** 0.5 / n),
        ),
        (
            "in the middle",
            lambda a, n: ends(0, 1.96 * (a * (1 - a) / n) ** 0.5),
        ),
    ],
    "09.3": [
        ("column 0", lambda p, t: (p[:, 0] > t).astype(int)),
        ("not above", lambda p, t: (p[:, 1] >= t).astype(int)),
        ("Truth values", lambda p, t: p[:, 1] > t),
        ("whatever the threshold", lambda p, t: p.argmax(axis=1)),
    ],
    "09.4": [
        ("Sort the reviews", lambda p, y, k: np.abs(gaps(p, y, k)).mean()),
        ("cancel", lambda p, y, k: ordered(p, y, k).mean()),
        ("largest", lambda p, y, k: np.abs(ordered(p, y, k)).max()),
        ("review by review", lambda p, y, k: np.abs(p - y).mean()),
        ("labels are not", only_claims_sorted),
        ("sorted apart", sorted_apart),
        ("one group", every_nth),
    ],
}
