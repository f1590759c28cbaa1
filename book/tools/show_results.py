"""Write the tables and the figure of the page of results, from the JSON."""

import csv
import io
import json
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from show_prices import draw_prices

from imdbtutor.evaluation.ladder import PRICES, plot_ladder
from imdbtutor.evaluation.results import read_results

BOOK = Path(__file__).parents[1]
DIFFERENCE = ["Runs", "Points more", "95 %", "Clear"]
RESULTS = BOOK.parent / "results"


def table(rows: list[list[str]]) -> str:
    """Write rows as CSV."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def share(number: float) -> str:
    """Write a share; a half is rounded as NumPy does in the chapters."""
    return f"{np.round(number, 3):.3f}"


def interval(ends: list[float] | None) -> str:
    """Write an interval of shares."""
    return "none" if ends is None else " to ".join(map(share, ends))


def points(difference: dict) -> list[str]:
    """Write runs, a difference in points, its interval, and if it is clear."""
    low, high = (100 * end for end in difference["interval"])
    other, model = difference["runs"]
    return [
        f"{model} and {other}",
        f"{100 * difference['difference']:z.2f}",
        f"{low:z.2f} to {high:z.2f}",
        "yes" if low > 0 or high < 0 else "no",
    ]


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
                share(row["mean"]),
                interval(row["reviews_interval"]),
                interval(row["seeds_interval"]),
                share(np.mean(row["f1"])),
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
                f"{np.median(seconds):,.0f}",
                f"{row['reviews_per_second']:,}",
            ]
        )
    return table(rows)


CHOICES = (  # rungs that somebody might take, for the page that helps choose
    "nb-3",
    "book",
    "ships",
    "best",
    "taught",
    "minilm",
    "minilm-bag",
    "minilm-best",
)


def the_one_that_ships(book: dict, students: dict) -> dict:
    """Describe the model that ships as a row of the ladder.

    Args:
        book: The row of the same network, taught by labels alone.
        students: What was measured of the one that ships.
    """
    *_, student = students["rows"]
    return book | {
        "name": "the book's LSTM, taught: it ships",
        "mean": student["test"]["mean"],
        "train_seconds": student["train_seconds"],
    }


def choices_table(ladder: dict, students: dict) -> str:
    """Write what some models are worth and what they cost."""
    found = {row["id"]: row for row in ladder["rows"]}
    found["ships"] = the_one_that_ships(found["book"], students)
    rows = [["Model", "Right", *(price.capitalize() for price in PRICES)]]
    for row in (found[id_] for id_ in CHOICES):
        prices = [price(row) for price in PRICES.values()]
        told = [f"{x:,.0f}" if x > 10 else f"{x:.1f}" for x in prices]
        rows.append([row["name"], share(row["mean"]), *told])
    return table(rows)


def differences_table(ladder: dict, key: str = "differences") -> str:
    """Write how each rung differs from another one, in points.

    Args:
        ladder: What was measured.
        key: "differences" for the one below it, or "pairs".
    """
    names = {row["id"]: row["name"] for row in ladder["rows"]}
    rows = [["Model", "Against", *DIFFERENCE]]
    for found in reversed(ladder[key]):
        pair = [names[found["to"]], names[found["from"]]]
        rows.append(pair + points(found))
    return table(rows)


def book_table(ladder: dict) -> str:
    """Write how each rung differs from the book's LSTM, in points."""
    names = {row["id"]: row["name"] for row in ladder["rows"]}
    rows = [["Model", *DIFFERENCE]]
    for found in reversed(ladder["against_book"]):
        rows.append([names[found["id"]], *points(found)])
    return table(rows)


def commits_table() -> str:
    """Write which commit each file is from, and if it was changed."""
    rows = [["File", "Commit", "Code"]]
    for path in sorted(RESULTS.glob("*.json")):
        found = json.loads(path.read_text(encoding="utf-8"))
        commits = found.get("commit", "unknown")
        code = "as committed" if found.get("clean") else "unknown"
        rows.append(
            [path.name, commits, "changed" if "+" in commits else code]
        )
    return table(rows)


def machine_rows(found: dict) -> list[list[str]]:
    """Say what figures were measured on, in lines of a table."""
    hardware, versions = found["hardware"], found["versions"]
    threads = f"{hardware['processor']}, {hardware['threads']} threads"
    return [
        ["What", "Which"],
        ["commit", found["commit"]],
        ["processor", threads],
        ["versions", ", ".join(" ".join(pair) for pair in versions.items())],
    ]


def machine_table(ladder: dict) -> str:
    """Write what the ladder was measured on."""
    counts = ladder["reviews"].items()
    reviews = ", ".join(f"{name} {n:,}" for name, n in counts)
    return table([*machine_rows(ladder), ["reviews", reviews]])


