import numpy as np


def recalls(counts):
    return counts.diagonal() / counts.sum(axis=1)


def with_zeros(counts):
    return (counts.diagonal() / np.maximum(counts.sum(axis=1), 1)).mean()


def nan_mean(counts):
    with np.errstate(invalid="ignore"):
        return recalls(counts).mean()


def precision(counts):
    return (counts.diagonal() / np.maximum(counts.sum(axis=0), 1)).mean()


def known(counts):
    return recalls(counts[counts.sum(axis=1) > 0][:, counts.sum(axis=1) > 0])


def sums(labels, weights):
    return np.bincount(labels) * np.array(weights, dtype=float)


def costs(p, miss, alarm, ask):
    return miss * (1 - p), alarm * p, ask


def verdict(*inputs):
    found = costs(*inputs)
    return ("praise", "blame", "ask")[found.index(min(found))]


def falls(losses):
    return -np.diff(losses)


WRONG = {
    "15.1": [
        ("not 0", with_zeros),
        ("leave it out", nan_mean),
        ("accuracy", lambda counts: np.trace(counts) / counts.sum()),
        ("precision", precision),
        ("one a class", lambda counts: recalls(counts).tolist()),
        ("percent", lambda counts: 100 * recalls(counts).mean()),
    ],
    "15.2": [
        ("of the texts", lambda y, w: np.bincount(y) / len(y)),
        ("of the weights", lambda y, w: np.array(w) / sum(w)),
        ("Those are sums", sums),
        ("number of texts", lambda y, w: sums(y, w) / len(y)),
        ("wrong order", lambda y, w: (sums(y, w) / sums(y, w).sum())[::-1]),
    ],
    "15.3": [
        ("the verdict", verdict),
        ("only where it is one", lambda p, *c: min(costs(1 - p, *c))),
        ("Asking a person", lambda *inputs: min(costs(*inputs)[:2])),
        ("likelier", lambda p, *c: costs(p, *c)[0 if p > 0.5 else 1]),
        ("dearest", lambda *inputs: max(costs(*inputs))),
        ("not both", lambda *inputs: sum(costs(*inputs)[:2])),
        ("only where the text", lambda p, *c: min(c)),
    ],
    "15.4": [
        ("step ends", lambda r, y: r[falls(y).argmax() + 1]),
        ("about to turn", lambda r, y: r[int(np.argmin(y))]),
        ("mind the sign", lambda r, y: r[np.diff(y).argmax()]),
        ("a place", lambda r, y: int(falls(y).argmax())),
        ("logarithmic", lambda r, y: r[(falls(y) / np.diff(r)).argmax()]),
        ("fall itself", lambda r, y: falls(y).max()),
    ],
}
