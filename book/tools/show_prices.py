"""Draw what each rung of the ladder costs, and what it is worth."""

import io

import matplotlib as mpl
import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from imdbtutor.evaluation.ladder import plot_prices

SHOWN = ("seconds to train", "megabytes, 32 bits a number")


def plot_all(ladder: dict) -> Figure:
    """Draw accuracy over seconds of training and over megabytes."""
    figure, axes = plt.subplots(2, 1, figsize=(7.2, 10.2))
    figure.subplots_adjust(0.1, 0.06, 0.99, 0.99, hspace=0.2)
    for ax, price in zip(axes, SHOWN, strict=True):
        plot_prices(ladder, price, ax=ax)
    return figure


def draw_prices(ladder: dict) -> str:
    """Draw the same as SVG, the same text for the same figures."""
    settings = {"svg.hashsalt": "prices", "svg.fonttype": "none"}
    with mpl.rc_context(settings):
        figure = plot_all(ladder)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        plt.close(figure)
    return text.getvalue()
