"""Chapter 6: padding and batches."""

import numpy as np
import torch

from imdbtutor.checks.stages import NotYet, ask, exercise, expect, try_on
from imdbtutor.checks.values import differ, whole
from imdbtutor.data.batches import pad_batch


def _fresh_lengths(count):
    return whole(1, 9, count).tolist()


@exercise("06.1")
def _my_pad_batch(answer):
    ids = [5, 8, 2], [7], [4, 0, 9, 3]  # a 0 may stand inside a review
    fixed = [torch.tensor(review) for review in ids]
    fresh = [whole(1, 90, n) for n in _fresh_lengths(4)]
    names = getattr(getattr(answer, "__code__", None), "co_names", ())
    expect(
        "pad_sequence" not in names,
        "That is `pad_sequence` at work; this time write it yourself.",
    )
    for reviews in (fixed, fresh, fixed[1:2]):
        result = ask(answer, reviews)
        expect(
            isinstance(result, tuple | list) and len(result) == 2,
            "It returns {}; expected is a pair, the rectangle and the "
            "lengths.",
            result,
        )
        labels = torch.zeros(len(reviews))
        batch = pad_batch(list(zip(reviews, labels, strict=True)))
        token_ids, lengths = result
        _rectangle(token_ids, batch)
        right = batch.lengths.tolist()
        for wrong, hint in [
            ([token_ids.shape[1]] * len(right), "these count the padding."),
            (
                (token_ids != 0).sum(dim=1).tolist(),
                "these miss a 0 inside a review. Take them from the reviews.",
            ),
        ]:
            slip = differ(wrong, right) and not differ(lengths, wrong)
            expect(not slip, f"The lengths should count all tokens; {hint}")
        wrong = differ(lengths, right)
        expect(not wrong, f"For the lengths, it {wrong}")
    return "Batch for batch what pad_batch makes."


def _rectangle(token_ids, batch):
    right = batch.token_ids
    turned = torch.stack(
        [
            row.roll(len(row) - int(n))
            for row, n in zip(right, batch.lengths, strict=True)
        ]
    )
    for wrong, hint in [
        (right.T, "every review is a column; give each a row."),
        (right.float(), "the numbers are right and the type is float32."),
        (turned, "the padding stands in front; it goes to the end."),
    ]:
        same = not differ(token_ids, wrong) and differ(wrong, right)
        expect(not same, f"In the rectangle, {hint}")
    wrong = differ(token_ids, right)
    expect(not wrong, f"For the rectangle, it {wrong}")


@exercise("06.2")
def _real_tokens(answer):
    fixed = torch.tensor([4, 1, 3])
    numbers = (
        "Numbers instead of True and False; a comparison gives a mask as it "
        "stands."
    )
    for lengths in (fixed, torch.tensor(_fresh_lengths(5))):
        width = int(lengths.max())
        steps = torch.arange(width)
        starts = width - lengths[:, None]
        right = steps >= starts
        tempting = [
            (
                steps < lengths[:, None],
                "That is the mask of the chapter. Here the padding stands in "
                "front: the real tokens end where the row ends.",
            ),
            (
                steps > starts,
                "One too few in every row: a review of length 3 in a row of "
                "4 begins at place 1.",
            ),
            (right.T, "One column a review; a row was asked for."),
            (~right, "True and False have changed places."),
            (right.int(), numbers),
            (right.long(), numbers),
            (right.float(), numbers),
        ]
        try_on(answer, lengths, expected=right, tempting=tempting)
    return "One comparison, broadcast to a rectangle."


def _batches(lengths, size):
    return [lengths[i : i + size] for i in range(0, len(lengths), size)]


@exercise("06.3")
def _padding_share(answer):
    for lengths, size in [
        ([3, 1, 2, 8, 5], 2),
        ([4, 4, 4], 2),
        (_fresh_lengths(9), 4),
    ]:
        batches = _batches(lengths, size)
        real = sum(lengths)
        places = sum(max(batch) * len(batch) for batch in batches)
        shares = [1 - sum(b) / (max(b) * len(b)) for b in batches]
        right = 1 - real / places
        try_on(
            answer,
            lengths,
            size,
            expected=right,
            tempting=[
                (
                    1 - real / (max(lengths) * len(lengths)),
                    "That is one rectangle for all. Each batch is only as "
                    "wide as its own longest review.",
                ),
                (
                    sum(shares) / len(shares),
                    "That is the mean of the batches' shares. Batches differ "
                    "in size: add up places first, divide once.",
                ),
                (
                    1 - real / sum(max(batch) * size for batch in batches),
                    "The last batch is smaller than the others; count its "
                    "own reviews.",
                ),
                (real / places, "That is the share that is *not* filling."),
            ],
        )
    return "Now compare the same lengths sorted and unsorted."


def _is_unstable(batches, right, lengths):
    """Say whether batches hold right lengths, from other reviews."""
    if not isinstance(batches, list | tuple):
        return False
    try:
        found, wanted = (
            [[lengths[place] for place in batch] for batch in many]
            for many in (batches, right)
        )
    except (TypeError, IndexError):
        return False
    return found == wanted


@exercise("06.4")
def _batches_by_length(answer):
    for lengths, size in [
        ([9, 2, 7, 3, 5], 2),
        ([3, 1, 3, 1, 2], 2),
        ([5, 4] * 50, 8),
        (_fresh_lengths(7), 3),
    ]:
        order = sorted(range(len(lengths)), key=lambda i: lengths[i])
        falling = sorted(range(len(lengths)), key=lambda i: -lengths[i])
        full = _batches(order, size)
        even = [part.tolist() for part in np.array_split(order, len(full))]
        tempting = [
            (
                _batches(sorted(lengths), size),
                "Those are the lengths themselves. The loader needs to "
                "know *which* reviews: return their places.",
            ),
            (
                [batch for batch in full if len(batch) == size],
                "The last, smaller batch is missing: those reviews would "
                "never be seen.",
            ),
            (_batches(falling, size), "Shortest first, please."),
            (order, "The right order; now cut it into batches."),
            (
                even,
                "These batches are of nearly equal size. Fill each up to "
                "`batch_size`, and leave what remains to the last.",
            ),
        ]
        result = ask(answer, lengths, size)
        if differ(result, full) and _is_unstable(result, full, lengths):
            raise NotYet(
                "Right but for reviews of equal length, which have changed "
                "places: `sorted` keeps ties in order, other sorts only if "
                "told to (`stable=True`)."
            )
        try_on(answer, lengths, size, expected=full, tempting=tempting)
    return "What LengthBatches does within each of its pools."
