"""Labelled reviews from tables, and the check of every row."""

import csv
import io
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

ANY_UNDECODED = re.compile("[\udc80-\udcff]")
NOT_UTF8 = "a byte is not UTF-8. Save the file as UTF-8."
LONGEST_FIELD = 1_000_000  # characters
# Keeps what is not UTF-8 as a mark, so that its row can be named.
AS_TEXT = {"encoding": "utf-8-sig", "errors": "surrogateescape", "newline": ""}
# A backslash that escapes neither a quote nor another backslash:
LONE_BACKSLASH = re.compile(r'(?<!\\)(\\\\)*\\(?!["\\])')


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
    fields: list[str]


def read_rows(
    lines: Iterable[str], name: str, **dialect: str
) -> Iterator[Row]:
    """Yield the header and each row below it; empty rows are left out.

    Every table in this package is read by this: rows are counted as they
    stand in the file, empty ones too, and the header is row 1.

    Args:
        lines: The table, opened as `AS_TEXT` says.
        name: What to call it in an error.
        dialect: What `csv.reader` is to know of it.

    Raises:
        BadReviews: If a byte is not UTF-8, a quote is not closed or a row
            has not the fields of the header; the message names the row.

    Used in chapter 4.
    """
    csv.field_size_limit(LONGEST_FIELD)
    reader, width = csv.reader(lines, strict=True, **dialect), None
    for number in itertools.count(1):
        where = f"{name}, row {number} (the header is row 1)"
        try:
            fields = next(reader, None)
        except csv.Error as error:
            raise BadReviews(f"{where}: {error}.") from error
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


def pick_columns(
    rows: Iterator[Row], name: str, columns: Sequence[str]
) -> Iterator[Row]:
    """Read the header, and pass on some columns of the rows below it.

    Raises:
        BadReviews: If a column is not there.

    Used in chapter 4.
    """
    header = next(rows, Row(name, [])).fields
    for column in columns:
        if column not in header:
            raise BadReviews(
                f"{name}: no column '{column}'; found {header}. The first "
                f"row must name the columns {', '.join(map(repr, columns))}."
            )
    places = [header.index(column) for column in columns]
    for where, fields in rows:
        yield Row(where, [fields[place] for place in places])


def read_csv(path: Path) -> pd.DataFrame:
    """Read a CSV with columns `text` and `label`, as UTF-8.

    Args:
        path: The file; its first row names the columns.

    Returns:
        Columns `text` (str) and `label` (int64).

    Raises:
        BadReviews: If the file cannot be used; the message names the row.

    Used in chapter 4.
    """
    with path.open(**AS_TEXT) as lines:
        return _as_reviews(read_rows(lines, str(path)), path, "text", "label")


def read_kaggle(path: Path) -> pd.DataFrame:
    r"""Read Kaggle's file: tabs, quotes written as `\"`, 0/1 in `sentiment`.

    Some writers of such files double a backslash that stands for itself and
    some do not; both are read right.

    Args:
        path: The file; its first row names the columns.

    Returns:
        Columns `text` (str) and `label` (int64).

    Raises:
        BadReviews: If the file cannot be used; the message names the row.

    Used in chapter 4.
    """
    with path.open(**AS_TEXT) as lines:
        raw = lines.read()
    escape = {"escapechar": "\\"}
    if LONE_BACKSLASH.search(raw):
        raw, escape = raw.replace('\\"', '""'), {}
    lines = io.StringIO(raw, newline="")
    rows = read_rows(lines, str(path), delimiter="\t", **escape)
    return _as_reviews(rows, path, "review", "sentiment")


def _as_reviews(
    rows: Iterator[Row], path: Path, text: str, label: str
) -> pd.DataFrame:
    found = list(pick_columns(rows, str(path), [text, label]))
    if not found:
        raise BadReviews(f"{path}: no reviews below the header.")
    texts, labels = zip(*(fields for _, fields in found), strict=True)
    return check_rows(texts, labels, lambda row: found[row].where)


def check_rows(
    texts: Sequence[str], labels: Sequence[str], where: Callable[[int], str]
) -> pd.DataFrame:
    """Check every row and make a table of them.

    Args:
        texts: The reviews, undecodable bytes as lone surrogates.
        labels: "0" or "1" for each.
        where: Names a row, counted from 0, for the error message.

    Returns:
        Columns `text` (str) and `label` (int64).

    Raises:
        BadReviews: If a text or label cannot be used.

    Used in chapter 4.
    """
    for row, (text, label) in enumerate(zip(texts, labels, strict=True)):
        if ANY_UNDECODED.search(text):
            raise BadReviews(f"{where(row)}: {NOT_UTF8}")
        if not text.strip():
            raise BadReviews(f"{where(row)}: the text is empty. Remove it.")
        if label.strip() not in ("0", "1"):
            raise BadReviews(
                f"{where(row)}: label {label!r} is neither 0 (negative) nor "
                "1 (positive)."
            )
    return as_frame(texts, [int(label) for label in labels])


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
