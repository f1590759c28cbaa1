"""Which modules get small mistakes, and which tests should notice them."""

import ast
from functools import cache
from pathlib import Path

from benchmarks.records import ROOT

# Folders and modules.
WHOLE = (
    *("imdbtutor.data.batches", "imdbtutor.data.streams"),
    *("imdbtutor.data.vocab", "imdbtutor.models", "imdbtutor.training"),
    *("imdbtutor.evaluation", "imdbtutor.inference.classifier"),
    *("benchmarks.records", "benchmarks.accuracy.intervals"),
    *("benchmarks.accuracy.ladder", "benchmarks.accuracy.runs"),
    *("benchmarks.accuracy.mistake_costs", "benchmarks.accuracy.mistakes"),
    "benchmarks.speed.timing",
)
# Of modules that measure, what works out a figure from what was measured.
PARTS = {
    "benchmarks.speed.batching": ("Trainer", "share_of_padding", "way_row"),
    "benchmarks.speed.growth": ("grown", "size_row", "peak_row"),
    "benchmarks.speed.limit": (
        *("arithmetic", "matmul_rate", "limit_rows", "change_rows"),
    ),
    "benchmarks.speed.time_to_accuracy": ("Race", "recipe_rows"),
}
TESTS = ("package", "benchmarks", "robustness")  # folders


def modules() -> dict[str, tuple[str, ...]]:
    """Map every module's name to the functions to keep to; none means all."""
    found = {}
    for name, functions in {**dict.fromkeys(WHOLE, ()), **PARTS}.items():
        paths = sorted(ROOT.joinpath(*name.split(".")).glob("[!_]*.py"))
        for each in [f"{name}.{path.stem}" for path in paths] or [name]:
            found[each] = functions
    return found


def source_of(module: str) -> Path:
    """Return where a module stands in the repository, or a copy of it."""
    return Path(*module.split(".")).with_suffix(".py")


@cache
def imported(path: Path) -> set[str]:
    """Return the full names of what a file imports."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module}
            names |= {f"{node.module}.{each.name}" for each in node.names}
    return names


def tests_of(module: str) -> list[str]:
    """Return the files of tests that import a module, its own file first."""
    paths = [
        path.relative_to(ROOT)
        for folder in TESTS
        for path in sorted((ROOT / "tests" / folder).glob("**/test_*.py"))
        if module in imported(path)
    ]
    own = f"test_{module.split('.')[-1].strip('_')}"
    return [str(path) for path in sorted(paths, key=lambda p: p.stem != own)]
