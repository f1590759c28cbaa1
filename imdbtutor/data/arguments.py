"""Texts and labels as a caller gives them, checked before they are used."""

import reprlib
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from torch import Tensor

from imdbtutor.data.readers import BadReviews

CLASSES = ("negative", "positive")  # 0 and 1, the book's


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
    labels: Sequence[int], reviews: int, *, each: int = 0, classes: int = 2
) -> np.ndarray:
    """Make an array of what should be labels.

    `False`, `True`, 0.0 and 1.0 count as 0 and 1.

    Args:
        labels: 0 or 1 for each review: a list, a column, an array, a tensor.
        reviews: How many there must be.
        each: How many there must be of every class.
        classes: How many classes there are; labels count them from 0.

    Returns:
        int64, shape (reviews,).

    Raises:
        BadReviews: If one is of no class, or they are too few.

    Used in chapter 12.
    """
    found = _as_row(labels, reviews)
    column = pd.Series(found)
    wrong = column[~column.isin(range(classes))].unique()
    if len(wrong):
        which = "0 or 1 (negative or positive)"
        if classes > 2:
            which = f"whole numbers from 0 to {classes - 1}"
        raise BadReviews(
            f"labels must be {which}, found {reprlib.repr(wrong.tolist())}."
        )
    found = found.astype(np.int64)
    counts = np.bincount(found, minlength=classes).tolist()
    if min(counts) < each:
        names = CLASSES if classes == 2 else range(classes)
        raise BadReviews(too_few(dict(zip(names, counts, strict=True)), each))
    return found


def too_few(counts: dict, each: int) -> str:
    """Say that a class has too few reviews.

    Args:
        counts: The reviews of every class, by its name.
        each: How many a class needs.

    Used in chapter 10.
    """
    parts = [f"{number:,} {name}" for name, number in counts.items()]
    listed = f"{', '.join(parts[:-1])} and {parts[-1]}"
    return f"found {listed} reviews: each class needs at least {each}."


def learn_classes(
    labels: Sequence, reviews: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find which classes labels name, and the place of each in their order.

    Args:
        labels: A name, a whole number or a truth value for each review.
        reviews: How many there must be.

    Returns:
        The classes in order, shape (classes,), and for each review the
        number of its class, int64, shape (reviews,).

    Raises:
        BadReviews: If they are too few, one is missing, fractions, or all
            are of one class.

    Used in chapter 10.
    """
    column = pd.Series(_as_row(labels, reviews))
    if column.isna().any():
        raise BadReviews(
            f"label {int(column.isna().argmax())} is missing; labels must be "
            "names or whole numbers."
        )
    if pd.api.types.is_float_dtype(column):
        if (column % 1 != 0).any():
            raise BadReviews(
                "labels must be names or whole numbers, found "
                f"{column[column % 1 != 0].iloc[0]}."
            )
        column = column.astype(np.int64)
    if len({type(label) for label in column}) > 1:
        kinds = sorted({type(label).__name__ for label in column})
        raise BadReviews(
            f"labels must be of one kind, found {' and '.join(kinds)}."
        )
    classes, ids = np.unique(column.to_numpy(), return_inverse=True)
    if len(classes) < 2:
        raise BadReviews(
            f"all labels are {classes.tolist()[0]!r}: there must be two "
            "classes, and each class needs reviews."
        )
    return classes, ids.astype(np.int64)


def _as_row(labels: Sequence, reviews: int) -> np.ndarray:
    """Make an array of one label for each review."""
    if isinstance(labels, Tensor):
        labels = labels.detach().cpu()
    try:
        found = np.asarray(labels)
    except ValueError:  # rows of different lengths
        found = np.empty((reviews, 0))
    if found.ndim != 1:
        raise BadReviews(
            "labels must be one for each review, in one row: got "
            f"{type(labels).__name__} of shape {found.shape}."
        )
    if len(found) != reviews:
        raise BadReviews(
            f"{reviews} reviews but {len(found)} labels: both must come "
            "from the same rows."
        )
    return found


def check_reviews(
    reviews: pd.DataFrame | Mapping, classes: Sequence | None = None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Make a table of reviews of what should be one.

    Args:
        reviews: Columns `text` and `label`.
        classes: What the labels may name; left out, they are learned.

    Returns:
        Columns `text` (str) and `label` (int64, the number of the class),
        numbered from 0; and the classes.

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
    if classes is None:
        classes, labels = learn_classes(reviews["label"], len(texts))
    else:
        labels = number_labels(reviews["label"], len(texts), classes)
    return pd.DataFrame({"text": column, "label": labels}), classes


def number_labels(
    labels: Sequence, reviews: int, classes: Sequence
) -> np.ndarray:
    """Return the number of each label's class.

    Args:
        labels: One for each review.
        reviews: How many there must be.
        classes: The classes, in order.

    Returns:
        int64, shape (reviews,).

    Raises:
        BadReviews: If a label is of none of the classes, or they are too few.

    Used in chapter 10.
    """
    found = pd.Series(_as_row(labels, reviews))
    wrong = found[~found.isin(list(classes))].unique()
    if len(wrong):
        known = reprlib.repr(np.asarray(classes).tolist())
        raise BadReviews(
            f"labels must be some of {known}, found "
            f"{reprlib.repr(wrong.tolist())}."
        )
    return pd.Index(classes).get_indexer(found).astype(np.int64)
