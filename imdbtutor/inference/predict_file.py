"""Predictions on a file of any size, piece by piece."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from imdbtutor.data.readers import BadReviews, Row, read_rows
from imdbtutor.data.tokens import Tokenizer
from imdbtutor.evaluation.report import CLASSES
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.runtime import whole_file

PIECE = 2_000  # rows in memory at a time
ADDED = ("verdict", "positive")


def name_prediction(probability: float) -> dict:
    """Name the likelier class.

    Args:
        probability: The probability of positive.

    Returns:
        `verdict`, the class's name, and `positive`, its probability to four
        digits.

    Used in chapter 10.
    """
    likelier = CLASSES[int(probability > 0.5)]
    rounded = round(float(probability), 4)
    return dict(zip(ADDED, (likelier, rounded), strict=True))


def write_predictions(
    classifier: SentimentClassifier,
    file: TextIO,
    target: Path,
    *,
    name: str,
    column: str = "text",
) -> int:
    """Write a CSV's rows with a class and a probability added to each.

    The target appears when all is done: an error leaves nothing behind.

    Args:
        classifier: What predicts.
        file: The CSV, opened as `readers.AS_TEXT` says; its first row names
            the columns.
        target: Where to write, as UTF-8.
        name: What to call the CSV in an error.
        column: The column that holds the reviews.

    Returns:
        The number of reviews.

    Raises:
        BadReviews: If it is no CSV in UTF-8, the column is not there, or a
            row cannot be read; the message names the row.

    Used in chapter 10.
    """
    rows, predicted = read_rows(file, name), 0
    header = next(rows, Row(name, [])).fields
    _check_header(header, name, column)
    place = header.index(column)
    checked = _with_words(rows, place, classifier.tokenize)
    with (
        whole_file(target) as partial,
        partial.open("w", encoding="utf-8", newline="") as out,
    ):
        writer = csv.writer(out)
        writer.writerow([*header, *ADDED])
        while piece := list(islice(checked, PIECE)):
            texts = [fields[place] for fields in piece]
            found = classifier.predict_proba(texts)[:, 1]
            for fields, probability in zip(piece, found, strict=True):
                added = name_prediction(probability).values()
                writer.writerow([*fields, *added])
            predicted += len(piece)
        if predicted == 0:
            raise BadReviews(f"{name}: no reviews below the header.")
    return predicted


def _check_header(header: list[str], name: str, column: str) -> None:
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
    rows: Iterator[Row], place: int, tokenize: Tokenizer
) -> Iterator[list[str]]:
    """Pass on the rows whose text has words."""
    for where, fields in rows:
        if not tokenize(fields[place]):
            raise BadReviews(f"{where}: the text has no words. Remove it.")
        yield fields
