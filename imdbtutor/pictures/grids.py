"""Rectangles of numbers: which number goes where."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import (
    CELL,
    COLOURS,
    arrow,
    cell,
    padding,
    text,
    token_id,
    word,
)

MINUS = "\N{MINUS SIGN}"
WIDE = 50  # pixels: a cell with room for minus 5.33
GAP = 18  # between cells, where an arrow leads from one to the next


def number(value: float) -> str:
    """Write a number with at most two decimals and a true minus sign.

    Used in chapter 1.
    """
    short = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short.replace("-", MINUS)


def draw_broadcasts(
    cases: Sequence[tuple[ArrayLike, ArrayLike, ArrayLike]],
) -> Picture:
    """Draw differences, the smaller side stretched until the shapes fit.

    Args:
        cases: For each difference what stands left, what stands right, and
            what came out, a table.

    Used in chapter 1.
    """
    parts, y, told = [], 4, []
    for case in cases:
        tables = [np.asarray(table) for table in case]
        rows, columns = tables[-1].shape
        x = 4
        for sign, table in zip([MINUS, "=", ""], tables, strict=True):
            parts.append(_stretched(x, y, table, (rows, columns)))
            x += columns * WIDE
            if sign:
                at = (x + 20, y + rows * CELL / 2)
                parts.append(text(*at, sign, size=18))
            x += 40
        y += rows * CELL + 44
        told.append(" minus ".join(str(table.shape) for table in tables[:2]))
    width = 3 * WIDE * max(np.shape(case[2])[1] for case in cases) + 90
    alt = (
        f"Tables of numbers: {'; '.join(told)}. Copies made by stretching "
        "have dashed borders."
    )
    return Picture(parts, (width, y - 14), alt)


def _stretched(
    x: float, y: float, table: np.ndarray, shape: tuple[int, int]
) -> str:
    """Draw a table in a larger shape, its copies with dashed borders."""
    parts = []
    own = (1,) * (2 - table.ndim) + table.shape
    for (row, column), value in np.ndenumerate(np.broadcast_to(table, shape)):
        at, size = (x + column * WIDE, y + row * CELL), (WIDE, CELL)
        if row < own[0] and column < own[1]:
            parts.append(cell(*at, number(value), size=size))
        else:
            parts.append(_copied(*at, number(value), size))
    stretched = "" if table.shape == shape else f" → {shape}"
    middle = x + shape[1] * WIDE / 2
    below = y + shape[0] * CELL + 14
    parts.append(text(middle, below, f"{table.shape}{stretched}", size=13))
    return "".join(parts)


def _copied(x: float, y: float, label: str, size: tuple[float, float]) -> str:
    width, height = size
    return (
        f'<rect x="{x + 1.5:g}" y="{y + 1.5:g}" width="{width - 3:g}" '
        f'height="{height - 3:g}" fill="none" stroke="{COLOURS["plain"]}" '
        f'stroke-dasharray="4 3"/>'
        + text(x + width / 2, y + height / 2, label)
    )


def draw_places(
    tables: Mapping[str, ArrayLike], *, width: float = 620
) -> Picture:
    """Draw the same numbers in several shapes, arrows from each to the next.

    Args:
        tables: For each the code that makes it, and its numbers, all
            different; the arrows go in the order of the first one's rows.
        width: Where a new line of tables begins.

    Returns:
        The picture.

    Used in chapter 1.
    """
    order = np.ravel(next(iter(tables.values())))
    parts, x, y, below, right = [], 4, 30, 0, 0
    for code, given in tables.items():
        table = np.asarray(given)
        rows, columns = np.atleast_2d(table).shape
        wide = max(columns * (WIDE + GAP) - GAP, 9 * len(code))
        if x + wide > width:
            x, y = 4, below + 58
        parts.append(text(x, y - 20, code, anchor="start", code=True, size=13))
        parts.append(_threaded(x, y, np.atleast_2d(table), order))
        bottom = y + rows * (CELL + GAP) - GAP
        shape = str(table.shape)
        parts.append(text(x, bottom + 14, shape, anchor="start", size=13))
        below, right = max(below, bottom), max(right, x + wide)
        x += wide + 50
    alt = (
        f"The numbers {', '.join(map(number, order))} in several shapes. "
        f"Arrows lead from each to the next: {', '.join(tables)}."
    )
    return Picture(parts, (right + 4, below + 28), alt)


def _threaded(x: float, y: float, table: np.ndarray, order: np.ndarray) -> str:
    """Draw a table with arrows from number to number."""
    parts, ends = [], []
    for value in order:
        row, column = np.argwhere(table == value)[0]
        at = (x + column * (WIDE + GAP), y + row * (CELL + GAP))
        parts.append(cell(*at, number(value), size=(WIDE, CELL)))
        ends.append(at)
    for (x0, y0), (x1, y1) in pairwise(ends):
        middle = CELL / 2
        if y1 == y0:  # to the right
            points = [(x0 + WIDE, y0 + middle), (x1, y1 + middle)]
        elif y1 < y0:  # up, to the head of the next column
            points = [(x0 + WIDE, y0 + middle)]
            points += [(x1 - GAP / 2, y0 + middle), (x1 - GAP / 2, y1 - 8)]
            points += [(x1 + WIDE / 2, y1 - 8), (x1 + WIDE / 2, y1)]
        else:  # down, to the next row
            turn, start = y1 - GAP / 2, x0 + WIDE / 2
            points = [(start, y0 + CELL), (x1 + WIDE / 2, y1)]
            if x1 != x0:
                points[1:1] = [(start, turn), (x1 + WIDE / 2, turn)]
        parts.append(arrow(*points))
    return "".join(parts)


def draw_rectangle(
    reviews: Sequence[Sequence[str]], token_ids: ArrayLike
) -> Picture:
    """Draw reviews as words, and beside them as rows of one rectangle.

    Args:
        reviews: The words of each.
        token_ids: Their numbers, filled up with zeros, shape (reviews, width).

    Used in chapter 1.
    """
    lengths = [sum(8 * len(w) + 18 for w in words) for words in reviews]
    left = max(lengths) + 34
    parts = []
    for row, (words, ids) in enumerate(zip(reviews, token_ids, strict=True)):
        x, y = 4, 4 + row * (CELL + 8)
        for token in words:
            wide = 8 * len(token) + 14
            parts.append(word(x + wide / 2, y, token, width=wide))
            x += wide + 4
        parts.append(arrow((x + 2, y + 13), (left - 6, y + 13)))
        for place, value in enumerate(ids):
            at = left + place * 44
            if value:
                parts.append(token_id(at + 22, y, int(value)))
            else:
                parts.append(padding(at, y, size=(44, CELL)))
                parts.append(text(at + 22, y + 13, "0", code=True))
    size = (left + 44 * np.shape(token_ids)[1] + 4, y + CELL + 4)
    alt = (
        "Reviews of different lengths, word by word, become rows of numbers "
        "of one length. Hatched zeros fill the shorter rows."
    )
    return Picture(parts, size, alt)
