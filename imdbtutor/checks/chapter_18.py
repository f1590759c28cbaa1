"""Chapter 18: windows, learning rates by step and by block, a teacher."""

import math
import re

import torch
from torch.nn import functional as F

from imdbtutor.checks.stages import exercise, try_on
from imdbtutor.checks.values import real, whole


@exercise("18.1")
def _windows(answer):
    drawn = whole(9, 99, int(whole(20, 30, 1)))
    for ids, size in (
        (torch.arange(10), 4),
        (torch.arange(8), 4),
        (torch.arange(3), 4),
        (torch.arange(4), 4),
        (drawn, 7),
    ):
        starts = [*range(0, len(ids) - size, size), max(len(ids) - size, 0)]
        right = [ids[start : start + size] for start in starts]
        plain = list(ids.split(size))
        gap = -len(ids) % size
        tempting = [
            (
                plain,
                "The last window is shorter than the others. Let it end "
                "where the review ends, and begin `size` ids before.",
            ),
            (
                [each for each in plain if len(each) == size],
                "The last ids are lost. A window of them may overlap with "
                "the one before.",
            ),
            (
                list(F.pad(ids, (0, gap)).split(size)),
                "Nothing is filled up: let the last window overlap instead.",
            ),
            (
                [*right, right[-1]],
                "The last window is there twice: the review's length is a "
                "multiple of `size`.",
            ),
            (
                list(ids.unfold(0, min(size, len(ids)), 1)),
                "Those begin at every id. The next window begins where the "
                "one before ends; only the last overlaps.",
            ),
            (
                torch.stack(right),
                "A list of tensors was asked for.",
            ),
            (
                [*right[:-1], ids[len(ids) - size :]],
                "A review of fewer than `size` ids is one window, whole: "
                "begin at 0, not before.",
            ),
        ]
        try_on(answer, ids, size, expected=right, tempting=tempting)
    return "Score each window and take the mean: then nothing is cut off."


def _cosine(step: int, up: int, steps: int, highest: float) -> float:
    if step < up:
        return highest * (step + 1) / (up + 1)
    share = (step - up) / (steps - up)
    return highest * (1 + math.cos(math.pi * share)) / 2


@exercise("18.2")
def _rate(answer):
    up, steps = int(whole(2, 6, 1)), int(whole(20, 40, 1))
    made = [(step, 4, 20, 0.5) for step in (0, 3, 4, 12, 19, 20)]
    made += [(0, 0, 10, 2.0), (5, 0, 10, 2.0)]
    made += [(step, up, steps, 0.01) for step in (1, up, steps - 3)]
    for step, up, steps, highest in made:
        right = _cosine(step, up, steps, highest)
        share = (step - up) / (steps - up)
        tempting = [
            (
                highest * (1 - share),
                "That falls evenly. Take half of `highest` times 1 + "
                "cos(π · share).",
            ),
            (
                _cosine(step, 0, steps, highest),
                "The fall begins at step `up`: share is 0 there.",
            ),
            (
                highest * step / (up + 1),
                "Step 0 gets `highest / (up + 1)`, not 0: with 0 it would be "
                "wasted.",
            ),
            (
                highest * step / max(up, 1),
                "Step 0 gets `highest / (up + 1)`, not 0: with 0 it would be "
                "wasted.",
            ),
            (
                highest * (1 + math.cos(math.pi * share)),
                "Half of that: 1 + cos is 2 where share is 0.",
            ),
            (
                highest * (1 + math.cos(share)) / 2,
                "The cosine is of π times share.",
            ),
            (
                right / highest,
                "That is the share of `highest`. Multiply by it.",
            ),
        ]
        inputs = step, up, steps, highest
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "Both schedules end at 0; the cosine stays high for longer."


def _of_block(name: str) -> int | None:
    found = re.search(r"blocks\.(\d+)\.", name)
    return int(found[1]) if found else None


