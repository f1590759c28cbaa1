"""Fine-tune teachers, and ask each about texts that it has not seen.

Run `make measure WHAT=teachers`. What is asked: training reviews, snippets of
the other site, short spans cut from the reviews, and spans that say the
opposite. They are divided in two; a teacher learns from one half and judges
the other one. Each finished teacher's answers are kept in
`results/runs/teachers/`, and the teacher itself in the cache, to be asked
more; within an epoch a run goes on from where it was stopped. At the end they
become `results/teachers.json`.
"""

import hashlib
import re
import sys
import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks.accuracy.probes import SENTENCES
from benchmarks.accuracy.runs import (
    Rung,
    read_runs,
    run_missing,
    write_when_done,
)
from benchmarks.accuracy.transformers import train_minilm
from benchmarks.records import RESULTS, describe_runs
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.models.ngrams import part_neighbours

RUNS = RESULTS / "runs" / "teachers"
FOLDS = 2
ENDS = (32, 96)  # pieces that are read of a text, as in chapter 18
SPANS = 8  # of a review, at most
WORDS = (2, 40)  # of a span
VALIDATION, TEST = 250, 750  # snippets of each class
TEACHER = Rung("teacher", "teacher", "transformer", train_minilm, range(FOLDS))
SENTENCE_ENDS = re.compile(r"(?<=[.!?])['\")]*\s+|<br />")
CLAUSE_ENDS = re.compile(r"(?<=[,;:])\s+|\s+-+\s+")
NEGATION = re.compile(r"(?<!\bca)(?<!\bwo)n't\b|\b(?:not|never|no) ", re.I)
VERB = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|does|do|did|will|would|can|could)\b(?!')",
    re.I,
)


class Asked(NamedTuple):
    """Texts that teachers learn from or judge, and snippets to try them on.

    Args:
        texts: With `text`, `kind` ("review", "snippet", "span" or
            "turned"), `part` (the teacher that has not seen it) and `label`,
            0 or 1; of a span nobody knows it, and it is -1. A span and the
            one that it was turned into have the same number in `pair`, and
            in `review` the place of the training review they are from.
        validation: Snippets to choose by.
        test: Snippets that nothing is learned or chosen from.
    """

    texts: pd.DataFrame
    validation: pd.DataFrame
    test: pd.DataFrame


def split_snippets(
    snippets: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Keep the last snippets of each class apart: train, validation, test."""
    by_class = [group for _, group in snippets.groupby("label")]
    test, validation = -TEST, -TEST - VALIDATION
    return (
        pd.concat([group[:validation] for group in by_class]),
        pd.concat([group[validation:test] for group in by_class]),
        pd.concat([group[test:] for group in by_class]),
    )


def cut_spans(text: str, draw: np.random.Generator) -> list[str]:
    """Draw a few sentences from a review; of every other, only a clause."""
    found = []
    for sentence in SENTENCE_ENDS.split(text):
        clauses = CLAUSE_ENDS.split(sentence)
        if draw.random() < 0.5:
            sentence = clauses[draw.integers(len(clauses))]
        if WORDS[0] <= len(sentence.split()) <= WORDS[1]:
            found.append(sentence.strip())
    if len(found) <= SPANS:
        return found
    places = draw.choice(len(found), SPANS, replace=False)
    return [found[place] for place in sorted(places)]


def turn_round(span: str) -> str | None:
    """Take a negation out, or put one in; without a verb there is none.

    What comes of it need not be good English. What it means is for the
    teachers to say.
    """
    if NEGATION.search(span):
        return NEGATION.sub("", span, count=1)
    if VERB.search(span):
        return VERB.sub(r"\g<0> not", span, count=1)
    return None


def texts_to_ask(split: Split, snippets: pd.DataFrame) -> Asked:
    """Collect all that teachers are asked about; nothing of the test part."""
    learned, validation, test = split_snippets(snippets)
    tables = []
    for kind, table in (("review", split.train), ("snippet", learned)):
        part = part_neighbours(table["label"].to_numpy(), FOLDS)
        tables.append(table.assign(kind=kind, part=part))
    draw = np.random.default_rng(0)
    reviews = zip(tables[0]["text"], tables[0]["part"], strict=True)
    spans = pd.DataFrame(
        {"text": span, "label": -1, "part": part, "review": review}
        for review, (text, part) in enumerate(reviews)
        for span in cut_spans(text, draw)
    ).assign(kind="span")
    spans["pair"] = range(len(spans))
    turned = spans.assign(text=spans["text"].map(turn_round), kind="turned")
    texts = pd.concat([*tables, spans, turned.dropna()], ignore_index=True)
    return Asked(texts, validation, test)


def known_texts(asked: Asked, split: Split) -> dict[str, pd.DataFrame]:
    """Return the tables of texts whose labels no teacher learns from."""
    return {
        "validation": split.validation,
        "snippets_validation": asked.validation,
        "snippets_test": asked.test,
        "probes": pd.read_csv(SENTENCES),
    }


def fingerprint(texts: Iterable[str]) -> str:
    """Return what tells these texts, in this order, from any others."""
    return hashlib.sha256("\0".join(texts).encode()).hexdigest()


def ask(number: int, asked: Asked, split: Split) -> dict:
    """Train a teacher, and ask it about the texts that it has not seen."""
    texts = asked.texts
    known = texts[(texts["part"] != number) & (texts["label"] >= 0)]
    started = time.perf_counter()
    teacher = train_minilm(
        split._replace(train=known),
        number,
        name="teacher",
        parts=2,
        ends=ENDS,
        keep=True,
    )
    seconds = time.perf_counter() - started
    to_judge = {"unseen": texts[texts["part"] == number]}
    to_judge |= known_texts(asked, split)
    return {
        "teacher": number,
        "train_seconds": round(seconds, 1),
        "unseen": fingerprint(to_judge["unseen"]["text"]),
        "probabilities": {
            name: [round(float(p), 4) for p in teacher.score(table["text"])]
            for name, table in to_judge.items()
        },
    }


def accuracy(probabilities: Sequence[float], labels: pd.Series) -> float:
    """Return the share of texts on the right side of 0.5."""
    return round(float(((np.array(probabilities) > 0.5) == labels).mean()), 4)


def sum_up(asked: Asked, split: Split) -> dict:
    """Say how often each teacher was right about what it had not seen."""
    runs = read_runs(RUNS, TEACHER)
    known = known_texts(asked, split)
    rows = []
    for run in runs:
        number, said = run["teacher"], run["probabilities"]
        unseen = asked.texts[asked.texts["part"] == number]
        answers = np.array(said["unseen"])
        row = {"teacher": number, "train_seconds": run["train_seconds"]}
        for kind in ("review", "snippet"):
            here = (unseen["kind"] == kind).to_numpy()
            row[f"unseen_{kind}s"] = accuracy(
                answers[here], unseen["label"][here]
            )
        for name, table in known.items():
            row[name] = accuracy(said[name], table["label"])
        rows.append(row)
    counts = asked.texts["kind"].value_counts().to_dict()
    return describe_runs(runs) | {"texts": counts, "rows": rows}


def main(_: Sequence[str]) -> None:
    """Ask the teachers that have not been asked yet, then sum up."""
    split = split_reviews(load_reviews())
    asked = texts_to_ask(split, load_reviews("snippets"))
    run_missing([TEACHER], RUNS, lambda _, number: ask(number, asked, split))
    target = RESULTS / "teachers.json"
    write_when_done([TEACHER], RUNS, target, lambda: sum_up(asked, split))


if __name__ == "__main__":
    main(sys.argv[1:])
