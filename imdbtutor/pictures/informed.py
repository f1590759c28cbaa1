"""Chapter 12's model: what it reads at each word, and what it sums up."""

from collections.abc import Sequence

import numpy as np

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import INK, arrow, cell, text, vector, word

LEFT, WIDE = 104, 92  # pixels: names before the words, a word's column
FEW = 3  # cells that stand for many numbers
NAMES = ("word", "pair", "triple", "four words", "five words")


def draw_informed(
    tokens: Sequence[str],
    weights: np.ndarray,
    *,
    dim: int,
    hidden_dim: int,
) -> Picture:
    """Draw what the informed LSTM reads at each word, and what it sums up.

    Args:
        tokens: Five or so words of a review.
        weights: Those of the n-grams that end at each, shape (words, longest).
        dim: Numbers in a word's vector.
        hidden_dim: Numbers in a state of one direction.

    Used in chapter 12.
    """
    weights = np.asarray(weights)
    parts = _what_is_read(tokens, weights, dim)
    read = 58 + 24 * weights.shape[1] + 76  # where the states are drawn
    parts += _states(len(tokens), read, hidden_dim)
    parts += _sums(
        len(tokens), read + 84, weights.sum(axis=0), dim, hidden_dim
    )
    width = LEFT + WIDE * len(tokens) + 34
    alt = (
        f"At each of the words {' '.join(tokens)} stand the weights of the "
        f"phrases that end there and a vector of {dim} numbers. An LSTM reads "
        "them in both directions. The largest and the mean state, the sum of "
        "the vectors and the sums of the weights go side by side into a "
        "linear layer, which makes two logits."
    )
    return Picture(parts, (width, read + 244), alt)


def _signed(x: float, y: float, value: float, largest: float) -> str:
    """Draw a weight: blue speaks for praise, orange against it."""
    role = "positive" if value > 0 else "negative"
    label = f"{value:+.2f}".replace("-", "\N{MINUS SIGN}")
    if abs(value) < 0.005:  # would read 0.00
        role, label = "plain", "0"
    strength = 0.6 * abs(value) / largest
    return cell(x, y, label, role=role, strength=strength, size=(60, 22))


def _what_is_read(
    tokens: Sequence[str], weights: np.ndarray, dim: int
) -> list[str]:
    longest, largest = weights.shape[1], np.abs(weights).max() or 1
    below = 48 + 24 * longest
    parts = [
        text(LEFT - 14, 59 + 24 * k, NAMES[k], anchor="end", size=13)
        for k in range(longest)
    ]
    parts.append(
        text(LEFT - 14, below + 14, f"vector: {dim}", anchor="end", size=13)
    )
    for place, token in enumerate(tokens):
        middle = LEFT + WIDE * (place + 0.5)
        parts.append(word(middle, 8, token))
        for k, value in enumerate(weights[place]):
            parts.append(_signed(middle - 30, 48 + 24 * k, value, largest))
        look = {"role": "embedding", "across": True, "size": (20, 20)}
        parts.append(vector(middle - 30, below + 4, [0.4] * FEW, **look))
        parts.append(arrow((middle, below + 30), (middle, below + 76)))
    return parts


def _states(count: int, y: float, hidden_dim: int) -> list[str]:
    parts = [
        text(LEFT - 14, y + 12, "LSTM,", anchor="end", size=13),
        text(
            LEFT - 14,
            y + 30,
            f"states of {2 * hidden_dim}",
            anchor="end",
            size=13,
        ),
    ]
    for place in range(count):
        middle = LEFT + WIDE * (place + 0.5)
        for row in range(2):
            look = {"role": "hidden", "across": True, "size": (20, 20)}
            at = (middle - 30, y + 24 * row)
            parts.append(vector(*at, [0.4] * FEW, **look))
        if place:
            left, right = middle - WIDE + 32, middle - 32
            parts.append(arrow((left, y + 10), (right, y + 10)))
            parts.append(arrow((right, y + 34), (left, y + 34)))
    return parts


def _sums(
    count: int, y: float, sums: np.ndarray, dim: int, hidden_dim: int
) -> list[str]:
    """Draw what is known of the whole review, and the way to the logits."""
    longest, largest = len(sums), np.abs(sums).max() or 1
    bag, row = LEFT + 268, {"across": True, "size": (20, 22)}
    middles = [LEFT + 60, LEFT + 190, bag + 30 * longest]
    told = [
        ("largest and mean", f"state: {4 * hidden_dim}"),
        ("sum of the", f"vectors: {dim}"),
        ("sum of each", f"weight: {longest}"),
    ]
    parts = [
        vector(LEFT, y + 38, [0.4] * 6, role="hidden", **row),
        vector(LEFT + 160, y + 38, [0.4] * FEW, role="embedding", **row),
        *(
            _signed(bag + 60 * k, y + 38, value, largest)
            for k, value in enumerate(sums)
        ),
        *_ways_down(middles, LEFT + WIDE * count, y, longest),
        *(
            text(middle, y + 74 + 17 * k, line, size=13)
            for middle, lines in zip(middles, told, strict=True)
            for k, line in enumerate(lines)
        ),
    ]
    return parts + _logits(middles[1], y, 4 * hidden_dim + dim + longest)


def _ways_down(
    middles: Sequence[float], right: float, y: float, longest: int
) -> list[str]:
    """Lead states, vectors and weights to their sums, right of the words."""
    ways = [
        _bracket(LEFT + 14, right - 14, y - 30),
        arrow((middles[0], y - 30), (middles[0], y + 34)),
        _bracket(middles[0] - 50, middles[2] + 30 * longest - 10, y + 104),
    ]
    for middle, start, out, turn in [
        (middles[1], 62 + 24 * longest, 6, -12),
        (middles[2], 48 + 12 * longest, 22, 8),
    ]:
        beside = right + out
        ways.append(
            arrow(
                (right - 10, start),
                (beside, start),
                (beside, y + turn),
                (middle, y + turn),
                (middle, y + 34),
            )
        )
    return ways


def _bracket(left: float, right: float, y: float) -> str:
    """Draw what goes on together: a line below all of it."""
    path = f"M{left:g} {y - 5:g}V{y:g}H{right:g}V{y - 5:g}"
    return f'<path d="{path}" fill="none" stroke="{INK}"/>'


def _logits(middle: float, y: float, total: int) -> list[str]:
    layer = f"linear layer: {total} to 2"
    return [
        arrow((middle, y + 104), (middle, y + 128)),
        text(middle + 14, y + 116, layer, anchor="start", size=13),
        cell(middle - 90, y + 132, "negative", role="negative", size=(88, 26)),
        cell(middle + 2, y + 132, "positive", role="positive", size=(88, 26)),
    ]
