"""Measure, and draw the page of results again: `make measure WHAT=ladder`.

`python -m benchmarks` lists what can be measured. More words go to what is
named: `python -m benchmarks speed text limit`.
"""

import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.records import RESULTS, ROOT

HERE = Path(__file__).parent
FAMILIES = ("accuracy", "speed", "robustness")
PAGES = ("show_results.py", "show_speed.py")  # of book/tools


class Driver(NamedTuple):
    """A module that can be run, and its docstring's first line."""

    name: str
    module: str
    purpose: str


def drivers() -> dict[str, Driver]:
    """Find, by name, the modules that have a `main`; none is imported."""
    paths = [
        path
        for family in FAMILIES
        for path in sorted((HERE / family).glob("*.py"))
    ]
    return {found.name: found for found in map(look_into, paths) if found}


def look_into(path: Path) -> Driver | None:
    """Describe a module that has a `main`.

    The `__main__` of a family runs the family, and has its name.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    if "main" not in [getattr(each, "name", "") for each in tree.body]:
        return None
    place = path.parent if path.stem == "__main__" else path.with_suffix("")
    module = ".".join(place.relative_to(ROOT).parts)
    purpose = ast.get_docstring(tree).splitlines()[0]
    return Driver(place.name, module, purpose)


def results() -> dict[Path, bytes]:
    """Read all that is in `results/`, to see later what has changed."""
    return {path: path.read_bytes() for path in RESULTS.glob("*.json")}


def run(*command: object) -> int:
    """Run Python on something, in the repository; return its exit code."""
    return subprocess.run([sys.executable, *command], cwd=ROOT).returncode


def main(words: Sequence[str]) -> int:
    """Run what the first word names, or list what there is.

    Args:
        words: A name, and what is passed on.

    Returns:
        The exit code: that of the driver, or 2 if there is none.
    """
    found = drivers()
    if not words:
        width = max(map(len, found))
        for name, driver in found.items():
            print(f"{name:{width}}  {driver.purpose}")
        return 0
    name, *others = words
    if name not in found:
        print(
            f"no '{name}'. Expected one of: {', '.join(found)}.",
            file=sys.stderr,
        )
        return 2
    before = results()
    code = run("-m", found[name].module, *others)
    if results() != before:
        for page in PAGES:
            drawn = run(ROOT / "book" / "tools" / page)
            code = code or drawn
    return code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
