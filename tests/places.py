"""Where things stand in the repository."""

import json
from pathlib import Path

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
NOTEBOOKS = ROOT / "notebooks"


def prose(number):
    """The text of a chapter, on one line."""
    (path,) = NOTEBOOKS.glob(f"{number:02}_*.ipynb")
    cells = json.loads(path.read_text("utf-8"))["cells"]
    told = [
        "".join(cell["source"])
        for cell in cells
        if cell["cell_type"] == "markdown"
    ]
    return " ".join(" ".join(told).split())
