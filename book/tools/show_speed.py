"""Write the figures and tables of the page of results on speed."""

import io
from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from show_results import BOOK, machine_rows, table

from imdbtutor.evaluation.plots import BLUE, GREEN, ORANGE, plot_bars
from imdbtutor.evaluation.results import read_results

NAMES = {"torch": "PyTorch", "onnx": "onnxruntime", "int8": "8 bits"}
COLOURS = dict(zip(NAMES, (BLUE, ORANGE, GREEN), strict=True))
WAYS = {
    "longest": "all as wide as the longest",
    "random": "random, padded",
    "random_packed": "random, packed",
    "length_packed": "by length, packed",
    "ours": "by length, padded (ours)",
}
RECIPES = {
    "filled": ("Keras's example", "s-"),
    "borrowed": ("D2L's, with GloVe", "P-"),
    "ours": ("the book's LSTM", "o-"),
    "tfidf": ("TF-IDF, words", "v-"),
    "tfidf_pairs": ("TF-IDF, words and pairs", "^-"),
    "nb_pairs": ("NB-weighted, to pairs", "D-"),
}
Rows = pd.DataFrame


def pick(rows: Rows, part: str, **columns: object) -> Rows:
    """Return a part's rows that have these values in these columns."""
    rows = rows[rows["part"] == part]
    for name, value in columns.items():
        rows = rows[rows[name] == value]
    return rows


def draw_text(rows: Rows, ax: Axes) -> None:
    """Draw the seconds from text to ids."""
    found = pick(rows, "text").drop_duplicates("way").set_index("way")
    ways = ["original", "rust_single", "rust_batch", "cold", "warm"]
    spent = found.loc[ways].set_index("what")["median"]
    plot_bars(spent, "seconds for 25,000 reviews", form="{:,.1f}", ax=ax)


def draw_batching(rows: Rows, ax: Axes) -> None:
    """Draw the real tokens a second, of whole reviews and of cut ones."""
    found = pick(rows, "batching", unit="tokens/s").fillna({"cut": 0})
    found = found.drop_duplicates(["way", "cut"])
    rates = found.pivot(index="way", columns="cut", values="median")
    rates = rates.loc[list(WAYS)].rename(index=WAYS).rename_axis(index=None)
    rates.columns = [
        f"cut at {cut:.0f} tokens" if cut else "whole reviews"
        for cut in rates.columns
    ]
    rates.plot.barh(ax=ax, color=(BLUE, ORANGE), width=0.8)
    for bars in ax.containers:
        ax.bar_label(bars, fmt=lambda n: f"{n:,.0f}" if n else "", padding=3)
    ax.invert_yaxis()
    ax.legend(frameon=False)
    top = 1.2 * rates.max().max()
    ax.set(xlabel="real tokens a second, in training", xlim=(0, top))


def draw_limit(rows: Rows, ax: Axes) -> None:
    """Draw where the time of a training step goes."""
    found = pick(rows, "limit").dropna(subset="operation")
    unit = "share of a training step's time"
    plot_bars(found.set_index("what")["median"], unit, form="{:.0%}", ax=ax)


def recipes(rows: Rows) -> Rows:
    """Return the row of each recipe's seconds, by the recipe."""
    found = pick(rows, "time_to_accuracy", unit="s").dropna(subset="recipe")
    return found.set_index("recipe")


def draw_time(rows: Rows, ax: Axes) -> None:
    """Draw the accuracy that each recipe has after so many seconds."""
    curves = recipes(rows)["curve"]
    colours = sns.color_palette("colorblind", len(RECIPES))
    for (recipe, (name, form)), colour in zip(
        RECIPES.items(), colours, strict=True
    ):
        seconds, accuracy = zip(*curves[recipe], strict=True)
        ax.plot(seconds, accuracy, form, color=colour, label=name)
    ax.set(
        xscale="log",
        xlabel="seconds, from texts",
        ylabel="accuracy on validation",
    )
    ax.legend(frameon=False)


def draw_latency(rows: Rows, ax: Axes) -> None:
    """Draw how long one review takes, by its length."""
    for engine, name in NAMES.items():
        found = pick(rows, "inference", engine=engine).dropna(subset="words")
        times = found.pivot(
            index="words", columns="percentile", values="median"
        )
        words, low, high = times.index, times[50], times[95]
        colour = COLOURS[engine]
        ax.plot(words, low, "o-", color=colour, label=name)
        ax.fill_between(words, low, high, color=colour, alpha=0.15)
    ax.set(xlabel="words of the review", ylabel="milliseconds", ylim=(0, None))
    ax.legend(frameon=False)


