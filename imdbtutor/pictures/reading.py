"""An LSTM at work: its verdict, gates and memory, word by word."""

from collections.abc import Mapping, Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, INK, text

LEFT, WIDTH = 138, 640  # pixels: names and numbers; the whole picture
TOP, TALL = 16, 110  # where the curve begins, and how tall it is
WORDS, ROW = 78, 17  # room for the slanted words; a row of cells
ROWS = {
    "i": ("gate i, write", "gate"),
    "f": ("gate f, keep", "gate"),
    "o": ("gate o, show", "gate"),
    "c": ("memory c", "memory"),
    "h": ("state h", "hidden"),
}


def draw_verdict(
    tokens: Sequence[str],
    verdict: Sequence[float],
    *,
    live: str = "",
    values: Mapping = {},
) -> Picture:
    """Draw how the verdict on a review moves, word by word.

    Args:
        tokens: The review's tokens.
        verdict: The probability of positive, had the review ended after this
            token; one number a token.
        live: As in `Picture`.
        values: Likewise.

    Used in chapter 7.
    """
    at = _turning_point(verdict)
    parts = [_curve(verdict, _width(tokens)), _words(tokens, at)]
    size = (WIDTH, TOP + TALL + WORDS)
    return Picture(
        parts, size, _alt(tokens, verdict, at), live=live, values=dict(values)
    )


def draw_reading(
    review: str,
    tokens: Sequence[str],
    verdict: Sequence[float],
    directions: Mapping[str, Mapping],
) -> Picture:
    """Draw what an LSTM has in mind while it reads a review.

    Below the verdict, each direction shows two units: that which adds most to
    the score, and that which takes most away. In the row of the state, a
    frame is around the largest: pooling by the maximum keeps that one. The
    numbers on the left are those of the word that moved the verdict most.

    Args:
        review: The text, for the script on the site to begin with.
        tokens: Its tokens.
        verdict: The probability of positive after each token.
        directions: What `trace_reading` returns.

    Used in chapter 7.
    """
    at, width = _turning_point(verdict), _width(tokens)
    parts = [_curve(verdict, width), _words(tokens, at)]
    y = TOP + TALL + WORDS + 8
    for name, trace in directions.items():
        for unit in telling_units(trace["share"]):
            parts.append(_unit(name, trace, unit, y, width, at))
            y += 5 * ROW + 34
    line = LEFT + at * width
    parts.append(
        f'<rect x="{line:g}" y="{TOP}" width="{width:g}" '
        f'height="{y - TOP - 12}" fill="none" stroke="{INK}" '
        'stroke-dasharray="3 3"/>'
    )
    values = {
        "text": review,
        "tokens": list(tokens),
        "verdict": [round(p, 3) for p in verdict],
        "directions": {n: _rounded(t) for n, t in directions.items()},
    }
    alt = _alt(tokens, verdict, at) + " Below, gates, memory and state."
    return Picture(parts, (WIDTH, y), alt, live="reading", values=values)


def telling_units(share: Sequence[float]) -> list[int]:
    """Choose the places of the largest share of a score, and the smallest.

    Used in chapter 7.
    """
    places = range(len(share))
    return [
        max(places, key=share.__getitem__),
        min(places, key=share.__getitem__),
    ]


def _width(tokens: Sequence[str]) -> float:
    return min(30, (WIDTH - LEFT) / len(tokens))


def _turning_point(verdict: Sequence[float]) -> int:
    """Find the word that moved the verdict most; nothing read is a half."""
    before = [0.5, *verdict[:-1]]
    moves = [
        abs(now - then) for now, then in zip(verdict, before, strict=True)
    ]
    return moves.index(max(moves))


def _alt(tokens: Sequence[str], verdict: Sequence[float], at: int) -> str:
    return (
        f"The probability of positive after each of {len(tokens)} tokens: "
        f"{verdict[0]:.2f} after the first, {verdict[at]:.2f} after "
        f"'{tokens[at]}', {verdict[-1]:.2f} at the end."
    )


def _rounded(trace: Mapping) -> dict:
    rows = {n: [[round(v, 3) for v in r] for r in trace[n]] for n in ROWS}
    share = [round(value, 3) for value in trace["share"]]
    return {"units": list(trace["units"]), "share": share, **rows}


