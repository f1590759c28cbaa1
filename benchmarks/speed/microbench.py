"""Small pieces of the package, one by one, with pytest-benchmark.

`python -m benchmarks speed microbench` runs this in a process of its own;
alone: `pytest benchmarks/speed/microbench.py`.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from benchmarks.records import ROOT
from benchmarks.speed.timing import Measured, make_row
from imdbtutor.data.batches import ReviewDataset, make_loader, pad_batch
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.training.loop import TrainingConfig, make_optimizer
from imdbtutor.training.recipe import BATCH_SIZE
from imdbtutor.training.step import take_step

WORDS = 300


def make_rows() -> list[dict]:
    """Run this file, and turn its medians and quartiles into rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "microbench.json"
        command = [sys.executable, "-m", "pytest", "-q", __file__]
        command += [f"--benchmark-json={path}", "--benchmark-warmup=on"]
        subprocess.run(command, cwd=ROOT, check=True)
        found = json.loads(path.read_text(encoding="utf-8"))["benchmarks"]
    rows = []
    for each in found:
        name = each["name"].removeprefix("test_")
        times = [1_000 * spent for spent in each["stats"]["data"]]
        what = globals()[each["name"]].__doc__.removesuffix(".")
        measured = Measured(what, times)
        rows.append(make_row(f"microbench.{name}", measured, "ms"))
    return rows


@pytest.fixture(scope="module")
def classifier():
    """Return the shipped model."""
    return SentimentClassifier.pretrained()


@pytest.fixture(scope="module")
def text():
    """Return a review of so many words."""
    texts = split_reviews(load_reviews()).train["text"]
    return next(t for t in texts if len(tokenize(t)) == WORDS)


@pytest.fixture(scope="module")
def data(classifier):
    """Return a batch's encoded reviews, of like length."""
    texts = split_reviews(load_reviews()).train["text"][:3_200]
    data = classifier.encode(texts.tolist())
    middle = data.lengths.argsort()[1_600 : 1_600 + BATCH_SIZE]
    labels = [row % 2 for row in range(BATCH_SIZE)]
    return ReviewDataset([data.reviews[row] for row in middle], labels)


def test_tokenize(benchmark, text):
    """Tokenize a review of 300 words."""
    assert len(benchmark(tokenize, text)) == WORDS


def test_look_up(benchmark, classifier, text):
    """Look up the ids of 300 words."""
    assert len(benchmark(classifier.vocab, tokenize(text))) == WORDS


def test_pad(benchmark, data):
    """Pad a batch of 64 reviews."""
    examples = [data[row] for row in range(len(data))]
    assert len(benchmark(pad_batch, examples).labels) == len(data)


def test_step(benchmark, classifier, data):
    """Take a training step with 64 reviews."""
    model = type(classifier.model)(classifier.model.config)
    batch = next(iter(make_loader(data, BATCH_SIZE)))
    optimizer, _ = make_optimizer(model, TrainingConfig(), 1_000)
    _, _, seen = benchmark(take_step, model, batch, optimizer, 1.0)
    assert seen == len(data)


def test_predict(benchmark, classifier, text):
    """Judge a review of 300 words."""
    assert benchmark(classifier.predict_proba, [text]).shape == (1, 2)


def test_load(benchmark):
    """Load the shipped model."""
    assert benchmark(SentimentClassifier.pretrained).vocab
