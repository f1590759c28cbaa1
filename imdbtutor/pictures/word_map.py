"""A map of words: where their embeddings lie, and how training moves them."""

from collections.abc import Iterator, Mapping, Sequence
from math import atan2, cos, pi, sin

import numpy as np

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, INK, text

WIDTH, TOP, HEIGHT = 640, 34, 460  # pixels; the legend is above TOP
HALF = 9  # pixels: half a label's height
DOT = 5  # pixels: half a dot's width
NAMES = {"positive": "praise", "negative": "blame", "plain": "neither"}
Box = tuple[float, float, float, float]  # left, top, right, bottom


def draw_word_map(
    places: Mapping[str, np.ndarray],
    words: Sequence[str],
    kinds: Sequence[str],
) -> Picture:
    """Draw words as named points, a frame for each state of the embedding.

    All frames have one scale, the same along both directions.

    Args:
        places: For each frame, by name, a point a word, shape (words, 2).
        words: The labels.
        kinds: "positive", "negative" or "plain" for each word: its dot.

    Used in chapter 8.
    """
    frames = []
    for name, points in _to_pixels(places).items():
        dots = [
            _dot(*at, kind) for at, kind in zip(points, kinds, strict=True)
        ]
        labels = _labels(points, words)
        frames.append((name, "".join([*labels, *dots])))
    edge = (
        f'<rect x="1" y="{TOP}" width="{WIDTH - 2}" '
        f'height="{HEIGHT - TOP - 1}" fill="none" stroke="{INK}" '
        'stroke-opacity="0.3"/>'
    )
    alt = (
        f"A map of {len(words)} words, {frames[0][0]} to {frames[-1][0]}. "
        + " ".join(
            f"{NAMES[kind].capitalize()}: {_listed(words, kinds, kind)}."
            for kind in dict.fromkeys(kinds)
        )
    )
    return Picture(
        [*_legend(kinds), edge],
        (WIDTH, HEIGHT),
        alt,
        frames,
        shown=len(frames) - 1,
        turns="embedding",
    )


def _listed(words: Sequence[str], kinds: Sequence[str], kind: str) -> str:
    pairs = zip(words, kinds, strict=True)
    return ", ".join(word for word, other in pairs if other == kind)


def _to_pixels(places: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Scale all frames alike, so that the farthest points just fit."""
    everything = np.concatenate(list(places.values()))
    low, high = everything.min(axis=0), everything.max(axis=0)
    room = np.array([WIDTH - 120, HEIGHT - TOP - 60])
    scale = (room / np.maximum(high - low, 1e-9)).min()
    middle = np.array([WIDTH / 2, (TOP + HEIGHT) / 2])
    return {
        name: middle + scale * (np.asarray(points) - (low + high) / 2)
        for name, points in places.items()
    }


def _dot(x: float, y: float, kind: str) -> str:
    """Draw a circle for praise, a square for blame, else a triangle."""
    colour = f'fill="{COLOURS[kind]}"'
    if kind == "positive":
        return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{DOT}" {colour}/>'
    if kind == "negative":
        path = f"M{x - 4.5:.1f} {y - 4.5:.1f}h9v9h-9Z"
    else:
        path = f"M{x:.1f} {y - 5:.1f}l5 9h-10Z"
    return f'<path d="{path}" {colour}/>'


def _legend(kinds: Sequence[str]) -> Iterator[str]:
    for place, kind in enumerate(dict.fromkeys(kinds)):
        x = 14 + 120 * place
        yield _dot(x, 15, kind)
        yield text(x + 14, 15, NAMES[kind], anchor="start")


def _labels(points: np.ndarray, words: Sequence[str]) -> Iterator[str]:
    """Write each word near its point, with a line where it stands away."""
    centres = place_labels(points, words)
    lines = "".join(
        f"M{x:.1f} {y:.1f}L{a:.1f} {b:.1f}"
        for (x, y), (a, b), word in zip(points, centres, words, strict=True)
        if abs(a - x) > half_width(word) + 12 or abs(b - y) > 16
    )
    yield f'<path d="{lines}" stroke="{INK}" stroke-opacity="0.4"/>'
    yield (
        f'<g font-size="13" text-anchor="middle" fill="{INK}" '
        'dominant-baseline="central">'
    )
    for (a, b), word in zip(centres, words, strict=True):
        yield f'<text x="{a:.1f}" y="{b:.1f}">{word}</text>'
    yield "</g>"


def half_width(word: str) -> float:
    """Return about half of a label's width, in pixels.

    Used in chapter 8.
    """
    return 3.8 * len(word) + 2


def place_labels(
    points: np.ndarray, words: Sequence[str]
) -> list[tuple[float, float]]:
    """Find room for each word near its point, off all other words and dots.

    Args:
        points: In pixels, shape (words, 2).
        words: The labels.

    Returns:
        The middle of each label.

    Used in chapter 8.
    """
    points = np.asarray(points, dtype=float)
    taken = [(x - DOT, y - DOT, x + DOT, y + DOT) for x, y in points]
    outward = points - points.mean(axis=0)
    centres = [(0.0, 0.0)] * len(points)
    for row in np.argsort(-np.hypot(*outward.T), kind="stable"):
        half = half_width(words[row])
        start = atan2(outward[row][1], outward[row][0])
        for a, b in _around(*points[row], half, start):
            box = (a - half, b - HALF, a + half, b + HALF)
            if _inside(box) and not any(_meet(box, other) for other in taken):
                break
        taken.append(box)
        centres[row] = (a, b)
    return centres


def _around(
    x: float, y: float, half: float, start: float
) -> Iterator[tuple[float, float]]:
    """Yield places for a label, from near its point to ever farther away.

    At each distance the direction `start` comes first, its opposite last.
    """
    for away in range(7, WIDTH, 6):
        for turn in range(16):
            side = 1 if turn % 2 else -1
            angle = start + side * (turn + 1) // 2 * pi / 8
            across, down = cos(angle), sin(angle)
            yield x + (half + away) * across, y + (HALF + away) * down


def _inside(box: Box) -> bool:
    left, top, right, bottom = box
    return left > 3 and right < WIDTH - 3 and top > TOP and bottom < HEIGHT


def _meet(box: Box, other: Box) -> bool:
    return (
        box[0] < other[2]
        and other[0] < box[2]
        and box[1] < other[3]
        and other[1] < box[3]
    )
