"""Labelled reviews from the files they are found in."""

import io
import re
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

REVIEW = re.compile(r"[0-9]+_[0-9]+\.txt")
ANY_UNDECODED = re.compile("[\udc80-\udcff]")
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
    return _read_table(path, _decode(path), "text", "label")


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
    raw = _decode(path)
    if LONE_BACKSLASH.search(raw):
        raw, escape = raw.replace('\\"', '""'), None
    else:
        escape = "\\"
    return _read_table(
        path, raw, "review", "sentiment", sep="\t", escapechar=escape
    )


def _decode(path: Path) -> str:
    """Keep what is not UTF-8 as a mark, so that its row can be named."""
    return path.read_bytes().decode("utf-8-sig", errors="surrogateescape")


def _read_table(
    path: Path,
    raw: str,
    text: str,
    label: str,
    *,
    sep: str = ",",
    escapechar: str | None = None,
) -> pd.DataFrame:
    try:
        table = pd.read_csv(
            io.StringIO(raw),
            sep=sep,
            escapechar=escapechar,
            dtype=object,
            keep_default_na=False,
            skip_blank_lines=False,
            encoding_errors="surrogateescape",
        ).fillna("")
        if not isinstance(table.index, pd.RangeIndex):
            raise pd.errors.ParserError("row 2 has more fields than row 1")
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise BadReviews(f"{path}: not a readable table: {error}") from error
    for column in (text, label):
        if column not in table:
            raise BadReviews(
                f"{path}: no column '{column}'; found {list(table)}. The "
                f"first row must name the columns '{text}' and '{label}'."
            )
    table = table[table.ne("").any(axis=1)]
    if table.empty:
        raise BadReviews(f"{path}: no reviews below the header.")
    rows = [f"{path}, row {i + 2} (the header is row 1)" for i in table.index]
    return check_rows(table[text], table[label], rows.__getitem__)


def read_stanford(folder: Path) -> pd.DataFrame:
    """Read Stanford's unpacked archive: a file a review, a folder a class.

    Args:
        folder: `aclImdb`, with `train/` and `test/` in it.

    Returns:
        Columns `text` (str), `label` (int64), `movie` (IMDb's id) and `part`
        ("train" or "test"); in the order of the files' numbers.

    Raises:
        ReviewsNotFound: If a part of the archive is missing.
        BadReviews: If a file cannot be used, a review is missing or there
            twice, or a film is; the message names it.

    Used in chapter 4.
    """
    raw_texts, films, paths = [], [], []
    for kind in ("train/neg", "train/pos", "test/neg", "test/pos"):
        found = _numbered(folder / kind)
        raw_texts += [_decode(path) for path in found]
        films += _films(folder, kind, found)
        paths += found
    labels = ["1" if path.parent.name == "pos" else "0" for path in paths]
    reviews = check_rows(raw_texts, labels, lambda row: str(paths[row]))
    reviews["movie"] = films
    reviews["part"] = [path.parent.parent.name for path in paths]
    return reviews


def _numbered(folder: Path) -> list[Path]:
    """List `NUMBER_RATING.txt` files by number, not in the disk's order.

    Whatever else lies there is no review: notes, a file manager's copies.
    """
    found = [path for path in folder.glob("*") if REVIEW.fullmatch(path.name)]
    if not found:
        raise ReviewsNotFound(
            f"no reviews in '{folder}'. Expected the unpacked Stanford "
            "archive, aclImdb, with train/ and test/, pos/ and neg/ in each. "
            "To fetch it: 'imdbtutor download' or 'make data'."
        )
    return sorted(found, key=_number)


def _number(path: Path) -> int:
    return int(path.name.split("_")[0])


def _films(folder: Path, kind: str, found: list[Path]) -> list[str]:
    """Line N of `urls_pos.txt`, counted from 0, names the film of review N."""
    part, side = kind.split("/")
    path = folder / part / f"urls_{side}.txt"
    if not path.is_file():
        raise ReviewsNotFound(f"no '{path}', which names the films.")
    films = []
    for number, line in enumerate(_decode(path).rstrip().splitlines()):
        film = re.search(r"tt\d+", line)
        if film is None:
            raise BadReviews(
                f"{path}, line {number + 1}: no film such as tt0111161 in "
                f"{line!r}. Unpack the archive again."
            )
        films.append(film[0])
    _check_complete(found, films, path)
    return films


def _check_complete(found: list[Path], films: list[str], path: Path) -> None:
    """Check that each film has one review, and each review a film."""
    times = Counter(map(_number, found))
    listed = set(range(len(films)))
    for numbers, what in (
        ([number for number in times if times[number] > 1], "there twice"),
        (listed - times.keys(), "missing"),
        (times.keys() - listed, "there, and not in the list"),
    ):
        if numbers:
            raise BadReviews(
                f"{found[0].parent}: review {min(numbers)} is {what}. "
                f"'{path}' names {len(films)} films, one for each review, "
                "counted from 0. Unpack the archive again."
            )


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
            raise BadReviews(
                f"{where(row)}: a byte is not UTF-8. Save the file as UTF-8."
            )
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
