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


def merged(train, test):
    texts = test[["text"]].drop_duplicates()
    both = train.merge(texts, on="text", how="left", indicator=True)
    return both.loc[both["_merge"] == "left_only", ["text", "label"]]


def with_another_column(reviews, train, validation):
    numbered = reviews.assign(place=place_in_class(reviews))
    return cut(numbered, numbered["place"], train, train + validation)


def as_in_the_chapter(reviews, train, validation):
    return cut(reviews, place_in_class(reviews), 9_000, 10_000)


def class_by_class(reviews, train, validation):
    sorted_ = reviews.sort_values("label", kind="stable")
    return cut(sorted_, place_in_class(sorted_), train, train + validation)


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
        (
            "in brackets",
            lambda text: re.search(r"(^|\s)\d+/10(?![\d/])", text),
        ),
    ],
    "04.3": [
        ("index", in_the_index),
        ("Copies within train", each_text_once),
        ("`merge` makes a new one", merged),
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
        ("more than once", overlapping),
        ("by chance", by_chance),
        ("have the columns", with_another_column),
        ("from 9,000", as_in_the_chapter),
        ("in the order", class_by_class),
        ("new numbers", renumbered),
    ],
}
