"""What a head looks at: arcs over the words of a text."""

from collections.abc import Sequence

import numpy as np

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, text, word

LEAST = 0.1  # weights below are not drawn
SURE = 0.5  # a weight that is told in words
SPACE = 10  # pixels between two words
FLAT = 5  # how many times wider an arc is than tall


def draw_heads(
    words: Sequence[str], weights: dict[str, np.ndarray], *, turns: str
) -> Picture:
    """Draw how much each word looks at each other one, a frame a head.

    Arcs above the words look back, arcs below look ahead; the thicker, the
    more. A word that looks at itself is underlined.

    Args:
        words: The tokens, in order.
        weights: For each head, by name, what each word (row) gives to each
            word (column): shape (words, words), rows summing to 1.
        turns: What the slider sets, in words.

    Used in chapter 17.
    """
    middles = _middles(words)
    back, ahead = _tallest(list(weights.values()), middles)
    line = 28 + back
    slips = [
        word(x, line, token) for x, token in zip(middles, words, strict=True)
    ]
    parts = [
        *slips,
        text(12, 12, "looks back", anchor="start", size=13),
        text(12, line + ahead + 50, "looks ahead", anchor="start", size=13),
    ]
    frames = [
        (name, "".join(_arcs(np.asarray(found), middles, line)))
        for name, found in weights.items()
    ]
    width = middles[-1] + 9 * len(words[-1]) / 2 + 24
    name, first = next(iter(weights.items()))
    told = _told(words, np.asarray(first)) or "no word looks at one alone"
    alt = f"Arcs over the words {' '.join(words)}. In {name}: {told}."
    return Picture(parts, (width, line + ahead + 62), alt, frames, turns=turns)


def _middles(words: Sequence[str]) -> list[float]:
    """Place the words side by side, as `word` draws them."""
    middles, x = [], 12.0
    for token in words:
        width = 9 * len(token) + 20
        middles.append(x + width / 2)
        x += width + SPACE
    return middles


def _tallest(
    weights: Sequence[np.ndarray], middles: Sequence[float]
) -> tuple[float, float]:
    """Return how tall the arcs of all heads are, above and below."""
    shown = np.max([np.asarray(found) for found in weights], axis=0) >= LEAST
    start, end = np.argwhere(shown).T
    way = np.asarray(middles)[end] - np.asarray(middles)[start]
    return -min(way.min(), 0) / FLAT, max(way.max(), 0) / FLAT


def _arcs(
    weights: np.ndarray, middles: Sequence[float], line: float
) -> list[str]:
    """Draw an arc for each weight that is worth one."""
    drawn, colour = [], COLOURS["embedding"]
    for start, end in np.argwhere(weights >= LEAST):
        weight = weights[start, end]
        look = (
            f'stroke="{colour}" stroke-opacity="{0.3 + 0.7 * weight:.2f}" '
            f'stroke-width="{1 + 4 * weight:.1f}" fill="none"'
        )
        x, to = middles[start], middles[end]
        if start == end:
            path = f"M{x - 9:g} {line + 32:g}h18"
        else:
            y = line - 2 if end < start else line + 28
            across, up = abs(to - x) / 2, abs(to - x) / FLAT
            # Both ways round the arc bulges away from the words.
            path = f"M{x:g} {y:g}A{across:g} {up:g} 0 0 0 {to:g} {y:g}"
        drawn.append(f'<path d="{path}" {look}/>')
    return drawn


def _told(words: Sequence[str], weights: np.ndarray) -> str:
    """Say whom words look at, where they give most of their weight to one."""
    lookers: dict[str, list[str]] = {}
    for row in np.flatnonzero(weights.max(axis=1) > SURE):
        target = words[weights[row].argmax()]
        lookers.setdefault(target, []).append(words[row])
    return "; ".join(
        f"{' and '.join(found)} look{'s' * (len(found) == 1)} at {target}"
        for target, found in sorted(lookers.items(), key=lambda x: len(x[1]))
    )
