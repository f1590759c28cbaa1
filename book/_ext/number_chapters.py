"""Give each chapter the number that its file name carries.

Sphinx numbers what the table of contents lists from 1 up and cannot be told
another start. Here `notebooks/06_pad_and_batch` is chapter 6 wherever it
stands, so the site, the file names and "Built in chapter 6." agree.
"""

import re

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def number_chapters(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Replace the first part of every section and figure number.

    Runs when Sphinx has handed out its own numbers, which it keeps in four
    places: for headings, for figures, in the contents tree, with the titles.

    Args:
        app: The running build.
        env: What the build knows about all pages; changed in place.

    Returns:
        Names of the pages that have to be written again.
    """
    chapters = {
        page: int(name[1])
        for page in env.toc_secnumbers
        if (name := re.match(r"notebooks/(\d\d)_", page))
    }
    for page, chapter in chapters.items():
        _renumber(env.toc_secnumbers[page], chapter)
        for figures in env.toc_fignumbers.get(page, {}).values():
            _renumber(figures, chapter)
        for entry in env.tocs[page].findall(nodes.reference):
            if entry.get("secnumber"):
                entry["secnumber"] = [chapter, *entry["secnumber"][1:]]
        env.titles[page]["secnumber"] = [chapter]
    return list(chapters)


def _renumber(numbers: dict[str, tuple[int, ...]], chapter: int) -> None:
    for anchor, number in numbers.items():
        if number:
            numbers[anchor] = (chapter, *number[1:])


def setup(app: Sphinx) -> dict[str, bool]:
    """Register with Sphinx, to run after its own numbering."""
    app.connect("env-get-updated", number_chapters, priority=900)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
