"""What padding leaves of a review in an LSTM's state."""

from collections.abc import Mapping, Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import (
    COLOURS,
    INK,
    arrow,
    padding,
    text,
    vector,
    word,
)

STEP = 52  # pixels from word to word
ROWS = (14, 134)  # upper edges of the two reviews
SHOWN = 4  # where there is no slider: after some padding
PLOT = (70, 276, 540, 96)  # left, top, width, height


def draw_washing_out(
    reviews: Sequence[Sequence[tuple[str, float]]],
    states: Mapping[int, Sequence[Sequence[float]]],
    apart: Mapping[int, float],
) -> Picture:
    """Draw two reviews, and the states that are read behind their padding.

    Args:
        reviews: For both, its words, each with one number of the state that
            has read up to it.
        states: For each number of places of padding, three numbers of each
            review's state behind them.
        apart: For the same numbers of places, how far apart the states are.

    Used in chapter 7.
    """
    parts = [_draw_words(*row) for row in zip(ROWS, reviews, strict=True)]
    parts.append(_draw_curve(apart))
    frames = []
    for places, read in states.items():
        drawn = [
            _draw_padding(y, len(review), places) + _draw_state(y, state)
            for y, review, state in zip(ROWS, reviews, read, strict=True)
        ]
        x, y = _point(apart, places)
        dot = f'<circle cx="{x:g}" cy="{y:g}" r="6" fill="{INK}"/>'
        said = f"apart: {apart[places]:.3f}"
        anchor = "start" if x < 480 else "end"
        drawn.append(dot + text(x, y - 18, said, anchor=anchor, size=13))
        name = f"{places} {'place' if places == 1 else 'places'}"
        frames.append((name, "".join(drawn)))
    most = max(apart)
    first, second = (" ".join(dict(review)) for review in reviews)
    alt = (
        f"Two reviews, '{first}' and '{second}', are "
        "read word by word, and then their padding. Without padding, the "
        f"states differ by up to {apart[0]:.2f} in one number; after {most} "
        f"places, by up to {apart[most]:.2f}."
    )
    return Picture(parts, (640, 420), alt, frames, SHOWN, turns="Padding")


def _draw_words(y: float, review: Sequence[tuple[str, float]]) -> str:
    """Draw a review's words, and the state that each hands to the next."""
    drawn = []
    for place, (token, state) in enumerate(review):
        x = 34 + STEP * place
        drawn.append(word(x, y, token, width=STEP - 6))
        drawn.append(arrow((x, y + 26), (x, y + 54)))
        drawn.append(vector(x - 13, y + 56, [state], role="hidden"))
        if place:
            drawn.append(arrow((x - STEP + 13, y + 69), (x - 15, y + 69)))
    return "".join(drawn)


def _draw_padding(y: float, words: int, places: int) -> str:
    """Draw the padding behind the words, and the way through it."""
    left = 34 + STEP * words - 23
    read = (440, y + 69)
    start = left - STEP + 36
    if not places:
        return arrow((start, y + 69), read)
    most = 430 - left
    width = min(most, 26 * places) if places < 3 else most
    label = f"{places} \N{MULTIPLICATION SIGN} <pad>"
    middle = left + width / 2
    return (
        padding(left, y, size=(width, 26))
        + arrow((middle, y + 26), (middle, y + 66))
        + text(max(middle, left + 34), y + 86, label, size=13)
        + arrow((start, y + 69), read)
    )


def _draw_state(y: float, state: Sequence[float]) -> str:
    labels = [
        f"{round(value, 2) + 0:.2f}".replace("-", "\N{MINUS SIGN}")
        for value in state
    ]
    return (
        text(534, y + 40, "the state that is read", size=13)
        + vector(
            444,
            y + 56,
            state,
            role="hidden",
            across=True,
            size=(50, 26),
            labels=labels,
        )
        + text(600, y + 69, "…", anchor="start")
    )


def _point(apart: Mapping[int, float], places: int) -> tuple[float, float]:
    left, top, width, height = PLOT
    x = left + width * list(apart).index(places) / (len(apart) - 1)
    return x, top + height * (1 - apart[places] / max(apart.values()))


def _draw_curve(apart: Mapping[int, float]) -> str:
    """Draw how far apart the states are, over the places of padding."""
    left, top, width, height = PLOT
    points = [_point(apart, places) for places in apart]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    bottom = top + height
    drawn = [
        f'<path d="M{left} {top}V{bottom}H{left + width}" fill="none" '
        f'stroke="{COLOURS["plain"]}"/>',
        f'<path d="M{path}" fill="none" stroke="{COLOURS["hidden"]}" '
        'stroke-width="2"/>',
        text(left - 8, top, f"{max(apart.values()):.2f}", anchor="end"),
        text(left - 8, bottom, "0", anchor="end"),
        text(left + width / 2, bottom + 36, "places of padding"),
    ]
    drawn += [
        text(x, bottom + 15, str(places), size=13)
        for (x, _), places in zip(points, apart, strict=True)
    ]
    return "".join(drawn)