def exports_table(exports: dict) -> str:
    """Write what the shipped model loses by its export."""
    rows = [["Form", "MB", "Accuracy", "Verdicts turned", "Reviews a second"]]
    for row in exports["rows"]:
        rows.append(
            [
                row["name"],
                f"{row['bytes'] / 1e6:.1f}",
                share(row["accuracy"]),
                f"{row['turned']} of {exports['reviews']:,}",
                f"{row['reviews_per_second']:,}",
            ]
        )
    return table(rows)


KINDS = {
    "test": "test reviews",
    "snippets_test": "snippets kept apart",
    "probes": "short sentences",
}


def students_table(students: dict) -> str:
    """Write a line for each kind of texts: labels, teachers, a grammar."""
    first, *_, last = students["rows"]
    names = [row["name"].capitalize() for row in students["rows"]]
    rows = [["Texts", "Number", *names, *DIFFERENCE[1:]]]
    for kind, name in KINDS.items():
        runs = [len(row[kind]["runs"]) for row in (first, last)]
        value, *ends = last[kind]["gain"]
        found = {"runs": runs, "difference": value, "interval": ends}
        means = [share(row[kind]["mean"]) for row in students["rows"]]
        count = f"{students['texts'][kind]:,}"
        rows.append([name, count, *means, *points(found)[1:]])
    return table(rows)


def gpu_table(gpu: dict) -> str:
    """Write how long an epoch of the book's model takes on a GPU."""
    lines = [["Way", "First epoch, s", "Second, s", "Loss of the second"]]
    for row in gpu["rows"]:
        low, high = row["spread"]
        lines.append(
            [
                row["name"],
                f"{row['first_seconds']:.1f}",
                f"{row['seconds']:.1f} ({low:.1f} to {high:.1f})",
                f"{row['train_loss']:.3f}",
            ]
        )
    return table(lines)


def gpu_machine_table(gpu: dict) -> str:
    """Write which GPU it was, and how a whole training went on it."""
    whole, tests = gpu["whole"], gpu["tests"]
    best = min(whole["epochs"], key=lambda row: row["validation_loss"])
    return table(
        [
            *machine_rows(gpu),
            ["GPU", f"{gpu['device']}, {gpu['devices']} of them"],
            ["tests marked gpu", f"{tests['passed']} passed"],
            ["a whole training, from texts", f"{whole['seconds']:.0f} s"],
            ["its validation reviews", share(best["validation_accuracy"])],
        ]
    )


def serving_table(serving: dict) -> str:
    """Write how many requests are answered, and how long each takes."""
    lines = [
        ["Clients", "Requests scored", "Requests/s", "p50, ms", "p99, ms"]
    ]
    for row in serving["rows"]:
        way = "as they meet" if row["way"] == "ours" else "one at a time"
        lines.append(
            [
                str(row["clients"]),
                way,
                f"{row['median']:.0f}",
                f"{row['p50_ms']:.1f}",
                f"{row['p99_ms']:.1f}",
            ]
        )
    return table(lines)


def draw(ladder: dict) -> str:
    """Draw the ladder as SVG, the same text for the same figures."""
    settings = {"svg.hashsalt": "ladder", "svg.fonttype": "none"}
    with mpl.rc_context(settings):
        figure, ax = plt.subplots(figsize=(7.2, 5.6), layout="constrained")
        plot_ladder(ladder, ax=ax)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
        plt.close(figure)
    return text.getvalue()


def files(
    ladder: dict, exports: dict, gpu: dict, serving: dict, students: dict
) -> dict[Path, str]:
    """Return what stands in each file that the page reads."""
    return {
        BOOK / "ladder.csv": ladder_table(ladder),
        BOOK / "ladder_price.csv": price_table(ladder),
        BOOK / "which_one.csv": choices_table(ladder, students),
        BOOK / "ladder_differences.csv": differences_table(ladder),
        BOOK / "ladder_book.csv": book_table(ladder),
        BOOK / "ladder_pairs.csv": differences_table(ladder, "pairs"),
        BOOK / "ladder_machine.csv": machine_table(ladder),
        BOOK / "_assets" / "ladder.svg": draw(ladder),
        BOOK / "_assets" / "prices.svg": draw_prices(ladder),
        BOOK / "exports.csv": exports_table(exports),
        BOOK / "gpu.csv": gpu_table(gpu),
        BOOK / "gpu_machine.csv": gpu_machine_table(gpu),
        BOOK / "serving.csv": serving_table(serving),
        BOOK / "students.csv": students_table(students),
        BOOK / "commits.csv": commits_table(),
    }


if __name__ == "__main__":
    names = ("ladder", "exports", "gpu", "serving", "students")
    found = files(*map(read_results, names))
    for path, text in found.items():
        path.write_text(text, encoding="utf-8")
