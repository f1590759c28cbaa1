"""What all checks have in common: try an answer, compare, give a hint."""

import copy
import reprlib
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

import numpy as np
import pandas as pd
import torch
from torch import Tensor

EXERCISES: dict[str, Callable[[object], str]] = {}
EMPTY = "Nothing here yet: put your own code in the place of `...`."

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


class NotYet(Exception):
    """A hint: the first thing that keeps an answer from passing.

    Used in chapter 1.
    """


def exercise(number: str) -> Callable:
    """Register the decorated function as the check of one exercise.

    That function takes the answer, raises `NotYet` at the first stage that
    is not reached, and returns the remark for an answer that passes.

    Args:
        number: Chapter and place, such as "06.1".

    Used in chapter 1.
    """

    def register(stages: Callable[[object], str]) -> Callable:
        def begin(answer: object) -> str:
            if answer is ... or answer is None:
                raise NotYet(EMPTY)
            return stages(answer)

        EXERCISES[number] = begin
        return stages

    return register


def expect(condition: object, hint: str) -> None:
    """Go on if the condition holds, else give the hint.

    Raises:
        NotYet: If it does not hold.

    Used in chapter 1.
    """
    if not condition:
        raise NotYet(hint)


def show(value: object) -> str:
    """Write a value in one short line, for a message.

    Used in chapter 1.
    """
    if isinstance(value, torch.nn.Module | torch.optim.Optimizer):
        text = type(value).__name__
    elif isinstance(value, pd.DataFrame | pd.Series):
        text = f"a {type(value).__name__} of {len(value)} rows"
    elif callable(value):
        text = getattr(value, "__name__", "a function")
    elif isinstance(value, Tensor | np.ndarray):
        text = repr(value)
    else:
        text = _short.repr(value)
    text = " ".join(text.split())
    return text if len(text) <= 200 else f"{text[:197]}..."


def ask(
    answer: object,
    *inputs: object,
    in_place: bool = False,
    errors: Mapping[str, str] = MappingProxyType({}),
) -> object:
    """Call the reader's function.

    Args:
        answer: What the reader wrote; anything at all.
        inputs: Its arguments.
        in_place: Whether it may change its inputs.
        errors: Words of an error message that a known slip leads to, each
            with a hint.

    Returns:
        What it returned.

    Raises:
        NotYet: If it is no function, is still empty, stops with an error,
            returns nothing or changes its inputs.

    Used in chapter 1.
    """
    expect(
        callable(answer),
        f"Hand over the function itself, by name and without brackets, not "
        f"{show(answer)}.",
    )
    call = called(answer, inputs)
    given = inputs if in_place else copy.deepcopy(inputs)
    try:
        result = answer(*given)
    except NotYet:
        raise
    except (Exception, SystemExit) as error:
        reason = " ".join(str(error).split())[:200]
        hints = [hint for words, hint in errors.items() if words in reason]
        raise NotYet(
            f"{call} stops with {type(error).__name__}: "
            + " ".join([reason, *hints])
        ) from error
    expect(result is not ..., EMPTY)
    expect(
        result is not None,
        f"{call} returns None. Does every way through it end in `return`?",
    )
    expect(
        in_place or not any(map(differ, given, inputs)),
        f"{call} changes what it was given. Its caller may still need that: "
        f"work on a copy.",
    )
    return result


def called(answer: object, inputs: Sequence[object]) -> str:
    """Write a call as the reader would.

    Used in chapter 1.
    """
    name = getattr(answer, "__name__", "your function")
    return f"{name}({', '.join(map(show, inputs))})"


def try_on(
    answer: object,
    *inputs: object,
    expected: object,
    tempting: Sequence[tuple[object, str]] = (),
    errors: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Compare what the reader's function returns with what it should.

    Args:
        answer: The reader's function.
        inputs: Its arguments; it gets copies.
        expected: The right result.
        tempting: Wrong results that a known slip leads to, each with a hint.
        errors: Words of an error message that a known slip leads to, each
            with a hint.

    Raises:
        NotYet: With the hint of the slip, or with what differs.

    Used in chapter 1.
    """
    result = ask(answer, *inputs, errors=errors)
    difference = differ(result, expected)
    if difference:
        call = called(answer, inputs)
        for wrong, hint in tempting:
            if not differ(result, wrong):
                raise NotYet(f"{call} returns {show(result)}. {hint}")
        raise NotYet(f"{call} {difference}")


def differ(value: object, expected: object) -> str:
    """Say in what a value differs from the expected one, type first.

    Numbers may differ by rounding. A float stands for any kind of number, a
    list for any sequence.

    Returns:
        The rest of a sentence that begins with the call; empty if equal.

    Used in chapter 1.
    """
    if isinstance(expected, Tensor):
        return _differ_as_tensors(value, expected)
    if isinstance(expected, np.ndarray):
        expected = expected.tolist()
    if isinstance(expected, float):
        try:
            number = float(value)
        except (TypeError, ValueError):
            return f"returns {show(value)}, which is not one number."
        close = np.isclose(number, expected, rtol=1e-5, atol=1e-7)
    elif isinstance(expected, pd.DataFrame | pd.Series):
        close = isinstance(value, type(expected)) and value.equals(expected)
    elif isinstance(expected, list | tuple):
        if isinstance(value, Tensor | np.ndarray | pd.Series):
            value = value.tolist()
        close = (
            isinstance(value, list | tuple)
            and len(value) == len(expected)
            and not any(map(differ, value, expected))
        )
    else:
        if isinstance(value, np.generic | Tensor) and value.ndim == 0:
            value = value.item()
        close = type(value) is type(expected) and value == expected
    wanted = show(expected)
    return "" if close else f"returns {show(value)}; expected is {wanted}."


def _differ_as_tensors(value, expected):
    if not isinstance(value, Tensor):
        return f"returns {show(value)}, which is not a tensor."
    if value.shape != expected.shape:
        return (
            f"returns shape {tuple(value.shape)}; expected is "
            f"{tuple(expected.shape)}."
        )
    if value.dtype != expected.dtype:
        return f"returns {value.dtype}; expected is {expected.dtype}."
    if not torch.allclose(value, expected, atol=1e-5, equal_nan=True):
        return f"returns {show(value)}; expected is {show(expected)}."
    return ""
