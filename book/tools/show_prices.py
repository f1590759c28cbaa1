"""Draw what each rung of the ladder costs, and what it is worth."""

import io

import matplotlib as mpl
import matplotlib.pyplot as plt

from imdbtutor.evaluation.ladder import name_kinds, plot_prices

# Where a name stands beside its mark, so that no two meet.
SIDES = {
    "nb-2": "left",
    "tfidf-2": "left",
    "cnn": "above",
    "best": "left",
    "together": "above",
}
SHOWN = ("seconds to train", "megabytes, 32 bits a number")


def draw_prices(ladder: dict) -> str:
    """Draw accuracy over seconds of training and over megabytes, as SVG."""
    settings = {"svg.hashsalt": "prices", "svg.fonttype": "none"}
    with mpl.rc_context(settings):
        figure, axes = plt.subplots(
            2, 1, figsize=(7.2, 8.4), layout="constrained"
        )
        for ax, price in zip(axes, SHOWN, strict=True):
            plot_prices(ladder, price, sides=SIDES, ax=ax)
        name_kinds(axes[0], ladder["rows"])
        axes[0].legend(frameon=False, loc="lower left")
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        plt.close(figure)
    return text.getvalue()
