import math

import numpy as np
import torch


def moves(score, review, others):
    alone = score([review])[0]
    return [score([other, review])[1] - alone for other in others]


def of_the_other(score, review, others):
    alone = score([review])[0]
    return max(abs(score([other, review])[0] - alone) for other in others)


def in_front(score, review, others):
    alone = score([review])[0]
    return max(abs(score([review, other])[0] - alone) for other in others)


def all_at_once(score, review, others):
    return abs(score([*others, review])[-1] - score([review])[0])


def of_both(score, review, others):
    alone = score([review])[0]
    return max(
        (score([o, review]) - torch.stack([score([o])[0], alone])).abs().max()
        for o in others
    )


def evened_out(right, size):
    parts = np.array_split(right, -(-len(right) // size))
    return np.mean([part.mean() for part in parts]) - right.mean()


def batch_means(right, size, end=None):
    starts = range(0, end or len(right), size)
    return np.mean([right[start : start + size].mean() for start in starts])


def full_batches(right, size):
    end = len(right) // size * size
    return batch_means(right, size, end) - right.mean()


def gap(here, there, look):
    return here[look] - there[look]


def last_best(here, there):
    return gap(here, there, len(here) - 1 - int(np.argmax(here[::-1])))


WRONG = {
    "13.1": [
        ("loss of guessing", math.log),
        ("floor with logits", lambda k: 0.0),
        ("two classes", lambda k: math.log(1 + math.exp(-1))),
        ("*minus* the score", lambda k: math.log(math.e + k - 1)),
        ("all of them", lambda k: math.log(1 + (k - 1) * math.e)),
        ("minus its logarithm", lambda k: math.e / (math.e + k - 1)),
        ("natural", lambda k: math.log2(1 + (k - 1) / math.e)),
    ],
    "13.2": [
        ("*other* review", of_the_other),
        ("take distances", lambda *inputs: max(moves(*inputs))),
        ("behind the other one", in_front),
        (
            "the mean",
            lambda *inputs: sum(map(abs, moves(*inputs))) / len(inputs[2]),
        ),
        ("One at a time", all_at_once),
        ("the other review as well", of_both),
        ("smallest", lambda *inputs: min(map(abs, moves(*inputs)))),
        ("first of", lambda *inputs: abs(moves(*inputs)[0])),
        ("last of", lambda *inputs: abs(moves(*inputs)[-1])),
    ],
    "13.3": [
        ("comes first", lambda r, n: r.mean() - batch_means(r, n)),
        ("too low", lambda r, n: abs(batch_means(r, n) - r.mean())),
        ("missing", full_batches),
        ("nearly equal size", evened_out),
        ("too high?", batch_means),
        ("weighed", lambda r, n: 0.0),
    ],
    "13.4": [
        ("*same* look", lambda here, there: max(here) - max(there)),
        ("chosen by", lambda h, t: gap(h, t, int(np.argmax(t)))),
        ("is positive", lambda h, t: -gap(h, t, int(np.argmax(h)))),
        ("largest gap", lambda h, t: np.subtract(h, t).max()),
        ("over all looks", lambda h, t: np.subtract(h, t).mean()),
        ("earliest", last_best),
    ],
}
