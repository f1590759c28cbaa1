"""Draw what the other modules return."""

from html import escape

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from sklearn.calibration import calibration_curve

from imdbtutor.evaluation.report import CLASSES, Report

BLUE, ORANGE, GREEN = sns.color_palette("colorblind", 3)


def draw_sharply() -> None:
    """Let a notebook draw figures as SVG: sharp, and the same at each run.

    Used in chapter 2.
    """
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    plt.rcParams["svg.hashsalt"] = "imdbtutor"  # else ids are random
    set_matplotlib_formats("svg", metadata={"Date": None})


def new_axes(ax: Axes | None, *, height: float = 3.6) -> Axes:
    """Return the axes given, or those of a new figure of book width.

    Args:
        ax: The axes, or nothing.
        height: Of the new figure, in inches.

    Built in chapter 5.
    """
    if ax is not None:
        return ax
    _, ax = plt.subplots(figsize=(6.4, height), layout="constrained")
    return ax


def plot_bars(
    values: pd.Series,
    unit: str,
    *,
    form: str = "{:,.0f}",
    ax: Axes | None = None,
) -> Axes:
    """Draw a number for each name, the first at the top.

    Args:
        values: The numbers, 0 or more; the index has the names.
        unit: What the numbers are.
        form: How a number is written at its bar's end.
        ax: Where to draw; left out, a new figure.

    Returns:
        The axes drawn on.

    Built in chapter 6.
    """
    ax = new_axes(ax)
    bars = ax.barh(values.index, values, color=BLUE)
    ax.bar_label(bars, fmt=form, padding=3)
    ax.set(xlim=(0, 1.15 * values.max()), xlabel=unit)
    ax.locator_params(axis="x", nbins=5)  # room for long numbers
    ax.invert_yaxis()
    sns.despine(ax=ax)
    return ax


def plot_lengths(
    lengths: np.ndarray, *, cut: int | None = None, ax: Axes | None = None
) -> Axes:
    """Draw how long the reviews are.

    Args:
        lengths: Tokens of each review, shape (reviews,).
        cut: A length to mark with a line.
        ax: Where to draw; left out, a new figure.

    Returns:
        The axes drawn on.

    Built in chapter 5.
    """
    ax = new_axes(ax)
    sns.histplot(x=lengths, binwidth=25, color=BLUE, edgecolor="none", ax=ax)
    ax.set(xlabel="length (tokens)", ylabel="reviews", xlim=(0, 1500))
    if cut is not None:
        share = np.mean(np.asarray(lengths) <= cut)
        label = f"{cut} tokens: {share:.0%} of reviews are whole"
        ax.axvline(cut, color=ORANGE, linestyle="--", label=label)
        ax.legend(frameon=False)
    sns.despine(ax=ax)
    return ax


def plot_history(frame: pd.DataFrame, *, ax: Axes | None = None) -> Axes:
    """Draw training and validation loss by epoch, marking the best epoch.

    Args:
        frame: `History.frame`.
        ax: Where to draw; left out, a new figure.

    Returns:
        The axes drawn on.

    Built in chapter 8.
    """
    ax = new_axes(ax)
    ax.plot(frame["train_loss"], "o-", color=BLUE, label="training")
    ax.plot(frame["validation_loss"], "s-", color=ORANGE, label="validation")
    best = frame["validation_loss"].idxmin()
    ax.axvline(best, color="0.6", linestyle=":", label="weights kept")
    ax.set(xlabel="epoch", ylabel="cross-entropy (nats)", xticks=frame.index)
    ax.legend(frameon=False)
    sns.despine(ax=ax)
    return ax


def plot_confusion(counts: np.ndarray, *, ax: Axes | None = None) -> Axes:
    """Draw a confusion matrix: true classes in rows, predicted in columns.

    Args:
        counts: Reviews, shape (2, 2), negative first.
        ax: Where to draw; left out, a new figure.

    Returns:
        The axes drawn on.

    Built in chapter 9.
    """
    ax = new_axes(ax)
    sns.heatmap(
        counts,
        annot=True,
        fmt="d",
        cmap="Blues",
        square=True,
        xticklabels=CLASSES,
        yticklabels=CLASSES,
        cbar_kws={"label": "reviews"},
        ax=ax,
    )
    ax.set(xlabel="predicted class", ylabel="true class")
    return ax


def plot_calibration(
    report: Report, *, bins: int = 10, ax: Axes | None = None
) -> Axes:
    """Draw how often a claimed probability turns out to be right.

    Args:
        report: What `evaluate` returns.
        bins: How many groups of equally many reviews.
        ax: Where to draw; left out, a new figure.

    Returns:
        The axes drawn on.

    Built in chapter 9.
    """
    ax = new_axes(ax)
    observed, claimed = calibration_curve(
        report.labels, report.probabilities, n_bins=bins, strategy="quantile"
    )
    ax.plot([0, 1], [0, 1], ":", color="0.5", label="as claimed")
    ax.plot(claimed, observed, "o-", color=BLUE, label="model")
    ax.set(
        xlabel="mean probability of positive, as predicted",
        ylabel="share positive",
        aspect="equal",
    )
    ax.legend(frameon=False)
    sns.despine(ax=ax)
    return ax


def shade_words(weights: pd.DataFrame, *, least: float = 0.15) -> str:
    """Shade the words of a text by what they weighed, as HTML.

    A weight shows three times: as a shade; as a line under the word, solid
    for positive and dotted against it, for eyes that see no colours; and as
    a number above it, which a screen reader reads out.

    Args:
        weights: What `SentimentClassifier.explain` returns.
        least: Words of a lesser share of the largest weight stay plain.

    Returns:
        A paragraph, for `IPython.display.HTML`.

    Used in chapter 10.
    """
    largest = weights["weight"].abs().max() or 1
    words = []
    for token, weight in weights.itertuples(index=False):
        word, share = escape(token), abs(weight) / largest
        if share > least:
            rgb, line = ("1, 115, 178", "solid")
            if weight < 0:
                rgb, line = ("222, 143, 5", "dotted")
            look = (
                f"background: rgba({rgb}, {0.45 * share:.2f}); "
                f"text-decoration: underline {line} 0.15em rgb({rgb}); "
                "text-underline-offset: 0.25em"
            )
            number = f"{weight:+.1f}".replace("-", "\N{MINUS SIGN}")
            word = f'<ruby style="{look}">{word}<rt>{number}</rt></ruby>'
        words.append(word)
    return f'<p style="line-height: 2.4">{" ".join(words)}</p>'
