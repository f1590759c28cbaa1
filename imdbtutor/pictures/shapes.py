"""The colours and shapes that every picture of the book is made of."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

# One colour and one shape for each thing, the same in all pictures. Each
# colour is strong enough on white and on black, so that a picture needs no
# second version for the dark; shapes and letters tell them apart in grey.
COLOURS = {
    "positive": "#0173b2",
    "negative": "#c8700a",
    "embedding": "#17936f",
    "hidden": "#8466d6",
    "memory": "#cc4a86",
    "gate": "#97800f",
    "loss": "#d2453b",
    "plain": "#7c828a",
}
INK = "currentColor"  # the text colour of the page around the picture
CELL = 26  # pixels: side of a cell


def text(
    x: float,
    y: float,
    words: str,
    *,
    anchor: str = "middle",
    size: float = 14,
    bold: bool = False,
    colour: str = INK,
    code: bool = False,
) -> str:
    """Write words whose middle is at height `y`.

    Used in chapter 1.
    """
    look = ' font-weight="600"' if bold else ""
    look += ' font-family="monospace"' if code else ""
    return (
        f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" '
        f'dominant-baseline="central" font-size="{size:g}" fill="{colour}"'
        f"{look}>{escape(words)}</text>"
    )


def cell(
    x: float,
    y: float,
    label: str = "",
    *,
    role: str = "plain",
    strength: float = 0.2,
    size: tuple[float, float] = (CELL, CELL),
    radius: float = 2,
) -> str:
    """Draw one number: the darker, the larger its size from 0 to 1.

    Used in chapter 1.
    """
    width, height = size
    colour = COLOURS[role]
    box = (
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f'rx="{radius:g}" fill="{colour}" fill-opacity="{strength:.2f}" '
        f'stroke="{colour}"/>'
    )
    return box + (text(x + width / 2, y + height / 2, label) if label else "")


def word(x: float, y: float, token: str, *, width: float = 0) -> str:
    """Draw a token: a slip with round ends, centred at `x`.

    Used in chapter 1.
    """
    width = width or 9 * len(token) + 20
    return (
        f'<rect x="{x - width / 2:g}" y="{y:g}" width="{width:g}" '
        f'height="{CELL}" rx="{CELL / 2:g}" fill="none" stroke="{INK}"/>'
        + text(x, y + CELL / 2, token)
    )


def token_id(x: float, y: float, number: int, *, width: float = 44) -> str:
    """Draw a token id: a box with sharp corners, centred at `x`.

    Used in chapter 1.
    """
    box = f'width="{width:g}" height="{CELL}" fill="none" stroke="{INK}"'
    return f'<rect x="{x - width / 2:g}" y="{y:g}" {box}/>' + text(
        x, y + CELL / 2, str(number), code=True
    )


def padding(
    x: float, y: float, *, size: tuple[float, float] = (CELL, CELL)
) -> str:
    """Draw filling behind a shorter review: a hatched box.

    Used in chapter 1.
    """
    width, height = size
    lines = "".join(
        f"M{x + max(0, at - height):g} {y + min(height, at):g}"
        f"L{x + min(width, at):g} {y + max(0, at - width):g}"
        for at in range(6, int(width + height), 6)
    )
    grey = f'stroke="{COLOURS["plain"]}"'
    return (
        f'<path d="{lines}" {grey} stroke-opacity="0.6"/>'
        f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" '
        f'fill="none" {grey}/>'
    )


def vector(
    x: float,
    y: float,
    values: Sequence[float],
    *,
    role: str,
    across: bool = False,
    size: tuple[float, float] = (CELL, CELL),
    labels: Sequence[str] = (),
) -> str:
    """Draw a vector: a column of cells, or a row, shaded by their values.

    An embedding has sharp corners, a hidden state round ones, the memory a
    second line around all of it.

    Used in chapter 1.
    """
    width, height = size
    radius = {"hidden": min(size) / 3}.get(role, 1)
    parts = []
    for k, value in enumerate(values):
        at = (x + k * width, y) if across else (x, y + k * height)
        strength = 0.08 + 0.72 * min(1, abs(value))
        label = labels[k] if labels else ""
        parts.append(
            cell(
                *at,
                label,
                role=role,
                strength=strength,
                size=size,
                radius=radius,
            )
        )
    if role == "memory":
        n = len(values)
        whole = (n * width, height) if across else (width, n * height)
        parts.append(
            f'<rect x="{x - 3:g}" y="{y - 3:g}" width="{whole[0] + 6:g}" '
            f'height="{whole[1] + 6:g}" fill="none" '
            f'stroke="{COLOURS["memory"]}"/>'
        )
    return "".join(parts)


def gate(x: float, y: float, letter: str, *, strength: float = 0.2) -> str:
    """Draw a gate: a circle around its letter, the darker the wider open.

    Used in chapter 1.
    """
    colour = COLOURS["gate"]
    return (
        f'<circle cx="{x:g}" cy="{y:g}" r="15" fill="{colour}" '
        f'fill-opacity="{strength:.2f}" stroke="{colour}" stroke-width="1.5"/>'
        + text(x, y, letter, bold=True)
    )


def loss(x: float, y: float, label: str = "loss") -> str:
    """Draw a loss: a diamond around its name or its value.

    Used in chapter 1.
    """
    across, up = 6 + 5 * len(label), 20
    return (
        f'<path d="M{x - across - 8:g} {y:g}L{x:g} {y - up:g}'
        f'L{x + across + 8:g} {y:g}L{x:g} {y + up:g}Z" '
        f'fill="{COLOURS["loss"]}" fill-opacity="0.2" '
        f'stroke="{COLOURS["loss"]}"/>' + text(x, y, label)
    )


def arrow(
    *points: tuple[float, float], role: str = "", label: str = ""
) -> str:
    """Draw an arrow along points; the gradient's is dashed, and red.

    Args:
        points: Places it passes through, the last with the head.
        role: "gradient", a name in `COLOURS`, or none for the text's colour.
        label: Words beside its middle.

    Used in chapter 1.
    """
    dashed = role == "gradient"
    colour = COLOURS.get("loss" if dashed else role, INK)
    (x0, y0), (x1, y1) = points[-2:]
    length = ((x1 - x0) ** 2 + (y1 - y0) ** 2) ** 0.5
    dx, dy = (x1 - x0) / length, (y1 - y0) / length
    path = "L".join(f"{x:g} {y:g}" for x, y in [*points[:-1], (x1, y1)])
    back = (x1 - 8 * dx, y1 - 8 * dy)
    head = (
        f"M{x1:g} {y1:g}L{back[0] - 4 * dy:.1f} {back[1] + 4 * dx:.1f}"
        f"L{back[0] + 4 * dy:.1f} {back[1] - 4 * dx:.1f}Z"
    )
    dashes = ' stroke-dasharray="5 4"' if dashed else ""
    drawn = (
        f'<path d="M{path}" fill="none" stroke="{colour}" '
        f'stroke-width="1.5"{dashes}/><path d="{head}" fill="{colour}"/>'
    )
    if label:
        middle = ((x0 + x1) / 2, (y0 + y1) / 2 - 10)
        drawn += text(*middle, label, size=13, colour=colour)
    return drawn
