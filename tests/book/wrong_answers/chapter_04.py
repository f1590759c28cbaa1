import re

import pandas as pd


def by(reviews, key, pick=min):
    return {
        label: pick(group["text"], key=key)
        for label, group in reviews.groupby("label")
    }


def in_the_index(train, test):
    copies = [text in test["text"] for text in train["text"]]
    return train[[not copy for copy in copies]]


def each_text_once(train, test):
    return train[~train["text"].isin(test["text"])].drop_duplicates("text")


def first_copy_only(train, test):
    copies = train["text"].isin(test["text"])
    return train[~(copies & ~train["text"].duplicated())]


def place_in_class(reviews):
    return reviews.groupby("label").cumcount()


def cut(reviews, place, first, second):
    return (
        reviews[place < first],
        reviews[(place >= first) & (place < second)],
        reviews[place >= second],
    )


def by_row(reviews, train, validation):
    place = pd.Series(range(len(reviews)), index=reviews.index)
    return cut(reviews, place, train, train + validation)


def overlapping(reviews, train, validation):
    place = place_in_class(reviews)
    end = train + validation
    return (
        reviews[place <= train],
        reviews[(place >= train) & (place < end)],
        reviews[place >= end],
    )


def by_chance(reviews, train, validation):
    shuffled = reviews.sample(frac=1, random_state=1)
    place = place_in_class(shuffled)
    return cut(shuffled, place, train, train + validation)


def renumbered(reviews, train, validation):
    place = place_in_class(reviews)
    parts = cut(reviews, place, train, train + validation)
    return [part.reset_index(drop=True) for part in parts]


WRONG = {
    "04.1": [
        ("counted words", lambda r: by(r, key=lambda t: len(t.split()))),
        ("longest", lambda r: by(r, key=len, pick=max)),
        ("alphabet", lambda r: r.groupby("label")["text"].min().to_dict()),
        ("dictionary", lambda r: min(r["text"], key=len)),
        (
            "look in each class",
            lambda r: dict.fromkeys((0, 1), min(r["text"], key=len)),
        ),
    ],
    "04.2": [
        ("hundredth", lambda text: "/10" in text),
        ("anywhere", lambda text: re.match(r"\d+/10\b", text)),
        ("two digits", lambda text: re.search(r"\b\d/10\b", text)),
        ("after the slash", lambda text: re.search(r"\d+/\d0?\b", text)),
        ("no whole number", lambda text: re.search(r"\d+/10\b", text)),
        ("That is a mark", lambda t: "7/10" in t or "10/10" in t),
    ],
    "04.3": [
        ("index", in_the_index),
        ("Copies within train", each_text_once),
        ("all have to go", first_copy_only),
        (
            "Those are the copies",
            lambda train, test: train[train["text"].isin(test["text"])],
        ),
        (
            "new numbers",
            lambda train, test: train[
                ~train["text"].isin(test["text"])
            ].reset_index(drop=True),
        ),
    ],
    "04.4": [
        ("per class", by_row),
        ("two sides", overlapping),
        ("by chance", by_chance),
        ("new numbers", renumbered),
    ],
}
