"""Run the tests on each Python, with old and new packages, row by row.

Run `make measure WHAT=python_matrix`. A session that has its row is not run
again, unless you name it: `python -m benchmarks python_matrix
"tests-3.12(oldest)"`. Writes `results/matrix.json`. An environment takes up to
6 GB and is removed when its row is there.
"""

import importlib.metadata
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree

from rich.console import Console
from rich.table import Table

from benchmarks.records import (
    RESULTS,
    ROOT,
    add_to,
    describe_machine,
    write_json,
)

TARGET = RESULTS / "matrix.json"
WORK = ROOT / ".cache" / "matrix"
NOX = (sys.executable, "-m", "nox", "--noxfile", str(ROOT / "noxfile.py"))
SHOWN = ("torch", "numpy", "pandas")
FREE = 25e9  # bytes on the disk before a row is begun
console = Console()


def sessions() -> list[dict]:
    """Return what the noxfile has: its sessions' names, and their columns."""
    found = subprocess.check_output([*NOX, "--list", "--json"])
    return [
        {
            "session": one["session"],
            "columns": {"python": one["python"], **one["call_spec"]},
        }
        for one in json.loads(found)
    ]


def wanted(
    known: list[dict], rows: list[dict], asked: Sequence[str]
) -> list[dict]:
    """Return the sessions to run: those asked for, or those without a row."""
    unknown = set(asked) - {one["session"] for one in known}
    if unknown:
        sys.exit(f"no session {sorted(unknown)}; nox --list names them all.")
    if asked:
        return [one for one in known if one["session"] in asked]
    return [
        one
        for one in known
        if not any(one["columns"].items() <= row.items() for row in rows)
    ]


def counts(report: Path) -> dict[str, int]:
    """Read from pytest's report how many tests ended in which way."""
    suite = ElementTree.parse(report).getroot().find("testsuite")
    number = {kind: int(suite.get(kind)) for kind in ("tests", "skipped")}
    failed = int(suite.get("failures")) + int(suite.get("errors"))
    return {
        "passed": number["tests"] - failed - number["skipped"],
        "failed": failed,
        "skipped": number["skipped"],
        "seconds": round(float(suite.get("time"))),
    }


def versions(environments: Path) -> dict[str, str]:
    """Return the versions of the packages that a row shows."""
    places = [str(path) for path in environments.glob("**/site-packages")]
    found = importlib.metadata.distributions(path=places)
    installed = {one.name.lower(): one.version for one in found}
    return {name: installed[name] for name in SHOWN}


def measure(session: dict) -> dict | None:
    """Run one session in a new environment, and remove that.

    Args:
        session: One of `sessions()`.

    Returns:
        Its row, or `None` where its Python was not found.

    Raises:
        RuntimeError: If the tests did not run to their end.
    """
    environments, report = WORK / "environments", WORK / "report.xml"
    report.unlink(missing_ok=True)
    command = [*NOX, "--envdir", environments, "--session", session["session"]]
    command += ["--no-error-on-missing-interpreters"]
    try:
        run = subprocess.run([*command, "--", f"--junit-xml={report}"])
        if report.exists():
            found = versions(environments) | counts(report)
            return session["columns"] | found
        if run.returncode:
            raise RuntimeError(f"{session['session']} was not tested")
        return None
    finally:
        shutil.rmtree(environments, ignore_errors=True)


def make_room() -> None:
    """Forget downloads when the disk is filling; stop when it is full."""
    if shutil.disk_usage(ROOT).free < FREE:
        shutil.rmtree(WORK / "uv", ignore_errors=True)
    if shutil.disk_usage(ROOT).free < FREE:
        sys.exit(f"less than {FREE / 1e9:.0f} GB are free; make room first.")


def show(rows: list[dict]) -> None:
    """Print the table."""
    table = Table(*rows[0], title="the package's tests")
    for row in rows:
        table.add_row(*map(str, row.values()))
    console.print(table)


def main(asked: Sequence[str] = ()) -> None:
    """Run the sessions without a row, or those named; keep each row."""
    done = json.loads(TARGET.read_text("utf-8")) if TARGET.exists() else {}
    rows = done.get("rows", [])
    machine = describe_machine()
    made = add_to(done, {key: machine[key] for key in ("commit", "clean")})
    WORK.mkdir(parents=True, exist_ok=True)
    os.environ["UV_CACHE_DIR"] = str(WORK / "uv")
    for session in wanted(sessions(), rows, asked):
        make_room()
        row = measure(session)
        if row is None:
            console.print(f"{session['session']}: its Python is not here")
            continue
        columns = session["columns"].items()
        rows = [old for old in rows if not columns <= old.items()] + [row]
        rows.sort(key=lambda row: (row["python"], row["dependencies"]))
        write_json(TARGET, made | {"rows": rows})
    if rows:
        show(rows)
    sys.exit(any(row["failed"] for row in rows))


if __name__ == "__main__":
    main(sys.argv[1:])
