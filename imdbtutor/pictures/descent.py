"""The loss over two weights, as a landscape, and a walk down in it."""

from collections.abc import Sequence

import numpy as np
from contourpy import contour_generator
from numpy.typing import ArrayLike

from imdbtutor.pictures.grids import number
from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, INK, text

LEFT, TOP, SIDE = 46, 10, 288  # pixels: the square of the landscape
RED = COLOURS["loss"]


def draw_descent(
    losses: ArrayLike,
    trail: Sequence[Sequence[float]],
    *,
    places: Sequence[float],
    reviews: tuple[ArrayLike, ArrayLike],
    rate: float,
) -> Picture:
    """Draw the loss over two weights, and the steps of gradient descent.

    On the site a script goes on from here: the reader sets start and rate.

    Args:
        losses: The loss for each pair of places; rows are those of the
            second weight, shape (places, places).
        trail: The two weights before the first step, and after each.
        places: Values of a weight at which the loss was worked out, even and
            growing; the same for both weights.
        reviews: How often each review has each word, and the labels.
        rate: The learning rate.

    Used in chapter 2.
    """
    low, high = float(places[0]), float(places[-1])
    losses = np.asarray(losses, dtype=float)
    counts, labels = (np.asarray(part).tolist() for part in reviews)
    values = {
        "counts": counts,
        "labels": labels,
        "trail": np.round(trail, 4).tolist(),
        "rate": rate,
        "range": [low, high],
        "box": [LEFT, TOP, SIDE],
    }
    alt = (
        "A landscape of the loss over two weights, the darker the larger the "
        f"loss. A path of {len(trail) - 1} steps leads from "
        f"({', '.join(map(number, trail[0]))}) down to "
        f"({', '.join(map(number, trail[-1]))})."
    )
    parts = [
        _landscape(losses, np.asarray(places)),
        _axes(low, high),
        _path(trail, low, high),
    ]
    size = (LEFT + SIDE + 10, TOP + SIDE + 54)
    return Picture(parts, size, alt, live="descent", values=values)


def _levels(losses: np.ndarray) -> np.ndarray:
    """Choose contour lines: the closer to the lowest, the closer together."""
    steps = np.arange(1, 10) ** 1.6
    lowest = losses.min()
    return lowest + (losses.max() - lowest) * steps / 10**1.6


def _landscape(losses: np.ndarray, places: np.ndarray) -> str:
    """Draw a line where the loss has one value, and what is above darker."""
    scale = SIDE / (places[-1] - places[0])
    x = LEFT + (places - places[0]) * scale
    y = TOP + SIDE - (places - places[0]) * scale
    contours = contour_generator(x, y, losses, fill_type="OuterOffset")
    parts = []
    for level in _levels(losses):
        points, offsets = contours.filled(level, np.inf)
        path = "".join(
            "M" + "L".join(f"{a:.1f} {b:.1f}" for a, b in ring) + "Z"
            for area, starts in zip(points, offsets, strict=True)
            for ring in np.split(area, starts[1:-1])
        )
        parts.append(f'<path d="{path}" fill-rule="evenodd"/>')
    at = losses.argmin() % len(places)
    above = losses[losses.argmin() // len(places) :, at]
    names = [
        text(x[at], height, f"{level:.2f}", size=13)
        for level in _levels(losses)
        if level < above[-1]
        for height in [np.interp(level, above, y[-len(above) :])]
    ]
    return (
        f'<g fill="{RED}" fill-opacity="0.09" stroke="{RED}" '
        f'stroke-opacity="0.6" stroke-width="0.8">{"".join(parts)}</g>'
        + "".join(names)
    )


def _axes(low: float, high: float) -> str:
    """Draw the frame, with numbers and names."""
    parts = [
        f'<rect x="{LEFT}" y="{TOP}" width="{SIDE}" height="{SIDE}" '
        f'fill="none" stroke="{INK}" stroke-opacity="0.4"/>'
    ]
    for value in range(int(np.ceil(low)), int(high) + 1):
        x, y = _place((value, value), low, high)
        parts.append(text(x, TOP + SIDE + 16, number(value), size=13))
        parts.append(text(LEFT - 6, y, number(value), size=13, anchor="end"))
    parts.append(text(LEFT + SIDE / 2, TOP + SIDE + 42, "weight of “great”"))
    turned = f'transform="rotate(-90 12 {TOP + SIDE / 2:g})"'
    name = text(12, TOP + SIDE / 2, "weight of “boring”")
    return "".join([*parts, f"<g {turned}>{name}</g>"])


def _path(trail: Sequence[Sequence[float]], low: float, high: float) -> str:
    """Draw the steps: a ring where they begin, a dot after each."""
    ends = [_place(weights, low, high) for weights in trail]
    line = "L".join(f"{x:.1f} {y:.1f}" for x, y in ends)
    dots = "".join(
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="{INK}"/>'
        for x, y in ends[1:]
    )
    x, y = ends[0]
    return (
        f'<g class="path"><path d="M{line}" fill="none" stroke="{INK}" '
        f'stroke-width="1.5"/>{dots}<circle cx="{x:.1f}" cy="{y:.1f}" r="7" '
        f'fill="none" stroke="{INK}" stroke-width="2"/></g>'
    )


def _place(
    weights: Sequence[float], low: float, high: float
) -> tuple[float, float]:
    scale = SIDE / (high - low)
    return (
        LEFT + (weights[0] - low) * scale,
        TOP + SIDE - (weights[1] - low) * scale,
    )
