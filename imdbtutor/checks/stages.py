"""What all checks have in common: try an answer, give a hint."""

import copy
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from imdbtutor.checks.values import differ, show

EXERCISES: dict[str, Callable[[object], str]] = {}
EMPTY = "Nothing here yet: put your own code in the place of `...`."


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
                raise NotYet(f"{hint}\n{call} returns {show(result)}.")
        raise NotYet(f"{call} {difference}")
