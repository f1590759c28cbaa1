"""Load on each page what that page needs, and nothing before its text.

Jupyter Book and its theme load on every page what a few of them use: MathJax
where there is no formula, tabs where there are none. And sphinx-thebe even
where its button is off: it declares one constant twice, which is a script
error, and its button would run code on somebody else's server.
"""

import re
from typing import Any

from sphinx.application import Sphinx

NEVER = re.compile(r"thebe|DOCUMENTATION_OPTIONS\.pagename", re.I)
# What is loaded for parts of a page: the part by which it is to be known.
PARTS = {
    "mathjax": 'class="math',
    "sphinx-design": 'class="sd-',
    "design-tabs": 'class="sd-tab',
    "toggle": 'class="[^"]*(toggle|dropdown)',
    "clipboard": 'class="cell_input|class="highlight',
    "copybutton": 'class="cell_input|class="highlight',
    "mystnb": 'class="cell',
    "live.js": "<svg[^>]*data-(turns|live)",
    "tables.js": 'class="[^"]*dataframe',
}


def lighten(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: object,
) -> None:
    """Leave out what a page has no use for; let scripts wait for its text.

    Args:
        app: The running build.
        pagename: Name of the page about to be written.
        templatename: Template that will write it.
        context: What the template will see; changed in place.
        doctree: The page's content, None for a page without a source.
    """
    body = context.get("body", "")
    for kind in ("script_files", "css_files"):
        context[kind] = [
            asset
            for asset in context[kind]
            if is_needed(describe(asset), body)
        ]
    for script in context["script_files"]:
        if script.filename:
            script.attributes["defer"] = "defer"
    meta = '<script type="text/x-thebe-config">.*?</script>'
    context["body"] = re.sub(
        rf"{meta}|<script>kernelName = .*?</script>", "", body, flags=re.S
    )


def describe(asset: Any) -> str:
    """Return an asset's file, or the code that stands in the page itself."""
    return f"{asset.filename or ''} {asset.attributes.get('body') or ''}"


def is_needed(asset: str, body: str) -> bool:
    """Tell whether a page has a part that an asset is loaded for."""
    if NEVER.search(asset):
        return False
    parts = [part for name, part in PARTS.items() if name in asset.lower()]
    return not parts or any(re.search(part, body) for part in parts)


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, to run after every other page handler."""
    app.connect("html-page-context", lighten, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
