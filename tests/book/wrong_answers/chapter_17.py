import torch


def weights(scores):
    return scores.softmax(dim=0)


def with_zeros(scores, values, length):
    zeroed = torch.cat([scores[:length], 0 * scores[length:]])
    return weights(zeroed) @ values


def by_shares(scores, values, length):
    kept = scores[:length]
    return (kept / kept.sum()) @ values[:length]


def reshaped(values, heads):
    batch, time, width = values.shape
    return values.reshape(batch, heads, time, width // heads)


def combed(values, heads):
    return values.unflatten(2, (-1, heads)).permute(0, 3, 1, 2)


def lower(time):
    return torch.ones(time, time).tril()


def size(w, i, biases=True, norms=2, layers=4, back=True):
    found = layers * (w * w + biases * w) + w * i + biases * i
    return found + back * (w * i + biases * w) + 2 * norms * w


WRONG = {
    "17.1": [
        (
            "by the root again",
            lambda s, v, n: weights(s[:n] / v.shape[1] ** 0.5) @ v[:n],
        ),
        ("got weights, too", lambda s, v, n: weights(s) @ v),
        ("no longer sum", lambda s, v, n: weights(s)[:n] @ v[:n]),
        ("no weight of 0", with_zeros),
        ("plain mean", lambda s, v, n: v[:n].mean(dim=0)),
        ("not weights yet", lambda s, v, n: s[:n] @ v[:n]),
        ("may be negative", by_shares),
        ("the maximum", lambda s, v, n: v[:n].amax(dim=0)),
        ("the weights", lambda s, v, n: weights(s[:n])),
    ],
    "17.2": [
        ("come before", lambda v, h: v.unflatten(2, (h, -1))),
        ("of several words", reshaped),
        ("so-manieth", combed),
        (
            "wrong way round",
            lambda v, h: v.unflatten(2, (h, -1)).permute(0, 2, 3, 1),
        ),
    ],
    "17.3": [
        ("other way round", lambda time: lower(time).bool().T),
        ("itself, too", lambda time: lower(time).tril(-1).bool()),
        ("not where it may not", lambda time: lower(time) == 0),
        ("Truth values", lower),
    ],
    "17.4": [
        ("Biases and", lambda w, i: size(w, i, biases=False, norms=0)),
        ("six linear", lambda w, i: size(w, i, biases=False)),
        ("are missing", lambda w, i: size(w, i, norms=0)),
        ("one after each", lambda w, i: size(w, i, norms=1)),
        ("four linear", lambda w, i: size(w, i, layers=3)),
        ("leads", lambda w, i: size(w, i, back=False)),
    ],
}
