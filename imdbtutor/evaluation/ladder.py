"""Draw the ladder of models: how often each is right, and at what price."""

from collections.abc import Sequence

import numpy as np
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.transforms import Bbox

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
SIDES = [  # of a mark, where its name may stand: shift in points, alignment
    {"xytext": (7, 0), "ha": "left", "va": "center"},
    {"xytext": (-7, 0), "ha": "right", "va": "center"},
    {"xytext": (0, 7), "ha": "center", "va": "bottom"},
    {"xytext": (0, -7), "ha": "center", "va": "top"},
    *(
        {"xytext": (right, up), "ha": side, "va": "center"}
        for up in (8, -8, 14, -14, 20, -20, 26, -26)
        for right, side in ((7, "left"), (-7, "right"))
    ),
]
SMALL = {"textcoords": "offset points", "fontsize": 9}


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
    rows = [row for row in ladder["rows"] if row["mean"] > 0.6]
    ax = new_axes(ax, height=1 + 0.25 * len(rows))
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


def plot_prices(ladder: dict, price: str, *, ax: Axes | None = None) -> Axes:
    """Draw the accuracy of rungs above 0.84 over what they cost.

    Args:
        ladder: What `read_results("ladder")` returns.
        price: One of `PRICES`.
        ax: Where to draw; left out, a new figure.

    Returns:
        The axes drawn on; a step across is ten times the price.

    Used in chapter 18.
    """
    ax = new_axes(ax, height=5.8)
    rows = [row for row in ladder["rows"][::-1] if row["mean"] > LEAST]
    places = [(PRICES[price](row), row["mean"]) for row in rows]
    for row, (cost, mean) in zip(rows, places, strict=True):
        color, marker, _ = LOOKS[row["kind"]]
        ax.plot([cost] * 2, row["reviews_interval"], color=color, alpha=0.4)
        ax.plot(cost, mean, marker, color=color)
    ax.set(xscale="log", xlabel=price, ylabel="accuracy")
    ax.grid(color="0.9")
    ax.margins(x=0.25, y=0.1)
    sns.despine(ax=ax)
    name_kinds(ax, rows)
    ax.legend(frameon=False, loc="lower left", fontsize=9)
    name_marks(ax, [row["name"] for row in rows], places)
    return ax


def name_marks(
    ax: Axes, names: Sequence[str], places: Sequence[tuple[float, float]]
) -> None:
    """Write names beside marks, where they meet fewest marks and names.

    Args:
        ax: The axes, with all that they show but the names, and a legend.
        names: Of the marks; those named first have the choice.
        places: Where each mark is, in the axes' units.

    Used in chapter 18.
    """
    ax.figure.draw_without_rendering()  # settles where the axes are
    marks = ax.transData.transform(places)
    point = ax.figure.dpi / 72
    taken = [Bbox([[x, y], [x, y]]).padded(4 * point) for x, y in marks]
    taken.append(ax.get_legend().get_window_extent())
    left, right = ax.bbox.intervalx
    for name, place in zip(names, places, strict=True):
        met = []
        for side in SIDES:
            text = ax.annotate(name, place, **side, **SMALL)
            box = text.get_window_extent()
            out = box.x0 < left or box.x1 > right
            met.append(box.count_overlaps(taken) + out * len(marks))
            text.remove()
        text = ax.annotate(name, place, **SIDES[np.argmin(met)], **SMALL)
        taken.append(text.get_window_extent())
