"""Chapter 7: the classifier."""

import torch

from imdbtutor.checks.stages import (
    ask,
    exercise,
    expect,
    expect_number,
    try_on,
)
from imdbtutor.checks.values import differ, real, whole


@exercise("07.1")
def _parameters(answer):
    answer = expect_number(answer)
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
    for batch, width, hidden in [(3, 5, 2), (2, 3, 4)]:
        x, h, c = real(batch, width), real(batch, hidden), real(batch, hidden)
        W, U = real(4 * hidden, width), real(4 * hidden, hidden)
        inputs = x, h, c, W, U, real(4 * hidden)
        result = ask(answer, *inputs)
        two = isinstance(result, tuple | list | torch.Tensor)
        expect(
            two and len(result) == 2,
            "It returns {}; expected are two, h and c.",
            result,
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
def _middle_state(answer):
    fixed = torch.arange(16.0).reshape(2, 4, 2), torch.tensor([4, 1])
    for states, lengths in (fixed, _padded_states()):
        rows = torch.arange(len(lengths))
        right = states[rows, lengths // 2]
        after = (lengths // 2 + 1).clamp(max=states.shape[1] - 1)
        tempting = [
            (
                states[:, states.shape[1] // 2],
                "That is the middle of the rectangle, padding included. Each "
                "review has a middle of its own.",
            ),
            (states[rows, lengths - 1], "That is the *last* real token."),
            (
                states[rows, (lengths - 1) // 2],
                "Of two tokens in the middle take the second: place "
                "`length // 2`, counted from 0.",
            ),
            (states[rows, after], "One place too far: places count from 0."),
            (
                states[:, lengths // 2],
                "Every review was read at every length. Give row numbers as "
                "well, to go by pairs.",
            ),
        ]
        inputs = states, lengths
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "Each review at its own middle."


@exercise("07.4")
def _smallest_states(answer):
    high = torch.arange(1.0, 25.0).reshape(2, 4, 3), torch.tensor([2, 1])
    falling = high[0].flip(1), high[1]  # the smallest stand at the padding
    for states, lengths in (high, falling, _padded_states()):
        real_ = torch.arange(states.shape[1]) < lengths[:, None]
        padding = ~real_[:, :, None]
        right = states.masked_fill(padding, torch.inf).amin(dim=1)
        zeros = states.masked_fill(padding, 0)
        tempting = [
            (
                zeros.amin(dim=1),
                "Where all real states are above 0, the 0 at the padding is "
                "the smallest. Fill with something that never wins.",
            ),
            (
                states.masked_fill(padding, -torch.inf).amin(dim=1),
                "Minus infinity is the smallest there is, and wins wherever "
                "there is padding. Which number never does?",
            ),
            (
                states.masked_fill(padding, -torch.inf).amax(dim=1),
                "Those are the largest.",
            ),
            (
                states.amin(dim=1),
                "That looks at the padding too, whose states are not zero.",
            ),
            (
                states[:, : lengths.max()].amin(dim=1),
                "That cuts all reviews at the longest; a shorter one still "
                "has padding in it.",
            ),
        ]
        inputs = states, lengths
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "Padding is never the smallest, whatever its states."


@exercise("07.5")
def _to_the_end(answer):
    rows = [[3, 9, 4, 7, 0], [7, 1, 0, 0, 0]]
    fixed = torch.tensor(rows), torch.tensor([4, 2])
    lengths = whole(1, 6, 3)
    fresh = whole(1, 90, 3, 6) * (torch.arange(6) < lengths[:, None])
    for token_ids, ends in (fixed, (fresh, lengths)):
        width = token_ids.shape[1]
        right, turned = token_ids.clone(), token_ids.clone()
        for row, end in enumerate(ends.tolist()):
            right[row] = token_ids[row].roll(width - end)
            turned[row, :end] = token_ids[row, :end].flip(0)
        tempting = [
            (
                token_ids.flip(1),
                "The padding is in front, but the words stand back to front.",
            ),
            (token_ids, "Nothing has been moved."),
            (
                turned,
                "The words stand back to front, and the padding is where it "
                "was.",
            ),
            (
                token_ids.flip(0),
                "The reviews have changed places; move the words in each row.",
            ),
            (
                token_ids.sort(dim=1).values,
                "That sorts the numbers. Keep the words in their order.",
            ),
            (
                token_ids.roll(width - int(ends.max()), dims=1),
                "All rows were moved by as much. Each by its own padding.",
            ),
        ]
        inputs = token_ids, ends
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "Now `states[:, -1]` would read the last word."
