"""Chapter 17: attention, heads, who may look, the size of a block."""

import torch

from imdbtutor.checks.stages import exercise, try_on
from imdbtutor.checks.values import real, whole
from imdbtutor.models.encoder import EncoderBlock, EncoderConfig


@exercise("17.1")
def _mix(answer):
    made = torch.tensor([0.0, 0.0, 9.0]), torch.eye(3), 2
    drawn = 2 * real(7), 3 * real(7, 4), 5
    whole_text = real(4), real(4, 2), 4
    for scores, values, length in (made, drawn, whole_text):
        weights = scores[:length].softmax(dim=0)
        right = weights @ values[:length]
        all_weights = scores.softmax(dim=0)
        zeroed = scores.clone()
        zeroed[length:] = 0
        shares = scores[:length] / scores[:length].sum()
        tempting = [
            (
                all_weights @ values,
                "The padding got weights, too. Leave it out before softmax.",
            ),
            (
                all_weights[:length] @ values[:length],
                "The padding has taken part of the weight: the others no "
                "longer sum to 1. Leave it out *before* softmax.",
            ),
            (
                zeroed.softmax(dim=0) @ values,
                "A score of 0 is no weight of 0. Leave the padding out, or "
                "give it the score minus infinity.",
            ),
            (
                (scores[:length] / values.shape[1] ** 0.5).softmax(dim=0)
                @ values[:length],
                "The scores are ready: do not divide them by the root again.",
            ),
            (
                values[:length].mean(dim=0),
                "That is the plain mean. Weigh each value.",
            ),
            (
                scores[:length] @ values[:length],
                "Those are scores, not weights yet: take their softmax.",
            ),
            (
                shares @ values[:length],
                "Scores may be negative. Softmax makes weights of them, "
                "dividing by the sum does not.",
            ),
            (
                values[:length].max(dim=0).values,
                "That is the maximum. A mean was asked for.",
            ),
            (weights, "Those are the weights. What is their mean of values?"),
        ]
        inputs = scores, values, length
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "Padding has no say, and equal scores give the plain mean."


@exercise("17.2")
def _split_heads(answer):
    drawn = real(2, 5, 12)
    for values, heads in (
        (torch.arange(12.0).view(1, 2, 6), 3),
        (drawn, 4),
        (drawn, 1),
        (drawn, 12),
    ):
        batch, time, width = values.shape
        apart = values.view(batch, time, heads, width // heads)
        right = apart.transpose(1, 2)
        combed = values.view(batch, time, width // heads, heads)
        tempting = [
            (apart, "The heads come before the time: swap two dimensions."),
            (
                values.reshape(batch, heads, time, width // heads),
                "`reshape` alone mixes the numbers of several words. Split "
                "the last dimension first, then swap two.",
            ),
            (
                combed.permute(0, 3, 1, 2),
                "The first head gets the *first* numbers, not every "
                "so-manieth.",
            ),
            (
                right.transpose(2, 3),
                "The last two dimensions are the wrong way round.",
            ),
        ]
        try_on(answer, values, heads, expected=right, tempting=tempting)
    return "Each head now has its own part of every word."


@exercise("17.3")
def _may_look(answer):
    for time in (3, 1, 2, int(whole(4, 9, 1))):
        right = torch.ones(time, time, dtype=torch.bool).tril()
        tempting = [
            (
                right.T,
                "The other way round: row 0 is the first word, which may "
                "look at itself alone.",
            ),
            (
                right.tril(-1),
                "A word may look at itself, too.",
            ),
            (~right, "`True` is where it may look, not where it may not."),
            (
                right.float(),
                "Truth values were asked for: compare, or end with `.bool()`.",
            ),
            (
                right.long(),
                "Truth values were asked for: compare, or end with `.bool()`.",
            ),
        ]
        try_on(answer, time, expected=right, tempting=tempting)
    return "With this mask no word sees what it shall guess."


@exercise("17.4")
def _block_size(answer):
    drawn = int(4 * whole(2, 5, 1)), int(whole(30, 60, 1))
    for width, inner in ((384, 1_536), (4, 10), drawn):
        config = EncoderConfig(
            vocab_size=2, width=width, num_heads=1, inner=inner, positions=2
        )
        block = EncoderBlock(config)
        right = sum(numbers.numel() for numbers in block.parameters())
        weights = 4 * width * width + 2 * width * inner
        norms = 4 * width
        tempting = [
            (
                weights,
                "Biases and layer norms count, too.",
            ),
            (
                weights + norms,
                "Each of the six linear layers has a bias for every feature "
                "that it returns.",
            ),
            (right - norms, "The two layer norms are missing."),
            (
                right - norms // 2,
                "There are two layer norms, one after each part.",
            ),
            (
                right - width * width - width,
                "The attention has four linear layers: query, key, value, "
                "and one after the heads.",
            ),
            (
                right - width * inner - width,
                "After widening to `inner` features, another layer leads "
                "back to `width`.",
            ),
        ]
        try_on(answer, width, inner, expected=right, tempting=tempting)
    return "Heads cost nothing extra: they share the width out."
