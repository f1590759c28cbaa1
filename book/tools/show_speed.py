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
GOAL = 0.88
WAYS = {
    "longest": "all as wide as the longest",
    "random": "random, padded",
    "random_packed": "random, packed",
    "length_packed": "by length, packed",
    "ours": "by length, padded (ours)",
}
Rows = pd.DataFrame


def pick(rows: Rows, ids: list[str]) -> pd.Series:
    """Return the medians of some rows by what they measure."""
    return rows.loc[ids].set_index("what")["median"]


def draw_text(rows: Rows, ax: Axes) -> None:
    """Draw the seconds from text to ids."""
    names = ("original", "rust_single", "rust_batch", "cold", "warm")
    found = pick(rows, [f"text.{name}" for name in names])
    plot_bars(found, "seconds for 25,000 reviews", form="{:,.1f}", ax=ax)


def draw_steps(rows: Rows, ax: Axes) -> None:
    """Draw the real tokens a second, of whole reviews and of cut ones."""
    prefixes = {"steps": "whole reviews", "steps_cut": "cut at 600 tokens"}
    medians = rows["median"]
    rates = {
        name: {WAYS[way]: medians.get(f"{prefix}.{way}") for way in WAYS}
        for prefix, name in prefixes.items()
    }
    table = pd.DataFrame(rates, index=list(WAYS.values()), dtype=float)
    table.plot.barh(ax=ax, color=(BLUE, ORANGE), width=0.8)
    for bars in ax.containers:
        ax.bar_label(bars, fmt=lambda n: f"{n:,.0f}" if n else "", padding=3)
    ax.invert_yaxis()
    ax.legend(frameon=False)
    top = 1.2 * table.max().max()
    ax.set(xlabel="real tokens a second, in training", xlim=(0, top))


def draw_limit(rows: Rows, ax: Axes) -> None:
    """Draw where the time of a training step goes."""
    ids = [id_ for id_ in rows.index if id_.startswith("limit.share.")]
    unit = "share of a training step's time"
    plot_bars(pick(rows, ids), unit, form="{:.0%}", ax=ax)


def draw_time(rows: Rows, ax: Axes) -> None:
    """Draw the seconds until 88 of 100 validation reviews are right."""
    names = {
        "packed": "two layers of 300, packed",
        "filled": "Keras's example",
        "ours": "the book's LSTM",
        "tfidf_pairs": "TF-IDF, words and pairs",
        "tfidf": "TF-IDF, words",
    }
    found = pick(rows, [f"time.{name}" for name in names])
    found.index = names.values()
    reached = rows.loc[[f"time.{name}.accuracy" for name in names], "median"]
    plot_bars(found, "seconds", ax=ax)
    for bar, best in zip(ax.patches, reached, strict=True):
        bar.set_alpha(1.0 if best >= GOAL else 0.4)
    ax.set(xscale="log", xlim=(0.5, 8 * found.max()))


def draw_latency(rows: Rows, ax: Axes) -> None:
    """Draw how long one review takes, by its length."""
    lengths = sorted(
        {
            int(id_.split(".")[1])
            for id_ in rows.index
            if id_.startswith("inference.") and id_.endswith(".p50")
        }
    )
    for kind, name in NAMES.items():
        low, high = (
            [rows.loc[f"inference.{n}.{kind}.{p}", "median"] for n in lengths]
            for p in ("p50", "p95")
        )
        ax.plot(lengths, low, "o-", color=COLOURS[kind], label=name)
        ax.fill_between(lengths, low, high, color=COLOURS[kind], alpha=0.15)
    ax.set(xlabel="words of the review", ylabel="milliseconds", ylim=(0, None))
    ax.legend(frameon=False)


def draw_growth(rows: Rows, ax: Axes) -> None:
    """Draw the memory that reviews take, streamed and in memory."""
    for id_, name, colour in (
        ("memory_peak", "all in memory", ORANGE),
        ("stream_peak", "streamed", BLUE),
    ):
        start = f"growth.{id_}."
        ids = [each for each in rows.index if each.startswith(start)]
        sizes = [int(each.removeprefix(start)) for each in ids]
        peaks = rows.loc[ids, "median"].to_numpy()
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
    "steps": draw_steps,
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
    for id_ in rows.index:
        if id_.startswith("time.") and f"{id_}.accuracy" in rows.index:
            best = rows.loc[f"{id_}.accuracy", "median"]
            spent = f"{rows.loc[id_, 'median']:,.0f}"
            lines.append([rows.loc[id_, "what"], spent, f"{best:.3f}"])
    return table(lines)


def book_table(rows: Rows) -> str:
    """Write how long the book takes."""
    lines = [["What", "Seconds"]]
    for id_, row in rows.iterrows():
        if id_.startswith("book."):
            lines.append([row["what"], f"{row['median']:,.0f}"])
    return table(lines)


def files(speed: dict) -> dict[Path, str]:
    """Return what stands in each file that the page reads."""
    rows = pd.DataFrame(speed["rows"]).set_index("id")
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
        BOOK / "speed_book.csv": book_table(rows),
        BOOK / "speed_machine.csv": table(machine_rows(speed)),
    }


if __name__ == "__main__":
    for path, text in files(read_results("speed")).items():
        path.write_text(text, encoding="utf-8")
