"""Labelled reviews from a table, at once or piece by piece."""

import re
import sys
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pandas as pd

from imdbtutor.data.formats import Form, Table
from imdbtutor.data.readers import BadReviews, Row, check_text
from imdbtutor.data.sides import Rule, Sides
from imdbtutor.data.tables import ANY, open_table

TEXT_COLUMNS = ("text", "review", "sentence", "content")
LABEL_COLUMNS = ("label", "sentiment", "class", "rating", "target")
COLUMNS = (TEXT_COLUMNS, LABEL_COLUMNS)
LINE_END = re.compile(r"\r\n?|\n")


def say(line: str) -> None:
    """Write a line beside a program's output, on standard error.

    Used in chapter 4.
    """
    print(line, file=sys.stderr)


def read_labelled(
    path: Path,
    size: int | None = None,
    *,
    form: Form = ANY,
    sides: Rule | None = None,
    tell: Callable[[str], object] = say,
) -> Iterator[pd.DataFrame]:
    """Read labelled reviews, a piece at a time.

    Args:
        path: A file as `open_table` says. The reviews stand in the first of
            the columns `TEXT_COLUMNS` that is there, their labels in the
            first of `LABEL_COLUMNS`, unless `form` names others.
        size: Rows in a piece; `None` reads all in one.
        form: What is said of the table, and need not be found.
        sides: Which labels are praise; left out, they are 0 and 1.
        tell: Is told in a line what was found, if it is not the usual, and
            which labels were left out.

    Yields:
        Columns `text` (str) and `label` (int64; str where all are classes).

    Raises:
        BadReviews: If the file cannot be used; the message names the row.

    Used in chapter 4.
    """
    sides = sides or Sides()
    said = form.text_column, form.label_column
    names = [
        name or candidates
        for name, candidates in zip(said, COLUMNS, strict=True)
    ]
    only = [
        each
        for name in names
        for each in ([name.lower()] if isinstance(name, str) else name)
    ]
    with open_table(path, only=only, form=form) as table:
        text, label = (
            table.find(name, f"Say which it is: {kind}_column='...'.")
            for name, kind in zip(names, ("text", "label"), strict=True)
        )
        rows, read = _without_swallowed(table, (text, label), sides), 0
        told = describe(table, form, text, label)
        checked = _with_sides(rows, (text, label), sides)
        while piece := list(islice(checked, size)):
            if told and not read:
                tell(told)
            read += len(piece)
            texts, labels = zip(*piece, strict=True)
            yield pd.DataFrame({"text": texts, "label": labels})
    _tell_left_out(path, sides, read, tell)


def _tell_left_out(
    path: Path,
    sides: Rule,
    read: int,
    tell: Callable[[str], object],
) -> None:
    """Say which labels were left out; refuse a file that is left empty."""
    labels = ", ".join(map(repr, [*sides.left_out][:10]))
    if read == 0 and labels:
        raise BadReviews(
            f"{path}: none of the labels asked for, {sides}, is there; found "
            f"{labels}."
        )
    if read == 0:
        raise BadReviews(f"{path}: no reviews below the header.")
    counts = [f"{n:,} of {name!r}" for name, n in sides.left_out.items()]
    if counts:
        tell(f"{path}: left out by their labels: {', '.join(counts)}")


def describe(
    table: Table, form: Form, text: int, label: int | None = None
) -> str | None:
    """Say in a line what was found that is not the usual.

    Args:
        table: An open table.
        form: What was said of it beforehand.
        text: The place of the column with the reviews.
        label: That of their labels, if they are read.

    Returns:
        The line, or `None` if all is the usual, or was said.

    Used in chapter 4.
    """
    found = []
    places = {"text": text} | ({} if label is None else {"label": label})
    for kind, place in places.items():
        name = table.header[place].strip()
        if name != kind and not getattr(form, f"{kind}_column"):
            found.append(f"{kind}s from the column {name!r}")
    if table.separator not in (None, ",") and not form.separator:
        found.append(f"separated by {table.separator!r}")
    if table.encoding.startswith("utf-16") and not form.encoding:
        found.append(f"written in {table.encoding}")
    return f"{table.name}: {', '.join(found)}" if found else None


def _with_sides(
    rows: Iterator[Row], places: tuple[int, int], sides: Rule
) -> Iterator[tuple[str, int | str]]:
    """Check each row; pass on those whose label is of a side."""
    text, label = places
    for where, fields in rows:
        check_text(fields[text], where)
        side = sides(fields[label], where)
        if side is not None:
            yield fields[text], side


def _without_swallowed(
    table: Table, places: tuple[int, int], sides: Rule
) -> Iterator[Row]:
    """Refuse a row whose lines are rows: a quote swallowed them."""
    for row in table.rows:
        if table.separator and _holds_rows(
            row, table.separator, places, sides
        ):
            raise BadReviews(
                f"{row.where}: its lines look like rows of their own. Close "
                "the quote that is opened there."
            )
        yield row


def _holds_rows(
    row: Row,
    separator: str,
    places: tuple[int, int],
    sides: Rule,
) -> bool:
    text, label = places
    lines = LINE_END.split(separator.join(row.fields))
    if len(lines) == 1:
        return False
    if len(lines) > 2:  # the ends of the text may have separators in them
        lines = lines[1:-1] if text < label else lines[1:]
    parts = [line.split(separator) for line in lines]
    return all(
        len(part) == len(row.fields) and sides.knows(part[label])
        for part in parts
    )
