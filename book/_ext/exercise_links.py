"""Give each exercise a link to its cell in Colab, and one to its solution."""

import json
import re
from pathlib import Path

from chapters import link, number, section_id
from docutils import nodes
from sphinx.application import Sphinx

EXERCISE = re.compile(r"Exercise (\d\d\.\d+)\.")
COLAB = "https://colab.research.google.com/"


def code_cells(notebook: Path) -> dict[str, str]:
    """Return, for each exercise, the id of the cell to complete."""
    found, exercise = {}, ""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "code" and exercise:
            found[exercise] = cell["id"]
        said = EXERCISE.match("".join(cell["source"]).lstrip("*"))
        is_task = cell["cell_type"] == "markdown" and said
        exercise = said[1] if is_task else ""
    return found


def is_end_of_hint(node: nodes.Node) -> bool:
    """Tell whether a part of a page ends what unfolds."""
    return isinstance(node, nodes.raw) and "</details>" in node.astext()


def add_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """End each hint with a link to a solution; below it, one to Colab."""
    if number(docname) is None or app.builder.format != "html":
        return
    colab = next(
        reference["refuri"]
        for reference in doctree.findall(nodes.reference)
        if reference.get("refuri", "").startswith(COLAB)
    )
    cells = code_cells(Path(app.srcdir, f"{docname}.ipynb"))
    solutions = docname.replace("notebooks/", "notebooks/solutions/")
    solved = app.env.get_doctree(solutions)
    page = app.builder.get_relative_uri(docname, solutions)
    for task in list(doctree.findall(nodes.paragraph)):
        said = EXERCISE.match(task.astext())
        if not said or said[1] not in cells:
            continue
        cell = f"{colab}#scrollTo={cells[said[1]]}"
        anchor = section_id(solved, f"Exercise {said[1]}")
        solve = nodes.reference("", "Solve it in Colab", refuri=cell)
        for place in range(task.parent.index(task), len(task.parent)):
            if is_end_of_hint(task.parent[place]):
                solution = link("One solution", f"{page}#{anchor}")
                task.parent.insert(place, line_of(solution))
                task.parent.insert(place + 2, line_of(solve))
                break


def line_of(reference: nodes.Node) -> nodes.paragraph:
    """Return a line with a link."""
    return nodes.paragraph("", "", reference, classes=["exercise-links"])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
