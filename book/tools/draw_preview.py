"""Draw the picture that a shared link to the book shows."""

import io
from collections.abc import Sequence

import matplotlib as mpl
from matplotlib.figure import Figure
from PIL import Image

from imdbtutor.pictures.shapes import COLOURS

SIZE = (1200, 630)  # pixels; what the sites that show previews ask for


def draw_preview(
    title: str, promise: str, tokens: Sequence[str], verdict: Sequence[float]
) -> bytes:
    """Draw title, promise and a verdict's curve, as a PNG of few colours.

    Args:
        title: The book's.
        promise: One line.
        tokens: A review's tokens.
        verdict: The probability of positive after each.
    """
    with mpl.rc_context({"font.family": "DejaVu Sans"}):
        figure = Figure(figsize=(12, 6.3), dpi=100)
        figure.text(0.06, 0.86, title, size=40, weight="bold", va="center")
        figure.text(0.06, 0.755, promise, size=21, va="center")
        _draw_curve(figure.add_axes((0.13, 0.27, 0.81, 0.38)), tokens, verdict)
        drawn = io.BytesIO()
        figure.savefig(drawn, format="png")
    image = Image.open(drawn).convert("RGB").quantize(48)
    png = io.BytesIO()
    image.save(png, format="png", optimize=True)
    return png.getvalue()


def _draw_curve(
    ax: mpl.axes.Axes, tokens: Sequence[str], verdict: Sequence[float]
) -> None:
    sides = ["positive" if p > 0.5 else "negative" for p in verdict]
    places = range(len(tokens))
    heights = [positive - 0.5 for positive in verdict]
    colours = [COLOURS[side] for side in sides]
    ax.bar(places, heights, bottom=0.5, color=colours, alpha=0.5, width=0.9)
    ax.plot(places, verdict, color="black", linewidth=3)
    ax.axhline(0.5, color="grey", linestyle="--", linewidth=1)
    ax.set_xticks(places, tokens, rotation=55, ha="right", fontsize=17)
    ax.set_yticks([0, 0.5, 1], ["blame", "?", "praise"], fontsize=17)
    ax.set_ylim(0, 1)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)
