"""Chapter 14: a batch shared by several processes."""

from collections.abc import Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import INK, arrow, cell, loss, text

TALL, TOP = 112, 30  # pixels: a process, and room above the first


def draw_shared_batch(shares: Sequence[Sequence[int]]) -> Picture:
    """Draw a batch that is dealt out, scored in parts and learned as one.

    Args:
        shares: The rows that each process takes.

    Used in chapter 14.
    """
    total = sum(map(len, shares))
    model = 150 + 30 * max(map(len, shares))
    height = max(TOP + TALL * len(shares) - 40, TOP + 26 * total)
    middle = (height + TOP) / 2 - 4
    parts = [text(44, 12, f"batch of {total}", size=13)]
    for place in range(total):
        at = (31, middle + 26 * (place - total / 2))
        parts.append(cell(*at, str(place), strength=0.1, size=(26, 24)))
    for rank, rows in enumerate(shares):
        y = TOP + TALL * rank + 20
        parts.append(arrow((64, middle), (108, y + 13)))
        parts += _process(rank, rows, y, model)
        if rank:
            parts += _average(model + 36, y - TALL + 30, y - 4)
    alt = (
        f"A batch of {total} rows is dealt to {len(shares)} processes, each "
        "with its own copy of the model, which works out the loss of its "
        "rows. The gradients that come back are averaged over the processes."
    )
    return Picture(parts, (model + 190, height), alt)


def _process(
    rank: int, rows: Sequence[int], y: float, model: float
) -> list[str]:
    """Draw a process: its rows, its copy of the model, its loss."""
    return [
        text(116, y - 14, f"process {rank}", anchor="start", size=13),
        *(
            cell(116 + 30 * place, y, str(row), strength=0.25)
            for place, row in enumerate(rows)
        ),
        arrow((model - 34, y + 13), (model - 4, y + 13)),
        f'<rect x="{model:g}" y="{y:g}" width="72" height="26" rx="4" '
        f'fill="none" stroke="{INK}"/>',
        text(model + 36, y + 13, "model", size=13),
        arrow((model + 78, y + 7), (model + 106, y + 7)),
        arrow((model + 106, y + 19), (model + 78, y + 19), role="gradient"),
        loss(model + 140, y + 13),
    ]


def _average(x: float, top: float, bottom: float) -> list[str]:
    ends = (x, top), (x, bottom)
    told = "gradients averaged"
    return [
        arrow(*ends, role="gradient"),
        arrow(*ends[::-1], role="gradient"),
        text(x + 12, (top + bottom) / 2, told, anchor="start", size=13),
    ]
