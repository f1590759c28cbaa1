"""Which labels are praise and which are blame, as somebody asks for it."""

import re
from collections import Counter
from collections.abc import Iterable

from imdbtutor.data.readers import BadReviews

NUMBER = r"\s*(-?\d+(?:\.\d+)?)\s*"
RANGE = re.compile(f"{NUMBER}-{NUMBER}")  # "7-10", both ends among them
Given = str | int | float | bool | Iterable
ADVICE = (
    "Say which labels are blame and which are praise: negative='neg', "
    "positive='pos' (--negative neg --positive pos); of stars, "
    "negative='1-4', positive='7-10' leaves the others out. Or take each for "
    "a class: all_classes=True (--all-classes)."
)


def label_name(value: object) -> str:
    """Write a label as one would say it: `True`, 1 and 1.0 as "1".

    Used in chapter 4.
    """
    if value is None:  # nothing stands there
        return ""
    if isinstance(value, bool) or getattr(value, "is_integer", bool)():
        value = int(value)
    return str(value).strip()


class AllClasses:
    """Takes every label for the name of a class.

    Used in chapter 10.
    """

    def __init__(self) -> None:
        """Begin with no class."""
        self.left_out, self.names = Counter(), set()

    def __call__(self, value: object, where: str) -> str:
        """Return the class's name.

        Raises:
            BadReviews: If there is none.
        """
        name = label_name(value)
        if not name:
            raise BadReviews(f"{where}: there is no label. Remove the row.")
        self.names.add(name)
        return name

    def knows(self, value: object) -> bool:
        """Tell whether a class has been met."""
        return label_name(value) in self.names


class Sides:
    """Tells what a label is: 0 (negative), 1 (positive) or neither.

    Args:
        negative: The labels that are blame: one or several; a string like
            "1-4" is all numbers from 1 to 4.
        positive: Those that are praise. Without both, labels must be 0 and 1.

    Raises:
        ValueError: If only one side is given.

    Example:
        >>> Sides("1-4", "7-10")(8)
        1

    Used in chapter 4.
    """

    def __init__(
        self, negative: Given | None = None, positive: Given | None = None
    ) -> None:
        """Keep names and ranges of either side."""
        if (negative is None) != (positive is None):
            given, other = "negative", "positive"
            if negative is None:
                given, other = other, given
            raise ValueError(
                f"{given} labels are given, and no {other} ones. Give both; "
                "labels of neither are left out."
            )
        self.asked = negative is not None
        sides = (negative, positive) if self.asked else ("0", "1")
        self.names = [_names(side) for side in sides]
        self.left_out = Counter()

    def __call__(self, value: object, where: str) -> int | None:
        """Return 0, 1 or `None`, for a label that is of neither side.

        Args:
            value: The label.
            where: Names its row in an error.

        Raises:
            BadReviews: If it is of both sides, or of neither where only 0 and
                1 are expected.
        """
        name = label_name(value)
        found = self._sides_of(name)
        if len(found) == 1:
            return found[0]
        if found:
            raise BadReviews(
                f"{where}: label {name!r} is asked for as negative and as "
                "positive."
            )
        if not self.asked:
            raise BadReviews(
                f"{where}: label {value!r} is neither 0 (negative) nor 1 "
                f"(positive). {ADVICE}"
            )
        self.left_out[name] += 1
        return None

    def __str__(self) -> str:
        """List the labels of both sides."""
        return ", ".join(repr(name) for side in self.names for name in side)

    def knows(self, value: object) -> bool:
        """Tell whether a label is of a side."""
        return bool(self._sides_of(label_name(value)))

    def _sides_of(self, name: str) -> list[int]:
        return [n for n in (0, 1) if _is_among(name, self.names[n])]


def _names(given: Given) -> list[str]:
    if isinstance(given, str) or not isinstance(given, Iterable):
        given = [given]
    return [label_name(each) for each in given]


def _is_among(name: str, wanted: list[str]) -> bool:
    if name in wanted:
        return True
    ranges = filter(None, map(RANGE.fullmatch, wanted))
    try:
        number = float(name)
    except ValueError:
        return False
    return any(float(r[1]) <= number <= float(r[2]) for r in ranges)


Rule = Sides | AllClasses  # what to make of a label
