"""Time things in turn, and write each measurement as a row.

Ratios are taken round by round: when the machine has other work, both sides
of a ratio have it.
"""

import operator
import statistics
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

LESS = ("s", "ms", "µs")  # units of which less is better
GOALS = {">=": operator.ge, "<=": operator.le}


class Measured(NamedTuple):
    """What was measured, and a measurement for each round."""

    what: str
    found: Sequence[float]


class Timed(NamedTuple):
    """What a piece of work returned, and how long it took."""

    result: Any
    seconds: float


def timed(work: Callable[[], Any]) -> Timed:
    """Do a piece of work, by the clock."""
    started = time.perf_counter()
    result = work()
    return Timed(result, time.perf_counter() - started)


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    return timed(work).seconds


def in_turn(
    works: dict[str, Callable[[], float]], rounds: int
) -> dict[str, list[float]]:
    """Measure every work once a round, one after the other.

    Args:
        works: By name, what returns a measurement.
        rounds: How often.

    Returns:
        By name, a measurement a round.
    """
    found = {name: [] for name in works}
    for number in range(rounds):
        for name, work in works.items():
            found[name].append(work())
            print(f"round {number + 1}, {name}: {found[name][-1]:,.4g}")
    return found


def make_row(
    id_: str,
    measured: Measured,
    unit: str,
    *,
    against: Measured | None = None,
    goal: str | None = None,
) -> dict:
    """Make a row of `results/speed.json`.

    What a page picks rows by (`engine`, `words`, `way`) are columns, which
    the caller adds; those that say nothing of a row are left out of it.

    Args:
        id_: A unique name. To look a row up, never to be taken apart.
        measured: What, and the measurements.
        unit: What is counted; of those in `LESS`, less is better.
        against: What it is compared with, in the same rounds.
        goal: What is hoped for, such as "ratio >= 8" or "median <= 30".

    Returns:
        The row; `ratio` is how many times better than `against`, or, for
        memory, how many times more.
    """
    found = measured.found
    made = {
        "id": id_,
        "what": measured.what,
        "against": against and against.what,
        "ratio": None,
        "median": tidy(statistics.median(found)),
        "spread": [tidy(min(found)), tidy(max(found))],
        "rounds": len(found),
        "unit": unit,
        "goal": goal,
    }
    if against:
        made["ratio"] = tidy(median_ratio(found, against.found, unit))
    if goal:
        made["met"] = is_met(made)
    return made


def median_ratio(
    found: Sequence[float], against: Sequence[float], unit: str
) -> float:
    """Return how many times better the rounds are, in the median."""
    pairs = list(zip(found, against, strict=True))
    less = unit in LESS
    return statistics.median(b / a if less else a / b for a, b in pairs)


def is_met(row: dict) -> bool:
    """Tell whether a row reaches its goal."""
    name, sign, number = row["goal"].split()
    return GOALS[sign](row[name], float(number))


def tidy(number: float) -> float:
    """Keep four digits of a measurement, more are noise; all of a count."""
    return number if isinstance(number, int) else float(f"{number:.4g}")
