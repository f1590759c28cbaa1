"""Film reviews from a shell: train, measure, judge, explain."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer

from imdbtutor import __version__
from imdbtutor.data.download import fetch_aclimdb
from imdbtutor.data.formats import Form
from imdbtutor.inference.classifier import PRETRAINED, SentimentClassifier
from imdbtutor.inference.explanation import METHODS
from imdbtutor.inference.learning import evaluate_saved, train
from imdbtutor.inference.options import (
    AsJson,
    Encoding,
    Saved,
    Separator,
    TextColumn,
)
from imdbtutor.inference.predict_file import (
    judge,
    name_prediction,
    write_predictions,
)
from imdbtutor.inference.terminal import (
    console,
    open_watched,
    plain_errors,
    printable,
    shade,
    show_metrics,
    tell,
)

app = typer.Typer(
    help=__doc__,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="markdown",
)


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
        Path | None, typer.Option(help="The table to write for --file.")
    ] = None,
    text_column: TextColumn = None,
    separator: Separator = None,
    encoding: Encoding = None,
    least_known: Annotated[
        float | None,
        typer.Option(
            min=0, max=1, help="Share of known words under which none is told."
        ),
    ] = None,
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
        form = Form(text_column, None, separator, encoding)
        with open_watched(file, form) as table:
            rows = write_predictions(
                classifier, table, out, form=form, least_known=least_known
            )
        tell([{"rows": rows, "file": str(out)}], as_json)
        return
    found = judge(classifier, texts, least_known)
    rows = [
        row | {"text": text} for row, text in zip(found, texts, strict=True)
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

    For example: `imdbtutor explain "Dull at first, and then wonderful."`
    """
    classifier = SentimentClassifier.load(model)
    weights = classifier.explain(text, how=how)
    [probabilities] = classifier.predict_proba([text])
    found = name_prediction(probabilities, classifier.classes_.tolist())
    if as_json:
        words = weights.round(4).to_dict("records")
        print(json.dumps(found | {"words": words}))
    else:
        tell([found])
        console.print(shade(weights))


@app.command()
@plain_errors()
def serve(
    model: Annotated[
        Path,
        typer.Argument(
            help="A folder that train wrote.", show_default="the package's"
        ),
    ] = PRETRAINED,
    host: Annotated[
        str, typer.Option(help="Who may ask; 0.0.0.0 is everybody.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(help="0 takes a free one.", min=0, max=65_535)
    ] = 8000,
) -> None:
    """Answer other programs over HTTP, until stopped.

    The address `/openapi.json` says what can be asked. A model that is
    trained anew meanwhile is served from the next start on.

    For example: `imdbtutor serve my_model`, and from another shell
    `curl --json '{"text": "A joy."}' http://127.0.0.1:8000/predict`
    """
    try:
        from imdbtutor.inference.server import (
            make_app,
            make_server,
            open_port,
            run_server,
            stop_when_told,
        )
    except ImportError as error:
        how = "Run: pip install fastapi uvicorn"
        raise ImportError(f"serving takes more: {error}. {how}") from error
    server = make_server(make_app(model))
    stop_when_told(server)
    with open_port(host, port) as listening:
        found = listening.getsockname()[1]
        typer.echo(f"{printable(str(model))} at http://{host}:{found}")
        run_server(server, listening)


app.command()(train)
app.command("evaluate")(evaluate_saved)


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


if __name__ == "__main__":
    app()
