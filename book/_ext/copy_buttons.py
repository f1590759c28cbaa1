"""Mark the code that gets a button to copy it.

Each button is a stop of the Tab key. Nobody copies an output, or a few lines
that look at something, and an exercise has a link that opens it in Colab.
"""

from chapters import title
from docutils import nodes
from sphinx.application import Sphinx

LINES = 6  # of a cell, at least


def is_worth_copying(code: nodes.literal_block) -> bool:
    """Tell whether a reader may want to have this code."""
    around, in_a_cell = code.parent, False
    while around is not None:
        classes = around.get("classes", [])
        if "cell_output" in classes or title(around) == "Exercises":
            return False
        in_a_cell = in_a_cell or "cell_input" in classes
        around = around.parent
    return not in_a_cell or len(code.astext().splitlines()) >= LINES


def mark(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Mark it on a page; `copybutton_selector` looks for the mark."""
    for code in doctree.findall(nodes.literal_block):
        if is_worth_copying(code):
            code["classes"].append("worth-copying")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", mark)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
