"""The computation graph of one review's loss, forward and back."""

from collections.abc import Mapping, Sequence

from imdbtutor.pictures.grids import MINUS, number
from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import CELL, COLOURS, INK, arrow, cell, text
from imdbtutor.pictures.shapes import loss as diamond

SIGMA = "\N{GREEK SMALL LETTER SIGMA}"
TIMES = "\N{MULTIPLICATION SIGN}"

TOP, MIDDLE, LOW = 36, 126, 216
LEAVES = {"w₁": (51, TOP), "w₂": (51, MIDDLE), "b": (260, LOW)}
BOXES = {
    "first": (158, TOP),
    "second": (158, MIDDLE),
    "z": (260, MIDDLE),
    "p": (384, MIDDLE),
    "loss": (500, MIDDLE),
}
BACK = COLOURS["loss"]

# Where the arrow of each number begins and ends.
EDGES = {
    "w₁": ((74, TOP), (136, TOP)),
    "w₂": ((74, MIDDLE), (136, MIDDLE)),
    "b": ((260, LOW - 14), (260, MIDDLE + 16)),
    "first": ((180, 44), (248, 111)),
    "second": ((180, MIDDLE), (240, MIDDLE)),
    "z": ((280, MIDDLE), (364, MIDDLE)),
    "p": ((404, MIDDLE), (480, MIDDLE)),
    "loss": ((520, MIDDLE), (553, MIDDLE)),
}


def draw_graph(
    counts: Sequence[float],
    values: Mapping[str, float],
    gradients: Mapping[str, float],
) -> Picture:
    """Draw how a review's loss comes about, and how its slopes go back.

    Args:
        counts: How often two words occur in it.
        values: Of the weights "w₁", "w₂", the bias "b", the products "first"
            and "second", the score "z", the probability "p", the "loss".
        gradients: The slope of the loss by each of them.

    Used in chapter 2.
    """
    frames, seen, back = [], set(LEAVES), set()
    for name, made, said in _forward(counts):
        seen |= made
        drawn = _marked(made) + _drawn(seen, back, values, gradients)
        frames.append((f"forward: {name}", drawn + _said(said)))
    for name, passed, found, said in _backward(counts, gradients):
        back |= found
        drawn = _marked(passed) + _drawn(seen, back, values, gradients)
        frames.append((f"back: {name}", drawn + _said(said, BACK)))
    slopes = [f"{number(gradients[leaf])} by {leaf}" for leaf in LEAVES]
    alt = (
        "A graph from the weights w₁, w₂ and the bias b over a score z and a "
        f"probability p to the loss, {number(values['loss'])}. Dashed arrows "
        f"lead back, with the slopes {', '.join(slopes)}."
    )
    still = _operations(counts)
    last = len(frames) - 1
    return Picture([still], (640, 284), alt, frames, last, turns="step")


def _forward(counts: Sequence[float]) -> list:
    """List the steps: a name, the numbers that it makes, what is done."""
    first, second = map(number, counts)
    return [
        ("weights", set(), "three numbers that learning may change"),
        ("products", {"first", "second"}, f"{first} · w₁ and {second} · w₂"),
        ("score", {"z"}, f"z = {first} · w₁ + {second} · w₂ + b"),
        ("probability", {"p"}, f"p = {SIGMA}(z), the probability of praise"),
        ("loss", {"loss"}, f"loss = {MINUS}ln p, since the review is praise"),
    ]


def _backward(counts: Sequence[float], gradients: Mapping) -> list:
    """List the steps: a name, operations passed, slopes found, and how."""
    slope = {name: number(value) for name, value in gradients.items()}
    count = number(counts[0])
    return [
        (
            "loss",
            set(),
            {"loss"},
            "start: the slope of the loss by itself is 1",
        ),
        ("slope by p", {"loss"}, {"p"}, f"1 · ({MINUS}1 / p) = {slope['p']}"),
        (
            "slope by z",
            {"p"},
            {"z"},
            f"{slope['p']} · p (1 {MINUS} p) = {slope['z']}",
        ),
        (
            "through the sum",
            {"z"},
            {"first", "second", "b"},
            f"{slope['z']} · 1 = {slope['first']}, for each part of the sum",
        ),
        (
            "slopes by w₁ and w₂",
            {"first", "second"},
            {"w₁", "w₂"},
            f"times the count: {slope['first']} · {count} = {slope['w₁']}",
        ),
    ]


def _operations(counts: Sequence[float]) -> str:
    """Draw what never changes: operations as boxes, leaves by name."""
    signs = [f"{TIMES} {number(count)}" for count in counts]
    signs += ["+", SIGMA, f"{MINUS}ln"]
    parts = [
        text(x - 37, y, leaf, bold=True) for leaf, (x, y) in LEAVES.items()
    ]
    for (x, y), sign in zip(BOXES.values(), signs, strict=True):
        parts.append(_box(x, y) + text(x, y, sign, bold=True))
    way = "".join(arrow(*ends) for ends in EDGES.values())
    return f'{"".join(parts)}<g opacity="0.3">{way}</g>'


def _box(x: float, y: float, strength: float = 0) -> str:
    wide = 44 if x == BOXES["first"][0] else 40
    return (
        f'<rect x="{x - wide / 2:g}" y="{y - 15:g}" width="{wide}" '
        f'height="30" rx="6" fill="{INK}" fill-opacity="{strength:g}" '
        f'stroke="{INK}"/>'
    )


def _marked(names: set) -> str:
    return "".join(_box(*BOXES[name], 0.15) for name in sorted(names))


def _drawn(seen: set, back: set, values: Mapping, gradients: Mapping) -> str:
    """Draw the numbers that are there by now, on their way."""
    parts = [
        cell(x - 23, y - CELL / 2, number(values[leaf]), size=(46, CELL))
        for leaf, (x, y) in LEAVES.items()
    ]
    for name, (start, end) in EDGES.items():
        if name in seen:
            parts.append(arrow(start, end))
        if name in {"first", "second", "z", "p"} & seen:
            label = f"{name} = " if name in "zp" else ""
            label += number(values[name])
            parts.append(text(*_beside(start, end, -13), label, size=13))
        if name in back:
            (x, y), label = _beside(start, end, 9, 0), number(gradients[name])
            dx, dy = (end[0] - start[0]) / 2, (end[1] - start[1]) / 2
            ends = (x + dx, y + dy), (x - dx, y - dy)
            parts.append(arrow(*ends, role="gradient"))
            at = _beside(start, end, 23)
            parts.append(text(*at, label, size=13, colour=BACK))
    if "loss" in seen:
        parts.append(diamond(592, MIDDLE, number(values["loss"])))
    return "".join(parts)


def _beside(
    start: tuple, end: tuple, far: float, wide: float = 18
) -> tuple[float, float]:
    """Return a place below an arrow's middle, or above if `far` < 0."""
    dx, dy = end[0] - start[0], end[1] - start[1]
    length = (dx**2 + dy**2) ** 0.5
    x, y = (start[0] + end[0]) / 2, (start[1] + end[1]) / 2
    side = 0 if dy == 0 else wide * (1 if far * dy < 0 else -1)
    return x - far * dy / length + side, y + far * dx / length


def _said(words: str, colour: str = INK) -> str:
    return text(320, 268, words, colour=colour)
