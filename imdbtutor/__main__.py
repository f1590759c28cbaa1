"""Film reviews from a shell: train, measure, judge, explain."""

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from rich.markup import escape

from imdbtutor import __version__
from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.download import fetch_aclimdb
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import PACKAGED, load_reviews, split_reviews
from imdbtutor.evaluation.report import evaluate
from imdbtutor.inference.classifier import PRETRAINED, SentimentClassifier
from imdbtutor.inference.explanation import METHODS
from imdbtutor.inference.predict_file import name_prediction, write_predictions
from imdbtutor.inference.terminal import (
    console,
    open_watched,
    plain_errors,
    printable,
    shade,
    show_metrics,
    tell,
)
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.runtime import pick_device, whole_file
from imdbtutor.training.distributed import process_group, rank_and_count
from imdbtutor.training.recipe import provenance, train_model

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)
Source = Annotated[
    str, typer.Option(help="'packaged', a folder aclImdb, or a table.")
]
Saved = Annotated[
    Path,
    typer.Option(
        "--model",
        help="A folder that train wrote.",
        show_default="the package's",
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead.")]


@app.command()
@plain_errors()
def predict(
    texts: Annotated[
        list[str] | None, typer.Argument(help="Reviews, in quotes.")
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="A table of reviews, of any size.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The CSV to write for --file.")
    ] = None,
    column: Annotated[
        str, typer.Option(help="The column of --file with the reviews.")
    ] = "text",
    model: Saved = PRETRAINED,
    as_json: AsJson = False,
) -> None:
    """Say whether reviews are positive or negative.

    For example:

    - `imdbtutor predict "A joy from start to end." "A dull, empty film."`

    - `imdbtutor predict --file reviews.csv --out predictions.csv`
    """
    if bool(texts) == bool(file) or bool(file) != bool(out):
        raise ValueError(
            "give either reviews in quotes, or both --file and --out."
        )
    classifier = SentimentClassifier.load(model)
    if file:
        with open_watched(file) as table:
            rows = write_predictions(classifier, table, out, column=column)
        tell([{"rows": rows, "file": str(out)}], as_json)
        return
    found = classifier.predict_proba(texts)[:, 1]
    rows = [
        name_prediction(probability) | {"text": text}
        for text, probability in zip(texts, found, strict=True)
    ]
    tell(rows, as_json)


@app.command()
@plain_errors()
def explain(
    text: Annotated[str, typer.Argument(help="One review, in quotes.")],
    how: Annotated[
        str, typer.Option(help=f"One of: {', '.join(METHODS)}.")
    ] = "gradients",
    model: Saved = PRETRAINED,
    as_json: AsJson = False,
) -> None:
    """Show which words led to a prediction.

    Words that speak for positive are underlined, those that speak against
    it are in italics; each strong one is followed by its weight.

    For example: `imdbtutor explain "Slow at first, and then wonderful."`
    """
    classifier = SentimentClassifier.load(model)
    weights = classifier.explain(text, how=how)
    found = name_prediction(classifier.predict_proba([text])[0, 1])
    if as_json:
        words = weights.round(4).to_dict("records")
        print(json.dumps(found | {"words": words}))
    else:
        tell([found])
        console.print(shade(weights))


@app.command()
@plain_errors()
def train(
    folder: Annotated[Path, typer.Argument(help="Where to write the model.")],
    source: Source = "packaged",
    seed: Annotated[int, typer.Option(help="Fixes all that is random.")] = 0,
    device: Annotated[str | None, typer.Option(help="cpu, cuda, mps.")] = None,
) -> None:
    """Train the model of chapter 8 and write it into a folder.

    It takes three minutes or so; stopped, it goes on when called again.

    For example:

    - `imdbtutor train my_model`

    - `imdbtutor train my_model --source my_reviews.csv`

    - `torchrun --nproc-per-node 2 -m imdbtutor train my_model`
    """
    started, where = time.perf_counter(), pick_device(device)
    reviews = load_reviews(source)
    split = split_reviews(reviews)
    folder.mkdir(parents=True, exist_ok=True)
    checkpoint = folder / "checkpoint.pt"
    with process_group(where) as where:
        how = {"seed": seed, "device": where, "checkpoint": checkpoint}
        model, vocab, history = train_model(
            split, ModelConfig(0), **how, progress=True
        )
        if rank_and_count()[0] > 0:
            return  # the first process saves
    rounded = model.cpu().half().float()  # as it will be saved
    classifier = SentimentClassifier(rounded, vocab)
    metrics = _metrics_on(classifier, split.validation)
    classifier.metrics = {"validation": metrics.round(4).to_dict("index")}
    seconds = round(time.perf_counter() - started, 1)
    run = {"source": source, "seed": seed, "seconds": seconds}
    run |= {"device": str(where)} | provenance(split, history)
    with whole_file(folder / "provenance.json") as partial:
        partial.write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
        classifier.save(folder, half=True)  # both, or neither
    checkpoint.unlink(missing_ok=True)  # another training's, into the same
    show_metrics(metrics, f"{len(split.validation):,} validation reviews")
    name = escape(printable(str(folder)))
    console.print(f"The best of {len(history.rows)} epochs is in {name}/")
    if copies := len(reviews) - sum(map(len, split)):
        console.print(f"left out, copies of reviews in later parts: {copies}")


@app.command("evaluate")
@plain_errors()
def evaluate_saved(
    model: Saved = PRETRAINED,
    source: Source = "packaged",
    as_json: AsJson = False,
) -> None:
    """Measure a trained model on some reviews.

    The packaged reviews and a folder aclImdb have a test part, and that is
    measured. A table of your own is measured whole: take reviews that the
    model was not trained on.

    For example: `imdbtutor evaluate --model my_model`
    """
    reviews, kind = load_reviews(source), "reviews"
    if source in PACKAGED or "part" in reviews:
        reviews, kind = split_reviews(reviews).test, "test reviews"
    metrics = _metrics_on(SentimentClassifier.load(model), reviews)
    if as_json:
        found = metrics.round(4).to_dict("index")
        print(json.dumps({"reviews": len(reviews), "metrics": found}))
    else:
        show_metrics(metrics, f"{len(reviews):,} {kind}")


@app.command()
@plain_errors()
def download(
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; else a cache folder.")
    ] = None,
) -> None:
    """Fetch the official 50,000 reviews of Stanford (84 MB) and check them.

    For example: `imdbtutor download data`, then
    `imdbtutor train my_model --source data/aclImdb`
    """
    print(fetch_aclimdb(folder))


@app.command()
@plain_errors()
def info(model: Saved = PRETRAINED, as_json: AsJson = False) -> None:
    """Say what a model is, how big, and what it was measured at.

    For example: `imdbtutor info --model my_model`
    """
    classifier = SentimentClassifier.load(model)
    facts = {
        "folder": str(model),
        "imdbtutor": __version__,
        "parameters": sum(p.numel() for p in classifier.model.parameters()),
        "vocabulary": len(classifier.vocab),
    } | asdict(classifier.model.config)
    if as_json:
        print(json.dumps(facts | {"figures": classifier.metrics}))
        return
    tell([{"": name, "value": value} for name, value in facts.items()])
    for name, metrics in classifier.metrics.items():
        show_metrics(pd.DataFrame.from_dict(metrics, orient="index"), name)


def _metrics_on(
    classifier: SentimentClassifier, reviews: pd.DataFrame
) -> pd.DataFrame:
    encoded = encode_reviews(reviews["text"], classifier.vocab)
    dataset = ReviewDataset(encoded, reviews["label"])
    return evaluate(classifier.model, dataset).metrics()


if __name__ == "__main__":
    app()
