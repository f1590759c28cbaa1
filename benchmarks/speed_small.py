"""Small pieces of the package, as pytest-benchmark measures them."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import small
from measuring import row


def measure() -> list[dict]:
    """Run `small.py`, and turn its medians and quartiles into rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "small.json"
        command = [sys.executable, "-m", "pytest", "-q", small.__file__]
        command += [f"--benchmark-json={path}", "--benchmark-warmup=on"]
        subprocess.run(command, check=True)
        found = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    rows = []
    for each in found:
        name = each["name"].removeprefix("test_")
        times = [1_000 * spent for spent in each["stats"]["data"]]
        what = getattr(small, each["name"]).__doc__.removesuffix(".")
        rows.append(row(f"small.{name}", what, times, "ms"))
    return rows
