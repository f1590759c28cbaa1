"""Chapter 4: reviews in a table."""

import functools

import numpy as np
import pandas as pd
import torch

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import differ, real, whole


def _table(texts, labels):
    """Make a table whose index is not that of its places."""
    index = [3 * place % 101 + 7 for place in range(len(texts), 0, -1)]
    return pd.DataFrame({"text": texts, "label": labels}, index)


@exercise("04.1")
def _shortest_of_each_class(answer):
    bad = [
        "A dull bore.",
        "It is long and very dull.",
        "Unwatchable!",
        "Weak.",
    ]
    good = ["Fun, all of it.", "I laughed and I cried.", "Wonderful!", "Wow!"]
    sizes = (5 + real(8).argsort()).tolist()  # no two alike
    letters = whole(97, 123, 8).tolist()
    fresh = [chr(a) * n for a, n in zip(letters, sizes, strict=True)]
    for texts in (bad + good, fresh):
        reviews = _table(texts, [0] * 4 + [1] * 4)
        result = ask(answer, reviews)
        expect(
            isinstance(result, dict) and set(result) == {0, 1},
            "It returns {}; expected is a dictionary with the labels 0 and 1 "
            "as keys.",
            result,
        )
        kinds = {type(value).__name__ for value in result.values()}
        expect(
            kinds == {"str"},
            f"The values should be texts; yours are of type {sorted(kinds)}.",
        )
        right, longest, first = (
            {0: pick(texts[:4], key=key), 1: pick(texts[4:], key=key)}
            for pick, key in ((min, len), (max, len), (min, str))
        )
        fewest = dict.fromkeys((0, 1), min(texts, key=len))
        words = {0: "Unwatchable!", 1: "Wonderful!"}
        tempting = [
            (longest, "Those are the longest."),
            (first, "Those come first in the alphabet; compare lengths."),
            (fewest, "That is the shortest of all; look in each class."),
            (words, "You counted words. The task says characters."),
        ]
        try_on(answer, reviews, expected=right, tempting=tempting)
    return "Read them in the real table: short, and clear all the same."


@exercise("04.2")
def _mentions_mark(answer):
    expect(ask(answer, "7/10"), 'For "7/10" it should return True.')

    @functools.wraps(answer)
    def verdict(text):  # a search that finds nothing returns None: no mark
        found = answer(text)
        return found if isinstance(found, list | tuple) else bool(found)

    for text, mark, hint in [
        ("Good fun. 7/10 from me", True, "It may stand anywhere."),
        ("A perfect 10/10!", True, "Ten has two digits."),
        *((f"I say {n}/10.", True, "That is a mark.") for n in range(10)),
        ("Shot on 1/100 of the budget.", False, "That is a hundredth."),
        ("Open 24/7.", False, "The number after the slash is not ten."),
        ("My top 10.", False, "There is no mark out of ten here."),
        ("Loved it! (7/10)", True, "It may stand in brackets."),
        ("My vote:8/10, no less", True, "It may follow a colon."),
        ('A "9/10"!', True, "It may stand in quotation marks."),
        ("Yes and/10 no", False, "There is no number before the slash."),
        ("A mere 3.5/10", False, "Three and a half is no whole number."),
        ("Seen on 08/10/06.", False, "That is a date."),
    ]:
        result = ask(verdict, text)
        expect(result is mark, f"For {text!r} it returns {result}. {hint}")
    return "How many of the 25,000 reviews carry one? reviews.text.map tells."


