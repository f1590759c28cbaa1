"""Seeds, the device, memory, and how and where files are written."""

import ctypes
import os
import random
import secrets
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import platformdirs
import torch


def seed_everything(seed: int) -> None:
    """Make the random numbers of Python, NumPy and PyTorch repeatable.

    Two runs with one seed agree bit for bit on one CPU with the same number
    of threads; another processor, a GPU or another library version may round
    differently.

    Args:
        seed: Any integer from 0 to 2**32 - 1.

    Built in chapter 8.
    """
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


def pick_device(preferred: str | None = None) -> torch.device:
    """Choose where to compute: the given device, else the fastest here.

    Args:
        preferred: A device name such as `"cpu"` or `"cuda:0"`; left out, the
            first of CUDA, MPS (Apple) and CPU that this machine has.

    Returns:
        The device, for `model.to(device)` and `batch.to(device)`.

    Raises:
        ValueError: If this machine cannot compute there.

    Built in chapter 8.
    """
    if preferred is not None:
        return _checked_device(preferred)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def _checked_device(name: str) -> torch.device:
    try:
        device = torch.device(name)
        torch.ones(1, device=device).item()  # "meta" has no numbers
        if device.type == "cpu" and device.index:  # PyTorch takes any
            raise RuntimeError("there is one CPU.")
    except (RuntimeError, AssertionError) as error:
        here = {
            "cuda": torch.cuda.is_available(),
            "mps": torch.backends.mps.is_available(),
            "cpu": True,
        }
        raise ValueError(
            f"this machine cannot compute on {str(name)!r}. It has: "
            f"{', '.join(kind for kind in here if here[kind])}."
        ) from error
    return device


def keep_freed_memory() -> None:
    """Ask Linux's C library to use freed memory again, not to return it.

    Training frees and takes the same hundred megabytes at every step; where
    the system must clear them each time, most of the time goes there.
    Elsewhere this does nothing. The numbers are glibc's `M_MMAP_THRESHOLD`
    and `M_TRIM_THRESHOLD`, in bytes (see `man mallopt`).

    Built in chapter 8.
    """
    libc = ctypes.CDLL(None) if sys.platform == "linux" else None
    if hasattr(libc, "mallopt"):
        if not libc.mallopt(-3, 2**30):  # older versions allow 32 MB
            libc.mallopt(-3, 2**25)
        libc.mallopt(-1, 2**31 - 1)


def cache_dir() -> Path:
    """Return the folder for files that can be made again, creating it.

    The environment variable `IMDBTUTOR_CACHE` moves it.

    Returns:
        The user's cache folder for this package.

    Raises:
        OSError: If the folder cannot be made; the message says what to do.

    Used in chapter 5.
    """
    default = platformdirs.user_cache_path("imdbtutor")
    folder = Path(os.environ.get("IMDBTUTOR_CACHE") or default)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OSError(
            f"the cache folder '{folder}' cannot be made: {error.strerror}. "
            "Set IMDBTUTOR_CACHE to a folder that can be written."
        ) from error
    return folder


@contextmanager
def whole_file(path: Path, *, sync: bool = False) -> Iterator[Path]:
    """Write a file whole or not at all: beside its name, then renamed.

    An error leaves nothing behind, and an older file as it was. The name to
    write to is a new one each time, so that no two writers meet there. What
    a link leads to is replaced, and keeps owner and permissions. A device or a
    pipe cannot be replaced and is written to as it is.

    Args:
        path: The file; its folder is made if need be.
        sync: Whether to wait until the disk has it, which survives a power
            cut, before the file gets its name.

    Yields:
        Where to write.

    Raises:
        OSError: If it cannot be written; the error names `path`.

    Example:
        >>> with whole_file(Path("a.txt")) as partial:
        ...     partial.write_text("all of it")

    Used in chapter 14.
    """
    target = Path(os.path.realpath(path))
    partial = target.with_name(f"{path.name}.{secrets.token_hex(4)}.partial")
    if target.is_symlink() or (path.exists() and not path.is_file()):
        partial = target = path  # a ring of links, a device, a pipe
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        if partial != target:
            _give_name(partial, target, sync)
    except OSError as error:
        where = error.filename and Path(error.filename)
        if error.errno and where in (None, partial, *target.parents):
            reason = f"cannot be written ({error.strerror})"
            raise OSError(error.errno, reason, str(path)) from error
        raise
    finally:
        if partial != target and os.path.lexists(partial):
            partial.unlink()


def _give_name(partial: Path, target: Path, sync: bool) -> None:
    if target.exists():
        with suppress(AttributeError, PermissionError):  # Windows; not root
            os.chown(partial, target.stat().st_uid, target.stat().st_gid)
        shutil.copymode(target, partial)
    if sync:
        with partial.open("rb+") as file:
            os.fsync(file.fileno())
    os.replace(partial, target)
