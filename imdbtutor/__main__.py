"""The same from a shell: `python -m imdbtutor --help`."""

import json
import platform
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pandas as pd
import torch
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from imdbtutor import __version__
from imdbtutor.batches import ReviewDataset, make_loader
from imdbtutor.classifier import PRETRAINED, SentimentClassifier
from imdbtutor.encoding import build_vocab, encode_reviews
from imdbtutor.evaluation import CLASSES, evaluate
from imdbtutor.model import LSTMClassifier, ModelConfig
from imdbtutor.reviews import Split, load_reviews, split_reviews
from imdbtutor.runtime import pick_device, seed_everything
from imdbtutor.training import History, TrainingConfig, fit
from imdbtutor.vocab import Vocab

MAX_TOKENS = 5_000
MAX_LENGTH = 600  # tokens of a training review; others are read whole
BATCH_SIZE = 64
TRAINING = TrainingConfig()

app = typer.Typer(help=__doc__, no_args_is_help=True, add_completion=False)
console = Console()
errors = Console(stderr=True, soft_wrap=True)
Source = Annotated[
    str, typer.Option(help="'packaged', a folder aclImdb, a .tsv or a .csv.")
]
Saved = Annotated[
    Path, typer.Option("--model", help="A folder that train wrote.")
]


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say what was wrong in a line, and stop with exit code 2."""
    try:
        yield
    except (ValueError, OSError, FloatingPointError) as error:
        errors.print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(code=2) from error


@app.command()
@plain_errors()
def train(
    folder: Annotated[Path, typer.Argument(help="Where to write the model.")],
    source: Source = "packaged",
    seed: Annotated[int, typer.Option(help="Fixes all that is random.")] = 0,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, mps.")] = None,
) -> None:
    """Train the model of chapter 8 and write it into a folder."""
    started = time.perf_counter()
    folder.mkdir(parents=True, exist_ok=True)
    where = pick_device(device)
    seed_everything(seed)
    split = split_reviews(load_reviews(source))
    vocab = build_vocab(split.train["text"], max_tokens=MAX_TOKENS)
    datasets = _encode(split, vocab)
    model = LSTMClassifier(ModelConfig(len(vocab))).to(where)
    history = fit(
        model,
        make_loader(datasets.train, BATCH_SIZE, seed=seed),
        make_loader(datasets.validation, BATCH_SIZE),
        TRAINING,
    )
    SentimentClassifier(model, vocab).save(folder, half=True)
    report = _record_figures(folder, datasets.validation)
    run = {"source": source, "seed": seed, "device": str(where)}
    run["seconds"] = round(time.perf_counter() - started, 1)
    _write_provenance(folder, run, split, history)
    _show(report, f"{len(datasets.validation):,} validation reviews")
    console.print(
        f"The best of {len(history.rows)} epochs is in {escape(str(folder))}/"
    )


@app.command("evaluate")
@plain_errors()
def evaluate_saved(
    model: Saved = PRETRAINED, source: Source = "packaged"
) -> None:
    """Measure a trained model on the test part of some reviews."""
    classifier = SentimentClassifier.load(model)
    test = split_reviews(load_reviews(source)).test
    encoded = encode_reviews(test["text"], classifier.vocab)
    dataset = ReviewDataset(encoded, test["label"])
    report = evaluate(classifier.model, dataset)
    _show(report.metrics(), f"{len(test):,} test reviews")


@app.command()
@plain_errors()
def predict(
    texts: Annotated[list[str], typer.Argument(help="Reviews, in quotes.")],
    model: Saved = PRETRAINED,
) -> None:
    """Say whether reviews are positive or negative."""
    chances = SentimentClassifier.load(model).predict_proba(texts)
    table = Table("verdict", "probability", "review")
    for text, row in zip(texts, chances, strict=True):
        verdict = row.argmax()
        table.add_row(CLASSES[verdict], f"{row[verdict]:.3f}", escape(text))
    console.print(table)


def _encode(split: Split, vocab: Vocab) -> Split:
    """Turn the three DataFrames into three datasets."""
    cuts = (MAX_LENGTH, None, None)
    return Split(
        *(
            ReviewDataset(
                encode_reviews(part["text"], vocab), part["label"], cut
            )
            for part, cut in zip(split, cuts, strict=True)
        )
    )


def _record_figures(folder: Path, validation: ReviewDataset) -> pd.DataFrame:
    """Measure the model as it was saved, rounded, and save the figures."""
    classifier = SentimentClassifier.load(folder)
    metrics = evaluate(classifier.model, validation).metrics()
    classifier.figures = {"validation": metrics.round(4).to_dict("index")}
    classifier.save(folder, half=True)
    return metrics


def _write_provenance(
    folder: Path, run: dict, split: Split, history: History
) -> None:
    epochs = history.frame.round(4).reset_index()
    provenance = {
        "command": "python -m imdbtutor train",
        **run,
        "imdbtutor": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "machine": platform.machine(),
        "threads": torch.get_num_threads(),
        "reviews": dict(zip(split._fields, map(len, split), strict=True)),
        "training": asdict(TRAINING)
        | {"batch_size": BATCH_SIZE, "max_length": MAX_LENGTH},
        "history": epochs.to_dict("records"),
    }
    path = folder / "provenance.json"
    path.write_text(json.dumps(provenance, indent=2) + "\n", encoding="utf-8")


def _show(metrics: pd.DataFrame, title: str) -> None:
    table = Table("metric", "value", "95 % interval", title=title)
    for name, value, low, high in metrics.itertuples():
        table.add_row(name, f"{value:.3f}", f"{low:.3f} to {high:.3f}")
    console.print(table)


if __name__ == "__main__":
    app()
