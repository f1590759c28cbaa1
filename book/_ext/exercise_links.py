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


def is_cell(node: nodes.Node) -> bool:
    """Tell whether a part of a page is a code cell with its output."""
    return isinstance(node, nodes.container) and "cell" in node["classes"]


def add_links(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the links of each exercise between its task and its cell."""
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
        line = nodes.paragraph("", "", classes=["exercise-links"])
        cell = f"{colab}#scrollTo={cells[said[1]]}"
        line += nodes.reference("", "Solve it in Colab", refuri=cell)
        line += nodes.Text(" · ")
        anchor = section_id(solved, f"Exercise {said[1]}")
        line += link("One solution", f"{page}#{anchor}")
        for place in range(task.parent.index(task), len(task.parent)):
            if is_cell(task.parent[place]):
                task.parent.insert(place, line)
                break


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", add_links)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
