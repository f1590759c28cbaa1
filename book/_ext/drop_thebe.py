"""Keep sphinx-thebe off the pages.

Jupyter Book 1 loads that extension even where its button is off. It declares
one constant twice, which is a script error on every page, and its button
would run code on somebody else's server.
"""

from typing import Any

from sphinx.application import Sphinx


def drop_thebe(
    app: Sphinx,
    pagename: str,
    templatename: str,
    context: dict[str, Any],
    doctree: object,
) -> None:
    """Take thebe's scripts and style sheets out of a page's context.

    Args:
        app: The running build.
        pagename: Name of the page about to be written.
        templatename: Template that will write it.
        context: What the template will see; changed in place.
        doctree: The page's content, None for a page without a source.
    """
    for kind in ("script_files", "css_files"):
        context[kind] = [
            asset for asset in context[kind] if not _is_thebe(asset)
        ]


def _is_thebe(asset: Any) -> bool:
    inline_code = asset.attributes.get("body") or ""
    return "thebe" in f"{asset.filename} {inline_code}".lower()


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, to run after every other page handler."""
    app.connect("html-page-context", drop_thebe, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
