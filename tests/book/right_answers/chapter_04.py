import itertools
import re

import pandas as pd


def by_letters(text):
    """Find marks without a regular expression."""
    *numbers, _ = text.split("/10")
    ends = [part[:1] for part in text.split("/10")[1:]]
    for number, end in zip(numbers, ends, strict=True):
        start = number.rstrip("0123456789")
        whole = start != number and not start.endswith((".", "/"))
        if whole and (not end or end not in "0123456789/"):
            return True
    return False


def without_copies(train, test):
    known = set(test["text"])
    return train[[text not in known for text in train["text"]]]


def split_with_groups(reviews, train, validation):
    ends = [0, train, train + validation, len(reviews)]
    groups = [group for _, group in reviews.groupby("label")]
    return tuple(
        pd.concat([g.iloc[a:b] for g in groups]).loc[
            lambda part: [i for i in reviews.index if i in part.index]
        ]
        for a, b in itertools.pairwise(ends)
    )


RIGHT = {
    "04.1": [
        lambda reviews: {
            label: min(group, key=len)
            for label, group in reviews.groupby("label")["text"]
        },
    ],
    "04.2": [
        by_letters,
        lambda text: re.search(r"(^|[^\d./])\d+/10($|[^\d/])", text),
    ],
    "04.3": [without_copies],
    "04.4": [split_with_groups],
}