def _layer_rates(
    names: list[str],
    highest: float,
    factor: float,
    *,
    below: int = 1,
    last: int | None = None,
) -> dict[str, float]:
    """Return the rate of each name; the tables are `below` the blocks."""
    if last is None:
        last = max(b for b in map(_of_block, names) if b is not None)
    found = {}
    for name in names:
        block = _of_block(name)
        if not name.startswith("encoder."):
            block = last
        steps = last + below if block is None else last - block
        found[name] = highest * factor**steps
    return found


@exercise("18.3")
def _rates_by_block(answer):
    count = int(whole(11, 15, 1))
    for blocks, highest, factor in ((3, 1.0, 0.5), (count, 2e-4, 0.9)):
        names = ["encoder.words.weight", "encoder.norm.bias"]
        for block in range(blocks):
            names += [f"encoder.blocks.{block}.attention.query.weight"]
            names += [f"encoder.blocks.{block}.narrow_norm.bias"]
        names += ["linear.weight", "linear.bias"]
        right = _layer_rates(names, highest, factor)
        flat = _layer_rates(names, highest, factor, below=0)
        tables = {name: highest for name in names[:2]}
        linear = {name: highest * factor**blocks for name in names[-2:]}
        digits = {
            name: highest * factor ** (blocks - 1 - int(block[-1]))
            for name in names
            if (block := str(_of_block(name))) != "None"
        }
        upside = {
            name: highest * factor**block
            for name in names
            if (block := _of_block(name)) is not None
        }
        tempting = [
            (
                flat,
                "The tables get `factor` times what the first block gets.",
            ),
            (
                right | tables,
                "The tables below the first block change least of all.",
            ),
            (
                right | linear,
                "What is no part of the encoder, the linear layer, gets "
                "`highest`.",
            ),
            (
                right | upside,
                "The other way round: the last block gets `highest`.",
            ),
            (
                right | digits,
                "A block's number may have two digits, as in `blocks.10`.",
            ),
            (
                _layer_rates(names, highest, factor, last=5),
                "The last block is the highest number in `names`.",
            ),
            (
                list(right.values()),
                "A dictionary was asked for, from name to rate.",
            ),
        ]
        inputs = names, highest, factor
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "An optimizer takes such rates as groups of parameters."


@exercise("18.4")
def _distill(answer):
    fixed = torch.tensor([[0.0, 2.0], [1.0, -1.0]])
    for logits, teacher, t in (
        (fixed, fixed.flip(1), 1.0),
        (fixed, torch.tensor([[0.0, 4.0], [3.0, 0.0]]), 2.0),
        (real(5, 3), 3 * real(5, 3), 4.0),
    ):
        said = (teacher / t).softmax(dim=1)
        right = t**2 * F.cross_entropy(logits / t, said)
        surprise = -(said * said.log()).sum(dim=1).mean()
        swapped = F.cross_entropy(teacher / t, (logits / t).softmax(dim=1))
        tempting = [
            (
                right / t**2,
                "Times the temperature squared: slopes keep their size.",
            ),
            (
                t**2 * F.cross_entropy(logits, said),
                "The student's logits are divided by the temperature, too.",
            ),
            (
                t**2 * F.cross_entropy(logits / t, teacher.softmax(dim=1)),
                "The teacher's logits are divided by the temperature, too, "
                "before the softmax.",
            ),
            (
                t**2 * F.cross_entropy(logits / t, teacher.argmax(dim=1)),
                "That takes the teacher's verdicts for certain. Take its "
                "probabilities.",
            ),
            (
                t**2 * F.cross_entropy(logits / t, teacher / t),
                "The teacher's logits are no probabilities yet.",
            ),
            (
                right - t**2 * surprise,
                "That is the divergence from the teacher: it has the same "
                "slopes, but the cross-entropy was asked for.",
            ),
            (
                right * len(logits),
                "The mean over the texts, not the sum.",
            ),
            (
                t * right / t**2,
                "Times the temperature *squared*.",
            ),
            (
                t**2 * swapped,
                "They have changed places: the teacher is the target.",
            ),
        ]
        slips = [(float(wrong), hint) for wrong, hint in tempting]
        inputs = logits, teacher, t
        try_on(answer, *inputs, expected=float(right), tempting=slips)
    return "At a high temperature the student hears of the runners-up, too."
