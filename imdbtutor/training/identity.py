"""Tell one training run from another."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from imdbtutor.data.streams import ReviewStream

SIMPLE = (
    bool,
    int,
    float,
    str,
    bytes,
    type(None),
    torch.dtype,
    torch.device,
    np.generic,
)
DEALT_BY = ("dataset", "batch_sampler", "sampler", "generator", "collate_fn")


def fingerprint(*things: object) -> str:
    """Digest what a run starts with; another run starts with something else.

    Two things agree if they are of one kind and hold the same: tensors their
    numbers, a `ReviewStream` the bytes of its file, a loader its reviews and
    their order, a function its name, any other object its attributes. Where
    it is computed makes no difference, nor how a file is called.

    Args:
        things: Weights, loaders, settings, whatever belongs to the run.

    Returns:
        SHA-256, as 64 hexadecimal digits.

    Used in chapter 14.
    """
    digest, met = hashlib.sha256(), {}
    for fact in _facts(things, met):
        digest.update(len(fact).to_bytes(8, "big") + fact)
    return digest.hexdigest()


def _facts(thing: object, met: dict[int, object]) -> Iterator[bytes]:
    """Yield what tells a thing from others; objects met before, once."""
    yield type(thing).__qualname__.encode()
    if isinstance(thing, SIMPLE):
        yield repr(thing).encode()
    elif isinstance(thing, Tensor):
        flat = thing.detach().cpu().contiguous().flatten()
        yield repr((thing.dtype, tuple(thing.shape))).encode()
        yield flat.view(torch.uint8).numpy().tobytes()
    elif isinstance(thing, Path) and thing.is_file():
        with thing.open("rb") as file:
            yield from iter(lambda: file.read(2**20), b"")
    elif hasattr(thing, "__qualname__"):  # functions and classes
        yield thing.__qualname__.encode()
    elif id(thing) not in met:
        if hasattr(thing, "__dict__"):
            met[id(thing)] = thing
        for part in _parts(thing):
            yield from _facts(part, met)


def _parts(thing: object) -> Iterable[object]:
    """Take an object apart, and leave out what changes while it is used."""
    if isinstance(thing, Mapping):
        return thing.items()
    if isinstance(thing, list | tuple):
        return thing
    if isinstance(thing, set | frozenset):
        return sorted(thing, key=repr)
    if isinstance(thing, np.ndarray | pd.Series):
        return thing.tolist()
    if isinstance(thing, pd.DataFrame):
        return thing.to_dict("list").items()
    if isinstance(thing, partial):
        return thing.func, thing.args, thing.keywords
    if isinstance(thing, DataLoader):
        return [getattr(thing, name) for name in DEALT_BY]
    if isinstance(thing, torch.Generator):
        return [thing.get_state()]
    if isinstance(thing, torch.autocast):
        return thing.fast_dtype, thing._enabled
    if isinstance(thing, torch.amp.GradScaler):  # its scale is a state
        return [thing.is_enabled()]
    if isinstance(thing, ReviewStream):
        return (vars(thing) | {"path": Path(thing.path)}).items()
    return getattr(thing, "__dict__", {}).items()
