"""Chapter 4: reviews in a table."""

import functools

import pandas as pd

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import differ, show, whole


def _table(texts, labels):
    return pd.DataFrame({"text": texts, "label": labels})


@exercise("04.1")
def _shortest_of_each_class(answer):
    texts = [
        "So dull.",
        "Unwatchable!",
        "Bad.",
        "Joy.",
        "It is fun.",
        "Go!",
    ]
    fresh = ["x" * n for n in whole(5, 60, 6).tolist()]
    for words in (texts, fresh):
        reviews = _table(words, [0, 0, 0, 1, 1, 1])
        result = ask(answer, reviews)
        expect(
            isinstance(result, dict) and set(result) == {0, 1},
            f"It returns {show(result)}; expected is a dictionary with the "
            f"labels 0 and 1 as keys.",
        )
        right, longest = (
            {0: pick(words[:3], key=len), 1: pick(words[3:], key=len)}
            for pick in (min, max)
        )
        fewest = dict.fromkeys((0, 1), min(words, key=len))
        tempting = [
            (longest, "Those are the longest."),
            (fewest, "That is the shortest of all; look in each class."),
            (
                {k: len(v) for k, v in right.items()},
                "Those are the lengths; return the texts.",
            ),
            (
                {0: "Unwatchable!", 1: "Joy."},
                "You counted words. The task says characters.",
            ),
        ]
        try_on(answer, reviews, expected=right, tempting=tempting)
    return "Read them in the real table: short, and clear all the same."


@exercise("04.2")
def _mentions_mark(answer):
    expect(ask(answer, "7/10"), 'For "7/10" it should return True.')

    @functools.wraps(answer)
    def verdict(text):  # a search that finds nothing returns None: no mark
        return bool(answer(text))

    number = whole(0, 11, 1).item()
    for text, mark, hint in [
        ("Good fun. 7/10 from me", True, "It may stand anywhere."),
        ("A perfect 10/10!", True, "Ten has two digits."),
        ("Shot on 1/100 of the budget.", False, "That is a hundredth."),
        ("Open 24/7.", False, "The number after the slash is not ten."),
        ("My top 10.", False, "There is no mark out of ten here."),
        ("Yes and/10 no", False, "There is no number before the slash."),
        (f"I give it {number}/10.", True, "That is a mark."),
    ]:
        result = ask(verdict, text)
        expect(
            result is mark,
            f"For {text!r} it returns {result}. {hint}",
        )
    return "How many of the 25,000 reviews carry one? reviews.text.map tells."


@exercise("04.3")
def _without_copies(answer):
    train = _table(["A", "B", "C", "B", "D", "B"], [0, 0, 1, 0, 1, 0])
    for places in ([0, 4], whole(0, 6, 2).tolist()):
        texts = [*train["text"].iloc[places], "unseen"]
        test = _table(texts, [0] * 3)
        keep = ~train["text"].isin(test["text"])
        if places == [0, 4]:
            both = keep & ~train["text"].duplicated()
            tempting = [
                (train, "Nothing is dropped. Does `in` look at the index?"),
                (
                    train[both],
                    "Copies within train are dropped as well; the task lets "
                    "them stay.",
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
    blocks = _table([f"r{i}" for i in range(10)], [0] * 5 + [1] * 5)
    mixed = blocks.sample(frac=1, random_state=whole(0, 99, 1).item())
    for reviews in (blocks, mixed.reset_index(drop=True)):
        result = ask(answer, reviews, 2, 1)
        expect(
            isinstance(result, list | tuple)
            and len(result) == 3
            and all(isinstance(part, pd.DataFrame) for part in result),
            f"It returns {show(result)}; expected are three tables.",
        )
        place = reviews.groupby("label").cumcount()
        rows = [text for part in result for text in part["text"]]
        expect(
            len(set(rows)) == len(rows),
            "Some reviews stand on two sides. Where one part ends with "
            "`place < n`, the next begins with `place >= n`.",
        )
        expect(len(rows) == 10, "Some reviews are on no side at all.")
        sizes = [len(part) for part in result]
        expect(
            sizes == [4, 2, 4],
            f"With 2 and 1 a class, the parts should hold 4, 2 and 4 "
            f"reviews; yours hold {sizes}. The sizes count *per class*.",
        )
        for part, (low, high) in zip(
            result, [(0, 2), (2, 3), (3, 5)], strict=True
        ):
            right = reviews[(place >= low) & (place < high)]
            expect(
                not differ(part, right)
                or differ(part, right.reset_index(drop=True)),
                "The right rows under new numbers: keep the index, which "
                "tells where a row came from.",
            )
            expect(
                not differ(part, right),
                f"A part holds {part['text'].tolist()} of "
                f"{reviews['text'].tolist()}; expected is "
                f"{right['text'].tolist()}, in the order of the table and "
                f"not by chance.",
            )
    return "Per class, by place, nobody twice and nobody lost."
