"""Draw the ladder of models: how often each is right, and at what price."""

from collections.abc import Mapping

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes

from imdbtutor.evaluation.plots import new_axes

BLUE, ORANGE, GREEN, _, PURPLE = sns.color_palette("colorblind", 5)
LOOKS = {  # of a kind of models: colour, marker, name
    "bag": (BLUE, "s", "bag of words"),
    "neural": (GREEN, "D", "other network"),
    "lstm": (ORANGE, "o", "LSTM"),
    "transformer": (PURPLE, "^", "transformer"),
    "ensemble": ("0.3", "*", "several together"),
}
PRICES = {
    "seconds to train": lambda row: np.median(row["train_seconds"]),
    "milliseconds a review": lambda row: 1_000 / row["reviews_per_second"],
    "megabytes, 32 bits a number": lambda row: 4e-6 * row["parameters"],
}
LEAST = 0.84  # accuracy; what is worse is no choice
SHIFTS = {  # of a name, from its mark; and how it is aligned
    "right": ((7, 0), "left", "center"),
    "left": ((-7, 0), "right", "center"),
    "above": ((0, 8), "center", "bottom"),
    "below": ((0, -8), "center", "top"),
}


def name_kinds(ax: Axes, rows: list[dict]) -> None:
    """Put the kinds of models that rows have into the axes' legend.

    Used in chapter 11.
    """
    kinds = {row["kind"] for row in rows}
    for color, marker, label in (LOOKS[k] for k in LOOKS if k in kinds):
        ax.plot([], [], marker, color=color, label=label)


def plot_ladder(ladder: dict, *, ax: Axes | None = None) -> Axes:
    """Draw the accuracy of rungs above 0.6, its interval and single runs.

    Args:
        ladder: What `read_results("ladder")` returns.
        ax: Where to draw; left out, a new figure.

    Returns:
        The axes drawn on; the lowest rung at the bottom.

    Built in chapter 11.
    """
    ax = new_axes(ax)
    rows = [row for row in ladder["rows"] if row["mean"] > 0.6]
    for place, row in enumerate(rows):
        color, marker, _ = LOOKS[row["kind"]]
        ax.plot(row["reviews_interval"], [place] * 2, color=color)
        ax.plot(row["mean"], place, marker, color=color)
        if len(row["accuracy"]) > 1:
            runs = [place - 0.3] * len(row["accuracy"])
            ax.plot(row["accuracy"], runs, "|", color="0.4")
    name_kinds(ax, rows)
    ax.plot([], [], "|", color="0.4", label="one run")
    ax.set_yticks(range(len(rows)), [row["name"] for row in rows])
    ax.set(xlabel="accuracy on the test reviews", ylabel="model")
    ax.legend(frameon=False, loc="upper left")
    ax.grid(axis="x", color="0.9")
    sns.despine(ax=ax, left=True)
    return ax


def plot_prices(
    ladder: dict,
    price: str,
    *,
    sides: Mapping[str, str] | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw the accuracy of rungs above 0.84 over what they cost.

    Args:
        ladder: What `read_results("ladder")` returns.
        price: One of `PRICES`.
        sides: Where a name stands that would meet another one, by the rung's
            id: "left" or "above" its mark, or "below"; else it is on the
            right.
        ax: Where to draw; left out, a new figure.

    Returns:
        The axes drawn on; a step across is ten times the price.

    Used in chapter 18.
    """
    ax = new_axes(ax)
    for row in ladder["rows"]:
        if row["mean"] <= LEAST:
            continue
        cost = PRICES[price](row)
        color, marker, _ = LOOKS[row["kind"]]
        ax.plot([cost] * 2, row["reviews_interval"], color=color, alpha=0.5)
        ax.plot(cost, row["mean"], marker, color=color)
        shift, across, up = SHIFTS[(sides or {}).get(row["id"], "right")]
        ax.annotate(
            row["name"],
            (cost, row["mean"]),
            shift,
            textcoords="offset points",
            ha=across,
            va=up,
            fontsize=9,
        )
    ax.set(xscale="log", xlabel=price, ylabel="accuracy")
    ax.grid(color="0.9")
    ax.margins(x=0.2, y=0.1)
    sns.despine(ax=ax)
    return ax
