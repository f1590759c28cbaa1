"""Batches as rectangles: reviews of different lengths, and their filling."""

from collections.abc import Mapping, Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, INK, text

ACROSS, WIDTH, BAR = 4, 640, 5  # batches in a row; pixels


def draw_batches(
    ways: Mapping[str, Sequence[Sequence[int]]],
    widths: Mapping[str, Sequence[int]],
    shares: Mapping[str, float],
    *,
    shown: int = 0,
) -> Picture:
    """Draw the same reviews in batches, once for each way to group them.

    A review is a line as long as it has tokens; behind it, a dotted line is
    its filling.

    Args:
        ways: For each way, the lengths of the reviews in each batch.
        widths: For each way, the places in a row of each batch.
        shares: For each way, the share of padding.
        shown: Place of the way that is drawn where nothing can be moved.

    Used in chapter 6.
    """
    most = max(max(widths[way]) for way in ways)
    scale = (WIDTH / ACROSS - 14) / most  # pixels for a token
    tall = max(len(batch) for batches in ways.values() for batch in batches)
    step = BAR * tall + 14
    frames = []
    for way, batches in ways.items():
        said = f"{way}: {shares[way]:.1%} padding"
        drawn = [text(0, 12, said, anchor="start", bold=True)]
        for place, (batch, width) in enumerate(
            zip(batches, widths[way], strict=True)
        ):
            x = WIDTH / ACROSS * (place % ACROSS)
            y = 34 + step * (place // ACROSS)
            drawn.append(_batch(x, y, batch, width, scale))
        frames.append((way, "".join(drawn)))
    rows = -(-max(len(batches) for batches in ways.values()) // ACROSS)
    y = 34 + step * rows + 8
    said = ", ".join(f"{way} {shares[way]:.1%}" for way in ways)
    return Picture(
        _key(y),
        (WIDTH, y + 14),
        f"Batches as rectangles. Share of padding: {said}.",
        frames,
        shown,
        turns="Batches",
    )


def _batch(
    x: float, y: float, lengths: Sequence[int], width: int, scale: float
) -> str:
    real, filling = [], []
    for row, length in enumerate(lengths):
        at, end = y + BAR * row, x + scale * length
        real.append((x, at, scale * length))
        if width > length:
            filling.append((end, at, scale * (width - length)))
    return _line(real, real=True) + _line(filling, real=False)


def _line(bars: Sequence[tuple[float, float, float]], *, real: bool) -> str:
    path = "".join(f"M{x:.1f} {y:g}h{long:.1f}" for x, y, long in bars)
    look = f'stroke="{INK}" stroke-opacity="0.7"'
    if not real:
        look = f'stroke="{COLOURS["plain"]}" stroke-dasharray="1.5 2.5"'
    return f'<path d="{path}" {look} stroke-width="{BAR - 1}"/>'


def _key(y: float) -> list[str]:
    return [
        _line([(0, y, 30)], real=True),
        text(38, y, "tokens", anchor="start"),
        _line([(110, y, 30)], real=False),
        text(148, y, "padding", anchor="start"),
    ]
