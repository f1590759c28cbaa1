"""What time and memory grow with: from 1,000 reviews to 2,000,000."""

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.records import ROOT, peak_mb
from benchmarks.speed import streams
from benchmarks.speed.timing import row
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import load_reviews
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.inference.classifier import SentimentClassifier

REAL = (1_000, 5_000, 25_000)
MADE = (1_000, 20_000, 200_000, 2_000_000)


def judge(size: int) -> dict:
    """Encode and score real reviews, all in memory."""
    classifier = SentimentClassifier.pretrained()
    texts = load_reviews()["text"].sample(size, random_state=0).tolist()
    started = time.perf_counter()
    ids = encode_reviews(texts, classifier.vocab, cache=False)
    encoded = time.perf_counter()
    data = ReviewDataset(ids, [0] * size)
    predict_logits(classifier.model, data)
    judged = time.perf_counter()
    spent = {"encode": encoded - started, "judge": judged - encoded}
    return spent | {"peak": peak_mb()}


def deal(path: Path) -> dict:
    """Read a whole file into memory, and deal it out in batches."""
    import pandas as pd

    classifier = SentimentClassifier.pretrained()
    started = time.perf_counter()
    reviews = pd.read_csv(path, keep_default_na=False)
    ids = encode_reviews(reviews["text"], classifier.vocab, cache=False)
    data = ReviewDataset(ids, reviews["label"])
    sum(len(batch.labels) for batch in make_loader(data, 64))
    return {"seconds": time.perf_counter() - started, "peak": peak_mb()}


def ask(module: str, *words: object) -> dict:
    """Measure in a process of its own, as memory is never given back."""
    command = [sys.executable, "-m", f"benchmarks.speed.{module}"]
    command += map(str, words)
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def grown(id_: str, what: str, found: list[tuple[int, float]]) -> dict:
    """Compare the first size with the last: times longer, a review."""
    (few, first), (many, last) = found[0], found[-1]
    return row(
        id_,
        f"{what}: a review's time among {many:,}",
        [1e6 * last / many],
        "µs",
        against=(f"among {few:,}", [1e6 * first / few]),
        goal="ratio >= 0.8",
    )


def measure_real() -> list[dict]:
    """Judge more and more of the real reviews, all in memory."""
    found = {size: ask("growth", "judge", size) for size in REAL}
    rows = []
    for size, each in found.items():
        for name, what in (("encode", "Encoding"), ("judge", "Scoring")):
            text = f"{what} {size:,} reviews"
            rows.append(row(f"growth.{name}.{size}", text, [each[name]], "s"))
        text = f"Encoding and scoring {size:,} reviews, in memory"
        rows.append(row(f"growth.peak.{size}", text, [each["peak"]], "MB"))
    for name, what in (("encode", "Encoding"), ("judge", "Scoring")):
        pairs = [(size, each[name]) for size, each in found.items()]
        rows.append(grown(f"growth.{name}", what, pairs[1:]))
    return rows


def measure_made() -> list[dict]:
    """Deal out more and more made reviews, streamed and in memory."""
    words = list(SentimentClassifier.pretrained().vocab)[2:]
    rows, times, peaks = [], [], []
    for size in MADE:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "reviews.csv"
            streams.write_file(path, words, size)
            streamed = ask("streams", path)
            whole = ask("growth", "deal", path)
        text = f"{size:,} made reviews of {streams.WORDS} words, "
        for id_, what, found, unit in (
            ("stream", "streamed", streamed["seconds"], "s"),
            ("stream_peak", "streamed", streamed["peak_mb"], "MB"),
            ("memory", "in memory", whole["seconds"], "s"),
            ("memory_peak", "in memory", whole["peak"], "MB"),
        ):
            rows.append(
                row(f"growth.{id_}.{size}", text + what, [found], unit)
            )
        times.append((size, streamed["seconds"]))
        peaks.append(streamed["peak_mb"])
    rows.append(grown("growth.stream", "Streaming", times[1:]))
    rows.append(
        row(
            "growth.stream_peak",
            f"Peak memory: {MADE[-1]:,} reviews, streamed",
            [peaks[-1]],
            "MB",
            against=(f"{MADE[1]:,} reviews, streamed", [peaks[1]]),
            goal="ratio <= 1.2",
        )
    )
    return rows


def measure() -> list[dict]:
    """Measure real reviews up to 25,000, and made ones beyond."""
    return measure_real() + measure_made()


if __name__ == "__main__":
    if sys.argv[1] == "judge":
        print(json.dumps(judge(int(sys.argv[2]))))
    else:
        print(json.dumps(deal(Path(sys.argv[2]))))
