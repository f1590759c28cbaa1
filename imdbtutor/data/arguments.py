"""Texts and labels as a caller gives them, checked before they are used."""

import reprlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from torch import Tensor

from imdbtutor.data.readers import BadReviews


def check_texts(texts: Sequence[str]) -> list[str]:
    """Make a list of what should be texts.

    Args:
        texts: A list, a tuple, a column of a table or an array.

    Raises:
        TypeError: If they are one string, a whole table, in no order (a set,
            a dict), to be had only once (a generator), or not strings.
        ValueError: If there are none.

    Used in chapter 10.
    """
    kept = isinstance(texts, Sequence) or hasattr(texts, "__array__")
    if isinstance(texts, str | bytes | pd.DataFrame) or not kept:
        it, do = type(texts).__name__, "pass a list, a Series or an array"
        if isinstance(texts, str):
            it, do = "one string", "write predict([text])"
        elif isinstance(texts, pd.DataFrame):
            it, do = "a table", "write predict(table['text'])"
        raise TypeError(f"expected a list of texts, got {it}; {do}.")
    texts = list(texts)
    if not texts:
        raise ValueError("no texts given; pass a list of at least one.")
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            found = reprlib.repr(text)
            raise TypeError(f"text {number} is no string but {found}.")
    return texts


def check_labels(
    labels: Sequence[int], reviews: int, *, each: int = 0
) -> np.ndarray:
    """Make an array of what should be labels.

    `False`, `True`, 0.0 and 1.0 count as 0 and 1.

    Args:
        labels: 0 or 1 for each review: a list, a column, an array, a tensor.
        reviews: How many there must be.
        each: How many there must be of either class.

    Returns:
        int64, shape (reviews,).

    Raises:
        BadReviews: If one is neither 0 nor 1, or they are too few.

    Used in chapter 12.
    """
    if isinstance(labels, Tensor):
        labels = labels.detach().cpu()
    try:
        found = np.asarray(labels)
    except ValueError:  # rows of different lengths
        found = np.empty((reviews, 0))
    if found.ndim != 1:
        raise BadReviews(
            "labels must be 0 or 1 for each review, in one row: got "
            f"{type(labels).__name__} of shape {found.shape}."
        )
    if len(found) != reviews:
        raise BadReviews(
            f"{reviews} reviews but {len(found)} labels: both must come "
            "from the same rows."
        )
    wrong = pd.Series(found)[~pd.Series(found).isin([0, 1])].unique()
    if len(wrong):
        raise BadReviews(
            "labels must be 0 or 1 (negative or positive), found "
            f"{reprlib.repr(wrong.tolist())}."
        )
    found = found.astype(np.int64)
    negative, positive = np.bincount(found, minlength=2).tolist()
    if min(negative, positive) < each:
        raise BadReviews(
            f"found {negative:,} negative and {positive:,} positive reviews: "
            f"each class needs at least {each}."
        )
    return found


def check_reviews(reviews: pd.DataFrame | Mapping) -> pd.DataFrame:
    """Make a table of reviews of what should be one.

    Args:
        reviews: Columns `text` and `label`.

    Returns:
        Columns `text` (str) and `label` (int64), numbered from 0.

    Raises:
        BadReviews: If a column is missing, or a label is wrong.
        TypeError: If it is no table, or a text no string.

    Used in chapter 10.
    """
    if not isinstance(reviews, pd.DataFrame | Mapping):
        raise TypeError(
            "expected a table with columns 'text' and 'label', not "
            f"{type(reviews).__name__}."
        )
    for column in ("text", "label"):
        if column not in reviews:
            raise BadReviews(
                f"no column '{column}' in the table; found {list(reviews)}."
            )
    texts = check_texts(reviews["text"])
    column = pd.Series(texts, dtype=object)  # any string
    labels = check_labels(reviews["label"], len(texts))
    return pd.DataFrame({"text": column, "label": labels})
