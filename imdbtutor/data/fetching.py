"""Fetch one file, check it, and let it appear whole or not at all."""

import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock
from requests import RequestException

RETRIES = 2  # pooch waits 1 s, then 2 s, before it tries again
TIMEOUT = 60  # seconds without a byte


def has_hash(path: Path, known_hash: str) -> bool:
    """Tell whether a file is there and is the one that is known.

    Args:
        path: The file.
        known_hash: Its hash, as `sha256:...` or `md5:...`.

    Used in chapter 16.
    """
    if not path.is_file():
        return False
    algorithm, _, expected = known_hash.partition(":")
    found = hashlib.new(algorithm)
    with path.open("rb") as file:
        while part := file.read(2**20):
            found.update(part)
    return found.hexdigest() == expected


@contextmanager
def working_folder(target: Path) -> Iterator[Path]:
    """Make a folder that only one process has, and remove it at the end.

    It is beside `target`, and so on its disk. Its name is fixed: what a
    killed process left there goes at the start.

    Args:
        target: What is made in it, a file or a folder.

    Yields:
        The folder.

    Used in chapter 4.
    """
    folder = target.with_name(f".{target.name}.partial")
    with FileLock(target.with_name(f".{target.name}.lock")):
        try:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def fetch_file(
    target: Path,
    scratch: Path,
    url: str,
    known_hash: str,
    *,
    progress: bool = True,
) -> None:
    """Fetch a file with pooch, unless the very file is there.

    Args:
        target: Where it is to be.
        scratch: A folder on the same disk, for what is not whole yet.
        url: Where it comes from.
        known_hash: Its hash, as `sha256:...` or `md5:...`.
        progress: Whether to show a bar.

    Raises:
        FileNotFoundError: If it cannot be fetched.
        ValueError: If what came is another file.

    Used in chapter 4.
    """
    if has_hash(target, known_hash):
        return
    import pooch  # not above: in notebooks it complains of missing widgets

    name = target.name
    downloader = pooch.HTTPDownloader(progressbar=progress, timeout=TIMEOUT)
    source = pooch.create(
        scratch,
        url,
        registry={name: known_hash},
        urls={name: url},
        retry_if_failed=RETRIES,
    )
    try:
        source.fetch(name, downloader=downloader)
    except RequestException as error:
        raise FileNotFoundError(
            f"'{url}' cannot be fetched: {error}. Check the connection and "
            "try again."
        ) from error
    except ValueError as error:  # pooch: the hash is another one
        raise ValueError(
            f"what '{url}' sent is not {name}: {error} Try again, or from "
            "another network."
        ) from error
    os.replace(scratch / name, target)
