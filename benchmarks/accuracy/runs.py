"""Train models from texts, score them, and keep each finished run."""

import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from rich.console import Console
from sklearn.pipeline import Pipeline
from torch import Tensor, nn

from benchmarks.records import describe_machine, write_json
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split
from imdbtutor.evaluation.report import evaluate
from imdbtutor.runtime import seed_everything
from imdbtutor.training.history import History
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.recipe import BATCH_SIZE, MAX_LENGTH, MAX_TOKENS
from imdbtutor.training.recipe import TRAINING as BOOK_TRAINING

SEEDS = range(5)
Texts = Sequence[str]
console = Console()


@dataclass
class Trained:
    """A trained model: texts to probabilities of class 1, and its size.

    Args:
        score: Texts to probabilities of class 1.
        parameters: How many numbers it learned.
        seconds: What its epochs took in all, those before a stop among them;
            0 where there are none.
    """

    score: Callable[[Texts], np.ndarray]
    parameters: int
    seconds: float = 0.0


@dataclass
class Rung:
    """A model of the ladder, and how to train it from texts."""

    id: str
    name: str
    kind: str
    train: Callable[[Split, int], Trained]
    seeds: Sequence[int] = (0,)


def train_pipeline(pipeline: Pipeline, split: Split) -> Trained:
    """Train a scikit-learn pipeline from texts to labels."""
    pipeline.fit(split.train["text"], split.train["label"])
    learned = [
        getattr(pipeline[-1], name)
        for name in ("coef_", "feature_log_prob_")
        if hasattr(pipeline[-1], name)
    ]
    return Trained(
        lambda texts: pipeline.predict_proba(texts)[:, 1],
        sum(numbers.size for numbers in learned),
    )


def pipeline_rung(id_: str, name: str, make: Callable[[], Pipeline]) -> Rung:
    """Make a rung of a scikit-learn pipeline, which needs no seed."""
    return Rung(
        id_, name, "bag", lambda split, _: train_pipeline(make(), split)
    )


def train_network(
    split: Split,
    seed: int,
    *,
    make_model: Callable[[int], nn.Module],
    training: TrainingConfig = BOOK_TRAINING,
    max_tokens: int = MAX_TOKENS,
    fit: Callable = fit,
) -> Trained:
    """Train a network that reads token ids, as chapter 8 does."""
    seed_everything(seed)
    vocab = build_vocab(split.train["text"], max_tokens=max_tokens)

    def read(texts: Texts) -> list[Tensor]:
        return encode_reviews(texts, vocab, cache=False)

    train = ReviewDataset(
        read(split.train["text"]), split.train["label"], MAX_LENGTH
    )
    model = make_model(len(vocab))
    return fit_network(model, train, split, seed, read, training, fit=fit)


def fit_network(
    model: nn.Module,
    train: ReviewDataset,
    split: Split,
    seed: int,
    read: Callable[[Texts], list[Tensor]],
    training: TrainingConfig,
    batch_size: int = BATCH_SIZE,
    fit: Callable = fit,
) -> Trained:
    """Fit a network, choosing the epoch on the validation reviews."""
    held_out = ReviewDataset(
        read(split.validation["text"]), split.validation["label"]
    )
    history = fit(
        model,
        make_loader(train, batch_size, seed=seed),
        make_loader(held_out, BATCH_SIZE),
        training,
        progress=False,
    )

    def score(texts: Texts) -> np.ndarray:
        dataset = ReviewDataset(read(texts), [0] * len(texts))
        return evaluate(model, dataset).probabilities

    parameters = sum(p.numel() for p in model.parameters())
    return Trained(score, parameters, all_seconds(history))


def all_seconds(history: History | None) -> float:
    """Add up what epochs took, those before a stop among them.

    A training that keeps no record cannot go on after a stop: 0.
    """
    return float(history.frame["seconds"].sum()) if history else 0.0


def run(rung: Rung, seed: int, split: Split, part: str = "test") -> dict:
    """Train and score once; return the probabilities, and what it took.

    A training that went on after a stop took what all its epochs took.
    """
    texts = getattr(split, part)["text"]
    started = time.perf_counter()
    trained = rung.train(split, seed)
    trained_after = time.perf_counter() - started
    started = time.perf_counter()
    probabilities = trained.score(texts)
    scored_after = time.perf_counter() - started
    return {
        "id": rung.id,
        "seed": seed,
        "train_seconds": round(max(trained_after, trained.seconds), 1),
        "reviews_per_second": round(len(texts) / scored_after),
        "parameters": int(trained.parameters),
        "probabilities": [round(float(each), 4) for each in probabilities],
    }


def path_of(folder: Path, rung: Rung, seed: int) -> Path:
    """Name the file of a run."""
    return folder / f"{rung.id}-{seed}.json"


def run_missing(
    rungs: Sequence[Rung], folder: Path, do: Callable[[Rung, int], dict]
) -> None:
    """Do the runs that have no file yet, and keep each when it is done.

    Args:
        rungs: What to train; each with `id`, `name` and `seeds`.
        folder: Where the files go.
        do: Does one run, given rung and seed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for rung in rungs:
        for seed in rung.seeds:
            path = path_of(folder, rung, seed)
            if not path.exists():
                found = do(rung, seed) | {"machine": describe_machine()}
                write_json(path, found, indent=None)
                seconds = found["train_seconds"]
                console.print(f"{rung.name}, seed {seed}: {seconds:,.0f} s")


def read_runs(folder: Path, rung: Rung) -> list[dict]:
    """Read the runs of a rung that are done, by seed."""
    paths = [path_of(folder, rung, seed) for seed in rung.seeds]
    return [
        json.loads(path.read_text("utf-8")) for path in paths if path.exists()
    ]


class Judged(NamedTuple):
    """A rung's runs, what each got right, (runs, reviews), and its row."""

    runs: list[dict]
    right: np.ndarray
    row: dict


def judge_runs(folder: Path, rung: Rung, labels: np.ndarray) -> Judged:
    """Judge the runs of a rung by the labels of what they scored."""
    runs = read_runs(folder, rung)
    found = np.array([run["probabilities"] for run in runs])
    right = (found > 0.5) == labels
    row = {
        "id": rung.id,
        "name": rung.name,
        "accuracy": right.mean(axis=1).round(4).tolist(),
        "train_seconds": [run["train_seconds"] for run in runs],
    }
    return Judged(runs, right, row)


def are_done(rungs: Sequence[Rung], folder: Path) -> bool:
    """Tell whether every run of every rung is there."""
    return all(
        path_of(folder, rung, seed).exists()
        for rung in rungs
        for seed in rung.seeds
    )


def write_when_done(
    rungs: Sequence[Rung], folder: Path, target: Path, sum_up: Callable
) -> None:
    """Sum the runs up and write the file, once all of them are there."""
    if are_done(rungs, folder):
        write_json(target, sum_up())
        console.print(f"== Done: results/{target.name} ==")


def choose(chosen: Sequence[str], rungs: Sequence[Rung]) -> list[Rung]:
    """Return the rungs of these ids, or all if there are none; or stop."""
    ids = [rung.id for rung in rungs]
    for id_ in chosen:
        if id_ not in ids:
            sys.exit(f"no '{id_}'. Expected some of: {', '.join(ids)}.")
    return [rung for rung in rungs if not chosen or rung.id in chosen]
