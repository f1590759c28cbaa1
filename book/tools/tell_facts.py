"""What the front page says of the book in numbers: none of them is typed."""

import html
import math
import re

import list_chapters

from imdbtutor.evaluation.results import read_results

START = """\
<p class="start"><a href="../notebooks/{first}.html">Start reading</a>
<a href="try_it.html">Try it</a></p>
<p class="facts">{least} to {most} of 100 unseen reviews judged right · \
{chapters} chapters, about {hours} hours to read, an evening each with their \
exercises; {minutes} minutes to run, on two CPU cores and without a GPU · for \
readers who write Python and have never used PyTorch · free, code and text</p>
"""
SCORE = """\
<li><strong>{accuracy} %</strong> {what}
<small>95 % interval {low} to {high} %; {trained}</small></li>
"""
KEPT = re.compile(r" (?=\d|to \d)")  # no line breaks between them
UNITS = {"second": 1, "minute": 60}


def running_seconds() -> float:
    """Add up the chapters' times: as measured, or else as their boxes say."""
    rows = read_results("speed")["rows"]
    measured = {r["chapter"]: r["median"] for r in rows if "chapter" in r}
    return sum(
        measured.get(int(path.name[:2]), _told_seconds(path))
        for path in list_chapters.chapters()
    )


def _told_seconds(path: list_chapters.Path) -> float:
    number, unit = list_chapters.running_time(path).split()
    number = 1 if number == "a" else int(number)
    return number * UNITS[unit.removesuffix("s")]


def start() -> str:
    """Write the buttons, and what the book asks of a reader, as HTML."""
    paths = list_chapters.chapters()
    reading = sum(map(list_chapters.reading_minutes, paths))
    rows = {row["id"]: row for row in read_results("ladder")["rows"]}
    return START.format(
        least=int(100 * rows["book"]["mean"]),
        most=int(100 * max(row["mean"] for row in rows.values())),
        first=paths[0].stem,
        chapters=len(paths),
        hours=math.ceil(reading / 60),
        minutes=round(running_seconds() / 60),
    )


def scores(ladder: dict) -> str:
    """Write how often a few models are right, as HTML.

    Args:
        ladder: What `read_results("ladder")` returns.
    """
    rows = {row["id"]: row for row in ladder["rows"]}
    bags = [row for row in ladder["rows"] if row["kind"] == "bag"]
    bag = max(bags, key=lambda row: row["mean"])
    told = {
        "the LSTM that you build and train, in chapters 5 to 9": rows["book"],
        "the best model that only counts words and phrases, in "
        "chapter 11": bag,
        "an LSTM that is told what phrases mean, in chapter 12": rows["best"],
        "that LSTM and a small transformer, which has read elsewhere, "
        "together, in chapter 18": rows["minilm-best"],
    }
    items = [_score(what, row) for what, row in told.items()]
    return f'<ul class="scores">\n{"".join(items)}</ul>\n'


def _score(what: str, row: dict) -> str:
    low, high = row["reviews_interval"]
    seconds = sorted(row["train_seconds"])[len(row["train_seconds"]) // 2]
    trained = f"{round(seconds)} seconds"
    if seconds >= 120:
        trained = f"{round(seconds / 60)} minutes"
    return SCORE.format(
        accuracy=_percent(row["mean"]),
        what=KEPT.sub("&nbsp;", html.escape(what)),
        low=_percent(low),
        high=_percent(high),
        trained=f"{trained} of training",
    )


def _percent(share: float) -> str:
    return f"{100 * share:.1f}"
