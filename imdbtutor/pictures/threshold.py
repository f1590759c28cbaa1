"""A threshold: what it makes of the verdicts, in counts and in shares."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, INK, text

BOX = 96  # pixels: side of a square that holds a whole class
LEFT, TOP, STEP = 92, 84, 138  # pixels: where the squares begin and repeat
NAMES = (
    "true negatives",
    "false positives",
    "false negatives",
    "true positives",
)
MEANINGS = {
    "precision": "called positive: how many are so",
    "recall": "positive: how many are called so",
    "accuracy": "all verdicts: how many are right",
}
BARS = (400, 226, TOP + 30, 90)  # pixels: left, width, first, next


def draw_thresholds(
    thresholds: Sequence[float], counts: np.ndarray, metrics: pd.DataFrame
) -> Picture:
    """Draw confusion counts and their shares, a frame for each threshold.

    Args:
        thresholds: Above which probability a review is called positive.
        counts: Columns TN, FP, FN, TP; shape (thresholds, 4).
        metrics: Columns precision, recall and accuracy, a row a threshold.

    Used in chapter 9.
    """
    largest = np.max(counts[:, :2].sum(axis=1))
    largest = max(largest, np.max(counts[:, 2:].sum(axis=1)))
    rows = zip(thresholds, counts, metrics.to_dict("records"), strict=True)
    frames = [
        (f"{threshold:.2f}", "".join(_frame(threshold, row, shares, largest)))
        for threshold, row, shares in rows
    ]
    shown = int(np.argmin(np.abs(np.asarray(thresholds) - 0.5)))
    told = ", ".join(
        f"{count:,} {name}"
        for count, name in zip(counts[shown], NAMES, strict=True)
    )
    return Picture(
        list(_names()),
        (640, 372),
        f"At a threshold of {thresholds[shown]:.2f}: {told}.",
        frames,
        shown=shown,
        turns="threshold",
    )


def _names() -> Iterator[str]:
    """Yield what no threshold changes: names, and the frames of bars."""
    for place, verdict in enumerate(("negative", "positive")):
        x, y = LEFT + STEP * place + BOX / 2, TOP + STEP * place + BOX / 2
        yield text(x, TOP - 24, f"called {verdict}", bold=True)
        yield text(0, y - 9, "truly", anchor="start", bold=True)
        yield text(0, y + 9, verdict, anchor="start", bold=True)
    x, width, first, step = BARS
    for place, (name, meaning) in enumerate(MEANINGS.items()):
        y = first + step * place
        yield text(x, y - 18, name, anchor="start", bold=True)
        yield text(x, y + 18, meaning, anchor="start", size=13)
        yield (
            f'<rect x="{x}" y="{y - 6}" width="{width}" height="12" '
            f'fill="none" stroke="{INK}" stroke-opacity="0.4"/>'
        )


def _frame(
    threshold: float, counts: np.ndarray, shares: Mapping, largest: int
) -> Iterator[str]:
    yield text(
        0,
        16,
        f"A review is called positive above {threshold:.2f}.",
        anchor="start",
    )
    for place, count in enumerate(counts):
        yield from _square(place, int(count), largest)
    x, width, first, step = BARS
    for place, name in enumerate(MEANINGS):
        y, share = first + step * place, shares[name]
        yield text(x + width, y - 18, f"{share:.3f}", anchor="end", bold=True)
        yield (
            f'<rect x="{x}" y="{y - 6}" width="{width * share:.1f}" '
            f'height="12" fill="{COLOURS["plain"]}"/>'
        )


def _square(place: int, count: int, largest: int) -> Iterator[str]:
    """Yield a square whose area is the count; mistakes are hollow."""
    truth, verdict = divmod(place, 2)
    x, y = LEFT + STEP * verdict, TOP + STEP * truth
    side = BOX * (count / largest) ** 0.5
    colour = COLOURS[("negative", "positive")[truth]]
    look = 'fill-opacity="0.7"'
    if truth != verdict:
        look = 'fill-opacity="0.1" stroke-dasharray="5 3"'
    yield (
        f'<rect x="{x + (BOX - side) / 2:.1f}" '
        f'y="{y + (BOX - side) / 2:.1f}" width="{side:.1f}" '
        f'height="{side:.1f}" fill="{colour}" stroke="{colour}" {look}/>'
    )
    named = f"{count:,} {NAMES[place]}"
    yield text(x + BOX / 2, y + BOX + 13, named, size=13)
