"""The classifier at once: one review on its way to two logits."""

from collections.abc import Mapping, Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import (
    arrow,
    cell,
    padding,
    text,
    token_id,
    vector,
    word,
)

TIMES = "\N{MULTIPLICATION SIGN}"
LEFT, STEP = 190, 62  # pixels: the first column, and from one to the next
TOP = {"ids": 52, "embedding": 108, "forward": 210, "backward": 262}
TOP |= {"pooled": 352, "logits": 432}
NAMES = {  # what stands at the left: a layer, and what it makes
    "ids": "token ids",
    "embedding": "embedding",
    "forward": "forward LSTM",
    "backward": "backward LSTM",
    "pooled": "maximum",
    "logits": "linear",
}
MEANINGS = {  # the dimensions, in words
    "ids": "batch, time",
    "embedding": "batch, time, embedding",
    "states": f"batch, time, 2 {TIMES} hidden",
    "pooled": f"batch, 2 {TIMES} hidden",
    "logits": "batch, classes",
}


def draw_network(
    tokens: Sequence[str],
    token_ids: Sequence[int],
    shapes: Mapping[str, Sequence[int]],
    weights: Mapping[str, int],
    values: Mapping[str, Sequence],
) -> Picture:
    """Draw a padded review in every layer, with the shapes of its batch.

    Args:
        tokens: The review's words.
        token_ids: Their numbers, with the padding behind them.
        shapes: What the batch is in each place: "ids", "embedding",
            "states", "pooled", "logits".
        weights: How many numbers training can move in "embedding",
            "forward", "backward" and "linear".
        values: The review's own numbers: for each place three of
            "embedding", for each word one of "forward" and of "backward";
            a few of "pooled", and both "logits".

    Used in chapter 7.
    """
    width, real = len(token_ids), len(tokens)
    parts = [
        *_draw_columns(tokens, token_ids, values["embedding"]),
        _draw_direction("forward", values["forward"], width),
        _draw_direction("backward", values["backward"], width),
        _draw_summary(real, values["pooled"], values["logits"]),
        *_draw_names(weights),
        *_draw_shapes(shapes),
    ]
    told = ", ".join(
        f"{name} {tuple(shape)}" for name, shape in shapes.items()
    )
    alt = (
        f"The network, and a review of {real} words and {width - real} places "
        "of padding in it: each word becomes a vector, one LSTM reads from "
        "the first word on and one from the last real word back, each of "
        "their numbers is pooled over the real words, and a linear layer "
        f"makes two logits. Shapes of the batch: {told}."
    )
    return Picture(parts, (640, 476), alt)


def _middle(place: int) -> float:
    return LEFT + STEP * place


def _draw_columns(
    tokens: Sequence[str],
    token_ids: Sequence[int],
    vectors: Sequence[Sequence[float]],
) -> list[str]:
    """Draw words, ids and vectors, one column each."""
    drawn = []
    for place, number in enumerate(token_ids):
        x = _middle(place)
        drawn.append(token_id(x, TOP["ids"], number))
        if place < len(tokens):
            drawn.append(word(x, 4, tokens[place], width=STEP - 8))
            drawn.append(arrow((x, 30), (x, TOP["ids"] - 2)))
            drawn.append(arrow((x, 172), (x, TOP["forward"] - 2)))
        else:
            drawn.append(padding(x - 22, 4, size=(44, 26)))
        drawn.append(arrow((x, 78), (x, TOP["embedding"] - 2)))
        at = (x - 13, TOP["embedding"])
        size = (26, 20)
        drawn.append(vector(*at, vectors[place], role="embedding", size=size))
    return drawn


def _draw_direction(row: str, states: Sequence[float], width: int) -> str:
    """Draw the states of one LSTM; those at padding count for nothing."""
    y, drawn = TOP[row], []
    for place in range(width):
        x = _middle(place) - 13
        if place >= len(states):
            drawn.append(padding(x, y))
            continue
        drawn.append(vector(x, y, [states[place]], role="hidden"))
        if place:
            ends = [(x - STEP + 28, y + 13), (x - 2, y + 13)]
            drawn.append(arrow(*(ends[::-1] if row == "backward" else ends)))
    return "".join(drawn)


def _draw_summary(
    real: int, pooled: Sequence[float], logits: Sequence[float]
) -> str:
    """Draw the pooled vector, and the logits made from it."""
    middle = (_middle(0) + _middle(real - 1)) / 2
    y, low = TOP["pooled"], TOP["logits"]
    left, right = _middle(0) - 16, _middle(real - 1) + 16
    start = middle - 13 * len(pooled)
    brace = f"M{left:g} 294V306H{right:g}V294"
    labels = [
        f"{round(value, 2) + 0:.2f}".replace("-", "\N{MINUS SIGN}")
        for value in logits
    ]
    return (
        f'<path d="{brace}" fill="none" stroke="currentColor"/>'
        + arrow((middle, 306), (middle, y - 2))
        + vector(start, y, pooled, role="hidden", across=True)
        + arrow((middle, y + 28), (middle, low - 2))
        + cell(middle - 60, low, labels[0], role="negative", size=(60, 26))
        + cell(middle, low, labels[1], role="positive", size=(60, 26))
    )


def _draw_names(weights: Mapping[str, int]) -> list[str]:
    """Name the layers at the left, with their numbers of weights."""
    drawn = []
    for key, name in NAMES.items():
        y = TOP[key] + (30 if key == "embedding" else 13)
        count = weights.get({"logits": "linear"}.get(key, key))
        shift = 9 if count else 0
        drawn.append(text(4, y - shift, name, anchor="start", bold=True))
        if count:
            line = f"{count:,} parameters"
            drawn.append(text(4, y + 9, line, anchor="start", size=13))
    return drawn


def _draw_shapes(shapes: Mapping[str, Sequence[int]]) -> list[str]:
    """Write each shape at the right, and what its dimensions are."""
    drawn = []
    places = TOP | {"states": 236, "embedding": TOP["embedding"] + 17}
    for key, shape in shapes.items():
        y = places[key] + 5
        written = f"({', '.join(map(str, shape))})"
        drawn.append(text(480, y, written, anchor="start", code=True))
        drawn.append(text(480, y + 18, MEANINGS[key], anchor="start", size=13))
    return drawn
