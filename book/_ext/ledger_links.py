"""Lead from a line of the ledger to the section that has its code.

A line names chapters. Where one section of a chapter has more of the line's
code than any other, the link leads there, else to the chapter's beginning.
"""

import re

from chapters import AFTER, chapters, title
from docutils import nodes
from sphinx.application import Sphinx

LEDGER = "book/ledger"


def names(line: nodes.row) -> set[str]:
    """Return the names in a line's code, the short ones left out."""
    code = " ".join(each.astext() for each in line.findall(nodes.literal))
    return set(re.findall(r"[A-Za-z_]\w{3,}", code))


def best_section(chapter: nodes.document, wanted: set[str]) -> str:
    """Return the id of the section with most of some names, if it is one."""
    counts = {}
    top = next(chapter.findall(nodes.section))
    for section in top.children:
        if isinstance(section, nodes.section) and title(section) not in AFTER:
            there = set(re.findall(r"\w+", section.astext()))
            counts[section["ids"][0]] = len(wanted & there)
    ranked = sorted(counts.values(), reverse=True)
    if len(ranked) < 2 or ranked[0] == ranked[1]:
        return ""
    return max(counts, key=counts.get)


def link_lines(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Give the links of the ledger's lines a section, where there is one."""
    if docname != LEDGER or app.builder.format != "html":
        return
    pages = {
        app.builder.get_relative_uri(LEDGER, name): name
        for name in chapters(app.env).values()
    }
    for line in doctree.findall(nodes.row):
        for reference in line.findall(nodes.reference):
            name = pages.get(reference.get("refuri"))
            if name:
                chapter = app.env.get_doctree(name)
                place = best_section(chapter, names(line))
                if place:
                    reference["refuri"] += f"#{place}"


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, once references have their addresses."""
    app.connect("doctree-resolved", link_lines)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
