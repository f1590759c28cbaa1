"""A text, its tokens and their ids."""

import textwrap
from collections.abc import Iterator, Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import arrow, text, token_id, word

WIDTH, LEFT, GAP, ROW = 640, 64, 8, 96  # pixels


def draw_pieces(
    written: str, tokens: Sequence[str], ids: Sequence[int], *, unknown: int
) -> Picture:
    """Draw what becomes of a text: tokens, and below each its id.

    On the site, `pieces.js` draws the same for what a reader types.

    Args:
        written: The text.
        tokens: What it was cut into.
        ids: The id of each token.
        unknown: The id of all words that are not in the vocabulary; their
            lines are dashed.

    Used in chapter 5.
    """
    lines = textwrap.wrap(written, 76)
    parts = [_name(13, "text")]
    parts += [
        text(LEFT, 13 + 20 * k, line, anchor="start", code=True)
        for k, line in enumerate(lines)
    ]
    top = 20 * len(lines) + 24
    places = list(_places(tokens))
    for row in range(1 + max((row for _, row in places), default=0)):
        parts.append(_name(top + ROW * row + 13, "tokens"))
        parts.append(_name(top + ROW * row + 65, "ids"))
    for token, number, (x, row) in zip(tokens, ids, places, strict=True):
        parts.append(_piece(x, top + ROW * row, token, number, unknown))
    y = top + ROW * (row + 1) + 2
    parts.append(
        text(LEFT, y, f"dashed: unknown, id {unknown}", anchor="start")
    )
    pairs = ", ".join(
        f"{token} {number}" for token, number in zip(tokens, ids, strict=True)
    )
    alt = f"The text '{written}' as tokens, each with its id: {pairs}."
    values = {"text": written, "unknown": unknown}
    return Picture(parts, (WIDTH, y + 14), alt, live="pieces", values=values)


def _name(y: float, name: str) -> str:
    return text(LEFT - 10, y, name, anchor="end", size=13)


def _width(token: str) -> float:
    return max(44, 9 * len(token) + 20)


def _places(tokens: Sequence[str]) -> Iterator[tuple[float, int]]:
    """Lay tokens out in rows: the middle of each, and its row."""
    x, row = LEFT, 0
    for token in tokens:
        if x > LEFT and x + _width(token) > WIDTH:
            x, row = LEFT, row + 1
        yield x + _width(token) / 2, row
        x += _width(token) + GAP


def _piece(x: float, y: float, token: str, number: int, unknown: int) -> str:
    dashed = ' stroke-dasharray="4 3"' if number == unknown else ""
    return (
        f"<g{dashed}>{word(x, y, token)}{token_id(x, y + 52, number)}</g>"
        + arrow((x, y + 29), (x, y + 50))
    )