def _height(positive: float) -> float:
    return TOP + TALL * (1 - positive)


def _curve(verdict: Sequence[float], width: float) -> str:
    """Draw a bar a word from one half up or down, and a line along them."""
    middle, right = _height(0.5), LEFT + len(verdict) * width
    parts = [
        text(LEFT - 8, _height(p), name, anchor="end", size=13)
        for p, name in ((1, "positive 1"), (0.5, "0.5"), (0, "negative 0"))
    ]
    parts.append(
        f'<path d="M{LEFT} {middle:g}H{right:g}" stroke="{INK}" '
        'stroke-dasharray="4 4" stroke-opacity="0.6"/>'
    )
    points = []
    for place, positive in enumerate(verdict):
        x, y = LEFT + place * width, _height(positive)
        colour = COLOURS["positive" if positive > 0.5 else "negative"]
        points.append(f"{x + width / 2:.1f} {y:.1f}")
        parts.append(
            f'<rect x="{x + 1:.1f}" y="{min(y, middle):.1f}" '
            f'width="{width - 2:.1f}" height="{abs(y - middle):.1f}" '
            f'fill="{colour}" fill-opacity="0.45"/>'
        )
    parts.append(
        f'<path d="M{"L".join(points)}" fill="none" stroke="{INK}" '
        'stroke-width="2"/>'
    )
    return "".join(parts)


def _words(tokens: Sequence[str], at: int) -> str:
    """Write the words below the curve, slanted, that at a place in bold."""
    width, y = _width(tokens), TOP + TALL + 12
    parts = []
    for place, token in enumerate(tokens):
        x = LEFT + (place + 0.5) * width
        short = (
            token if len(token) < 11 else token[:9] + "\N{HORIZONTAL ELLIPSIS}"
        )
        parts.append(
            f'<g transform="translate({x:.1f} {y}) rotate(-55)">'
            f"{text(0, 0, short, anchor='end', size=13, bold=place == at)}</g>"
        )
    return "".join(parts)


def _unit(
    name: str, trace: Mapping, unit: int, y: float, width: float, at: int
) -> str:
    """Draw five rows for one unit: its gates, its memory, its state."""
    adds = f"{trace['share'][unit]:+.2f}".replace("-", "\N{MINUS SIGN}")
    head = f"reading {name}, unit {trace['units'][unit]}: {adds} to the score"
    parts = [text(0, y + 4, head, anchor="start", size=13, bold=True)]
    for place, (letter, (label, role)) in enumerate(ROWS.items()):
        row, top = trace[letter][unit], y + 16 + place * ROW
        parts.append(text(0, top + ROW / 2, label, anchor="start", size=13))
        parts.append(_number(row[at], top))
        parts.append(_cells(row, top, width, role))
    best = max(range(len(row)), key=row.__getitem__)
    parts.append(
        f'<rect x="{LEFT + best * width:.1f}" y="{top}" width="{width:.1f}" '
        f'height="{ROW - 1}" fill="none" stroke="{INK}" stroke-width="2"/>'
    )
    return "".join(parts)


def _number(value: float, top: float) -> str:
    shown = f"{round(value, 2) + 0:.2f}".replace("-", "\N{MINUS SIGN}")
    return text(LEFT - 8, top + ROW / 2, shown, anchor="end", size=13)


def _cells(row: Sequence[float], top: float, width: float, role: str) -> str:
    """Draw numbers, the darker the larger; a dash where they are below 0."""
    cells, dashes = [], []
    for place, value in enumerate(row):
        x = LEFT + place * width
        strength = 0.08 + 0.72 * min(1, abs(value))
        cells.append(
            f'<path d="M{x + 0.5:.1f} {top}h{width - 1:.1f}v{ROW - 1}'
            f'H{x + 0.5:.1f}z" fill-opacity="{strength:.2f}"/>'
        )
        if value <= -0.05:
            dashes.append(f"M{x + width / 2 - 3:.1f} {top + ROW / 2 - 0.5}h6")
    return (
        f'<g fill="{COLOURS[role]}">{"".join(cells)}</g>'
        f'<path d="{"".join(dashes)}" stroke="{INK}" stroke-width="1.5"/>'
    )
