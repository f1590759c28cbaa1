"""Chapter 6: padding and batches."""

import torch

from imdbtutor.checks.stages import ask, called, exercise, expect, try_on
from imdbtutor.checks.values import differ, show, whole
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
        call = called(answer, [reviews])
        expect(
            isinstance(result, tuple | list) and len(result) == 2,
            f"{call} should return a pair, the rectangle and the lengths.",
        )
        labels = torch.zeros(len(reviews))
        batch = pad_batch(list(zip(reviews, labels, strict=True)))
        token_ids, lengths = result
        _rectangle(token_ids, batch, call)
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
        expect(not wrong, f"As lengths, {call} {wrong}")
    return "Batch for batch what pad_batch makes."


def _rectangle(token_ids, batch, call):
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
    expect(not wrong, f"As rectangle, {call} {wrong}")


@exercise("06.2")
def _real_tokens(answer):
    fixed = torch.tensor([4, 1, 3])
    for lengths in (fixed, torch.tensor(_fresh_lengths(5))):
        steps = torch.arange(int(lengths.max()))
        right = steps < lengths[:, None]
        try_on(
            answer,
            lengths,
            expected=right,
            tempting=[
                (
                    steps <= lengths[:, None],
                    "One too many in every row: steps count from 0.",
                ),
                (right.T, "One column a review; a row was asked for."),
                (~right, "True and False have changed places."),
                (
                    right.int(),
                    "Numbers instead of True and False; a comparison gives a "
                    "mask as it stands.",
                ),
                (
                    right.long(),
                    "Numbers instead of True and False; a comparison gives a "
                    "mask as it stands.",
                ),
            ],
        )
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
        result = ask(answer, lengths, size)
        expect(
            isinstance(result, list | tuple),
            f"It returns {show(result)}; expected is a list of lists.",
        )
        full = _batches(order, size)
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
        ]
        expect(
            len(lengths) < 100 or not differ(result, full),
            "Right for a few reviews. Of a hundred with equal lengths, some "
            "change places: `sorted` keeps ties in order, other sorts only "
            "if told to (`stable=True`).",
        )
        try_on(answer, lengths, size, expected=full, tempting=tempting)
    return "What LengthBatches does within each of its pools."
