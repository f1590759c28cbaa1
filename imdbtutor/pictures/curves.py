"""Learning curves side by side, each with its name."""

from collections.abc import Iterator, Mapping
from math import ceil, log

import numpy as np
import pandas as pd

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, INK, text

PANEL = (150, 110)  # pixels: width and height of what the axes enclose
STEP = (208, 176)  # pixels from one panel to the next, across and down
GUESSING = log(2)  # the loss of a model that knows nothing of two classes
LINES = {"train_loss": "training", "validation_loss": "validation"}


def draw_curves(
    curves: Mapping[str, pd.DataFrame], *, top: float = 1.2
) -> Picture:
    """Draw training and validation loss by epoch, a panel for each training.

    Args:
        curves: `History.frame` of each training, by its name.
        top: The largest loss that is drawn; where one is larger, the line
            leaves its panel and the panel says how large.

    Used in chapter 8.
    """
    parts = []
    for place, (name, frame) in enumerate(curves.items()):
        x, y = STEP[0] * (place % 3) + 40, STEP[1] * (place // 3) + 30
        panel = "".join(_panel(name, frame, top))
        parts.append(f'<g transform="translate({x} {y})">{panel}</g>')
    rows = ceil((len(curves) + 1) / 3)
    x = STEP[0] * (len(curves) % 3) + 40
    key = "".join(_key())
    y = STEP[1] * (len(curves) // 3) + 30
    parts.append(f'<g transform="translate({x} {y})">{key}</g>')
    told = "; ".join(_told(name, frame) for name, frame in curves.items())
    return Picture(parts, (620, STEP[1] * rows), f"Loss by epoch. {told}.")


def _told(name: str, frame: pd.DataFrame) -> str:
    ends = ", ".join(
        f"{LINES[column]} from {frame[column].iloc[0]:.2f} "
        f"to {frame[column].iloc[-1]:.2f}"
        for column in LINES
    )
    return f"{name}: {ends}"


def _panel(name: str, frame: pd.DataFrame, top: float) -> Iterator[str]:
    """Yield a name, axes, both curves and the loss of guessing."""
    width, height = PANEL
    guess = height * (1 - GUESSING / top)
    yield text(0, -16, name, anchor="start", bold=True)
    yield f'<path d="M0 0V{height}H{width}" fill="none" stroke="{INK}"/>'
    yield (
        f'<path d="M0 {guess:.1f}H{width}" stroke="{INK}" '
        'stroke-dasharray="2 4" stroke-opacity="0.7"/>'
    )
    yield text(-6, guess, f"{GUESSING:.2f}", anchor="end", size=13)
    yield text(-6, height, "0", anchor="end", size=13)
    yield text(0, height + 13, f"{frame.index[0]}", size=13)
    yield text(width, height + 13, f"{frame.index[-1]}", size=13)
    yield text(width / 2, height + 13, "epoch", size=13)
    # A drawing inside the drawing: what leaves it is cut off.
    yield f'<svg width="{width + 6}" height="{height}" overflow="hidden">'
    for column in LINES:
        yield _line(_points(frame[column].to_numpy(), top), column)
    yield "</svg>"
    largest = frame[list(LINES)].max().max()
    if largest > top:
        yield text(
            width,
            -16,
            f"\N{UPWARDS ARROW} {largest:.1f}",
            anchor="end",
            size=13,
        )


def _points(losses: np.ndarray, top: float) -> list[tuple[float, float]]:
    width, height = PANEL
    across = np.linspace(0, width, len(losses))
    return list(zip(across, height * (1 - losses / top), strict=True))


def _line(points: list[tuple[float, float]], column: str) -> str:
    """Draw a curve: solid and blue in training, dashed and orange else."""
    role, dashes = "positive", ""
    if column == "validation_loss":
        role, dashes = "negative", ' stroke-dasharray="7 3"'
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return (
        f'<path d="M{path}" fill="none" stroke="{COLOURS[role]}" '
        f'stroke-width="2.5"{dashes}/>'
    )


def _key() -> Iterator[str]:
    """Yield the names of the lines, in the place of a last panel."""
    for row, (column, name) in enumerate(LINES.items()):
        y = 20 + 28 * row
        yield _line([(0, y), (36, y)], column)
        yield text(46, y, f"loss in {name}", anchor="start")
    yield (
        f'<path d="M0 76H36" stroke="{INK}" stroke-dasharray="2 4" '
        'stroke-opacity="0.7"/>'
    )
    yield text(46, 76, "loss of guessing", anchor="start")
