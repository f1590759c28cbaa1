"""Put SVG figures into their pages, where they take the page's colours.

As files they would be drawn on white, in the dark too, and no script could
move them.
"""

import re
from html import escape
from itertools import count
from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx

# matplotlib's ink, grid and paper, and what they are on a page.
COLOURS = {
    "#000000": "currentColor",
    "#e6e6e6": "color-mix(in srgb, currentColor 20%, transparent)",
}
DROPPED = re.compile(
    r"<\?xml.*?\?>|<!DOCTYPE.*?>|<metadata>.*?</metadata>"
    r"|<style type=\"text/css\">.*?</style>",  # would rule the whole page
    re.S,
)
PAPER = re.compile(  # of the figure, and of each of its plots
    r'(<g id="(?:figure|axes)_\d+">\s*<g id="patch_\d+">\s*<path[^>]*?fill: )'
    "#ffffff",
    re.S,
)


def drawing(svg: str, alt: str, name: str) -> str:
    """Make a part of a page from an SVG file.

    Args:
        svg: The file's text.
        alt: What it shows, in words; a picture of the book says so itself.
        name: What its ids shall begin with, as no other figure's do.
    """
    if 'class="picture"' in svg:
        return svg
    svg = DROPPED.sub("", svg).strip()
    svg = PAPER.sub(r"\1none", svg)
    for drawn, shown in COLOURS.items():
        svg = svg.replace(drawn, shown)
    svg = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{name}-", svg)
    head = (
        f'<svg role="img" aria-label="{escape(alt)}" class="figure" '
        'fill="currentColor"'
    )
    return svg.replace("<svg", head, 1)


def inline(app: Sphinx, doctree: nodes.document, docname: str) -> None:
    """Replace each SVG image of a page."""
    if app.builder.format != "html":
        return
    numbers = count(1)
    for image in list(doctree.findall(nodes.image)):
        path = Path(app.srcdir, image["uri"])
        if path.suffix == ".svg":
            name = f"{docname.replace('/', '-')}-figure-{next(numbers)}"
            svg = path.read_text(encoding="utf-8")
            html = drawing(svg, image.get("alt", ""), name)
            image.replace_self(nodes.raw("", html, format="html"))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, once images have their final addresses."""
    app.connect("doctree-resolved", inline)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