def draw_growth(rows: Rows, ax: Axes) -> None:
    """Draw the memory that reviews take, streamed and in memory."""
    for way, name, colour in (
        ("memory", "all in memory", ORANGE),
        ("stream", "streamed", BLUE),
    ):
        found = pick(rows, "growth", way=way, unit="MB")
        sizes, peaks = found["reviews"], found["median"]
        ax.plot(sizes, peaks, "o-", color=colour, label=name)
    ax.set(
        xscale="log",
        xlabel="reviews",
        ylabel="peak memory (MB)",
        ylim=(0, None),
    )
    ax.legend(frameon=False)


FIGURES: dict[str, Callable[[Rows, Axes], None]] = {
    "text": draw_text,
    "batching": draw_batching,
    "limit": draw_limit,
    "time": draw_time,
    "latency": draw_latency,
    "growth": draw_growth,
}


def draw(name: str, rows: Rows) -> str:
    """Draw a figure as SVG, the same text for the same rows."""
    with mpl.rc_context({"svg.hashsalt": name, "svg.fonttype": "none"}):
        figure, ax = plt.subplots(figsize=(7.2, 3.4), layout="constrained")
        FIGURES[name](rows, ax)
        sns.despine(ax=ax)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        plt.close(figure)
    return text.getvalue()


def goals_table(rows: Rows) -> str:
    """Write every goal, and whether it is met."""
    lines = [["What", "Against", "Goal", "Measured", "Met"]]
    for _, row in rows[rows["goal"].notna()].iterrows():
        name, sign, number = row["goal"].split()
        sign = {">=": "at least", "<=": "at most"}[sign]
        unit = "times" if name == "ratio" else row["unit"]
        lines.append(
            [
                row["what"],
                row["against"] or "",
                f"{sign} {number} {unit}",
                f"{row[name]:.3g}",
                "yes" if row["met"] else "no",
            ]
        )
    return table(lines)


def time_table(rows: Rows) -> str:
    """Write how long each recipe took, and how good it became."""
    lines = [["Recipe", "Seconds", "Best on validation reviews"]]
    best = pick(rows, "time_to_accuracy", unit="of validation reviews")
    accuracy = best.set_index("recipe")["median"]
    for recipe, row in recipes(rows).iterrows():
        spent = f"{row['median']:,.0f}"
        lines.append([row["what"], spent, f"{accuracy[recipe]:.3f}"])
    return table(lines)


def packed_table(found: dict) -> str:
    """Write what the packed recipe reached, its author's run first."""
    theirs, ours = found["published"], found["rows"]
    best = max(row["validation_accuracy"] for row in ours)
    return table(
        [
            ["Run", "Vectors", "Machine", "Epochs", "Best", "Seconds"],
            [
                f"[the author's]({theirs['source']})",
                theirs["vectors"],
                theirs["machine"],
                str(theirs["epoch"]),
                f"{theirs['validation_accuracy']:.3f}",
                f"about {theirs['seconds']}",
            ],
            [
                "here",
                found["vectors"],
                found["machine"],
                str(len(ours)),
                f"{best:.3f}",
                "not measured",
            ],
        ]
    )


def book_table(rows: Rows) -> str:
    """Write how long the book takes."""
    lines = [["What", "Seconds"]]
    for _, row in pick(rows, "book").iterrows():
        lines.append([row["what"], f"{row['median']:,.0f}"])
    return table(lines)


def files(speed: dict) -> dict[Path, str]:
    """Return what stands in each file that the page reads."""
    rows = pd.DataFrame(speed["rows"])
    rows["against"] = (
        rows["against"].astype(object).where(rows["against"].notna(), None)
    )
    drawn = {
        BOOK / "_assets" / f"speed_{name}.svg": draw(name, rows)
        for name in FIGURES
    }
    return drawn | {
        BOOK / "speed_goals.csv": goals_table(rows),
        BOOK / "speed_time.csv": time_table(rows),
        BOOK / "speed_packed.csv": packed_table(read_results("recipes")),
        BOOK / "speed_book.csv": book_table(rows),
        BOOK / "speed_machine.csv": table(machine_rows(speed)),
    }


if __name__ == "__main__":
    for path, text in files(read_results("speed")).items():
        path.write_text(text, encoding="utf-8")
