"""What all checks have in common: try an answer, give a hint."""

import copy
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from imdbtutor.checks.values import as_number, differ, outline, show

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


def expect(condition: object, hint: str, *values: object) -> None:
    """Go on if the condition holds, else give the hint.

    Args:
        condition: Anything true or false.
        hint: What to look at next.
        values: What stands, shown, in the place of each `{}` of the hint:
            to write it out takes time, which only a hint is worth.

    Raises:
        NotYet: If it does not hold.

    Used in chapter 1.
    """
    if not condition:
        raise NotYet(hint.format(*map(show, values)) if values else hint)


def expect_number(answer: object) -> float:
    """Go on if the answer is one number, of any type.

    Raises:
        NotYet: If it is none, or several.

    Used in chapter 2.
    """
    number = as_number(answer)
    expect(number is not None, "A number is asked, not {}.", answer)
    return number


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
        "Hand over the function itself, by name and without brackets, not {}.",
        answer,
    )
    given = inputs if in_place else copy.deepcopy(inputs)
    try:
        result = answer(*given)
    except NotYet:
        raise
    except (Exception, SystemExit) as error:
        reason = " ".join(str(error).split())[:200]
        found = f"stops with {type(error).__name__}: {reason}"
        hints = [hint for words, hint in errors.items() if words in reason]
        found = "\n".join([f"{called(answer, inputs)} {found}", *hints])
        raise NotYet(found) from error
    expect(result is not ..., EMPTY)
    if result is None:
        raise NotYet(
            f"{called(answer, inputs)} returns None. Does every way through "
            f"it end in `return`?"
        )
    if not in_place and any(map(differ, given, inputs)):
        raise NotYet(
            f"{called(answer, inputs)} changes what it was given. Its caller "
            f"may still need that: work on a copy."
        )
    return result


def called(answer: object, inputs: Sequence[object]) -> str:
    """Write a call as the reader would, long inputs by their shapes.

    Used in chapter 1.
    """
    name = getattr(answer, "__name__", "your function")
    shown = ", ".join(map(show, inputs))
    if len(shown) > 160:
        shown = ", ".join(map(outline, inputs))
    return f"{name}({shown})"


def try_on(
    answer: object,
    *inputs: object,
    expected: object,
    tempting: Sequence[tuple[object, str]] = (),
    errors: Mapping[str, str] = MappingProxyType({}),
) -> object:
    """Compare what the reader's function returns with what it should.

    Args:
        answer: The reader's function.
        inputs: Its arguments; it gets copies.
        expected: The right result.
        tempting: Wrong results that a known slip leads to, each with a hint.
        errors: Words of an error message that a known slip leads to, each
            with a hint.

    Returns:
        What the reader's function returned.

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
    return result
