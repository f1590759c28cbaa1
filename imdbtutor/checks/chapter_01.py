"""Chapter 1: tensors."""

import numpy as np
import torch

from imdbtutor.checks.stages import exercise, expect, try_on
from imdbtutor.checks.values import real, whole


@exercise("01.1")
def _dtype(answer):
    expect(
        not isinstance(answer, type | np.dtype),
        "That is a type of Python's or NumPy's. PyTorch has dtypes of its "
        "own, written with `torch.` in front.",
    )
    expect(
        isinstance(answer, torch.dtype),
        "{} is no dtype. A dtype is an object of PyTorch's, written with "
        "`torch.` in front and without quotation marks.",
        answer,
    )
    expect(
        not answer.is_floating_point,
        f"{answer} holds numbers with a point; these three have none.",
    )
    expect(
        answer == torch.int64,
        f"Not {answer}: that one you get only by asking for it. Print "
        f"`torch.tensor([4, 11, 7]).dtype`.",
    )
    return "Whole numbers become int64 unless you ask for something else."


def _fresh_reviews():
    lengths = whole(1, 7, 4).tolist()
    return [whole(1, 90, n).tolist() for n in lengths]


@exercise("01.2")
def _to_rectangle(answer):
    fixed = [[5, 8, 2], [7], [4, 6, 9, 3, 1]]
    for reviews, width in [(fixed, 5), (fixed, 4), (_fresh_reviews(), 3)]:
        rows = [(r + [0] * width)[:width] for r in reviews]
        expected = torch.tensor(rows)
        front = [([0] * width + r[:width])[-width:] for r in reviews]
        tail = [(r[-width:] + [0] * width)[:width] for r in reviews]
        try_on(
            answer,
            reviews,
            width,
            expected=expected,
            tempting=[
                (torch.tensor(front), "The zeros go to the end of a row."),
                (
                    torch.tensor(tail),
                    "Of a long review keep the first words, not the last.",
                ),
                (
                    expected.float(),
                    "Right numbers, wrong type: word numbers are int64. "
                    "`torch.zeros` makes floats unless you give it a dtype.",
                ),
            ],
            errors={"expand": "Cut a review that is too long first."},
        )
    return "So does pad_sequence in chapter 6, but for the cutting."


@exercise("01.3")
def _centre(answer):
    fixed = torch.tensor([[9.0, 2.0, 7.0], [8.0, 1.0, 3.0]])
    wholes = whole(1, 11, 2, 3).int()
    for given in [fixed, real(3, 5), real(3, 3), wholes]:
        scores = given.float()
        tempting = [
            (
                scores - scores.mean(dim=0),
                "That takes each film's mean off its column. The person is "
                "the row.",
            ),
            (
                scores - scores.mean(),
                "That takes one mean off everything. Each person has their "
                "own.",
            ),
        ]
        if scores.shape[0] == scores.shape[1]:
            slip = scores - scores.mean(dim=1)
            hint = (
                "With as many persons as films, a row of means fits the "
                "columns, without a warning. Keep the dimension: keepdim=True."
            )
            tempting.append((slip, hint))
        expected = scores - scores.mean(dim=1, keepdim=True)
        try_on(
            answer,
            given,
            expected=expected,
            tempting=tempting,
            errors={
                "must match": "Keep the dimension: `keepdim=True`.",
                "infer output dtype": "Ratings may be whole numbers, and a "
                "mean needs floats: convert them first.",
            },
        )
    return "Every row now has the mean 0, for squares too."


@exercise("01.4")
def _head_and_tail(answer):
    fixed = torch.arange(12).reshape(2, 6)
    for token_ids, n in [(fixed, 2), (whole(1, 90, 3, 8), 3)]:
        head, tail = token_ids[:, :n], token_ids[:, -n:]
        expected = torch.cat([head, tail], dim=1)
        try_on(
            answer,
            token_ids,
            n,
            expected=expected,
            tempting=[
                (
                    torch.cat([head, tail], dim=0),
                    "One below the other; side by side is `dim=1`.",
                ),
                (
                    torch.cat([token_ids[:n], token_ids[-n:]], dim=1),
                    "That takes rows, which are reviews. Columns come second "
                    "in the brackets: `[:, …]`.",
                ),
                (
                    torch.cat([head, tail.flip(1)], dim=1),
                    "The last words are in reverse order.",
                ),
                (
                    torch.cat([tail, head], dim=1),
                    "The head goes first, then the tail.",
                ),
            ],
        )
    return "Chapter 6 shortens reviews, too: there only the head is kept."
