"""Draw what each rung of the ladder costs, and what it is worth."""

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from imdbtutor.evaluation.plots import BLUE, GREEN, ORANGE

LOOKS = {
    "bag": (BLUE, "s", "bag of words"),
    "neural": (GREEN, "D", "other network"),
    "lstm": (ORANGE, "o", "LSTM"),
    "ensemble": (ORANGE, "*", "LSTMs together"),
}
LEAST = 0.84  # accuracy; what is worse is no choice
# Where a name stands beside its mark, so that no two meet.
SIDES = {
    "nb-2": "left",
    "tfidf-2": "left",
    "cnn": "above",
    "best": "left",
    "together": "above",
}
SHIFTS = {
    "right": ((7, 0), "left", "center"),
    "left": ((-7, 0), "right", "center"),
    "above": ((0, 8), "center", "bottom"),
}


def draw_prices(ladder: dict) -> str:
    """Draw accuracy over seconds of training and over megabytes, as SVG."""
    costs = {
        "seconds to train (median)": lambda r: np.median(r["train_seconds"]),
        "megabytes, 32 bits a number": lambda r: r["parameters"] * 4e-6,
    }
    settings = {"svg.hashsalt": "prices", "svg.fonttype": "none"}
    with mpl.rc_context(settings):
        figure, axes = plt.subplots(
            2, 1, figsize=(7.2, 8.4), layout="constrained"
        )
        for ax, (name, cost) in zip(axes, costs.items(), strict=True):
            for row in ladder["rows"]:
                if row["mean"] > LEAST:
                    _mark(ax, row, cost(row))
            ax.set(xscale="log", xlabel=name, ylabel="accuracy")
            ax.grid(color="0.9")
            ax.margins(x=0.2, y=0.1)
            ax.spines[["top", "right"]].set_visible(False)
        for colour, marker, label in LOOKS.values():
            axes[0].plot([], [], marker, color=colour, label=label)
        axes[0].legend(frameon=False, loc="lower left")
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        plt.close(figure)
    return text.getvalue()


def _mark(ax: plt.Axes, row: dict, cost: float) -> None:
    colour, marker, _ = LOOKS[row["kind"]]
    low, high = row["reviews_interval"]
    ax.plot([cost, cost], [low, high], color=colour, alpha=0.5)
    ax.plot(cost, row["mean"], marker, color=colour)
    shift, across, up = SHIFTS[SIDES.get(row["id"], "right")]
    ax.annotate(
        row["name"],
        (cost, row["mean"]),
        shift,
        textcoords="offset points",
        ha=across,
        va=up,
        fontsize=9,
    )
