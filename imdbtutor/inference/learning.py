"""The commands that train a model, and measure one.

Used in chapter 10.
"""

import json
import time
from pathlib import Path
from typing import Annotated

import numpy as np
import pandas as pd
import typer
from rich.markup import escape

from imdbtutor.data.arguments import learn_classes, number_labels
from imdbtutor.data.formats import Form
from imdbtutor.data.packaged import PACKAGED
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.inference.classifier import PRETRAINED, SentimentClassifier
from imdbtutor.inference.measuring import measure, write_model
from imdbtutor.inference.options import (
    AllClasses,
    AsJson,
    Encoding,
    LabelColumn,
    Negative,
    Positive,
    Saved,
    Separator,
    Source,
    TextColumn,
)
from imdbtutor.inference.parts import BINARY
from imdbtutor.inference.terminal import (
    console,
    plain_errors,
    printable,
    show_metrics,
)
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.runtime import pick_device
from imdbtutor.training.balance import check_balance
from imdbtutor.training.distributed import process_group, rank_and_count
from imdbtutor.training.history import History
from imdbtutor.training.identity import fingerprint
from imdbtutor.training.loop import TrainingConfig
from imdbtutor.training.recipe import (
    TRAINING,
    Recipe,
    provenance,
    train_model,
)

RECALL = "recall of "  # and the class's name


@plain_errors()
def train(
    folder: Annotated[Path, typer.Argument(help="Where to write the model.")],
    source: Source = "packaged",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    separator: Separator = None,
    encoding: Encoding = None,
    negative: Negative = None,
    positive: Positive = None,
    all_classes: AllClasses = False,
    balance: Annotated[
        str | None,
        typer.Option(help="For rare classes: weights or sampling."),
    ] = None,
    epochs: Annotated[
        int, typer.Option(min=1, help="Passes over the reviews, at most.")
    ] = TRAINING.epochs,
    learning_rate: Annotated[
        float, typer.Option(min=0, help="The first step size.")
    ] = TRAINING.learning_rate,
    seed: Annotated[int, typer.Option(help="Fixes all that is random.")] = 0,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, mps.")] = None,
) -> None:
    """Train an LSTM, as chapter 8 does, and write it into a folder.

    On the packaged reviews it takes three minutes or so; stopped, it goes on
    when called again. Few texts want more epochs and a larger learning rate.

    For example:

    - `imdbtutor train my_model`

    - `imdbtutor train my_model --source complaints.csv --all-classes --epochs
      15 --learning-rate 0.01`

    - `imdbtutor train my_model --source stars.csv --negative 1-4 --positive
      7-10`

    - `torchrun --nproc-per-node 2 -m imdbtutor train my_model`
    """
    started, where = time.perf_counter(), pick_device(device)
    check_balance(balance)
    training = TrainingConfig(epochs=epochs, learning_rate=learning_rate)
    recipe = Recipe(training=training, balance=balance)
    form = Form(text_column, label_column, separator, encoding)
    asked = _asked(form, negative, positive, all_classes)
    split = split_reviews(reviews := load_reviews(source, **asked))
    numbered, classes = _number(split)
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    with process_group(where) as where:
        how = {"seed": seed, "device": where, "checkpoint": checkpoint}
        config = ModelConfig(0, num_classes=len(classes))
        model, vocab, history = train_model(
            numbered, config, recipe, **how, progress=True
        )
        if rank_and_count()[0] > 0:
            return  # the first process saves
    model = model.cpu().half().float()  # as it will be saved
    classifier = SentimentClassifier.from_parts(model, vocab, classes=classes)
    metrics = measure(classifier, split.validation)
    classifier.metrics_ = {"validation": metrics.round(4).to_dict("index")}
    run = {"source": source, "source_digest": _digest(source), **asked}
    run |= {"seed": seed, "seconds": round(time.perf_counter() - started, 1)}
    run |= {"device": str(where)} | provenance(split, history, recipe)
    write_model(folder, classifier, run)
    checkpoint.unlink(missing_ok=True)  # another training's, into the same
    show_metrics(metrics, f"{len(split.validation):,} validation reviews")
    _tell_end(folder, history, metrics)
    _tell_copies(len(reviews) - sum(map(len, split)))


@plain_errors()
def evaluate_saved(
    model: Saved = PRETRAINED,
    source: Source = "packaged",
    text_column: TextColumn = None,
    label_column: LabelColumn = None,
    separator: Separator = None,
    encoding: Encoding = None,
    negative: Negative = None,
    positive: Positive = None,
    as_json: AsJson = False,
) -> None:
    """Measure a trained model on some reviews.

    The packaged reviews and a folder aclImdb have a test part, and that is
    measured; so has the table that the model was trained on. Another table
    is measured whole.

    For example: `imdbtutor evaluate --model my_model`
    """
    form = Form(text_column, label_column, separator, encoding)
    classifier, kind = SentimentClassifier.load(model), "reviews"
    named = tuple(classifier.classes_) != BINARY and not positive
    asked = _asked(form, negative, positive, named)
    reviews = load_reviews(source, **asked)
    known = source in PACKAGED or _has_learned_from(model, source)
    if known or "part" in reviews:
        reviews, kind = split_reviews(reviews).test, "test reviews"
    metrics = measure(classifier, reviews)
    if as_json:
        found = metrics.round(4).to_dict("index")
        print(json.dumps({"reviews": len(reviews), "metrics": found}))
    else:
        show_metrics(metrics, f"{len(reviews):,} {kind}")


def _tell_end(folder: Path, history: History, metrics: pd.DataFrame) -> None:
    """Say where the model is, and what would make a better one."""
    name, epochs = escape(printable(str(folder))), len(history.rows)
    console.print(f"The best of {epochs} epochs is in {name}/")
    if history.best_epoch == epochs:
        console.print("The last one was the best: try more, with --epochs.")
    missed = [
        metric.removeprefix(RECALL)
        for metric, value in metrics["value"].items()
        if metric.startswith(RECALL) and value == 0
    ]
    if missed:
        names = escape(printable(", ".join(missed)))
        console.print(f"No text was found of: {names}. Try more --epochs,")
        console.print("a larger --learning-rate, or --balance.")


def _tell_copies(copies: int) -> None:
    if copies:
        console.print(f"left out, copies of reviews in later parts: {copies}")


def _digest(source: str) -> str | None:
    path = Path(source)
    return fingerprint(path) if path.is_file() else None


def _has_learned_from(model: Path, source: str) -> bool:
    """Tell whether a saved model was trained on this very table."""
    digest = _digest(source)
    try:
        run = json.loads((model / "provenance.json").read_text("utf-8"))
        return digest is not None and digest == run.get("source_digest")
    except (OSError, ValueError, AttributeError):  # somebody else's
        return False


def _asked(
    form: Form, negative: Negative, positive: Positive, all_classes: bool
) -> dict:
    """Return what was said of the table, as `load_reviews` takes it."""
    labels = {"negative": negative, "positive": positive}
    said = form._asdict() | labels | {"all_classes": all_classes}
    return {name: value for name, value in said.items() if value}


def _number(split: Split) -> tuple[Split, np.ndarray]:
    """Put numbers in the place of labels; return the classes, too."""
    classes, _ = learn_classes(split.train["label"], len(split.train))
    parts = [
        part.assign(label=number_labels(part["label"], len(part), classes))
        for part in split
    ]
    return Split(*parts), classes
