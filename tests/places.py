"""Where things stand in the repository."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
GOLDEN = ROOT / "tests" / "golden"
NOTEBOOKS = ROOT / "notebooks"
