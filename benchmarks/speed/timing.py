"""Time things in turn, and write each measurement as a row.

Ratios are taken round by round: when the machine has other work, both sides
of a ratio have it.
"""

import operator
import statistics
import time
from collections.abc import Callable, Sequence

LESS = ("s", "ms", "µs")  # units of which less is better
GOALS = {">=": operator.ge, "<=": operator.le}


def seconds(work: Callable[[], object]) -> float:
    """Return how long a piece of work takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


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


def row(
    id_: str,
    what: str,
    found: Sequence[float],
    unit: str,
    *,
    against: tuple[str, Sequence[float]] | None = None,
    goal: str | None = None,
) -> dict:
    """Make a row of `results/speed.json`.

    Args:
        id_: Its name: the part, a dot, the rest.
        what: What was measured.
        found: A measurement for each round.
        unit: What is counted; of those in `LESS`, less is better.
        against: What it is compared with, and that one's measurements.
        goal: What is hoped for, such as "ratio >= 8" or "median <= 30".

    Returns:
        The row; `ratio` is how many times better than `against`, or, for
        memory, how many times more.
    """
    made = {
        "id": id_,
        "what": what,
        "against": against and against[0],
        "ratio": None,
        "median": tidy(statistics.median(found)),
        "spread": [tidy(min(found)), tidy(max(found))],
        "rounds": len(found),
        "unit": unit,
        "goal": goal,
    }
    if against:
        pairs = list(zip(found, against[1], strict=True))
        less = unit in LESS
        made["ratio"] = tidy(
            statistics.median(b / a if less else a / b for a, b in pairs)
        )
    if goal:
        made["met"] = is_met(made)
    return made


def is_met(row: dict) -> bool:
    """Tell whether a row reaches its goal."""
    name, sign, number = row["goal"].split()
    return GOALS[sign](row[name], float(number))


def tidy(number: float) -> float:
    """Keep four digits of a measurement, more are noise; all of a count."""
    return number if isinstance(number, int) else float(f"{number:.4g}")
