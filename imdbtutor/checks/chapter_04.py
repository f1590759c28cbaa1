"""Chapter 4: reviews in a table."""

import functools

import pandas as pd

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import differ, real, show, whole


def _table(texts, labels):
    return pd.DataFrame({"text": texts, "label": labels})


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
            f"It returns {show(result)}; expected is a dictionary with the "
            f"labels 0 and 1 as keys.",
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
        return bool(answer(text))

    for text, mark, hint in [
        ("Good fun. 7/10 from me", True, "It may stand anywhere."),
        ("A perfect 10/10!", True, "Ten has two digits."),
        *((f"I say {n}/10.", True, "That is a mark.") for n in range(10)),
        ("Shot on 1/100 of the budget.", False, "That is a hundredth."),
        ("Open 24/7.", False, "The number after the slash is not ten."),
        ("My top 10.", False, "There is no mark out of ten here."),
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
    mixed = blocks.sample(frac=1, random_state=whole(0, 99, 1).item())
    for reviews in (blocks, mixed.reset_index(drop=True)):
        result = ask(answer, reviews, 2, 1)
        expect(
            isinstance(result, list | tuple)
            and len(result) == 3
            and all(isinstance(part, pd.DataFrame) for part in result),
            f"It returns {show(result)}; expected are three tables.",
        )
        _nobody_twice_or_lost(result)
        place = reviews.groupby("label").cumcount()
        names = ("training", "validation", "test")
        borders = (0, 2), (2, 3), (3, 6)
        for name, part, (low, high) in zip(
            names, result, borders, strict=True
        ):
            right = reviews[(place >= low) & (place < high)]
            wrong = differ(part, right)
            expect(
                not wrong or differ(part, right.reset_index(drop=True)),
                "The right rows under new numbers: keep the index, which "
                "tells where a row came from.",
            )
            expect(
                not wrong,
                f"By place, not by chance, and in the order of the table: of "
                f"the labels {reviews['label'].tolist()}, the {name} part "
                f"{wrong}",
            )
    return "Per class, by place, nobody twice and nobody lost."


def _nobody_twice_or_lost(parts):
    rows = [text for part in parts for text in part["text"]]
    expect(
        len(set(rows)) == len(rows),
        "Some reviews stand on two sides. Where one part ends with "
        "`place < n`, the next begins with `place >= n`.",
    )
    expect(len(rows) == 12, "Some reviews are on no side at all.")
    sizes = [len(part) for part in parts]
    expect(
        sizes not in ([6, 2, 4], [4, 4, 4], [6, 0, 6]),
        f"The parts hold {sizes} reviews; expected are [4, 2, 6]. Places "
        f"count from 0, so the first n are those with `place < n`.",
    )
    expect(
        sizes == [4, 2, 6],
        f"The parts hold {sizes} reviews; expected are [4, 2, 6]. The sizes "
        f"2 and 1 count *per class*.",
    )
