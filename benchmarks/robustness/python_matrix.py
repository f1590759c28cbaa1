"""Run the package's tests on each Python, with old and new dependencies.

Run `make matrix`. It uses the interpreters it finds and says which it did not
find. "oldest" are the lower bounds of `pyproject.toml`, or the lowest versions
above them that have a wheel for that Python. A row that is done is not run
again, unless you name it: `python benchmarks/matrix.py 3.12-oldest`.
Writes `results/matrix.json`. An environment takes up to 6 GB while it is used.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.records import RESULTS, write_json

ROOT = RESULTS.parent
TARGET = RESULTS / "matrix.json"
WORK = ROOT / ".cache" / "matrix"
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
SHOWN = ("torch", "numpy", "pandas")
COUNTED = ("passed", "failed", "skipped")
# What the tests themselves need, in the newest version there is.
TOOLS = ("pytest", "hypothesis", "nbformat", "ipython", "pyyaml")
FREE = 25e9  # bytes on the disk before a row is begun
ASK = "import sys; print('%d.%d' % sys.version_info[:2])"
console = Console()


def candidates(python: str) -> Iterator[Path]:
    """Yield where an interpreter may be: on the path, or with pyenv."""
    named = shutil.which(f"python{python}")
    if named:
        yield Path(named)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv")
    for folder in sorted(pyenv.glob(f"versions/{python}.*"), reverse=True):
        yield from (folder / "bin" / "python", folder / "python.exe")


def find_python(python: str) -> Path | None:
    """Return an interpreter of this version that runs, or `None`."""
    for path in candidates(python):
        try:
            run = subprocess.run([path, "-c", ASK], capture_output=True)
        except OSError:
            continue
        if run.stdout.decode().strip() == python:
            return path
    return None


def python_in(environment: Path) -> Path:
    """Return the interpreter of a virtual environment."""
    if os.name == "nt":
        return environment / "Scripts" / "python.exe"
    return environment / "bin" / "python"


def find_uv() -> str:
    """Return the installer that can also choose the oldest versions."""
    beside = Path(sys.executable).parent
    uv = shutil.which("uv", path=beside) or shutil.which("uv")
    return uv or sys.exit("no 'uv'. Run: pip install uv")


def install(environment: Path, interpreter: Path, resolution: str) -> None:
    """Create an environment: dependencies, what tests need, the package."""
    uv = find_uv()
    pip = [uv, "pip", "install", "--quiet"]
    pip += ["--python", python_in(environment)]
    bounds = ["--resolution", resolution, "--only-binary", ":all:"]
    for command in (
        [uv, "venv", "--quiet", "--python", interpreter, environment],
        [*pip, *bounds, "-r", "pyproject.toml", "--all-extras"],
        [*pip, *TOOLS],
        [*pip, "--no-deps", "--editable", "."],
    ):
        subprocess.run(command, cwd=ROOT, check=True)


def versions(environment: Path) -> dict[str, str]:
    """Return the versions of the packages that a row shows."""
    ask = "import importlib.metadata as m, json, sys; print(json.dumps("
    ask += "{name: m.version(name) for name in sys.argv[1:]}))"
    command = [python_in(environment), "-c", ask, *SHOWN]
    return json.loads(subprocess.check_output(command, encoding="utf-8"))


def run_tests(environment: Path, *, strict: bool) -> dict[str, int]:
    """Run the tests and count how they ended; show what failed.

    Args:
        environment: Where the dependencies are.
        strict: Whether a warning is an error. Old packages warn of the new
            ones that they stand on, and that is not our affair.
    """
    command = [python_in(environment), "-m", "pytest", "-q", "--tb=short"]
    # Without the options of nbval, which runs notebooks.
    command += ["--override-ini=addopts=--strict-markers"]
    command += [] if strict else ["-W", "default", "--disable-warnings"]
    run = subprocess.run(
        [*command, "tests/package"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ | {"OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"},
    )
    if run.returncode:
        console.print(run.stdout[-20_000:], run.stderr, markup=False)
    counts = count(run.stdout)
    if run.returncode not in (0, 1) or not counts["passed"]:
        raise RuntimeError(f"pytest stopped with {run.returncode}")
    return counts


def count(output: str) -> dict[str, int]:
    """Read the last line of pytest: what passed, failed, was skipped."""
    last = (output.splitlines() or [""])[-1]
    found = {kind: number for number, kind in re.findall(r"(\d+) (\w+)", last)}
    counts = {kind: int(found.get(kind, 0)) for kind in COUNTED}
    errors = int(found.get("error", 0)) + int(found.get("errors", 0))
    return counts | {"failed": counts["failed"] + errors}


def measure(python: str, interpreter: Path, dependencies: str) -> dict:
    """Create one environment, run the tests in it, and remove it."""
    environment = WORK / f"{python}-{dependencies}"
    shutil.rmtree(environment, ignore_errors=True)
    try:
        install(environment, interpreter, RESOLUTIONS[dependencies])
        row = {"python": python, "dependencies": dependencies}
        row |= versions(environment)
        started = time.perf_counter()
        row |= run_tests(environment, strict=dependencies == "newest")
        return row | {"seconds": round(time.perf_counter() - started)}
    finally:
        shutil.rmtree(environment, ignore_errors=True)


def make_room() -> None:
    """Forget downloads when the disk is filling; stop when it is full."""
    if shutil.disk_usage(ROOT).free < FREE:
        shutil.rmtree(WORK / "uv", ignore_errors=True)
    if shutil.disk_usage(ROOT).free < FREE:
        sys.exit(f"less than {FREE / 1e9:.0f} GB are free; make room first.")


def wanted(rows: dict[str, dict], asked: list[str]) -> Iterator[tuple]:
    """Yield what is to be run, with its interpreter."""
    for dependencies in RESOLUTIONS:
        for python in PYTHONS:
            name = f"{python}-{dependencies}"
            if name not in (asked or {name} - set(rows)):
                continue
            interpreter = find_python(python)
            if interpreter is None:
                console.print(f"{name}: no Python {python} was found here")
            else:
                yield python, interpreter, dependencies


def show(rows: list[dict]) -> None:
    """Print the table."""
    table = Table(*rows[0], title="the package's tests")
    for row in rows:
        table.add_row(*map(str, row.values()))
    console.print(table)


def main() -> None:
    """Run the rows that are missing or asked for; keep each when done."""
    done = json.loads(TARGET.read_text("utf-8")) if TARGET.exists() else {}
    rows = {
        f"{r['python']}-{r['dependencies']}": r for r in done.get("rows", [])
    }
    WORK.mkdir(parents=True, exist_ok=True)
    os.environ["UV_CACHE_DIR"] = str(WORK / "uv")
    for python, interpreter, dependencies in wanted(rows, sys.argv[1:]):
        make_room()
        row = measure(python, interpreter, dependencies)
        rows[f"{python}-{dependencies}"] = row
        write_json(TARGET, {"rows": [rows[name] for name in sorted(rows)]})
    if rows:
        show([rows[name] for name in sorted(rows)])
    sys.exit(any(row["failed"] for row in rows.values()))


if __name__ == "__main__":
    main()
