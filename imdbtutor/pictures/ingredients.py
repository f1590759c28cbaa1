"""What goes into chapter 12's model: vectors, held-out weights, chunks."""

from collections.abc import Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import INK, arrow, cell, padding, text, vector

PART = 46  # pixels: a part of the training reviews
COLUMN, NARROW = 58, 32  # pixels: a neighbour, in the table and in a pattern
ROWS, MINE, FEW = 5, 2, 3  # rows drawn, the row with numbers, what few means


def draw_table_as_product(
    token: str,
    neighbours: Sequence[str],
    information: Sequence[float],
    *,
    size: int,
    dim: int,
) -> Picture:
    """Draw a table of neighbours as a product of two narrow ones.

    Args:
        token: The word whose row is written out.
        neighbours: Four or so words, the columns.
        information: The table's number for `token` and each of them.
        size: Rows and columns of the table.
        dim: Numbers that are left for each word.

    Used in chapter 12.
    """
    table = 92 + COLUMN * len(neighbours)
    patterns = table + 168
    right = patterns + NARROW * len(neighbours)
    names = [
        (48 + table / 2 - 2, f"{size:,} by {size:,}"),
        (table + 70, f"{size:,} by {dim}"),
        ((patterns + right) / 2, f"{dim} by {size:,}"),
    ]
    parts = [
        text(84, 91, token, anchor="end", bold=True),
        *_table(neighbours, information),
        text(table + 20, 91, "\N{ALMOST EQUAL TO}", size=20),
        text(table + 70, 14, "vectors", size=13),
        *_vectors(table + 40),
        text(patterns - 34, 91, "\N{MULTIPLICATION SIGN}", size=20),
        text((patterns + right) / 2, 52, f"{dim} patterns", size=13),
        *_patterns(patterns, len(neighbours)),
        *(text(x, 170, name) for x, name in names),
    ]
    alt = (
        f"A table of {size:,} rows and columns, with the row of '{token}' "
        f"written out, is about the product of {size:,} vectors of {dim} "
        f"numbers and {dim} patterns of {size:,} numbers."
    )
    return Picture(parts, (right + 8, 184), alt)


def _table(names: Sequence[str], values: Sequence[float]) -> list[str]:
    """Draw columns with their names, and numbers in one row."""
    largest, parts = max(map(abs, values)) or 1, []
    for place, (name, value) in enumerate(zip(names, values, strict=True)):
        x = 92 + COLUMN * place
        parts.append(text(x + COLUMN / 2, 14, name, size=13))
        for row in range(ROWS):
            strength, label = 0.04, ""
            if row == MINE:
                strength = 0.1 + 0.6 * abs(value) / largest
                label = f"{value:.1f}"
            look = {"strength": strength, "size": (COLUMN, 24)}
            parts.append(cell(x, 29 + 25 * row, label, **look))
    return parts


def _vectors(x: float) -> list[str]:
    look = {"role": "embedding", "across": True, "size": (20, 24)}
    return [
        vector(x, 29 + 25 * row, [0.7 if row == MINE else 0.1] * FEW, **look)
        for row in range(ROWS)
    ]


def _patterns(x: float, columns: int) -> list[str]:
    return [
        cell(x + NARROW * k, 66 + 18 * row, strength=0.1, size=(NARROW, 17))
        for row in range(FEW)
        for k in range(columns)
    ]


def draw_held_out(sizes: Sequence[int], *, shown: int = 2) -> Picture:
    """Draw whose labels make the weights that each part is read with.

    Args:
        sizes: Reviews in each part.
        shown: Place of the part that is drawn first.

    Used in chapter 12.
    """
    frames = []
    for held in range(len(sizes)):
        drawn = [*_parts(len(sizes), held), *_way_round(len(sizes), held)]
        told = (
            f"learned from {sum(sizes) - sizes[held]:,} reviews, for "
            f"the {sizes[held]:,} of part {held + 1}"
        )
        drawn.append(text(12, 142, told, anchor="start"))
        frames.append((f"{held + 1} of {len(sizes)}", "".join(drawn)))
    alt = (
        f"{len(sizes)} parts of the training reviews in a row. The weights "
        "that one part is read with are learned from all the others."
    )
    size = (PART * len(sizes) + 20, 156)
    return Picture([], size, alt, frames, shown=shown, turns="Part to read")


def _parts(count: int, held: int) -> list[str]:
    """Draw the parts in a row, that which is held out empty."""
    return [
        cell(
            12 + PART * part,
            8,
            str(part + 1),
            strength=0 if part == held else 0.35,
            size=(PART - 4, 30),
        )
        for part in range(count)
    ]


def _way_round(count: int, held: int) -> list[str]:
    """Draw the way from the other parts to weights, and to the one part."""
    middles = [12 + (PART - 4) / 2 + PART * part for part in range(count)]
    x = min(max(middles[held] - 75, 8), PART * count - 140)
    drawn = [
        f'<rect x="{x:g}" y="92" width="150" height="28" rx="4" '
        f'fill="none" stroke="{INK}"/>',
        text(x + 75, 106, "phrase weights", size=13),
        arrow((middles[held], 92), (middles[held], 42)),
    ]
    for group in (middles[:held][::-1], middles[held + 1 :]):
        path = "".join(f"M{at:g} 42V58" for at in group)
        if group:
            path += f"M{group[0]:g} 58H{group[-1]:g}"
            drawn += [
                f'<path d="{path}" fill="none" stroke="{INK}"/>',
                arrow((group[0], 58), (group[0], 90)),
            ]
    return drawn


def draw_chunks(lengths: Sequence[int], chunk: int) -> Picture:
    """Draw a batch of reviews, and the pieces that are read side by side.

    Args:
        lengths: Tokens of each review.
        chunk: Tokens in a piece.

    Used in chapter 12.
    """
    pieces = -(-max(lengths) // chunk)  # in each review, rounded up
    wide, parts, tall = 80, [], 30
    for row, length in enumerate(lengths):
        y = 26 + tall * row
        parts.append(text(8, y + 10, f"{length}", anchor="start"))
        for piece in range(pieces):
            real = min(max(length - chunk * piece, 0), chunk)
            parts += _piece(44 + wide * piece, y, real / chunk, wide)
            below = (row * pieces + piece) * 26
            parts += _piece(478, 26 + below, real / chunk, wide)
            parts.append(text(470, 36 + below, str(real), anchor="end"))
    middle = 26 + tall * len(lengths) / 2
    right = 44 + wide * pieces
    parts += [
        text(44, 10, f"{len(lengths)} reviews", anchor="start"),
        arrow((right + 14, middle), (right + 60, middle)),
        text(558, 10, f"{len(lengths) * pieces} pieces", anchor="end"),
    ]
    alt = (
        f"Reviews of {' and '.join(map(str, lengths))} tokens are filled up "
        f"to {pieces} pieces of {chunk} tokens each; the pieces stand below "
        "one another, each with its number of real tokens."
    )
    return Picture(parts, (566, 30 + 26 * pieces * len(lengths)), alt)


def _piece(x: float, y: float, share: float, wide: float) -> list[str]:
    """Draw a piece whose first `share` is real, the rest padding."""
    real, inner, drawn = share * (wide - 4), wide - 4, []
    if share < 1:
        drawn.append(padding(x + real, y, size=(inner - real, 20)))
    if share > 0:
        drawn.append(cell(x, y, role="embedding", size=(real, 20)))
    return drawn
