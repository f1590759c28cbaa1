"""Fetch and verify the official archive of reviews."""

import gzip
import hashlib
import os
import tarfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tqdm import tqdm

from imdbtutor.data.fetching import fetch_file, working_folder
from imdbtutor.data.readers import BadReviews, ReviewsNotFound
from imdbtutor.data.stanford import read_stanford
from imdbtutor.runtime import cache_dir

URL = "https://ai.stanford.edu/~amaas/data/sentiment/aclImdb_v1.tar.gz"
HASH = "md5:7c2ac02c03563afcf9b574c7e56c153a"
ARCHIVE = "aclImdb_v1.tar.gz"
RECORD = "texts.sha256"

# The archive holds 100,000 reviews and a dozen other files, less than 0.5 GB
# in all, with names like aclImdb/train/unsup/49999_0.txt (its README). What
# claims much more is no archive of reviews, and is not unpacked.
MOST_FILES = 200_000
MOST_BYTES = 10**9
MOST_LETTERS = 60

# What a broken archive raises; the last three, as its folder is a new one.
BROKEN = (
    tarfile.TarError,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    RecursionError,
    ValueError,
    ReviewsNotFound,
    FileExistsError,
    IsADirectoryError,
    NotADirectoryError,
)


def fetch_aclimdb(
    folder: str | Path | None = None,
    *,
    url: str = URL,
    known_hash: str = HASH,
    progress: bool = True,
) -> Path:
    """Fetch Stanford's 50,000 reviews (84 MB), unless they are there.

    They appear all at once or not at all: what is fetched is checked and
    unpacked elsewhere first. Of two processes, the second waits for the
    first and uses what it fetched.

    Args:
        folder: Where to unpack; left out, the user's cache folder.
        url: Where the archive is.
        known_hash: Its MD5, as published, or another hash pooch knows.
        progress: Whether to show a bar.

    Returns:
        The unpacked `aclImdb`, for `load_reviews`.

    Raises:
        ReviewsNotFound: If the archive cannot be fetched.
        BadReviews: If what came is not the archive, or what was unpacked
            earlier has been changed since.
        OSError: If the folder cannot hold the reviews.

    Used in chapter 4.
    """
    target = _place(folder)
    with _disk_errors(target.parent):
        if find_aclimdb(target.parent):
            return target
        target.parent.mkdir(parents=True, exist_ok=True)
        archive = target.parent / ARCHIVE
        with working_folder(target) as scratch:
            if target.exists():  # by another process, while this one waited
                return target
            _download(archive, scratch, url, known_hash, progress=progress)
            _unpack(archive, scratch, progress=progress)
            os.replace(scratch / target.name, target)
    return target


def find_aclimdb(folder: str | Path | None = None) -> Path | None:
    """Say where the official reviews are, without fetching them.

    All texts are read to see that none has changed: 2 to 20 seconds.

    Args:
        folder: What `fetch_aclimdb` was given.

    Returns:
        The unpacked `aclImdb`, or None if it has not been fetched.

    Raises:
        BadReviews: If it is there and has been changed.

    Used in chapter 9.
    """
    try:
        target = _place(folder)
        if not target.exists():
            return None
    except OSError:  # a folder that cannot be read or made
        return None
    _check(target)
    return target


def _place(folder: str | Path | None) -> Path:
    place = cache_dir() if folder is None else Path(folder).expanduser()
    return place.absolute() / "aclImdb"


@contextmanager
def _disk_errors(folder: Path) -> Iterator[None]:
    """Say of which folder an error of the disk is, and what to do."""
    try:
        yield
    except ReviewsNotFound:
        raise
    except OSError as error:
        raise OSError(
            f"'{folder}' cannot hold the reviews: {error.strerror or error}. "
            "They need 0.6 GB and a folder that can be written: make room, "
            "or name another with 'imdbtutor download FOLDER' or "
            "IMDBTUTOR_CACHE."
        ) from error


def _download(
    archive: Path, folder: Path, url: str, known_hash: str, *, progress: bool
) -> None:
    try:
        fetch_file(archive, folder, url, known_hash, progress=progress)
    except FileNotFoundError as error:
        raise ReviewsNotFound(
            f"{error} Or give load_reviews() a folder that you have."
        ) from error
    except ValueError as error:
        raise BadReviews(str(error)) from error


def _unpack(archive: Path, folder: Path, *, progress: bool) -> None:
    """Unpack, read every review once, and record what the texts are."""
    try:
        with tarfile.open(archive, "r:gz") as tar:
            members = tqdm(_list(tar), "Unpacking", disable=not progress)
            tar.extractall(folder, members, filter="data")
        read_stanford(folder / "aclImdb")
    except BROKEN as error:
        what = str(error).replace(f"{folder}{os.sep}", "")
        raise BadReviews(f"{archive}: cannot be unpacked: {what}") from error
    record = folder / "aclImdb" / RECORD
    record.write_text(_digest(folder / "aclImdb"), encoding="ascii")


def _list(tar: tarfile.TarFile) -> list[tarfile.TarInfo]:
    """List the members, unless they are not what the archive holds."""
    members, size = [], 0
    for member in tar:
        members.append(member)
        size += member.size
        if not (member.isfile() or member.isdir()):
            raise BadReviews(f"'{member.name}' is neither file nor folder.")
        if len(members) > MOST_FILES or size > MOST_BYTES:
            raise BadReviews(
                f"{len(members):,} files and {size:,} bytes, and that is not "
                "all: more than the reviews can be."
            )
        if len(member.name) > MOST_LETTERS:
            raise BadReviews(f"'{member.name[:MOST_LETTERS]}...' is too long.")
    return members


def _check(target: Path) -> None:
    """Compare the texts with those that were unpacked."""
    record = target / RECORD
    if not record.is_file():
        raise BadReviews(
            f"'{target}' was not unpacked by 'imdbtutor download': nothing "
            "says if it is whole. Move it away and fetch it again, or give "
            "its path to load_reviews()."
        )
    if record.read_bytes() != _digest(target).encode():
        raise BadReviews(
            f"'{target}' is damaged: its texts are not those that were "
            "unpacked. Delete it and fetch it again: 'imdbtutor download'."
        )


def _digest(folder: Path) -> str:
    """Take one SHA-256 of all texts and their names, in order of names."""
    paths = [
        os.path.join(place, name)
        for place, _, names in os.walk(folder)
        for name in names
        if name.endswith(".txt") and not name.startswith(".")
    ]
    digest = hashlib.sha256()
    for path in sorted(paths):
        with open(path, "rb") as file:
            raw = file.read()
        name = os.fsencode(path.removeprefix(str(folder)))
        digest.update(b"%b\n%d\n%b" % (name, len(raw), raw))
    return digest.hexdigest()
