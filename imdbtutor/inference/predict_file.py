"""Predictions on a file of any size, piece by piece."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from imdbtutor.data.readers import BadReviews, Row, check_text
from imdbtutor.data.tables import PACKED, Table
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
    column: str = "text",
) -> int:
    """Write a table's rows with a class and a probability added to each.

    The target appears when all is done: an error leaves nothing behind.

    Args:
        classifier: What predicts.
        table: What `open_table` opened.
        target: Where to write, as a CSV of the table's encoding and
            separator; not the table's own file.
        column: The column that holds the reviews.

    Returns:
        The number of reviews.

    Raises:
        BadReviews: If the column is not there or a row cannot be read; the
            message names the row.
        ValueError: If the target is the table's own file, or by its name no
            CSV.

    Used in chapter 10.
    """
    place = table.find(column, "Name the one to read with --column.")
    _check_target(table, target)
    checked = _with_words(table.rows, place, classifier.tokenize)
    predicted, how = 0, {"encoding": table.encoding, "newline": ""}
    with whole_file(target) as partial, partial.open("w", **how) as out:
        writer = csv.writer(out, delimiter=table.separator or ",")
        writer.writerow([*table.header, *ADDED])
        while piece := list(islice(checked, PIECE)):
            texts = [fields[place] for fields in piece]
            found = classifier.predict_proba(texts)[:, 1]
            for fields, probability in zip(piece, found, strict=True):
                added = name_prediction(probability).values()
                writer.writerow([*fields, *added])
            predicted += len(piece)
        if predicted == 0:
            raise BadReviews(f"{table.name}: no reviews below the header.")
    return predicted


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
