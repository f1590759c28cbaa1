"""Predictions on a file of any size, piece by piece."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TextIO

import numpy as np
from torch import Tensor

from imdbtutor.data.formats import Form, Table
from imdbtutor.data.labelled import TEXT_COLUMNS, describe, say
from imdbtutor.data.readers import BadReviews, Row, check_text
from imdbtutor.data.tables import ANY, JSON_LINES, PACKED
from imdbtutor.data.tokens import Tokenizer
from imdbtutor.data.vocab import Vocab
from imdbtutor.evaluation.report import CLASSES
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.parts import BINARY
from imdbtutor.runtime import whole_file

PIECE = 2_000  # rows in memory at a time
ADDED = ("verdict", "positive")
KNOWN, CANNOT_TELL = "known", "cannot tell"


def added_names(classes: Sequence) -> tuple[str, str]:
    """Return what a verdict and its probability are called.

    Args:
        classes: What there is to tell apart; of 0 and 1, positive is told.

    Used in chapter 10.
    """
    return ADDED if tuple(classes) == BINARY else ("verdict", "probability")


def name_prediction(
    probabilities: Sequence[float], classes: Sequence = BINARY
) -> dict:
    """Name the likeliest class.

    Args:
        probabilities: Of each class.
        classes: The classes, in the same order.

    Returns:
        `verdict`, the class's name, and to four digits `positive`, the
        probability of 1, or, of other classes than 0 and 1, `probability`,
        that of the verdict.

    Used in chapter 10.
    """
    likeliest = int(np.argmax(probabilities))
    names = added_names(classes)
    name, told = classes[likeliest], probabilities[likeliest]
    if names == ADDED:
        name, told = CLASSES[likeliest], probabilities[1]
    values = name, round(float(told), 4)
    return dict(zip(names, values, strict=True))


def known_share(token_ids: Tensor, vocab: Vocab) -> float:
    """Return which share of a text's tokens the vocabulary has.

    Where it is small, as in another language, a prediction is a guess.

    Args:
        token_ids: Of one text, shape (time,).
        vocab: What it was encoded with.

    Returns:
        From 0 to 1.

    Used in chapter 10.
    """
    unknown = vocab.get_default_index()
    return (token_ids != unknown).double().mean().item()


def hold_back(
    found: dict, token_ids: Tensor, vocab: Vocab, least_known: float
) -> dict:
    """Say "cannot tell" where the vocabulary has too little of a text.

    Args:
        found: What `name_prediction` says of it.
        token_ids: Of the text, shape (time,).
        vocab: What it was encoded with.
        least_known: The smallest share of known tokens with a verdict.

    Returns:
        The same with `known`, the share, to four digits.

    Used in chapter 15.
    """
    share = known_share(token_ids, vocab)
    verdict = {} if share >= least_known else {"verdict": CANNOT_TELL}
    return found | verdict | {KNOWN: round(share, 4)}


def judge(
    classifier: SentimentClassifier,
    texts: Sequence[str],
    least_known: float | None = None,
) -> list[dict]:
    """Name the likeliest class of each text, or say that it cannot be told.

    Args:
        classifier: What predicts.
        texts: The reviews.
        least_known: As `write_predictions` takes it.

    Returns:
        What `name_prediction` says of each, and `known`, if asked for.

    Used in chapter 10.
    """
    classes = classifier.classes_.tolist()
    chances = classifier.predict_proba(texts)
    found = [name_prediction(each, classes) for each in chances]
    if least_known is None:
        return found
    reviews = classifier.encode(texts).reviews
    return [
        hold_back(row, ids, classifier.vocab, least_known)
        for row, ids in zip(found, reviews, strict=True)
    ]


def write_predictions(
    classifier: SentimentClassifier,
    table: Table,
    target: Path,
    *,
    form: Form = ANY,
    least_known: float | None = None,
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
        least_known: Of texts of which the vocabulary has a smaller share, the
            verdict is "cannot tell"; a third column, `known`, has the share.

    Returns:
        The number of reviews.

    Raises:
        BadReviews: If the column is not there or a row cannot be read; the
            message names the row.
        ValueError: If the target is the table's own file, or by its name no
            CSV.

    Used in chapter 10.
    """
    columns = form.text_column or TEXT_COLUMNS
    place = table.find(columns, "Name the one to read with --text-column.")
    classes = classifier.classes_.tolist()
    names = added_names(classes)
    if least_known is not None:
        names += (KNOWN,)
    _check_target(table, target, names)
    if found := describe(table, form, place):
        say(found)
    checked = _with_words(table.rows, place, classifier.tokenize)
    predicted, how = 0, {"encoding": table.encoding, "newline": ""}
    with whole_file(target) as partial, partial.open("w", **how) as out:
        write = _writer(out, table, target, names)
        while piece := list(islice(checked, PIECE)):
            texts = [fields[place] for fields in piece]
            found = judge(classifier, texts, least_known)
            for fields, added in zip(piece, found, strict=True):
                write([*fields, *added.values()])
            predicted += len(piece)
        if predicted == 0:
            raise BadReviews(f"{table.name}: no reviews below the header.")
    return predicted


def _writer(
    out: TextIO, table: Table, target: Path, added: Sequence[str]
) -> Callable[[list], object]:
    """Return what writes a row, as the target's name asks for."""
    names = [*table.header, *added]
    if target.suffix.lower() in JSON_LINES:

        def write(fields: list) -> None:
            row = dict(zip(names, fields, strict=True))
            out.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")

        return write
    writer = csv.writer(out, delimiter=table.separator or ",")
    writer.writerow(names)
    return writer.writerow


def _check_target(table: Table, target: Path, names: Sequence[str]) -> None:
    source = Path(table.name)
    if target.is_file() and source.is_file() and source.samefile(target):
        raise ValueError(
            f"'{target}' is the file to read. Name another one to write."
        )
    if target.suffix.lower() in PACKED:
        raise ValueError(f"'{target}' would be a CSV. End its name in .csv.")
    for added in names:
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
