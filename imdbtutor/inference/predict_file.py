"""Verdicts on a file of any size, piece by piece."""

import csv
import os
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from imdbtutor.data.readers import ANY_UNDECODED, BadReviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.evaluation.report import CLASSES
from imdbtutor.inference.classifier import SentimentClassifier

PIECE = 2_000  # rows in memory at a time
LONGEST_FIELD = 1_000_000  # characters
ADDED = ("verdict", "positive")


def verdict_on(chance: float) -> dict:
    """Name the likelier class.

    Args:
        chance: The probability of positive.

    Returns:
        `verdict` and `positive`, the probability to four digits.

    Used in chapter 10.
    """
    verdict = CLASSES[int(chance > 0.5)]
    return dict(zip(ADDED, (verdict, round(float(chance), 4)), strict=True))


def judge_file(
    classifier: SentimentClassifier,
    file: TextIO,
    target: Path,
    *,
    name: str,
    column: str = "text",
) -> int:
    """Write a CSV's rows with a verdict and a probability added to each.

    The target appears when all is done: an error leaves nothing behind.

    Args:
        classifier: What judges.
        file: The CSV, opened with `newline=""` and `errors=
            "surrogateescape"`; its first row names the columns.
        target: Where to write, as UTF-8.
        name: What to call the CSV in an error.
        column: The column that holds the reviews.

    Returns:
        The number of reviews.

    Raises:
        BadReviews: If it is no CSV in UTF-8, the column is not there, or a
            row cannot be judged; the message names the row.

    Used in chapter 10.
    """
    partial = target.with_name(f"{target.name}.{os.getpid()}.partial")
    try:
        with partial.open("w", encoding="utf-8", newline="") as out:
            rows = _read_rows(file, name)
            header = next(rows, [])
            _check_header(header, name, column)
            writer, judged = csv.writer(out), 0
            writer.writerow([*header, *ADDED])
            place = header.index(column)
            checked = _with_words(rows, name, header, place)
            while piece := list(islice(checked, PIECE)):
                texts = [row[place] for row in piece]
                chances = classifier.predict_proba(texts)[:, 1]
                for row, chance in zip(piece, chances, strict=True):
                    writer.writerow([*row, *verdict_on(chance).values()])
                judged += len(piece)
        if judged == 0:
            raise BadReviews(f"{name}: no reviews below the header.")
        os.replace(partial, target)
    finally:
        partial.unlink(missing_ok=True)
    return judged


def _read_rows(file: TextIO, name: str) -> Iterator[list[str]]:
    """Yield every row, an empty list for an empty line."""
    csv.field_size_limit(LONGEST_FIELD)
    reader = csv.reader(file, strict=True)
    try:
        yield from reader
    except csv.Error as error:
        raise BadReviews(
            f"{name}, line {reader.line_num}: {error}."
        ) from error


def _check_header(header: list[str], name: str, column: str) -> None:
    if any(map(ANY_UNDECODED.search, header)):
        raise BadReviews(
            f"{name}, row 1: a byte is not UTF-8. Save the file as UTF-8."
        )
    if column not in header:
        raise BadReviews(
            f"{name}: no column '{column}'; found {header}. Name the one to "
            "read with --column."
        )
    for added in ADDED:
        if added in header:
            raise BadReviews(
                f"{name}: has a column '{added}' already, and one of that "
                "name is to be written. Rename it."
            )


def _with_words(
    rows: Iterator[list[str]], name: str, header: list[str], place: int
) -> Iterator[list[str]]:
    """Pass on the rows that can be judged; empty lines are left out."""
    for number, row in enumerate(rows, start=2):
        where = f"{name}, row {number} (the header is row 1)"
        if row and len(row) != len(header):
            raise BadReviews(
                f"{where}: has {len(row)} fields; the header has "
                f"{len(header)}. Put text with commas in quotes."
            )
        if any(map(ANY_UNDECODED.search, row)):
            raise BadReviews(
                f"{where}: a byte is not UTF-8. Save the file as UTF-8."
            )
        if row and not tokenize(row[place]):
            raise BadReviews(f"{where}: the text has no words. Remove it.")
        if row:
            yield row
