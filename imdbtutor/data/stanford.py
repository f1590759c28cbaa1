"""Labelled reviews from Stanford's archive: a file a review."""

import re
from collections import Counter
from pathlib import Path

import pandas as pd

from imdbtutor.data.readers import (
    AS_TEXT,
    BadReviews,
    ReviewsNotFound,
    check_rows,
)

REVIEW = re.compile(r"[0-9]+_[0-9]+\.txt")


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
        raw_texts += [_read_text(path) for path in found]
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
    for number, line in enumerate(_read_text(path).rstrip().splitlines()):
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


def _read_text(path: Path) -> str:
    with path.open(**AS_TEXT) as file:
        return file.read()
