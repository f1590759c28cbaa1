"""Chapter 11: a bag of words as a sparse matrix, and two models' verdicts."""

from collections.abc import Sequence

from scipy.sparse import csr_matrix

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import INK, cell, text

COLUMN = 58  # pixels: room for a phrase
BAR = 480  # pixels: all reviews side by side


def draw_sparse(
    counts: csr_matrix, texts: Sequence[str], phrases: Sequence[str]
) -> Picture:
    """Draw a small table of counts, and what is kept of it.

    Args:
        counts: How often each phrase stands in each text, sparse.
        texts: The rows, few and short.
        phrases: The columns.

    Used in chapter 11.
    """
    left = 16 + 8 * max(map(len, texts))
    parts = [
        text(left + COLUMN * (k + 0.5), 12, phrase, size=13)
        for k, phrase in enumerate(phrases)
    ]
    for row, name in enumerate(texts):
        y = 26 + 28 * row
        parts.append(text(left - 10, y + 13, name, anchor="end", size=13))
        for column, value in enumerate(counts[[row]].toarray()[0]):
            look = {"strength": 0.45 if value else 0, "size": (COLUMN, 26)}
            parts.append(cell(left + COLUMN * column, y, str(value), **look))
    below = 44 + 28 * len(texts)
    kept = counts.tocoo()
    for k, (name, values) in enumerate(
        [("row", kept.row), ("column", kept.col), ("value", kept.data)]
    ):
        y = below + 24 * k
        parts.append(text(left - 10, y + 11, name, anchor="end", size=13))
        for place, value in enumerate(values):
            x = left + 34 * place
            parts.append(cell(x, y, str(value), strength=0.1, size=(34, 22)))
    alt = (
        f"A table of {len(texts)} texts by {len(phrases)} phrases with "
        f"{kept.nnz} numbers that are not 0. Only these are kept, each with "
        "its row and its column."
    )
    right = left + max(COLUMN * len(phrases), 34 * kept.nnz)
    return Picture(parts, (right + 10, below + 80), alt)


def draw_verdicts(counts: dict[str, int]) -> Picture:
    """Draw on how many reviews both models are right, one, or neither.

    Args:
        counts: Reviews that both, only the second, only the first and
            neither of two models gets right, each with its name.

    Used in chapter 11.
    """
    roles = ("plain", "positive", "negative", "plain")
    strengths = (0.15, 0.5, 0.5, 0.35)
    x, parts, total = 12.0, [], sum(counts.values())
    for k, (name, count) in enumerate(counts.items()):
        width, y = BAR * count / total, 52 + 26 * k
        look = {"role": roles[k], "strength": strengths[k], "radius": 0}
        parts += [
            cell(x, 8, size=(width, 30), **look),
            cell(12, y, size=(18, 18), **look),
            text(90, y + 9, f"{count:,}", anchor="end"),
            text(104, y + 9, name, anchor="start"),
        ]
        x += width
    told = ", ".join(f"{name}: {count:,}" for name, count in counts.items())
    line = f'<path d="M12 8V38M{12 + BAR} 8V38" stroke="{INK}"/>'
    return Picture(
        [*parts, line], (BAR + 24, 160), f"Reviews by verdict. {told}."
    )
