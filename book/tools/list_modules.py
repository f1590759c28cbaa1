"""Write the lists of modules: README's table and the page on the package.

The package's docstring has the one list; what a module is for and which
chapters build it is said by its own docstrings. Nothing is imported.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "imdbtutor"
ALONE = ("runtime", "checks")  # of no stage
TABLE = re.compile(
    r"(?<=<!-- modules -->\n).*(?=<!-- end of modules -->)", re.S
)
# scikit-learn gives these to every estimator.
REQUESTS = [
    f"set_{what}_request"
    for what in ("fit", "predict", "predict_proba", "score", "transform")
]
HEAD = """\
# The package

Everything the chapters build stands in the package `imdbtutor`: a folder for
each stage that a review passes through, a module for each job. A module
imports only from stages before its own. The last line of an entry names the
chapter that builds it in plain view.
"""
CHECKS = """
## `checks`

Every chapter's exercises are checked by these. One module a chapter, such as
`imdbtutor.checks.chapter_06`, holds what is asked; `stages` and `values` hold
what they share.

```{eval-rst}
.. automodule:: imdbtutor.checks
   :members:
   :exclude-members: exercise, passed, message

.. automodule:: imdbtutor.checks.stages
   :members:

.. automodule:: imdbtutor.checks.values
   :members:
```
"""


def read(name: str) -> ast.Module:
    """Parse a module, or a folder's `__init__`, by its dotted name."""
    path = PACKAGE / name.replace(".", "/")
    path = path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
    return ast.parse(path.read_text(encoding="utf-8"))


def stages() -> dict[str, list[str]]:
    """Return the stages and their modules, as the package lists them."""
    text = ast.get_docstring(read("")) or ""
    listed = re.findall(r"^- `(\w+)`: ((?:.+\n)(?:  .+\n)*)", text, re.M)
    return {stage: re.findall(r"\w+", names) for stage, names in listed}


def modules() -> Iterator[str]:
    """Yield every module's dotted name, in the order of the book."""
    yield "runtime"
    for stage, names in stages().items():
        yield from (f"{stage}.{name}" for name in names)
    yield "checks"


def purpose(name: str) -> str:
    """Return the first sentence of a module's docstring."""
    return (ast.get_docstring(read(name)) or "").splitlines()[0]


def chapters(name: str) -> list[int]:
    """Return the chapters that build a module, else those that use it."""
    docs = [
        ast.get_docstring(node) or ""
        for node in (read(name), *read(name).body)
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef)
    ]
    for word in ("Built", "Used"):
        found = re.findall(
            rf"{word} in chapter (\d+)\.$", "\n".join(docs), re.M
        )
        if found:
            return sorted({int(number) for number in found})
    return []


def table() -> str:
    """Write README's table: a line a module."""
    lines = ["| module | what it is for | chapter |", "|---|---|---|"]
    for name in modules():
        numbers = (
            "all" if name in ALONE else ", ".join(map(str, chapters(name)))
        )
        place = name.replace(".", "/")
        lines.append(f"| `{place}` | {purpose(name)} | {numbers} |")
    return "\n".join(lines) + "\n"


def hidden(name: str) -> list[str]:
    """Name the members that other libraries add, which say nothing here."""
    found = []
    for node in read(name).body:
        bases = {ast.unparse(base) for base in getattr(node, "bases", [])}
        if "NamedTuple" in bases:
            fields = [f for f in node.body if isinstance(f, ast.AnnAssign)]
            found += [field.target.id for field in fields]
        if "BaseEstimator" in bases:
            found += REQUESTS
        if "BaseModel" in bases and "model_config" not in found:
            found.append("model_config")
    return found


def link(number: int) -> str:
    """Write a link to a chapter."""
    (path,) = (ROOT / "notebooks").glob(f"{number:02}_*.ipynb")
    return f"[chapter {number}](../notebooks/{path.name})"


def entry(name: str, level: str = "###") -> str:
    """Write a module's part of the page."""
    links = ", ".join(map(link, chapters(name)))
    lines = [f"\n{level} `{name}`", "", f"See {links}.", "", "```{eval-rst}"]
    lines += [f".. automodule:: imdbtutor.{name}", "   :members:"]
    if hidden(name):
        lines.append(f"   :exclude-members: {', '.join(hidden(name))}")
    return "\n".join([*lines, "```", ""])


def page() -> str:
    """Write the page on the package."""
    parts = [HEAD, entry("runtime", "##")]
    for stage, names in stages().items():
        parts.append(f"\n## `{stage}`\n\n{purpose(stage)}\n")
        parts += [entry(f"{stage}.{name}") for name in names]
    return "".join([*parts, CHECKS])


def files() -> dict[Path, str]:
    """Return what stands in each file that has a list of modules."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    return {
        readme: TABLE.sub(lambda _: table(), text),
        ROOT / "book" / "api.md": page(),
    }
