"""Labelled reviews from a table, at once or piece by piece."""

import re
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

import pandas as pd

from imdbtutor.data.readers import BadReviews, Row, check_rows
from imdbtutor.data.tables import Table, open_table

PAIRS = (("text", "label"), ("review", "sentiment"))  # ours, and Kaggle's
LINE_END = re.compile(r"\r\n?|\n")


def read_labelled(
    path: Path, size: int | None = None
) -> Iterator[pd.DataFrame]:
    """Read labelled reviews, a piece at a time.

    Args:
        path: A file as `open_table` says, with columns `text` and `label`,
            or Kaggle's `review` and `sentiment`.
        size: Rows in a piece; `None` reads all in one.

    Yields:
        Columns `text` (str) and `label` (int64).

    Raises:
        BadReviews: If the file cannot be used; the message names the row.

    Used in chapter 4.
    """
    with open_table(path, only=[*chain(*PAIRS)]) as table:
        names = {*map(str.strip, table.header)}
        columns = next(filter(names.issuperset, PAIRS), PAIRS[0])
        advice = "The first row must name the columns 'text' and 'label'."
        text, label = (table.find(name, advice) for name in columns)
        rows, read = _without_swallowed(table, text, label), 0
        while piece := list(islice(rows, size)):
            read += len(piece)
            yield check_rows(
                [row.fields[text] for row in piece],
                [row.fields[label] for row in piece],
                lambda row, piece=piece: piece[row].where,
            )
        if read == 0:
            raise BadReviews(f"{path}: no reviews below the header.")


def _without_swallowed(table: Table, text: int, label: int) -> Iterator[Row]:
    """Refuse a row whose lines are rows: a quote swallowed them."""
    for row in table.rows:
        if table.separator and _holds_rows(row, table.separator, text, label):
            raise BadReviews(
                f"{row.where}: its lines look like rows of their own. Close "
                "the quote that is opened there."
            )
        yield row


def _holds_rows(row: Row, separator: str, text: int, label: int) -> bool:
    lines = LINE_END.split(separator.join(row.fields))
    if len(lines) == 1:
        return False
    if len(lines) > 2:  # the ends of the text may have separators in them
        lines = lines[1:-1] if text < label else lines[1:]
    parts = [line.split(separator) for line in lines]
    return all(
        len(part) == len(row.fields) and part[label].strip() in ("0", "1")
        for part in parts
    )
