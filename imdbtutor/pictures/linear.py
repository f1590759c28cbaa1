"""A bag of words and the linear layer that judges it."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from imdbtutor.pictures.grids import number
from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import CELL, INK, cell, text, vector, word

ROWS = {"negative": 87, "positive": 121}  # the classes, and their heights
LEFT, STEP, WIDE = 76, 68, 64


def draw_linear_layer(
    words: Sequence[str],
    bag: Sequence[float],
    weights: ArrayLike,
    biases: Sequence[float],
    logits: Sequence[float],
) -> Picture:
    """Draw how two rows of weights make a bag of words two logits.

    Args:
        words: The vocabulary, or the part of it that is drawn.
        bag: 1 for each word that is in the review, 0 for the others.
        weights: Shape (2, words), negative first.
        biases: One for each row.
        logits: What came out.

    Used in chapter 3.
    """
    top = max(np.abs(weights).max(), np.abs(biases).max())
    parts = [
        text(4, y + CELL / 2, name, anchor="start")
        for name, y in {"bag": 39, **ROWS}.items()
    ]
    columns = zip(words, bag, np.transpose(weights), strict=True)
    for place, column in enumerate(columns):
        parts.append(_column(LEFT + STEP * place, *column, top))
    x = LEFT + STEP * len(words)
    parts += [text(x + 32, 15, "bias"), text(x + 110, 15, "logit")]
    parts.append(_cells(x, biases, top))
    for y, logit in zip(ROWS.values(), logits, strict=True):
        parts.append(text(x + 76, y + CELL / 2, "=", size=18))
        label = number(logit)
        parts.append(text(x + 110, y + CELL / 2, label, bold=True))
    present = [w for w, used in zip(words, bag, strict=True) if used]
    alt = (
        f"The words {', '.join(present)} are in the bag. Their weights and "
        f"the bias sum to the logits {', '.join(map(number, logits))}, "
        "negative first."
    )
    return Picture(parts, (x + 140, 152), alt)


def _column(
    x: float, token: str, used: float, weights: np.ndarray, top: float
) -> str:
    """Draw a word, its place in the bag, and its weights if it is there."""
    size = (WIDE, CELL)
    bag = cell(x, 39, number(used), strength=0.4 * used, size=size)
    weighed = _cells(x, weights, top, shown=bool(used))
    return word(x + WIDE / 2, 2, token, width=66) + bag + weighed


def _cells(
    x: float, values: Sequence[float], top: float, *, shown: bool = True
) -> str:
    """Draw a number for each class, or write it in grey: it plays no part."""
    parts = []
    for (role, y), value in zip(ROWS.items(), values, strict=True):
        if shown:
            label, size = [number(value)], (WIDE, CELL)
            shade = [value / top]
            parts.append(
                vector(x, y, shade, role=role, size=size, labels=label)
            )
        else:
            words = text(x + WIDE / 2, y + CELL / 2, number(value))
            parts.append(f'<g fill="{INK}" opacity="0.5">{words}</g>')
    return "".join(parts)
