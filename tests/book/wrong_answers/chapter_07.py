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


def states_at(states, places):
    return states[torch.arange(len(places)), places]


def one_too_far(states, lengths):
    return states_at(states, (lengths // 2 + 1).clamp(max=states.shape[1] - 1))


def smallest(states, lengths, filling):
    return states.masked_fill(~real(states, lengths), filling).amin(dim=1)


def turned(token_ids, lengths):
    rows = token_ids.clone()
    for row, end in enumerate(lengths):
        rows[row, :end] = token_ids[row, :end].flip(0)
    return rows


def in_place(token_ids, lengths):
    for row, end in enumerate(lengths):
        token_ids[row] = token_ids[row].roll(-int(end))
    return token_ids


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
        ("expected are two", lambda *inputs: gates(*inputs[:2], *inputs[3:])),
        ("a tensor of shape (8, 5)", lambda x, h, c, W, U, b: x @ W + h @ U),
    ],
    "07.3": [
        (
            "middle of the rectangle",
            lambda states, lengths: states[:, states.shape[1] // 2],
        ),
        ("One place too far", one_too_far),
        ("by pairs", lambda states, lengths: states[:, lengths // 2]),
        ("*last* real token", lambda s, n: states_at(s, n - 1)),
        ("take the second", lambda s, n: states_at(s, (n - 1) // 2)),
    ],
    "07.4": [
        ("at the padding too", lambda s, n: s.amin(dim=1)),
        ("the 0 at the padding", lambda s, n: smallest(s, n, 0)),
        ("Minus infinity", lambda s, n: smallest(s, n, -torch.inf)),
        ("the largest", lambda s, n: -smallest(-s, n, torch.inf)),
    ],
    "07.5": [
        ("back to front", lambda ids, lengths: ids.flip(1)),
        ("changed places", lambda ids, lengths: ids.flip(0)),
        ("sorts the numbers", lambda ids, n: ids.sort(dim=1).values),
        ("padding is where it was", turned),
        ("Nothing has been moved", lambda ids, lengths: ids),
        (
            "moved by as much",
            lambda ids, n: ids.roll(ids.shape[1] - int(n.max()), dims=1),
        ),
        ("work on a copy", in_place),
    ],
}
