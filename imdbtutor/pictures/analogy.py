"""An analogy: the same step taken from two words."""

from collections.abc import Sequence

import numpy as np
from sklearn.decomposition import PCA

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, arrow, text

WIDTH, HEIGHT, EDGE = 460, 250, 60  # pixels


def draw_analogy(words: Sequence[str], vectors: np.ndarray) -> Picture:
    """Draw four vectors on the plane that shows most of their differences.

    Args:
        words: a, b, c and the word that answers "a is to b as c is to what".
        vectors: A row for each, shape (4, features).

    Used in chapter 16.
    """
    vectors = np.asarray(vectors, dtype=float)
    a, b, c, d = _to_pixels(flatten(vectors))
    moved = c + (b - a)
    parts = [
        arrow(tuple(start), tuple(end), role="embedding")
        for start, end in ((a, b), (c, moved))
    ]
    for (x, y), word in zip((a, b, c, d), words, strict=True):
        parts.append(
            f'<rect x="{x - 4:.1f}" y="{y - 4:.1f}" width="8" height="8" '
            f'fill="{COLOURS["embedding"]}"/>'
        )
        parts.append(text(x, y - 15, word, bold=True))
    alt = (
        f"Four words as points. An arrow leads from {words[0]} to {words[1]}; "
        f"the same arrow leads from {words[2]} towards {words[3]}."
    )
    return Picture(parts, (WIDTH, HEIGHT), alt)


def flatten(vectors: np.ndarray) -> np.ndarray:
    """Look at points from the side on which they lie farthest apart.

    Args:
        vectors: Shape (points, features).

    Returns:
        Shape (points, 2).

    Used in chapter 16.
    """
    return PCA(2).fit_transform(vectors)


def _to_pixels(points: np.ndarray) -> np.ndarray:
    """Fit the points and the end of the second step into the picture."""
    a, b, c, _ = points
    everything = np.vstack([points, c + (b - a)])
    low, high = everything.min(axis=0), everything.max(axis=0)
    room = np.array([WIDTH - 2 * EDGE, HEIGHT - EDGE])
    scale = (room / np.maximum(high - low, 1e-9)).min()
    middle = np.array([WIDTH / 2, HEIGHT / 2 + 8])
    return middle + scale * (points - (low + high) / 2)
