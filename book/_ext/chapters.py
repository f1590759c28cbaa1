"""Which pages are chapters, and where their parts stand.

Several extensions of this folder ask; none of them changes a notebook.
"""

import re
from collections.abc import Iterator

from docutils import nodes
from sphinx.environment import BuildEnvironment

CHAPTER = re.compile(r"notebooks/(\d\d)_\w+")
FRONT = "book/index"
# What follows the lesson: nothing is taught in it for the first time.
AFTER = {"Summary", "Questions", "Exercises", "Where to read on"}


def number(docname: str) -> int | None:
    """Return a chapter's number, None for any other page."""
    found = CHAPTER.fullmatch(docname)
    return int(found[1]) if found else None


def chapters(env: BuildEnvironment) -> dict[int, str]:
    """Return the name of every chapter's page, by its number."""
    found = {number(docname): docname for docname in sorted(env.found_docs)}
    found.pop(None, None)
    return found


def title(section: nodes.Element) -> str:
    """Return the title of a section, or nothing."""
    at = section.first_child_matching_class(nodes.title)
    return "" if at is None else section[at].astext()


def section_of(node: nodes.Node) -> nodes.section | None:
    """Return the smallest section that a part of a page stands in."""
    while node is not None and not isinstance(node, nodes.section):
        node = node.parent
    return node


def lesson(doctree: nodes.document) -> Iterator[nodes.paragraph]:
    """Yield the paragraphs of a chapter up to its summary, without its box."""
    for paragraph in doctree.findall(nodes.paragraph):
        around, inside = paragraph.parent, True
        while around is not None and inside:
            inside = not isinstance(around, nodes.Admonition) and not (
                isinstance(around, nodes.section) and title(around) in AFTER
            )
            around = around.parent
        if inside:
            yield paragraph


def section_id(doctree: nodes.document, wanted: str) -> str:
    """Return the id of the section with a title; empty if there is none."""
    for section in doctree.findall(nodes.section):
        if title(section).lower() == wanted.lower():
            return section["ids"][0]
    return ""


def link(text: str, address: str, *classes: str) -> nodes.reference:
    """Make a link to an address, relative to the page that it stands on."""
    return nodes.reference(
        "", text, refuri=address, internal=True, classes=list(classes)
    )
