"""Measure how fast the book's code is, beside what others do.

Run `make measure WHAT=speed`. Each part measures in a process of its own,
within which all that is compared takes turns; `results/speed.json` is written
after each. `python -m benchmarks speed text limit` measures these parts only,
and keeps the other rows.
"""

import importlib
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.records import (
    RESULTS,
    ROOT,
    add_to,
    describe_machine,
    write_json,
)

TARGET = RESULTS / "speed.json"
PARTS = (  # the modules, in the order of their rows
    "microbench",
    "text",
    "batching",
    "limit",
    "inference",
    "growth",
    "time_to_accuracy",
    "book",
)
COMPARED = ("tokenizers", "onnxruntime", "pytest-benchmark")
console = Console()


def run_part(part: str) -> list[dict]:
    """Measure a part in another process."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.json"
        command = [sys.executable, "-m", "benchmarks.speed"]
        subprocess.run([*command, "--part", part, path], cwd=ROOT, check=True)
        return json.loads(path.read_text(encoding="utf-8"))


def write_part(part: str, path: Path) -> None:
    """Measure a part here, and write its rows."""
    rows = importlib.import_module(f"benchmarks.speed.{part}").make_rows()
    write_json(path, [{"part": part} | row for row in rows])


def put_together(
    found: dict, machine: dict, part: str, rows: list[dict]
) -> dict:
    """Put a part's new rows in the place of its old ones.

    Args:
        found: What was measured before, or `{}`.
        machine: What the rows were measured on.
        part: The part's name.
        rows: Its rows.

    Returns:
        All rows in the order of `PARTS`.
    """
    kept = [row for row in found.get("rows", []) if row["part"] != part]
    together = sorted(kept + rows, key=lambda row: PARTS.index(row["part"]))
    return machine | {"rows": together}


def show(rows: list[dict]) -> None:
    """Print the rows that have a goal."""
    table = Table("what", "against", "ratio", "median", "goal", "met")
    for each in rows:
        if each["goal"]:
            ratio = "" if each["ratio"] is None else f"{each['ratio']:.3g}"
            table.add_row(
                each["what"],
                each["against"] or "",
                ratio,
                f"{each['median']:,.4g} {each['unit']}",
                each["goal"],
                "yes" if each["met"] else "no",
            )
    console.print(table)


def main(parts: Sequence[str]) -> None:
    """Measure the parts given, or all."""
    for part in parts:
        if part not in PARTS:
            sys.exit(f"no '{part}'. Expected some of: {', '.join(PARTS)}.")
    found, began, machine = {}, time.perf_counter(), describe_machine()
    machine["versions"] |= {name: version(name) for name in COMPARED}
    if parts:
        found = json.loads(TARGET.read_text(encoding="utf-8"))
        machine = add_to(found, machine)
    for part in parts or PARTS:
        started = time.perf_counter()
        console.rule(part)
        found = put_together(found, machine, part, run_part(part))
        write_json(TARGET, found)
        console.print(f"{part}: {time.perf_counter() - started:.0f} s")
    show(found["rows"])
    console.print(f"all: {(time.perf_counter() - began) / 60:.0f} minutes")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--part"]:
        write_part(sys.argv[2], Path(sys.argv[3]))
    else:
        main(sys.argv[1:])
