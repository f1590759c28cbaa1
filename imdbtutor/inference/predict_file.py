"""Predictions on a file of any size, piece by piece."""

import csv
import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import TextIO

from imdbtutor.data.formats import Form, Table
from imdbtutor.data.labelled import TEXT_COLUMNS, describe, say
from imdbtutor.data.readers import BadReviews, Row, check_text
from imdbtutor.data.tables import ANY, JSON_LINES, PACKED
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
    table: Table,
    target: Path,
    *,
    form: Form = ANY,
) -> int:
    """Write a table's rows with a class and a probability added to each.

    The target appears when all is done: an error leaves nothing behind.

    Args:
        classifier: What predicts.
        table: What `open_table` opened.
        target: Where to write, in the table's encoding: JSON lines if its
            name ends in `.jsonl`, else a CSV with the table's separator; not
            the table's own file.
        form: What is said of the table; the reviews stand in the first of
            the columns `TEXT_COLUMNS` that is there, unless it names one.

    Returns:
        The number of reviews.

    Raises:
        BadReviews: If the column is not there or a row cannot be read; the
            message names the row.
        ValueError: If the target is the table's own file, or by its name no
            CSV.

    Used in chapter 10.
    """
    names = form.text_column or TEXT_COLUMNS
    place = table.find(names, "Name the one to read with --text-column.")
    _check_target(table, target)
    if found := describe(table, form, place):
        say(found)
    checked = _with_words(table.rows, place, classifier.tokenize)
    predicted, how = 0, {"encoding": table.encoding, "newline": ""}
    with whole_file(target) as partial, partial.open("w", **how) as out:
        write = _writer(out, table, target)
        while piece := list(islice(checked, PIECE)):
            texts = [fields[place] for fields in piece]
            found = classifier.predict_proba(texts)[:, 1]
            for fields, probability in zip(piece, found, strict=True):
                added = name_prediction(probability).values()
                write([*fields, *added])
            predicted += len(piece)
        if predicted == 0:
            raise BadReviews(f"{table.name}: no reviews below the header.")
    return predicted


def _writer(
    out: TextIO, table: Table, target: Path
) -> Callable[[list], object]:
    """Return what writes a row, as the target's name asks for."""
    names = [*table.header, *ADDED]
    if target.suffix.lower() in JSON_LINES:

        def write(fields: list) -> None:
            row = dict(zip(names, fields, strict=True))
            out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")

        return write
    writer = csv.writer(out, delimiter=table.separator or ",")
    writer.writerow(names)
    return writer.writerow


def _check_target(table: Table, target: Path) -> None:
    source = Path(table.name)
    if target.is_file() and source.is_file() and source.samefile(target):
        raise ValueError(
            f"'{target}' is the file to read. Name another one to write."
        )
    if target.suffix.lower() in PACKED:
        raise ValueError(f"'{target}' would be a CSV. End its name in .csv.")
    for added in ADDED:
        if added in table.header:
            raise BadReviews(
                f"{table.name}: has a column '{added}' already, and one of "
                "that name is to be written. Rename it."
            )


def _with_words(
    rows: Iterator[Row], place: int, tokenize: Tokenizer
) -> Iterator[list[str]]:
    """Pass on the rows whose text has words."""
    for where, fields in rows:
        check_text(fields[place], where)
        if not tokenize(fields[place]):
            raise BadReviews(f"{where}: the text has no words. Remove it.")
        yield fields
