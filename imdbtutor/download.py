"""Fetch and verify the official archive of reviews."""

import os
import tarfile
import tempfile
import zlib
from pathlib import Path

import pooch

from imdbtutor.runtime import cache_dir
from imdbtutor.sources import BadReviews, ReviewsNotFound

URL = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
HASH = "md5:7c2ac02c03563afcf9b574c7e56c153a"


def fetch_aclimdb(
    folder: str | Path | None = None,
    *,
    url: str = URL,
    known_hash: str = HASH,
    progress: bool = True,
) -> Path:
    """Fetch Stanford's 50,000 reviews (84 MB), unless they are there.

    Args:
        folder: Where to unpack; left out, the user's cache folder.
        url: Where the archive is.
        known_hash: Its MD5, as published, or another hash pooch knows.
        progress: Whether to show a bar.

    Returns:
        The unpacked `aclImdb`, for `load_reviews`.

    Raises:
        ReviewsNotFound: If the archive cannot be fetched.
        BadReviews: If what came is not the archive.

    Used in chapter 4.
    """
    folder = Path(folder) if folder is not None else cache_dir()
    target = folder / "aclImdb"
    if target.is_dir():
        return target
    folder.mkdir(parents=True, exist_ok=True)
    downloader = pooch.HTTPDownloader(progressbar=progress, timeout=60)
    try:
        archive = pooch.retrieve(
            url,
            known_hash,
            fname="aclImdb_v1.tar.gz",
            path=folder,
            downloader=downloader,
        )
    except ValueError as error:  # pooch: the hash is another one
        raise BadReviews(
            f"what '{url}' sent is not the archive: {error}"
        ) from error
    except OSError as error:  # requests' errors are such
        raise ReviewsNotFound(
            f"'{url}' cannot be fetched: {error}. Check the connection and "
            "try again, or give load_reviews() a folder that you have."
        ) from error
    _unpack(Path(archive), target)
    return target


def _unpack(archive: Path, target: Path) -> None:
    """Unpack beside the target first: no half-unpacked folder is left."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        try:
            with tarfile.open(archive) as tar:
                tar.extractall(scratch, filter="data")
        except (tarfile.TarError, EOFError, zlib.error) as error:
            raise BadReviews(
                f"{archive}: cannot be unpacked: {error}."
            ) from error
        unpacked = Path(scratch) / target.name
        if not unpacked.is_dir():
            raise BadReviews(f"{archive}: no folder '{target.name}' in it.")
        os.replace(unpacked, target)
