"""Chapter 7: the classifier."""

import torch

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import differ, real, show, whole


@exercise("07.1")
def _parameters(answer):
    right = 4.0 * 128 * (100 + 128) + 2 * 4 * 128
    for slip, hint in [
        (
            right - 4 * 128,
            "PyTorch has two biases a row, one for each matrix.",
        ),
        (right - 8 * 128, "Count the biases too: two for each row."),
        (right / 4, "There are three gates and a candidate, four blocks."),
        (2 * right, "Twice too many: one direction was asked for."),
        (4.0 * 128 * 100 + 8 * 128, "The weights for the state are missing."),
    ]:
        expect(differ(answer, slip), hint)
    expect(
        not differ(answer, right),
        "Four blocks of 128 rows. Count what one row has: weights for the "
        "word, weights for the state, biases.",
    )
    return "Fewer than the embedding has, and all at work at every step."


def _step(x, h, c, W, U, b, order="ifgo", bend=torch.tanh, show=torch.tanh):
    parts = (x @ W.T + h @ U.T + b).chunk(4, dim=1)
    gate = dict(zip(order, parts, strict=True))
    keep, write = gate["f"].sigmoid() * c, gate["i"].sigmoid()
    c = keep + write * bend(gate["g"])
    return gate["o"].sigmoid() * show(c), c


@exercise("07.2")
def _lstm_step(answer):
    for batch, width, hidden in [(2, 3, 4), (3, 5, 2)]:
        x, h, c = real(batch, width), real(batch, hidden), real(batch, hidden)
        W, U = real(4 * hidden, width), real(4 * hidden, hidden)
        inputs = x, h, c, W, U, real(4 * hidden)
        result = ask(answer, *inputs)
        expect(
            isinstance(result, tuple | list) and len(result) == 2,
            f"It returns {show(result)[:60]}; expected are two, h and c.",
        )
        right = _step(*inputs)
        for slip, hint in [
            (
                (right[0], c),
                "The old memory is returned; return the new one.",
            ),
            (
                _step(*inputs[:5], torch.zeros(4 * hidden)),
                "The bias b is missing.",
            ),
            (right[::-1], "Memory and state have changed places: h first."),
            (
                _step(*inputs, order="ifog"),
                "The third block is the candidate g, the fourth the gate o.",
            ),
            (
                _step(*inputs, order="figo"),
                "The first block is the gate i, which writes; the second is "
                "f, which keeps.",
            ),
            (
                _step(*inputs, bend=torch.sigmoid),
                "The candidate g is bent by tanh, not by the sigmoid.",
            ),
            (
                _step(*inputs, bend=lambda g: g),
                "The candidate g has to go through tanh.",
            ),
            (
                _step(*inputs, show=lambda c: c),
                "The state shows tanh of the memory, not the memory itself.",
            ),
        ]:
            expect(any(map(differ, result, slip)), hint)
        for name, value, wanted in zip("hc", result, right, strict=True):
            wrong = differ(value, wanted)
            expect(not wrong, f"For {name}, it {wrong}")
    return "One step of nn.LSTM, in three lines."


def _padded_states():
    states, lengths = real(4, 6, 3), whole(1, 6, 4)
    return states, lengths


@exercise("07.3")
def _state_after_last_word(answer):
    fixed = torch.arange(12.0).reshape(2, 3, 2), torch.tensor([3, 1])
    for states, lengths in (fixed, _padded_states()):
        rows = torch.arange(len(lengths))
        right = states[rows, lengths - 1]
        after = states[rows, lengths.clamp(max=states.shape[1] - 1)]
        try_on(
            answer,
            states,
            lengths,
            expected=right,
            tempting=[
                (
                    states[:, -1],
                    "That is the last place of the rectangle, padding for "
                    "shorter reviews.",
                ),
                (
                    after,
                    "One place too far: a review of length 3 ends at place 2.",
                ),
                (states[:, 0], "That is the first token of each review."),
                (
                    states[:, lengths - 1],
                    "Every review was read at every length. Give row numbers "
                    "as well: `states[rows, lengths - 1]` goes by pairs.",
                ),
            ],
        )
    return "Each review at its own end."


@exercise("07.4")
def _mean_state(answer):
    fixed = torch.arange(24.0).reshape(2, 4, 3), torch.tensor([3, 1])
    for states, lengths in (fixed, _padded_states()):
        real_ = torch.arange(states.shape[1]) < lengths[:, None]
        total = (states * real_[:, :, None]).sum(dim=1)
        right = total / lengths[:, None]
        width = states.shape[1]
        try_on(
            answer,
            states,
            lengths,
            expected=right,
            tempting=[
                (
                    states.mean(dim=1),
                    "That averages over the padding too, whose states are "
                    "not zero.",
                ),
                (
                    total / width,
                    "The padding is left out of the sum, but you divide by "
                    "the width; divide by each review's length.",
                ),
                (
                    states.sum(dim=1) / lengths[:, None],
                    "You divide by the length and still add up the padding.",
                ),
                (total, "That is the sum; divide by the lengths."),
                (
                    states[:, : lengths.max()].mean(dim=1),
                    "That cuts all reviews at the longest; a shorter one "
                    "still averages over padding.",
                ),
            ],
        )
    return "Padding neither adds nor dilutes."


@exercise("07.5")
def _turn_round(answer):
    rows = [[3, 9, 4, 7, 0], [7, 1, 0, 0, 0]]
    fixed = torch.tensor(rows), torch.tensor([4, 2])
    lengths = whole(1, 6, 3)
    fresh = whole(1, 90, 3, 6) * (torch.arange(6) < lengths[:, None])
    for token_ids, ends in (fixed, (fresh, lengths)):
        right, short = token_ids.clone(), token_ids.clone()
        for row, end in enumerate(ends):
            right[row, :end] = token_ids[row, :end].flip(0)
            short[row, : end - 1] = token_ids[row, : end - 1].flip(0)
        try_on(
            answer,
            token_ids,
            ends,
            expected=right,
            tempting=[
                (
                    token_ids.flip(1),
                    "The whole row is turned, and the padding has come to "
                    "the front.",
                ),
                (token_ids, "Nothing has been turned."),
                (short, "The last word of each review has stayed behind."),
                (
                    token_ids.flip(0),
                    "The reviews have changed places; turn the words.",
                ),
                (
                    token_ids.sort(dim=1, descending=True).values,
                    "That sorts the numbers. Keep the order, back to front.",
                ),
            ],
        )
    return "Turning twice gives back what you had; try it."
