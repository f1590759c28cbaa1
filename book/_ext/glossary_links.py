"""Lead from a chapter's terms to the glossary, and back to their sections.

In a chapter, the first time that a term is set in italics or bold it leads to
its entry; in a chapter that the entry names, the first time at all. The entry
leads to the section of that place, not to the top of the chapter.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from chapters import chapters, lesson, link, number, section_of
from docutils import nodes
from sphinx.application import Sphinx

GLOSSARY = "book/glossary"
NO_PLACE = (nodes.reference, nodes.literal, nodes.math, nodes.title)


class Term(NamedTuple):
    """A term of the glossary: its word, its anchor, the chapters it names."""

    word: str
    anchor: str
    chapters: frozenset[int]

    def pattern(self) -> re.Pattern:
        """Find the term as a word, or several of them."""
        flags = 0 if re.search("[A-Z]", self.word) else re.I
        return re.compile(rf"\b{re.escape(self.word)}s?\b", flags)

    def names(self) -> set[str]:
        """Return what the term is called where it is set apart."""
        short = re.sub(r" (part|word)$", "", self.word)
        return {
            f"{name}{end}".lower()
            for name in (self.word, short)
            for end in ("", "s")
        }


def terms(glossary: nodes.document) -> Iterator[Term]:
    """Read the terms of the glossary."""
    for item in glossary.findall(nodes.definition_list_item):
        term = next(item.findall(nodes.term))
        said = " ".join(item.astext().split())
        told = re.search(r"[Cc]hapters? ([\d,and ]+)\.", said)
        named = re.findall(r"\d+", told[1]) if told else []
        yield Term(term.astext(), term["ids"][0], frozenset(map(int, named)))


def find_apart(doctree: nodes.document, term: Term) -> nodes.Element | None:
    """Find where a chapter first sets a term in italics or bold."""
    for paragraph in lesson(doctree):
        for kind in (nodes.strong, nodes.emphasis):
            for node in paragraph.findall(kind):
                apart = " ".join(node.astext().lower().split()).rstrip(".")
                linked = isinstance(node.parent, nodes.reference)
                if apart in term.names() and not linked:
                    return node
    return None


def find_plain(doctree: nodes.document, term: Term) -> nodes.Text | None:
    """Find where a chapter first writes a term, its introduction last."""
    found = [
        text
        for paragraph in lesson(doctree)
        for text in paragraph.findall(nodes.Text)
        if not isinstance(text.parent, NO_PLACE)
        and term.pattern().search(text)
    ]
    top = next(doctree.findall(nodes.section), None)
    in_sections = [text for text in found if section_of(text) is not top]
    return next(iter(in_sections or found), None)


def find(
    doctree: nodes.document, term: Term, chapter: int
) -> nodes.Node | None:
    """Find the place of a chapter that is linked with a term's entry."""
    apart = find_apart(doctree, term)
    if apart is None and chapter in term.chapters:
        return find_plain(doctree, term)
    return apart


def link_chapter(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Let the terms of a chapter lead to their entries."""
    page = app.builder.get_relative_uri(docname, GLOSSARY)
    for term in terms(app.env.get_doctree(GLOSSARY)):
        place = find(doctree, term, number(docname))
        if place is None:
            continue
        address = f"{page}#{term.anchor}"
        if not isinstance(place, nodes.Text):
            made = link("", address, "term")
            place.replace_self(made)
            made += place
            continue
        found = term.pattern().search(place)
        before, after = place[: found.start()], place[found.end() :]
        made = link(found[0], address, "term")
        parts = [nodes.Text(before), made, nodes.Text(after)]
        place.parent.replace(place, [part for part in parts if part.astext()])


def link_glossary(app: Sphinx, doctree: nodes.document) -> None:
    """Let the entries lead to the sections that teach their terms."""
    pages = {
        app.builder.get_relative_uri(GLOSSARY, docname): (at, docname)
        for at, docname in chapters(app.env).items()
    }
    items = doctree.findall(nodes.definition_list_item)
    for term, item in zip(terms(doctree), items, strict=True):
        for reference in item.findall(nodes.reference):
            chapter, docname = pages.get(reference.get("refuri"), (0, ""))
            if not docname:
                continue
            place = find(app.env.get_doctree(docname), term, chapter)
            section = section_of(place)
            if section is not None:
                reference["refuri"] += f"#{section['ids'][0]}"


def connect_terms(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Link a chapter, or the glossary."""
    if app.builder.format != "html":
        return
    if docname == GLOSSARY:
        link_glossary(app, doctree)
    elif number(docname):
        link_chapter(app, doctree, docname)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, once references have their addresses."""
    app.connect("doctree-resolved", connect_terms)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
