"""Write the tables and the figure of the page of results, from the JSON."""

import csv
import io
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt

from imdbtutor.plots import plot_ladder
from imdbtutor.results import read_results

BOOK = Path(__file__).parents[1]


def table(rows: list[list[str]]) -> str:
    """Write rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def interval(ends: list[float] | None, factor: int = 1) -> str:
    """Write an interval, as shares or times a factor."""
    if ends is None:
        return "none"
    digits = 3 if factor == 1 else 1
    return " to ".join(f"{factor * end:z.{digits}f}" for end in ends)


def ladder_table(ladder: dict) -> str:
    """Write a line a rung, the best first."""
    rows = [
        [
            "Model",
            "Accuracy",
            "95 %, other reviews",
            "95 %, other seeds",
            "F1",
        ]
    ]
    for row in reversed(ladder["rows"]):
        rows.append(
            [
                row["name"],
                f"{row['mean']:.3f}",
                interval(row["reviews_interval"]),
                interval(row["seeds_interval"]),
                f"{sum(row['f1']) / len(row['f1']):.3f}",
            ]
        )
    return table(rows)


def price_table(ladder: dict) -> str:
    """Write what each rung costs, the best first."""
    rows = [
        ["Model", "Runs", "Parameters", "Seconds to train", "Reviews a second"]
    ]
    for row in reversed(ladder["rows"]):
        seconds = row["train_seconds"]
        rows.append(
            [
                row["name"],
                str(len(seconds)),
                f"{row['parameters']:,}",
                f"{sum(seconds) / len(seconds):,.0f}",
                f"{row['reviews_per_second']:,}",
            ]
        )
    return table(rows)


def steps_table(ladder: dict) -> str:
    """Write how each rung differs from the one below it, in points."""
    names = {row["id"]: row["name"] for row in ladder["rows"]}
    rows = [["Model", "Against", "Points more", "95 %", "Clear"]]
    for step in reversed(ladder["steps"]):
        rows.append(
            [
                names[step["to"]],
                names[step["from"]],
                f"{100 * step['difference']:z.1f}",
                interval(step["interval"], 100),
                "yes" if step["interval"][0] > 0 else "no",
            ]
        )
    return table(rows)


def machine_table(ladder: dict) -> str:
    """Write what the figures were measured on."""
    hardware, versions = ladder["hardware"], ladder["versions"]
    counts = ladder["reviews"]
    return table(
        [
            ["What", "Which"],
            ["commit", ladder["commit"]],
            [
                "processor",
                f"{hardware['processor']}, {hardware['threads']} threads",
            ],
            [
                "versions",
                ", ".join(" ".join(pair) for pair in versions.items()),
            ],
            [
                "reviews",
                ", ".join(f"{name} {n:,}" for name, n in counts.items()),
            ],
        ]
    )


def draw(ladder: dict) -> str:
    """Draw the ladder as SVG, the same text for the same figures."""
    settings = {"svg.hashsalt": "ladder", "svg.fonttype": "none"}
    with mpl.rc_context(settings):
        figure, ax = plt.subplots(figsize=(7.2, 4.8), layout="constrained")
        plot_ladder(ladder, ax=ax)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        plt.close(figure)
    return text.getvalue()


def files(ladder: dict) -> dict[Path, str]:
    """Return what stands in each file that the page reads."""
    return {
        BOOK / "ladder.csv": ladder_table(ladder),
        BOOK / "ladder_price.csv": price_table(ladder),
        BOOK / "ladder_steps.csv": steps_table(ladder),
        BOOK / "ladder_machine.csv": machine_table(ladder),
        BOOK / "_assets" / "ladder.svg": draw(ladder),
    }


if __name__ == "__main__":
    for path, text in files(read_results("ladder")).items():
        path.write_text(text, encoding="utf-8")
