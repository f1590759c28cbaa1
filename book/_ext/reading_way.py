"""Say below a chapter's title where it stands, and how long it takes."""

import sys
from pathlib import Path

from chapters import FRONT, chapters, link, number, section_id
from docutils import nodes
from sphinx.application import Sphinx

# The road map says the same of each chapter, and reads it from there.
sys.path.append(str(Path(__file__).parents[1] / "tools"))
from list_chapters import times


def show_way(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the line below the title of a chapter."""
    here = number(docname)
    if here is None or app.builder.format != "html":
        return
    road = section_id(app.env.get_doctree(FRONT), "The road map")
    address = app.builder.get_relative_uri(docname, FRONT)
    taken = times(Path(app.env.doc2path(docname)))
    # No paragraph: the first of a page is what tells of it elsewhere.
    line = nodes.line("", "", classes=["way"])
    line += nodes.Text(f"Chapter {here} of {len(chapters(app.env))} · ")
    line += nodes.Text(f"about {taken} · ")
    line += link("Road map", f"{address}#{road}" if road else address)
    section = next(doctree.findall(nodes.section))
    section.insert(section.first_child_matching_class(nodes.title) + 1, line)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("doctree-resolved", show_way)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
