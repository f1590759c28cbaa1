import torch


def gates(x, h, W, U, b):
    return (x @ W.T + h @ U.T + b).chunk(4, dim=1)


def step(i, f, g, o, c):
    c = f.sigmoid() * c + i.sigmoid() * g.tanh()
    return o.sigmoid() * c.tanh(), c


def wrong_order(x, h, c, W, U, b):
    i, f, o, g = gates(x, h, W, U, b)
    return step(i, f, g, o, c)


def swapped_gates(x, h, c, W, U, b):
    f, i, g, o = gates(x, h, W, U, b)
    return step(i, f, g, o, c)


def squashed_candidate(x, h, c, W, U, b):
    i, f, g, o = (gate.sigmoid() for gate in gates(x, h, W, U, b))
    c = f * c + i * g
    return o * c.tanh(), c


def bare_memory(x, h, c, W, U, b):
    i, f, g, o = gates(x, h, W, U, b)
    h, c = step(i, f, g, o, c)
    return o.sigmoid() * c, c


def memory_first(x, h, c, W, U, b):
    h, c = step(*gates(x, h, W, U, b), c)
    return c, h


def without_bias(x, h, c, W, U, b):
    return step(*gates(x, h, W, U, 0 * b), c)


def real(states, lengths):
    return (torch.arange(states.shape[1]) < lengths[:, None])[:, :, None]


def one_too_far(states, lengths):
    places = lengths.clamp(max=states.shape[1] - 1)
    return states[torch.arange(len(lengths)), places]


def all_but_the_last(token_ids, lengths):
    turned = token_ids.clone()
    for row, end in enumerate(lengths - 1):
        turned[row, :end] = token_ids[row, :end].flip(0)
    return turned


WRONG = {
    "07.1": [
        ("two biases", 117_248),
        ("four blocks", 29_440),
        ("one direction", 235_520),
        ("biases too", 116_736),
    ],
    "07.2": [
        ("fourth the gate o", wrong_order),
        ("second is f", swapped_gates),
        ("bent by tanh", squashed_candidate),
        ("not the memory itself", bare_memory),
        ("h first", memory_first),
        ("bias b is missing", without_bias),
    ],
    "07.3": [
        ("padding for shorter", lambda states, lengths: states[:, -1]),
        ("One place too far", one_too_far),
        ("by pairs", lambda states, lengths: states[:, lengths - 1]),
        ("first token", lambda states, lengths: states[:, 0]),
    ],
    "07.4": [
        ("over the padding too", lambda s, n: s.mean(dim=1)),
        ("divide by the width", lambda s, n: (s * real(s, n)).mean(dim=1)),
        ("still add up", lambda s, n: s.sum(dim=1) / n[:, None]),
        ("That is the sum", lambda s, n: (s * real(s, n)).sum(dim=1)),
    ],
    "07.5": [
        ("come to the front", lambda ids, lengths: ids.flip(1)),
        ("changed places", lambda ids, lengths: ids.flip(0)),
        (
            "sorts the numbers",
            lambda ids, n: ids.sort(dim=1, descending=True).values,
        ),
        ("stayed behind", all_but_the_last),
        ("Nothing has been turned", lambda ids, lengths: ids),
    ],
}
