"""Rows of a table, and the check of every review."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

ANY_UNDECODED = re.compile("[\udc80-\udcff]")
AS_UTF8 = (
    "Save the file as UTF-8, or say how it is written: "
    "encoding='cp1252' (--encoding cp1252) for older Windows programs."
)
NOT_UTF8 = f"a byte is not UTF-8. {AS_UTF8}"
LONGEST_FIELD = 1_000_000  # characters
# Keeps what is not UTF-8 as a mark, so that its row can be named.
AS_TEXT = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}


class ReviewsNotFound(FileNotFoundError):
    """The reviews are not where they were looked for.

    Used in chapter 4.
    """


class BadReviews(ValueError):
    """The reviews were found, and something in them is wrong.

    Used in chapter 4.
    """


class Row(NamedTuple):
    """A row of a table, and what to call its place in an error.

    Used in chapter 4.
    """

    where: str
    fields: list  # of str, but for Parquet, which has values of any type


def read_rows(
    lines: Iterable[str], name: str, **dialect: str
) -> Iterator[Row]:
    """Yield the header and each row below it; empty rows are left out.

    Every table of text in this package is read by this. A row is named by
    the line of the file on which it starts.

    Args:
        lines: The table, line ends and all; bytes that could not be decoded
            as lone surrogates.
        name: What to call it in an error.
        dialect: What `csv.reader` is to know of it.

    Raises:
        BadReviews: If a byte is not UTF-8, a quote is not closed or a row
            has not the fields of the header; the message names the row.

    Used in chapter 4.
    """
    csv.field_size_limit(LONGEST_FIELD)
    reader, width = csv.reader(lines, strict=True, **dialect), None
    while True:
        where = f"{name}, line {reader.line_num + 1}"
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise BadReviews(
                f"{where}: {error}. Check the quotes from there on: each is "
                "closed, and one within a text is written as two."
            ) from error
        if fields is None:
            return
        if any(map(ANY_UNDECODED.search, fields)):
            raise BadReviews(f"{where}: {NOT_UTF8}")
        width = width or len(fields)
        if any(fields) and len(fields) != width:
            raise BadReviews(
                f"{where}: has {len(fields)} fields; the header has {width}. "
                "Put text with separators in quotes."
            )
        if any(fields):
            yield Row(where, fields)


def check_rows(
    texts: Sequence[str],
    labels: Sequence[str | int],
    where: Callable[[int], str],
) -> pd.DataFrame:
    """Check every row and make a table of them.

    Args:
        texts: The reviews, undecodable bytes as lone surrogates.
        labels: 0 or 1 for each, as a number or as text.
        where: Names a row, counted from 0, for the error message.

    Returns:
        Columns `text` (str) and `label` (int64).

    Raises:
        BadReviews: If a text or label cannot be used.

    Used in chapter 4.
    """
    for row, (text, label) in enumerate(zip(texts, labels, strict=True)):
        check_text(text, where(row))
        if str(label).strip() not in ("0", "1"):
            raise BadReviews(
                f"{where(row)}: label {label!r} is neither 0 (negative) nor "
                "1 (positive)."
            )
    return as_frame(texts, [int(label) for label in labels])


def check_text(text: object, where: str) -> None:
    """Check that a review is text, and not empty.

    Args:
        text: What stands where the review should.
        where: Names its row in the error.

    Raises:
        BadReviews: If it is not.

    Used in chapter 4.
    """
    if not isinstance(text, str):
        raise BadReviews(f"{where}: {text!r:.60} is no text.")
    if ANY_UNDECODED.search(text):
        raise BadReviews(f"{where}: {NOT_UTF8}")
    if not text.strip():
        raise BadReviews(f"{where}: the text is empty. Remove it.")


def as_frame(texts: Sequence[str], labels: Sequence[int]) -> pd.DataFrame:
    """Make the table that all sources come out as.

    Args:
        texts: The reviews.
        labels: 0 or 1 for each.

    Returns:
        Columns `text` (str) and `label` (int64).

    Used in chapter 4.
    """
    columns = {"text": list(texts), "label": np.array(labels, dtype=np.int64)}
    return pd.DataFrame(columns)
