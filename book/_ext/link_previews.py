"""Give every page what a shared link to it shows: title, words, picture.

A preview needs whole addresses. The book's is that of its GitHub Pages, worked
out from the repository in `_config.yml`; `html_baseurl` would come first.
"""

import re
from html import escape
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

LONGEST = 200  # letters of the description


def book_address(repository: str) -> str:
    """Return where GitHub shows the pages of a repository.

    Args:
        repository: Its address, such as "https://github.com/you/reviews".
    """
    found = re.fullmatch(r"https://github\.com/([^/]+)/([^/]+?)/?", repository)
    return f"https://{found[1]}.github.io/{found[2]}/" if found else ""


def describe(doctree: nodes.document) -> str:
    """Return a page's first paragraph, on one line, cut at a word."""
    words = next((p.astext() for p in doctree.findall(nodes.paragraph)), "")
    words = " ".join(words.split())
    if len(words) <= LONGEST:
        return words
    return words[:LONGEST].rsplit(" ", 1)[0] + " ..."


def add_preview(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: nodes.document | None,
) -> None:
    """Put the tags into a page's head; a page without a source has none."""
    if doctree is None:
        return
    repository = app.config.html_theme_options.get("repository_url", "")
    address = app.config.html_baseurl or book_address(repository)
    words = describe(doctree)
    title = re.sub("<.*?>", "", context.get("title", ""))
    tags = {
        "og:type": "article",
        "og:site_name": app.config.project,
        "og:title": title,
        "og:description": words,
        "og:url": f"{address}{pagename}.html",
        "og:image": f"{address}_static/preview.png",
        "og:image:width": "1200",
        "og:image:height": "630",
        "og:image:alt": "How a verdict on a review changes, word by word.",
    }
    lines = [f'<meta name="description" content="{escape(words)}">']
    lines.append('<meta name="twitter:card" content="summary_large_image">')
    lines += [
        f'<meta property="{name}" content="{escape(value)}">'
        for name, value in tags.items()
    ]
    context["metatags"] = context.get("metatags", "") + "\n".join(lines)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("html-page-context", add_preview)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
