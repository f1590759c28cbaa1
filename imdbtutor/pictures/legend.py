"""The legend: each thing with its colour and shape, by name."""

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import (
    arrow,
    gate,
    loss,
    padding,
    text,
    token_id,
    vector,
    word,
)


def draw_legend() -> Picture:
    """Draw each thing that the pictures show, beside its name.

    Used in chapter 1.
    """
    things = {
        "word": word(70, 0, "movie"),
        "token id": token_id(70, 0, 17),
        "padding": padding(57, 0),
        "embedding": _three_numbers("embedding"),
        "hidden state": _three_numbers("hidden"),
        "memory": _three_numbers("memory"),
        "gate": gate(70, 13, "f"),
        "loss": loss(70, 13),
        "value": arrow((35, 13), (105, 13)),
        "gradient": arrow((105, 13), (35, 13), role="gradient"),
    }
    parts = []
    for place, (name, drawn) in enumerate(things.items()):
        x, y = 280 * (place % 2), 12 + 52 * (place // 2)
        parts.append(
            f'<g transform="translate({x} {y})">{drawn}'
            f"{text(135, 13, name, anchor='start')}</g>"
        )
    alt = f"The shapes of {', '.join(things)}."
    return Picture(parts, (560, 272), alt)


def _three_numbers(role: str) -> str:
    return vector(
        40, 3, [0.2, 0.9, 0.5], role=role, across=True, size=(20, 20)
    )
