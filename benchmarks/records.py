"""What is measured goes to `results/`, with what it was measured on."""

import importlib.metadata
import json
import os
import platform
import subprocess
from collections.abc import Sequence
from pathlib import Path

import torch

from imdbtutor.runtime import whole_file

ROOT = Path(__file__).parents[1]
RESULTS = ROOT / "results"
PACKAGES = ("torch", "numpy", "scipy", "scikit-learn", "nltk")


def describe_machine() -> dict:
    """Return the commit, the hardware and the versions of a measurement."""
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    return {
        "commit": _commit(),
        "hardware": {
            "processor": _processor(),
            "cores": os.cpu_count(),
            "threads": torch.get_num_threads(),
        },
        "versions": {"python": platform.python_version()} | versions,
    }


def peak_mb() -> float:
    """Return the most memory that this process has held, in MB.

    `ru_maxrss` would do, but on Linux it begins at what the process that
    started this one has held.
    """
    path = Path("/proc/self/status")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    import resource  # not on Windows

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _commit() -> str:
    """Return the commit; a "+" says that files differ from it."""
    command = ["git", "describe", "--always", "--dirty=+", "--exclude=*"]
    try:
        found = subprocess.run(
            command,
            cwd=ROOT,
            capture_output=True,
            encoding="utf-8",
            check=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return found.stdout.strip()


def _processor() -> str:
    """Return the processor's name, where the system tells it."""
    path = Path("/proc/cpuinfo")
    if path.exists():
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def write_json(path: Path, found: dict | list, indent: int | None = 2) -> None:
    """Write a file of results, whole or not at all."""
    text = json.dumps(found, indent=indent) + "\n"
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8")


def describe_runs(runs: Sequence[dict]) -> dict:
    """Say what the runs were made with: commits, hardware and versions.

    Where runs differ, a value names all there are. Runs made before they
    kept this are left out; if all are such, it is this machine's.
    """
    machines = [run["machine"] for run in runs if "machine" in run]
    return merge(machines or [describe_machine()])


def merge(values: Sequence) -> object:
    """Make one of like values: dictionaries key by key, others if equal."""
    if isinstance(values[0], dict):
        return {
            key: merge([each[key] for each in values]) for key in values[0]
        }
    distinct = list(dict.fromkeys(values))
    return distinct[0] if len(distinct) == 1 else "; ".join(map(str, distinct))
