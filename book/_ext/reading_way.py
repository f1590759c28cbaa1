"""Say below a chapter's title where it stands, and how long it takes."""

import re

from chapters import (
    FRONT,
    chapters,
    lesson,
    link,
    number,
    section_id,
)
from docutils import nodes
from sphinx.application import Sphinx

# What is read in a minute; told in `how_to_read.md`.
WORDS, LINES = 200, 20
RUNNING = re.compile(r"bout (\d+|a) (second|minute)(s?) of running time")


def reading_minutes(doctree: nodes.document) -> int:
    """Work out how long a chapter's lesson takes to read, with its code."""
    words = sum(len(each.astext().split()) for each in lesson(doctree))
    code = [
        cell
        for cell in doctree.findall(nodes.literal_block)
        if "cell_input" in cell.parent.get("classes", [])
    ]
    lines = sum(len(each.astext().splitlines()) for each in code)
    return max(1, round(words / WORDS + lines / LINES))


def running_time(doctree: nodes.document) -> str:
    """Read from a chapter's box how long it runs, if it says so."""
    for box in doctree.findall(nodes.Admonition):
        found = RUNNING.search(" ".join(box.astext().split()))
        if found:
            return f", {found[1]} {found[2]}{found[3]} to run"
    return ""


def show_way(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Put the line below the title of a chapter."""
    here = number(docname)
    if here is None or app.builder.format != "html":
        return
    road = section_id(app.env.get_doctree(FRONT), "The road map")
    address = app.builder.get_relative_uri(docname, FRONT)
    minutes = reading_minutes(doctree)
    taken = f"{minutes} minutes to read{running_time(doctree)}"
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
