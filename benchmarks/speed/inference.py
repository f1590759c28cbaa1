"""How fast the shipped model judges: in bulk, and one review at a time."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnxruntime
import pandas as pd

from benchmarks.speed.exports import run_onnx
from benchmarks.speed.timing import Measured, in_turn, make_row, seconds
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier

ROUNDS = 3
LENGTHS = (50, 100, 300, 600, 1_000)  # words
CALLS = 200  # a length, a round
PERCENTILES = (50, 95, 99)
NAMES = {
    "torch": "PyTorch (predict_proba)",
    "onnx": "onnxruntime",
    "int8": "onnxruntime, 8 bits",
}


def cut_reviews(texts: pd.Series, words: int) -> list[str]:
    """Return reviews cut to so many tokens, from those that are longer."""
    found = []
    for text in texts:
        tokens = tokenize(text)
        if len(tokens) >= words:
            found.append(" ".join(tokens[:words]))
        if len(found) == CALLS:
            break
    return found


def ask_onnx(
    path: Path, classifier: SentimentClassifier
) -> Callable[[list[str]], np.ndarray]:
    """Return a function from one text to its logits, the session's own."""
    session = onnxruntime.InferenceSession(path)

    def ask(texts: list[str]) -> np.ndarray:
        token_ids = classifier.encode(texts).reviews[0][None].numpy()
        lengths = np.array([token_ids.shape[1]])
        feed = {"token_ids": token_ids, "lengths": lengths}
        return session.run(None, feed)[0]

    return ask


def latencies(ask: Callable, texts: list[str]) -> list[float]:
    """Return the milliseconds of a call, for each text."""
    return [1_000 * seconds(lambda text=text: ask([text])) for text in texts]


def compare(found: dict[str, list[float]], mode: str, how: str) -> list[dict]:
    """Make a row of each engine's reviews a second, against PyTorch's."""
    plain = Measured(f"PyTorch, {how}", found["torch"])
    return [
        make_row(
            f"inference.{mode}.{engine}",
            Measured(f"{NAMES[engine]}, {how}", rates),
            "reviews/s",
            against=None if engine == "torch" else plain,
        )
        | {"mode": mode, "engine": engine}
        for engine, rates in found.items()
    ]


def bulk(
    classifier: SentimentClassifier, paths: dict[str, Path], test: pd.Series
) -> list[dict]:
    """Judge many reviews at once, from text to prediction."""

    def rate(work: Callable[[], object]) -> float:
        return len(test) / seconds(work)

    def onnx_rate(path: Path) -> float:
        return rate(lambda: run_onnx(path, classifier.encode(test)))

    found = in_turn(
        {
            "torch": lambda: rate(lambda: classifier.predict_proba(test)),
            "onnx": lambda: onnx_rate(paths["onnx"]),
            "int8": lambda: onnx_rate(paths["int8"]),
        },
        ROUNDS,
    )
    return compare(found, "bulk", "in bulk")


def one_by_one(asks: dict[str, Callable], texts: list[str]) -> list[dict]:
    """Judge whole reviews one at a time."""
    found = in_turn(
        {
            engine: lambda ask=ask: (
                len(texts) / seconds(lambda: [ask([text]) for text in texts])
            )
            for engine, ask in asks.items()
        },
        ROUNDS,
    )
    return compare(found, "single", "one at a time")


def single(
    asks: dict[str, Callable], reviews: dict[int, list[str]]
) -> list[dict]:
    """Judge one review at a time: percentiles by length."""
    times = {(engine, words): [] for words in LENGTHS for engine in asks}
    for _ in range(ROUNDS):
        for words, texts in reviews.items():
            for engine, ask in asks.items():
                ask(texts[:1])
                times[engine, words].append(latencies(ask, texts))
    return [
        latency_row(engine, words, percent, rounds)
        for (engine, words), rounds in times.items()
        for percent in PERCENTILES
    ]


def latency_row(
    engine: str, words: int, percentile: int, rounds: list[list[float]]
) -> dict:
    """Make a row of one percentile of the milliseconds of a call."""
    what = (
        f"{NAMES[engine]}, one review of {words} words, "
        f"{percentile} of 100 are faster"
    )
    found = [np.percentile(times, percentile) for times in rounds]
    wanted = (engine, words, percentile) == ("torch", 300, 50)
    row = make_row(
        f"inference.{words}.{engine}.p{percentile}",
        Measured(what, found),
        "ms",
        goal="median <= 5" if wanted else None,
    )
    return row | {"engine": engine, "words": words, "percentile": percentile}


def make_rows() -> list[dict]:
    """Measure the shipped model and its two exports."""
    classifier = SentimentClassifier.pretrained()
    every = load_reviews()["text"]
    test = split_reviews(load_reviews()).test["text"]
    with tempfile.TemporaryDirectory() as folder:
        paths = {
            "onnx": classifier.export_onnx(folder),
            "int8": classifier.export_onnx(folder, quantize=True),
        }
        asks = {"torch": classifier.predict_proba}
        for engine, path in paths.items():
            asks[engine] = ask_onnx(path, classifier)
        rows = bulk(classifier, paths, test)
        rows += one_by_one(asks, test.tolist()[::10])
        rows += single(asks, {n: cut_reviews(test, n) for n in LENGTHS})
    whole = Measured(
        f"{len(every):,} reviews, from text to verdict",
        [seconds(lambda: classifier.predict_proba(every))],
    )
    row = make_row("inference.all", whole, "s", goal="median <= 30")
    return [*rows, row]
