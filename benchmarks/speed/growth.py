"""What time and memory grow with: from 1,000 reviews to 2,000,000."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.records import ROOT, peak_mb
from benchmarks.speed import streams
from benchmarks.speed.timing import Measured, make_row, seconds, timed
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import load_reviews
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.training.recipe import BATCH_SIZE

REAL = (1_000, 5_000, 25_000)
MADE = (1_000, 20_000, 200_000, 2_000_000)


def judge(size: int) -> dict:
    """Encode and score real reviews, all in memory."""
    classifier = SentimentClassifier.pretrained()
    texts = load_reviews()["text"].sample(size, random_state=0).tolist()
    ids, encoding = timed(
        lambda: encode_reviews(texts, classifier.vocab, cache=False)
    )
    judging = seconds(
        lambda: predict_logits(
            classifier.model, ReviewDataset(ids, [0] * size)
        )
    )
    return {"encode": encoding, "judge": judging, "peak_mb": peak_mb()}


def deal(path: Path) -> dict:
    """Read a whole file into memory, and deal it out in batches."""
    import pandas as pd

    classifier = SentimentClassifier.pretrained()

    def read() -> None:
        reviews = pd.read_csv(path, keep_default_na=False)
        ids = encode_reviews(reviews["text"], classifier.vocab, cache=False)
        data = ReviewDataset(ids, reviews["label"])
        for _ in make_loader(data, BATCH_SIZE):
            pass

    return {"seconds": seconds(read), "peak_mb": peak_mb()}


def ask(module: str, *words: object) -> dict:
    """Measure in a process of its own, as memory is never given back."""
    command = [sys.executable, "-m", f"benchmarks.speed.{module}"]
    command += map(str, words)
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def grown(id_: str, what: str, found: dict[int, float]) -> dict:
    """Compare the second size with the last: times longer, a review."""
    _, few, *_, many = found
    return make_row(
        f"growth.{id_}",
        Measured(
            f"{what}: a review's time among {many:,}",
            [1e6 * found[many] / many],
        ),
        "µs",
        against=Measured(f"among {few:,}", [1e6 * found[few] / few]),
        goal="ratio >= 0.8",
    )


def size_row(id_: str, size: int, what: str, number: float, unit: str) -> dict:
    """Make a row of one size."""
    row = make_row(f"growth.{id_}.{size}", Measured(what, [number]), unit)
    return row | {"reviews": size}


def real_rows() -> list[dict]:
    """Judge more and more of the real reviews, all in memory."""
    tasks = {"encode": "Encoding", "judge": "Scoring"}
    found = {size: ask("growth", "judge", size) for size in REAL}
    rows = []
    for size, each in found.items():
        for task, name in tasks.items():
            what = f"{name} {size:,} reviews"
            row = size_row(task, size, what, each[task], "s")
            rows.append(row | {"task": task})
        what = f"Encoding and scoring {size:,} reviews, in memory"
        rows.append(size_row("peak", size, what, each["peak_mb"], "MB"))
    for task, name in tasks.items():
        times = {size: each[task] for size, each in found.items()}
        rows.append(grown(task, name, times))
    return rows


def measure_file(words: list[str], size: int) -> dict[str, dict]:
    """Make a file and read it in both ways, each in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reviews.csv"
        streams.write_file(path, words, size)
        return {
            "stream": ask("streams", path),
            "memory": ask("growth", "deal", path),
        }


def made_rows() -> list[dict]:
    """Deal out more and more made reviews, streamed and in memory."""
    words = list(SentimentClassifier.pretrained().vocab)[2:]
    found = {size: measure_file(words, size) for size in MADE}
    names = {"stream": "streamed", "memory": "in memory"}
    rows = []
    for size, ways in found.items():
        text = f"{size:,} made reviews of {streams.WORDS} words"
        for way, each in ways.items():
            what = f"{text}, {names[way]}"
            spent = size_row(way, size, what, each["seconds"], "s")
            peak = size_row(f"{way}_peak", size, what, each["peak_mb"], "MB")
            rows += [spent | {"way": way}, peak | {"way": way}]
    streamed = {size: ways["stream"] for size, ways in found.items()}
    times = {size: each["seconds"] for size, each in streamed.items()}
    peaks = {size: each["peak_mb"] for size, each in streamed.items()}
    return [*rows, grown("stream", "Streaming", times), peak_row(peaks)]


def peak_row(peaks: dict[int, float]) -> dict:
    """Compare the memory of the second size with that of the last."""
    _, few, *_, many = peaks
    return make_row(
        "growth.stream_peak",
        Measured(f"Peak memory: {many:,} reviews, streamed", [peaks[many]]),
        "MB",
        against=Measured(f"{few:,} reviews, streamed", [peaks[few]]),
        goal="ratio <= 1.2",
    )


def make_rows() -> list[dict]:
    """Measure real reviews up to 25,000, and made ones beyond."""
    return real_rows() + made_rows()


if __name__ == "__main__":
    if sys.argv[1] == "judge":
        print(json.dumps(judge(int(sys.argv[2]))))
    else:
        print(json.dumps(deal(Path(sys.argv[2]))))
