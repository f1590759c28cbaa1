"""Write the pictures of the pages that are no notebooks."""

from pathlib import Path

from imdbtutor.pictures.legend import draw_legend

FOLDER = Path(__file__).parents[1] / "_assets"


def pictures() -> dict[Path, str]:
    """Return what stands in each file."""
    return {FOLDER / "legend.svg": draw_legend().svg() + "\n"}


if __name__ == "__main__":
    for path, svg in pictures().items():
        path.write_text(svg, encoding="utf-8")
        print(path)
