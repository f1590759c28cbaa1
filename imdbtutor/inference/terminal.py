"""What the commands print."""

import io
import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import pandas as pd
import torch
import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text
from tqdm import tqdm

from imdbtutor.data import tables
from imdbtutor.data.formats import Form
from imdbtutor.data.readers import Row

console = Console()
errors = Console(stderr=True, soft_wrap=True)
GAP = re.compile(r"\s{20,}|\t")  # Rich takes minutes over very many
NO_MEMORY = re.compile("out of memory|can't allocate memory|not enough memory")
OF_CLASS = re.compile("(?P<metric>precision|recall|F1) of (?P<name>.*)", re.S)
STEERING = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")  # the terminal


@contextmanager
def plain_errors() -> Iterator[None]:
    """Say what was wrong in a line, and stop with exit code 2.

    Letters that the output has no sign for (on Windows, in a pipe, most) are
    written as their numbers.

    Used in chapter 10.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        yield
    except (ValueError, OSError, ImportError, FloatingPointError) as error:
        _stop(str(error), error)
    except (MemoryError, RuntimeError) as error:
        if not is_out_of_memory(error):
            raise
        said = " ".join(str(error).split()) or "no more can be had"
        _stop(
            f"Out of memory: {said} Close other programs, or choose another "
            "device (train has --device cpu).",
            error,
        )


def _stop(message: str, error: Exception) -> NoReturn:
    errors.print(f"[red]{escape(message)}[/red]")
    raise typer.Exit(code=2) from error


def is_out_of_memory(error: Exception) -> bool:
    """Tell whether Python, a CPU, CUDA or MPS had no memory left.

    For a CPU and for MPS, PyTorch has no exception of its own.

    Used in chapter 10.
    """
    if isinstance(error, MemoryError | torch.cuda.OutOfMemoryError):
        return True
    return bool(NO_MEMORY.search(str(error)))


def printable(text: str) -> str:
    """Show as escapes what cannot be printed or would steer the terminal.

    Tabs and long gaps become a space.

    Used in chapter 10.
    """
    raw = GAP.sub(" ", text).encode(console.encoding, "backslashreplace")
    return STEERING.sub(
        lambda found: repr(found[0])[1:-1], raw.decode(console.encoding)
    )


@contextmanager
def open_watched(
    file: Path, form: Form = tables.ANY
) -> Iterator[tables.Table]:
    """Open a table; a terminal sees how far its file is read.

    Args:
        file: The table.
        form: What is said of it, and need not be found.

    Used in chapter 10.
    """
    with (
        file.open("rb") as raw,
        tables.open_table(file, raw, form=form) as table,
    ):
        if not (sys.stderr.isatty() and raw.seekable()):
            yield table
            return
        size = os.fstat(raw.fileno()).st_size
        with tqdm(total=size, unit="B", unit_scale=True, leave=False) as bar:

            def watched() -> Iterator[Row]:
                for row in table.rows:
                    bar.update(raw.tell() - bar.n)
                    yield row

            yield table._replace(rows=watched())


def tell(rows: list[dict], as_json: bool = False) -> None:
    """Print rows as a table, or as JSON.

    Used in chapter 10.
    """
    if as_json:
        print(json.dumps(rows))
        return
    table = Table(*rows[0])
    for row in rows:
        cells = (escape(printable(str(value))) for value in row.values())
        table.add_row(*cells)
    console.print(table)


def shade(weights: pd.DataFrame) -> Text:
    """Mark the words of an explanation so that it shows without colours.

    Args:
        weights: What `SentimentClassifier.explain` returns.

    Returns:
        The words; strong ones underlined (for positive) or in italics
        (against it), with their weight.

    Used in chapter 10.
    """
    strongest = weights["weight"].abs().max()
    text = Text()
    for token, weight in weights.itertuples(index=False):
        style = "underline blue" if weight > 0 else "italic yellow"
        strong = abs(weight) > 0.15 * strongest
        text.append(printable(token), style=style if strong else "")
        text.append(f"({weight:+.1f}) " if strong else " ")
    return text


def show_metrics(metrics: pd.DataFrame, title: str) -> None:
    """Print what `Report.metrics` returns; of classes, a row for each.

    Used in chapter 10.
    """
    title = escape(printable(title))
    table = Table("metric", "value", "95 % interval", title=title)
    classes: dict[str, dict[str, str]] = {}
    rows = metrics.reindex(columns=["value", "low", "high"]).itertuples()
    for name, value, low, high in rows:
        measured = pd.notna([low, high]).all()
        interval = f"{low:.3f} to {high:.3f}" if measured else "not measured"
        if found := OF_CLASS.fullmatch(name):
            cells = classes.setdefault(found["name"], {})
            limits = f" ({low:.2f}-{high:.2f})" if measured else ""
            cells[found["metric"]] = f"{value:.2f}{limits}"
        else:
            table.add_row(escape(printable(name)), f"{value:.3f}", interval)
    console.print(table)
    if classes:
        table = Table("class", *next(iter(classes.values())))
        for name, cells in classes.items():
            table.add_row(escape(printable(name)), *cells.values())
        console.print(table)