@exercise("04.3")
def _without_copies(answer):
    train = _table(["A", "B", "C", "B", "D", "B"], [0, 0, 1, 0, 1, 0])
    for places in ([0, 4], [1, 2], whole(0, 6, 2).tolist()):
        copied = train["text"].iloc[places].tolist()
        test = _table([*copied, "unseen"], [0] * 3)
        keep = ~train["text"].isin(copied)
        again = train["text"].duplicated()
        tempting = [
            (train, "Nothing is dropped. Does `in` look at the index?"),
            (
                train[keep & ~again],
                "Copies within train are dropped as well; the task lets "
                "them stay.",
            ),
            (
                train[keep | again],
                "Only the first copy of a text is dropped; all have to go.",
            ),
            (train[~keep], "Those are the copies; the others stay."),
            (test, "That is the test table. It stays as it is."),
            (
                train[keep].set_index(np.flatnonzero(keep)),
                "The right rows under new numbers: keep the index, which "
                "tells where a row came from. `merge` makes a new one.",
            ),
            (
                train[keep].reset_index(drop=True),
                "The right rows under new numbers: keep the index, which "
                "tells where a row came from.",
            ),
        ]
        expected = train[keep]
        try_on(answer, train, test, expected=expected, tempting=tempting)
    return "No text on two sides."


@exercise("04.4")
def _split_by_place(answer):
    blocks = _table([f"r{i}" for i in range(12)], [0] * 6 + [1] * 6)
    order = real(2, 6).argsort(dim=1) + torch.tensor([[6], [0]])
    mixed = blocks.iloc[order.T.flatten()]  # good and bad in turn
    for reviews in (blocks, mixed):
        result = ask(answer, reviews, 2, 1)
        expect(
            isinstance(result, list | tuple)
            and len(result) == 3
            and all(isinstance(part, pd.DataFrame) for part in result),
            "It returns {}; expected are three tables.",
            result,
        )
        place = reviews.groupby("label").cumcount()
        _has_the_sizes(result)
        borders = {"training": (0, 2), "validation": (2, 3), "test": (3, 6)}
        for part, (name, (low, high)) in zip(
            result, borders.items(), strict=True
        ):
            right = reviews[(place >= low) & (place < high)]
            _is_the_part(part, right, reviews, name)
    return "Per class, by place, nobody twice and nobody lost."


def _has_the_sizes(parts):
    """Look for a review that is lost or stands twice, then at the sizes."""
    columns = sorted({name for part in parts for name in part})
    expect(
        columns == ["label", "text"],
        f"The parts have the columns {columns}; leave them as they were, "
        f"`text` and `label`.",
    )
    sizes = [len(part) for part in parts]
    found = f"The parts hold {sizes} reviews; expected are [4, 2, 6]."
    for slip, hint in [
        ([2, 1, 9], "The sizes 2 and 1 count *per class*."),
        ([12, 0, 0], "Do the sizes come from the arguments, or from 9,000?"),
        ([6, 2, 4], "Places count from 0: the first n have `place < n`."),
    ]:
        expect(sizes != slip, f"{found} {hint}")
    rows = [text for part in parts for text in part["text"]]
    twice = sorted({text for text in rows if rows.count(text) > 1})
    expect(
        not twice,
        f"Of the reviews r0 to r11, {twice} stand more than once in the three "
        f"parts. Where one part ends with `place < n`, the next begins with "
        f"`place >= n`, and it ends `validation_size` later.",
    )
    expect(len(rows) == 12, f"{found} Some reviews are in no part at all.")
    expect(sizes == [4, 2, 6], found)


def _is_the_part(part, right, reviews, name):
    """Compare rows first, then their order, then the index."""
    rows, wanted = part["text"].tolist(), right["text"].tolist()
    table = dict(zip(reviews["text"], reviews["label"], strict=True))
    expect(
        sorted(rows) == sorted(wanted),
        f"By place within the class, not by chance: of a table with the texts "
        f"and labels {table}, the {name} part has {rows}; expected is "
        f"{wanted}.",
    )
    expect(
        rows == wanted,
        f"The right reviews, but the {name} part has them in the order "
        f"{rows}; in the table they stand in the order {wanted}.",
    )
    expect(
        part.index.tolist() == right.index.tolist(),
        "The right rows under new numbers: keep the index, which tells where "
        "a row came from.",
    )
    wrong = differ(part, right)
    expect(not wrong, f"The {name} part {wrong}")
