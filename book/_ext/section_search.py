"""Write the sections of all pages as a script, for the page that searches.

Sphinx's own search finds pages, not sections, and fetches each page that it
finds to show a part of it, which no browser does from a disk.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path

from chapters import AFTER, number, title
from docutils import nodes
from sphinx.application import Sphinx

TARGET = Path("_static", "search", "sections.js")
# How much a find counts: chapters first, what is long and dry last.
WEIGHTS = {"book/api": 0.25, "book/ledger": 0.3, "book/references": 0.2}
SOLUTION, PAGE, ASKED = 0.3, 0.7, 0.6
MARKUP = re.compile("<svg.*?</svg>|<[^>]+>", re.S)

# What is a find of its own, and what nobody reads.
ELSEWHERE = (nodes.section, nodes.title, nodes.Invisible)
LEFT_OUT = {"cell_output", "glossary"}


def weight(docname: str, heading: str) -> float:
    """Return how much a find counts: 1 where a chapter teaches."""
    if number(docname):
        return ASKED if heading in AFTER else 1
    if "/solutions/" in docname:
        return SOLUTION
    return WEIGHTS.get(docname, PAGE)


def classes(node: nodes.Node) -> list[str]:
    """Return the classes of a part of a page; a text has none."""
    return node["classes"] if isinstance(node, nodes.Element) else []


def words(node: nodes.Node, *, code: bool) -> str:
    """Return the code, or all but the code, of a section's own part."""
    if isinstance(node, ELSEWHERE) or LEFT_OUT.intersection(classes(node)):
        return ""
    if isinstance(node, nodes.raw):
        return "" if code else MARKUP.sub(" ", node.astext())
    if isinstance(node, nodes.literal_block):
        return node.astext() if code else ""
    if isinstance(node, nodes.TextElement):
        return "" if code else node.astext()
    return " ".join(words(child, code=code) for child in node.children)


def sections(app: Sphinx, doctree: nodes.document, docname: str) -> Iterator:
    """Yield the sections of a page, and the entries if it is the glossary."""
    page = app.builder.get_target_uri(docname)
    name = title(next(doctree.findall(nodes.section)))
    if number(docname):
        name = f"{number(docname)}. {name}"
    for section in doctree.findall(nodes.section):
        at_top = section.parent is doctree
        yield {
            "title": name if at_top else title(section),
            "page": name,
            "address": page if at_top else f"{page}#{section['ids'][0]}",
            "weight": weight(docname, title(section)),
            "text": squeeze(section, code=False),
            "code": squeeze(section, code=True),
        }
    for term in doctree.findall(nodes.term):
        if docname == "book/glossary":
            yield {
                "title": term.astext(),
                "page": name,
                "address": f"{page}#{term['ids'][0]}",
                "weight": weight(docname, ""),
                "text": " ".join(term.parent[-1].astext().split()),
                "code": "",
            }


def squeeze(section: nodes.section, *, code: bool) -> str:
    """Return the words of a section on one line."""
    parts = [words(child, code=code) for child in section.children]
    return " ".join(" ".join(parts).split())


def collect(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Keep the sections of a page."""
    if app.builder.name == "html":
        app.searched[docname] = list(sections(app, doctree, docname))


def write(app: Sphinx, failure: Exception | None) -> None:
    """Write what was kept, as a script: a page on a disk may load no data."""
    if failure or app.builder.name != "html":
        return
    found = [
        section
        for name in sorted(app.searched)
        for section in app.searched[name]
    ]
    target = Path(app.outdir, TARGET)
    target.parent.mkdir(exist_ok=True)
    text = json.dumps(found, ensure_ascii=False, separators=(",", ":"))
    target.write_text(f"const SECTIONS = {text};\n", encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, before others add to a page."""
    app.searched = {}
    app.connect("doctree-resolved", collect, priority=100)
    app.connect("build-finished", write)
    return {"parallel_read_safe": True, "parallel_write_safe": False}
