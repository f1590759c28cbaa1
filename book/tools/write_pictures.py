"""Write the pictures of the pages that are no notebooks, and live words."""

import json
from pathlib import Path

from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.pictures.legend import draw_legend

FOLDER = Path(__file__).parents[1] / "_assets"
HEAD = "// Made by `make tool NAME=pictures`; do not edit.\n"


def vocab_js() -> str:
    """Write a script that sets `VOCAB`: the tokens of the chapters' model."""
    tokens = SentimentClassifier.pretrained(chapter=8).vocab.get_itos()
    written = json.dumps(tokens, separators=(",", ":"))
    return f"{HEAD}const VOCAB = {written};\n"


def pictures() -> dict[Path, str]:
    """Return what stands in each file."""
    return {
        FOLDER / "legend.svg": draw_legend().svg() + "\n",
        FOLDER / "live" / "vocab.js": vocab_js(),
    }


if __name__ == "__main__":
    for path, content in pictures().items():
        path.write_text(content, encoding="utf-8")
        print(path)
