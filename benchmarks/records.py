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
# What a measurement runs. Results and pages change while it runs.
CODE = (
    "imdbtutor",
    "benchmarks",
    "notebooks",
    "tests",
    "book/tools",
    "requirements.txt",
)


def describe_machine() -> dict:
    """Return the commit, the hardware and the versions of a measurement.

    `clean` says whether the code was that of the commit.
    """
    versions = {name: importlib.metadata.version(name) for name in PACKAGES}
    commit = _commit()
    return {
        "commit": commit,
        "clean": is_clean(commit),
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


def add_to(found: dict, machine: dict) -> dict:
    """Describe a file of which parts are kept and others measured here.

    Args:
        found: What the file held before, or `{}`.
        machine: What the new parts are measured with.
    """
    if not found:
        return machine
    before = {key: found.get(key, "unknown") for key in machine}
    return merge_machines([before, machine])


def is_clean(commits: str) -> bool:
    """Tell whether commits are known, and nothing was changed in any."""
    return "+" not in commits and "unknown" not in commits


def _commit() -> str:
    """Return the commit; a "+" says that the code differs from it."""
    try:
        commit = ask_git("rev-parse", "--short", "HEAD")
        changed = ask_git("status", "--porcelain", "--", *CODE)
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return f"{commit}+" if changed else commit


def ask_git(*words: str) -> str:
    """Ask git about the repository; return what it says."""
    command = ["git", "-C", ROOT, *words]
    found = subprocess.run(
        command, capture_output=True, encoding="utf-8", check=True
    )
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

    Where runs differ, a value names all there are. Of runs made before they
    kept this, the commit is unknown; if all are such, hardware and versions
    are this machine's.
    """
    machines = [run["machine"] for run in runs if "machine" in run]
    unknown = {"commit": "unknown"}
    commit = merge([run.get("machine", unknown)["commit"] for run in runs])
    found = merge_machines(machines or [describe_machine()])
    return found | {"commit": commit, "clean": is_clean(commit)}


def merge_machines(machines: Sequence[dict]) -> dict:
    """Make one of what several runs were made with; say if all are clean."""
    found = merge(
        [
            {key: value for key, value in machine.items() if key != "clean"}
            for machine in machines
        ]
    )
    commit = found["commit"]
    return {"commit": commit, "clean": is_clean(commit)} | found


def merge(values: Sequence) -> object:
    """Make one of like values: dictionaries key by key, others if equal."""
    if isinstance(values[0], dict):
        return {
            key: merge([each[key] for each in values]) for key in values[0]
        }
    distinct = list(dict.fromkeys(values))
    if len(distinct) == 1:
        return distinct[0]
    parts = [part for each in distinct for part in str(each).split("; ")]
    return "; ".join(dict.fromkeys(parts))
