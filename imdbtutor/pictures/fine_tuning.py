"""How far the gradient comes when lower blocks are fixed."""

from collections.abc import Mapping

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import arrow, cell, loss, text, word

WIDTH, GAP = 62, 14  # pixels: a layer, and between two
TOP, TALL = 58, 56  # pixels: of the layers
MIDDLE = TOP + TALL / 2


def draw_fine_tuning(blocks: int, counts: Mapping[str, int]) -> Picture:
    """Draw an encoder and a linear layer, a frame for each way to fix it.

    Layers that training changes are filled; the gradient comes back as far
    as they go.

    Args:
        blocks: Blocks of the encoder.
        counts: Numbers in the "linear" layer, in each "block" and in the
            "tables" below.

    Used in chapter 18.
    """
    names = ["tables", *(f"block {n}" for n in range(1, blocks + 1))]
    names.append("linear")
    frames = []
    for fixed in range(blocks + 1):
        first = fixed + 1 if fixed else 0  # the lowest that is trained
        trained = counts["linear"] + (blocks - fixed) * counts["block"]
        trained += (not fixed) * counts["tables"]
        drawn = _frame(names, first, trained)
        frames.append((f"{fixed} blocks fixed", "".join(drawn)))
    alt = (
        f"A review goes through tables, {blocks} blocks and a linear layer to "
        "the loss. The gradient comes back as far as layers are trained: "
        "with half of the blocks fixed, through the upper half alone."
    )
    return Picture(
        _still(len(names)),
        (_left(len(names)) - GAP + 96, TOP + TALL + 28),
        alt,
        frames,
        shown=blocks // 2,
        turns="Fixed blocks",
    )


def _still(layers: int) -> list[str]:
    """Draw the way of a review, from left to right."""
    right = _left(layers) - GAP
    return [
        word(40, MIDDLE - 13, "review"),
        arrow((76, MIDDLE), (_left(0) - 2, MIDDLE)),
        *(
            arrow((_left(n) - GAP + 1, MIDDLE), (_left(n) - 1, MIDDLE))
            for n in range(1, layers)
        ),
        arrow((right, MIDDLE), (right + 20, MIDDLE)),
        loss(right + 56, MIDDLE),
    ]


def _left(place: int) -> float:
    """Return where a layer begins."""
    return 96 + place * (WIDTH + GAP)


def _frame(names: list[str], first: int, trained: int) -> list[str]:
    """Draw the layers, filled from the first one that is trained."""
    drawn = [
        cell(
            _left(place),
            TOP,
            name,
            role="embedding" if place >= first else "plain",
            strength=0.35 if place >= first else 0.0,
            size=(WIDTH, TALL),
            radius=6,
        )
        for place, name in enumerate(names)
    ]
    start, end = _left(len(names)) - GAP + 56, _left(first) + WIDTH / 2
    way = [(start, MIDDLE - 24), (start, TOP - 20)]
    way += [(end, TOP - 20), (end, TOP - 4)]
    below = TOP + TALL + 14
    told = f"{trained:,} numbers are trained"
    return [
        *drawn,
        arrow(*way, role="gradient"),
        text((start + end) / 2, TOP - 34, "gradient", size=13),
        text(_left(0), below, told, anchor="start", size=13),
    ]
