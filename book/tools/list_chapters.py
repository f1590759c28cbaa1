"""Write the lists of chapters: README's, the contents, the road map.

A chapter's number is that of its file, its title and what you build are said
in its first cells. `book/road_map.csv` says which part of the way it is in,
and what you carry away, shorter than the chapter does.
"""

import csv
import itertools
import json
import math
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = re.compile(
    r"(?<=<!-- chapters -->\n).*(?=<!-- end of chapters -->)", re.S
)
LISTED = {
    folder: re.compile(rf"(?:( *)- file: {folder}/\d\d_\w+\n)+")
    for folder in ("notebooks", "notebooks/solutions")
}
COLOURS = ("#0173b2", "#b35c00", "#027d5e", "#a14d8c", "#5b5fc7")
NEXT, NEXT_PART = 78, 118  # from one chapter down to the next
HEADING = (
    '<text x="64" y="{y}" font-size="15" font-weight="600" '
    'fill="currentColor" opacity="0.75">{part}</text>'
)
ROAD = (
    '<line x1="28" y1="{above}" x2="28" y2="{y}" stroke="{colour}" '
    'stroke-width="6"/>'
)
STOP = (
    '<a href="../notebooks/{name}.html">'
    '<circle cx="28" cy="{y}" r="17" fill="{colour}"/>'
    '<text x="28" y="{middle}" font-size="17" font-weight="600" '
    'text-anchor="middle" fill="#fff">{number}</text>'
    '<text class="name" x="64" y="{upper}" font-size="19" font-weight="600" '
    'fill="currentColor">{title}</text>'
    '<text x="64" y="{lower}" font-size="16" fill="currentColor">{takes}'
    '</text><text x="64" y="{lowest}" font-size="14" fill="currentColor" '
    'opacity="0.8">{time}</text></a>'
)
# What is read in a minute; the line below a chapter's title says the same.
WORDS, LINES = 200, 20
NO_PROSE = re.compile(
    r"^:::.*?^:::$|^\$\$.*?^\$\$$|^#.*?$", re.M | re.S
)  # boxes, formulas, headings
RUNNING = re.compile(r"bout (\d+|a) (second|minute)(s?)\s+of\s+running\s+time")


def chapters(folder: str = "notebooks") -> list[Path]:
    """Find the chapters, or the solutions, in order."""
    return sorted((ROOT / folder).glob("[0-9][0-9]_*.ipynb"))


def cells(path: Path) -> list[str]:
    """Return the text of each cell of a notebook."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    return ["".join(cell["source"]) for cell in notebook["cells"]]


def title(path: Path) -> str:
    """Return a chapter's title."""
    return cells(path)[0].splitlines()[0].removeprefix("# ")


def builds(path: Path) -> str:
    """Return what a chapter says that you build in it."""
    said = re.search(
        r"\*\*What you'll build:\*\* (.+?)\.\n\n", "\n".join(cells(path)), re.S
    )
    return " ".join(said[1].split())


def reading_minutes(path: Path) -> int:
    """Work out how long a chapter's lesson takes to read, with its code."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    words = lines = 0
    for cell in notebook["cells"]:
        text, summary, _ = "".join(cell["source"]).partition("## Summary\n")
        if cell["cell_type"] == "markdown":
            words += len(NO_PROSE.sub("", text).split())
        elif "remove-cell" not in cell["metadata"].get("tags", []):
            lines += len(text.splitlines())
        if summary:
            break
    return math.ceil(words / WORDS + lines / LINES)


def running_time(path: Path) -> str:
    """Return how long a chapter says that it runs: "3 minutes"."""
    said = RUNNING.search("\n".join(cells(path)))
    return f"{said[1]} {said[2]}{said[3]}" if said else ""


def times(path: Path) -> str:
    """Say how long a chapter takes."""
    said = f"{reading_minutes(path)} minutes to read"
    runs = running_time(path)
    return f"{said}, {runs} to run" if runs else said


def table() -> str:
    """Write README's table: a line a chapter."""
    lines = ["| | chapter | what you build |", "|---|---|---|"]
    for path in chapters():
        link = f"[{title(path)}](notebooks/{path.name})"
        lines.append(f"| {int(path.name[:2])} | {link} | {builds(path)} |")
    return "\n".join(lines) + "\n"


def contents(text: str) -> str:
    """Put the chapters and solutions that there are into `_toc.yml`."""
    for folder, listed in LISTED.items():
        names = [f"{folder}/{path.stem}" for path in chapters(folder)]
        indent = listed.search(text)[1]
        lines = "".join(f"{indent}- file: {name}\n" for name in names)
        text = listed.sub(lines, text, count=1)
    return text


def road() -> list[dict[str, str]]:
    """Read what the road map says of each chapter."""
    path = ROOT / "book" / "road_map.csv"
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def road_map() -> str:
    """Draw the road map of the front page, as SVG."""
    stops, roads, y = [], [], -4
    parts = list(dict.fromkeys(row["Part"] for row in road()))
    colours = dict(zip(parts, itertools.cycle(COLOURS), strict=False))
    part = ""
    for path, row in zip(chapters(), road(), strict=True):
        above, new = y, row["Part"] != part
        y += (NEXT_PART if part else NEXT) if new else NEXT
        part, colour = row["Part"], colours[row["Part"]]
        if new:
            stops.append(HEADING.format(y=y - 39, part=part))
        if stops[1:]:
            roads.append(ROAD.format(above=above, y=y, colour=colour))
        stops.append(
            STOP.format(
                name=path.stem,
                y=y,
                colour=colour,
                middle=y + 6,
                number=int(path.name[:2]),
                upper=y - 1,
                title=title(path),
                lower=y + 19,
                takes=row["You carry away"],
                lowest=y + 38,
                time=times(path),
            )
        )
    return "\n".join(
        [
            '<nav class="road-map" aria-label="Road map">',
            f'<svg viewBox="0 0 360 {y + 58}" font-family="inherit">',
            *roads,
            *stops,
            "</svg>\n</nav>\n",
        ]
    )


def files() -> dict[Path, str]:
    """Return what stands in each file that has a list of chapters."""
    readme, toc = ROOT / "README.md", ROOT / "_toc.yml"
    text = readme.read_text(encoding="utf-8")
    return {
        readme: TABLE.sub(lambda _: table(), text),
        toc: contents(toc.read_text(encoding="utf-8")),
        ROOT / "book" / "road_map.html": road_map(),
    }
