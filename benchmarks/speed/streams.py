"""Measure that streaming takes the same memory however long the file is.

Run `make measure WHAT=streams`. It makes files of random words, reads each in
a process of its own, and writes `results/streams.json`; a file that is done is
not measured again.
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pyarrow
import pyarrow.parquet

from benchmarks.records import (
    RESULTS,
    ROOT,
    add_to,
    describe_machine,
    peak_mb,
    write_json,
)
from benchmarks.speed.timing import timed
from imdbtutor.data.streams import PIECE, ReviewStream
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.training.recipe import BATCH_SIZE

SIZES = (20_000, 200_000, 2_000_000)
KINDS = ("csv", "parquet")
WORDS = 20  # of a review
TARGET = RESULTS / "streams.json"


def make_reviews(words: list[str], size: int) -> Iterator[tuple[str, int]]:
    """Yield random words as reviews, with random labels."""
    draw = random.Random(0)
    for _ in range(size):
        yield " ".join(draw.choices(words, k=WORDS)), draw.randrange(2)


def write_file(path: Path, words: list[str], size: int) -> None:
    """Write reviews as CSV or Parquet, a piece in memory at a time."""
    rows = make_reviews(words, size)
    if path.suffix == ".csv":
        with path.open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerow(["text", "label"])
            csv.writer(file).writerows(rows)
        return
    schema = pyarrow.schema(
        [("text", pyarrow.string()), ("label", pyarrow.int64())]
    )
    with pyarrow.parquet.ParquetWriter(path, schema) as writer:
        for _ in range(0, size, PIECE):
            texts, labels = zip(*islice(rows, PIECE), strict=True)
            writer.write_table(pyarrow.table([texts, labels], schema=schema))


def read_file(path: Path) -> dict:
    """Deal a file out in batches; say what that took."""
    vocab = SentimentClassifier.pretrained().vocab

    def read() -> int:
        batches = ReviewStream(path, vocab, BATCH_SIZE)
        return sum(len(batch.labels) for batch in batches)

    reviews, seconds = timed(read)
    return {
        "reviews": reviews,
        "seconds": round(seconds, 3),
        "peak_mb": round(peak_mb()),
        "file_mb": round(path.stat().st_size / 1e6),
    }


def make_and_read(folder: Path, kind: str, size: int) -> dict:
    """Make a file and read it in another process."""
    words = list(SentimentClassifier.pretrained().vocab)[2:]
    path = folder / f"reviews.{kind}"
    write_file(path, words, size)
    command = [sys.executable, "-m", "benchmarks.speed.streams", path]
    found = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True
    ).stdout
    path.unlink()
    return {"kind": kind} | json.loads(found)


def main() -> None:
    """Measure what is not yet in the file of results."""
    found = {}
    if TARGET.exists():
        found = json.loads(TARGET.read_text(encoding="utf-8"))
    rows, machine = found.get("rows", []), add_to(found, describe_machine())
    done = {(row["kind"], row["reviews"]) for row in rows}
    for size in SIZES:
        for kind in KINDS:
            if (kind, size) in done:
                continue
            with tempfile.TemporaryDirectory() as folder:
                rows.append(make_and_read(Path(folder), kind, size))
            print(rows[-1])
            write_json(TARGET, machine | {"rows": rows})


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(read_file(Path(sys.argv[1]))))
    else:
        main()
