"""Values that checks draw, show and compare."""

import re
import reprlib
import textwrap
from collections.abc import Iterator

import numpy as np
import pandas as pd
import torch
from torch import Tensor

_short = reprlib.Repr()
_short.maxstring = _short.maxother = 200
_short.maxlist = _short.maxtuple = _short.maxdict = 12

_fresh = torch.Generator()  # of its own: checks leave your seed alone
_fresh.seed()


def whole(low: int, high: int, *shape: int) -> Tensor:
    """Draw whole numbers that are new at every call.

    Args:
        low: The smallest.
        high: One more than the largest.
        shape: Shape of the result, int64.

    Used in chapter 1.
    """
    return torch.randint(low, high, shape, generator=_fresh)


def real(*shape: int) -> Tensor:
    """Draw numbers around 0 that are new at every call.

    Args:
        shape: Shape of the result, float32.

    Used in chapter 1.
    """
    return torch.randn(shape, generator=_fresh)


def show(value: object) -> str:
    """Write a value in one short line, for a message.

    A long one ends after a whole word or number.

    Used in chapter 1.
    """
    if isinstance(value, torch.nn.Module | torch.optim.Optimizer):
        text = type(value).__name__
    elif isinstance(value, Iterator):
        text = f"a {type(value).__name__}, not the values that it would give"
    elif isinstance(value, pd.DataFrame | pd.Series):
        text = f"a {type(value).__name__} of {len(value)} rows"
    elif callable(value):
        text = getattr(value, "__name__", "a function")
    elif isinstance(value, Tensor | np.ndarray):
        text = repr(value)
    else:
        text = _short.repr(value)
    text = re.sub(r" at 0x[0-9a-f]+", "", text)
    return textwrap.shorten(text, 200, placeholder=" ...")


def outline(value: object) -> str:
    """Write a value as `show` does, but a tensor by its shape.

    Used in chapter 7.
    """
    if isinstance(value, Tensor):
        return f"a tensor of shape {tuple(value.shape)}"
    return show(value)


class Difference:
    """The rest of a sentence that begins with a call, written when shown.

    Args:
        sentence: What is wrong, with `{}` for each value.
        values: What stands there.

    Used in chapter 1.
    """

    def __init__(self, sentence: str, *values: object) -> None:
        """Keep the values as they are, until somebody wants to read them."""
        self.sentence, self.values = sentence, values

    def __str__(self) -> str:
        """Write the sentence, which takes longer than to compare."""
        return self.sentence.format(*map(show, self.values))


def differ(value: object, expected: object) -> Difference | None:
    """Say in what a value differs from the expected one, type first.

    Numbers may differ by rounding, and have more digits than expected. A
    float stands for any kind of number, a list for any sequence.

    Returns:
        What differs; None if nothing does.

    Used in chapter 1.
    """
    if isinstance(expected, Tensor):
        return _differ_as_tensors(value, expected)
    if isinstance(expected, pd.DataFrame):
        return _differ_as_tables(value, expected)
    if isinstance(expected, np.ndarray):
        expected = expected.tolist()
    if isinstance(expected, float):
        return _differ_as_numbers(value, expected)
    if isinstance(expected, list | tuple):
        if isinstance(value, Tensor | np.ndarray | pd.Series | pd.Index):
            value = value.tolist()
        close = (
            isinstance(value, list | tuple)
            and len(value) == len(expected)
            and not any(map(differ, value, expected))
        )
    elif isinstance(expected, dict):
        close = (
            isinstance(value, dict)
            and value.keys() == expected.keys()
            and not any(differ(value[key], expected[key]) for key in value)
        )
    else:
        arrays = np.generic | np.ndarray | Tensor
        if isinstance(value, arrays) and value.ndim == 0:
            value = value.item()
        counts = isinstance(value, float) and type(expected) is int
        alike = counts or type(value) is type(expected)
        close = alike and value == expected
    return None if close else _returns(value, expected)


def as_number(value: object) -> float | None:
    """Take one number out of whatever holds it.

    Returns:
        The number; None if there is none, or an axis of them.

    Used in chapter 2.
    """
    if isinstance(value, Tensor):
        value = value.detach()
    if isinstance(value, str | bytes) or getattr(value, "ndim", 0):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def _returns(value, expected):
    return Difference("returns {}; expected is {}.", value, expected)


def _differ_as_numbers(value, expected):
    number = as_number(value)
    if number is None:
        return Difference("returns {}, which is not one number.", value)
    if np.isclose(number, expected, rtol=1e-5, atol=1e-7, equal_nan=True):
        return None
    return _returns(value, expected)


def _differ_as_tables(value, expected):
    if not isinstance(value, pd.DataFrame):
        return Difference("returns {}, which is not a table.", value)
    for what in ("columns", "index"):
        found = getattr(value, what).tolist()
        wanted = getattr(expected, what).tolist()
        if found != wanted:
            return Difference(
                f"has as {what} {{}}; expected is {{}}.", found, wanted
            )
    if value.equals(expected):
        return None
    rows = value.to_numpy().tolist()
    return Difference("holds {}, not the rows expected.", rows)


def _differ_as_tensors(value, expected):
    if not isinstance(value, Tensor):
        return Difference("returns {}, which is not a tensor.", value)
    if value.shape != expected.shape:
        shapes = tuple(value.shape), tuple(expected.shape)
        return Difference("returns shape {}; expected is {}.", *shapes)
    if torch.promote_types(value.dtype, expected.dtype) == torch.float64:
        expected = expected.to(value.dtype)
    if value.dtype != expected.dtype:
        types = value.dtype, expected.dtype
        return Difference("returns {}; expected is {}.", *types)
    if torch.allclose(value, expected, atol=1e-5, equal_nan=True):
        return None
    return _returns(value, expected)
