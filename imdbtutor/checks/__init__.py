"""Exercises that answer back.

`check("06.1", pad_batch)` tries the reader's answer on inputs of its own,
some of them new at every call, and says what to look at next. One module a
chapter holds the checks; `stages` and `values` what they have in common.
"""

import importlib.util
import re
import textwrap
from dataclasses import dataclass

import torch

from imdbtutor.checks.stages import EXERCISES, NotYet


@dataclass(frozen=True, repr=False)
class Verdict:
    """What a check found.

    Args:
        exercise: Chapter and number, such as "06.1".
        passed: Whether the answer does all that was asked.
        message: The first thing that is not right yet, or a last remark.

    Used in chapter 1.
    """

    exercise: str
    passed: bool
    message: str

    def __repr__(self) -> str:
        """Wrap the message to the width of a notebook cell."""
        word = "passed" if self.passed else "not yet"
        lines = f"{self.exercise} {word}. {self.message}".splitlines()
        return "\n".join(textwrap.fill(line, 79) for line in lines)


def check(exercise: str, answer: object) -> Verdict:
    """Say whether an exercise is solved, and if not, what to look at next.

    Whatever the answer is or does, this returns: an error inside it becomes
    a message.

    Args:
        exercise: Chapter and number, such as "06.1".
        answer: What the exercise asks for: a value, a function or a class.

    Returns:
        The verdict; a notebook shows it when it stands last in a cell.

    Example:
        >>> check("01.1", 64)
        01.1 not yet. 64 is a plain number. A dtype is an object of PyTorch's,
        written with `torch.` in front.

    Used in chapter 1.
    """
    try:
        with torch.random.fork_rng(devices=[]):  # your seed stays yours
            return Verdict(exercise, True, _stages(exercise)(answer))
    except NotYet as hint:
        return Verdict(exercise, False, str(hint))
    except (Exception, SystemExit) as error:
        return Verdict(
            exercise,
            False,
            f"The check could not make sense of this answer: it met a "
            f"{type(error).__name__}. Compare with what the task asks for.",
        )


def _stages(exercise):
    """Find the function that checks an exercise."""
    known = re.fullmatch(r"(\d\d)\.\d", str(exercise))
    if known:
        name = f"imdbtutor.checks.chapter_{known[1]}"
        if importlib.util.find_spec(name):
            importlib.import_module(name)
    if exercise not in EXERCISES:
        raise NotYet(
            "There is no exercise of this number. Exercises are named by "
            'chapter and place, in quotation marks: "01.1", "06.3".'
        )
    return EXERCISES[exercise]
