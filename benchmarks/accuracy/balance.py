"""Try what helps where some of four classes are rarer than the others.

Run `make measure WHAT=balance`. The packaged reviews and snippets are four
classes, praise and blame of either site; snippets are a third as many. In a
second case only every tenth of the praising ones is there to learn from. Each
finished run is kept in `results/runs/balance/`, so you can stop at any time
and go on later; at the end all become `results/balance.json`, which chapter
15 reads. Nothing is chosen by the test texts, and none is left out.
"""

import sys
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import f1_score

from benchmarks.accuracy.intervals import compare
from benchmarks.accuracy.runs import (
    Rung,
    choose,
    read_runs,
    run_missing,
    write_when_done,
)
from benchmarks.records import RESULTS, describe_runs
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.models.baselines import tfidf_logistic

RUNS = RESULTS / "runs" / "balance"
SEEDS = range(3)
SITES = {"packaged": "review", "snippets": "snippet"}
CLASSES = tuple(
    f"{verdict}, {site}"
    for verdict in ("blame", "praise")
    for site in SITES.values()
)
RARE, KEPT = "praise, snippet", 10  # in "thinned", every tenth of them stays
CASES = ("whole", "thinned")
LSTMS = {
    None: "LSTM",
    "weights": "LSTM, weights",
    "sampling": "LSTM, sampling",
}
BAGS = {
    None: "bag of words",
    "balanced": "bag of words, weights",
}
MOVED = ", divided"  # each probability by its class's


def four_classes() -> pd.DataFrame:
    """Load both sites; a label says which one, and praise or blame."""
    parts = []
    for source, name in SITES.items():
        part = load_reviews(source)
        verdict = part["label"].map({0: "blame", 1: "praise"})
        parts.append(part.assign(label=verdict + ", " + name))
    return pd.concat(parts, ignore_index=True)


def thin(part: pd.DataFrame) -> pd.DataFrame:
    """Keep every tenth text of one class, and all others."""
    rare = part["label"] == RARE
    kept = ~rare | (rare.cumsum() % KEPT == 1)
    return part[kept].reset_index(drop=True)


def case_of(split: Split, case: str) -> Split:
    """Return what a case learns from; its test texts are the same."""
    if case == "whole":
        return split
    return Split(thin(split.train), thin(split.validation), split.test)


def lstm(split: Split, seed: int, case: str, balance: str | None) -> Any:
    """Train the book's LSTM on four classes, as chapter 15 does."""
    train, validation, _ = case_of(split, case)
    classifier = SentimentClassifier(
        max_length=100, seed=seed, balance=balance
    )
    return classifier.fit(train["text"], train["label"], validation=validation)


def bag(split: Split, _: int, case: str, class_weight: str | None) -> Any:
    """Train a bag of words on four classes."""
    train = case_of(split, case).train
    pipeline = tfidf_logistic(1)
    pipeline.set_params(logisticregression__class_weight=class_weight)
    return pipeline.fit(train["text"], train["label"])


def rungs(case: str) -> list[Rung]:
    """Make the rungs of a case; the kind of each is the case."""
    of_lstm = [
        Rung(
            f"{case}-{balance or 'plain'}",
            name,
            case,
            partial(lstm, case=case, balance=balance),
            SEEDS,
        )
        for balance, name in LSTMS.items()
    ]
    of_bag = [
        Rung(
            f"{case}-bag-{weight or 'plain'}",
            name,
            case,
            partial(bag, case=case, class_weight=weight),
        )
        for weight, name in BAGS.items()
    ]
    return of_lstm + of_bag


RUNGS = [rung for case in CASES for rung in rungs(case)]


def run(rung: Rung, seed: int, split: Split) -> dict:
    """Train once; return what it says of each test text, as digits.

    `moved` is what it says once each probability is divided by the share of
    its class in the training part.
    """
    started = time.perf_counter()
    model = rung.train(split, seed)
    seconds = time.perf_counter() - started
    probabilities = model.predict_proba(split.test["text"])
    labels = case_of(split, rung.kind).train["label"]
    shares = labels.value_counts(normalize=True)[list(CLASSES)]
    moved = probabilities / shares.to_numpy()
    return {
        "id": rung.id,
        "seed": seed,
        "train_seconds": round(seconds, 1),
        "said": digits(probabilities.argmax(axis=1)),
        "moved": digits(moved.argmax(axis=1)),
    }


def digits(numbers: np.ndarray) -> str:
    """Write one digit for each number."""
    return "".join(map(str, numbers))


def read_digits(texts: Sequence[str]) -> np.ndarray:
    """Read digits as numbers, shape (texts, digits)."""
    return np.array([list(map(int, text)) for text in texts])


def scores(said: np.ndarray, labels: np.ndarray) -> dict[str, np.ndarray]:
    """Return what each run has for each text, (runs, texts), by the metric.

    The mean over the texts is the metric: of `accuracy`, right texts count 1;
    of `recall`, the mean over the classes, a text of a rare class counts more.
    """
    right = (said == labels).astype(float)
    shares = np.bincount(labels) / len(labels)
    each = 1 / (len(shares) * shares[labels])
    return {"accuracy": right, "recall": right * each}


def summarise(said: np.ndarray, labels: np.ndarray) -> dict:
    """Sum up what the runs of a model said."""
    of_class = [
        (said[:, labels == number] == number).mean() for number in range(4)
    ]
    found = {
        name: each.mean(axis=1).round(4).tolist()
        for name, each in scores(said, labels).items()
    }
    f1 = [round(f1_score(labels, one, average="macro"), 4) for one in said]
    shares = dict(zip(CLASSES, np.round(of_class, 4).tolist(), strict=True))
    return found | {"f1": f1, "recall_of": shares}


def differences(
    said: np.ndarray, plain: np.ndarray, labels: np.ndarray, shared: bool
) -> dict:
    """Say how far a model is from the plain one, with intervals."""
    ours, theirs = scores(said, labels), scores(plain, labels)
    return {
        name: np.round(
            compare(theirs[name], ours[name], shared=shared), 4
        ).tolist()
        for name in ours
    }


def sum_up(split: Split) -> dict:
    """Turn the runs into rows: of each model, and of plain ones moved."""
    labels = pd.Index(CLASSES).get_indexer(split.test["label"])
    rows, all_runs = [], []
    for rung in RUNGS:
        runs = read_runs(RUNS, rung)
        all_runs += runs
        said = read_digits([each["said"] for each in runs])
        ways = [(rung.id, rung.name, said)]
        if rung.id.endswith("plain"):
            plain = said
            moved = read_digits([each["moved"] for each in runs])
            ways.append((f"{rung.id}-moved", rung.name + MOVED, moved))
        for id_, name, found in ways:
            row = {"id": id_, "case": rung.kind, "name": name}
            row |= summarise(found, labels)
            row["train_seconds"] = [each["train_seconds"] for each in runs]
            if found is not plain:
                shared = found is not said
                row["gain"] = differences(found, plain, labels, shared)
            rows.append(row)
    parts = {case: case_of(split, case).train["label"] for case in CASES}
    return describe_runs(all_runs) | {
        "reviews": dict(zip(split._fields, map(len, split), strict=True)),
        "classes": {
            case: part.value_counts()[list(CLASSES)].to_dict()
            for case, part in parts.items()
        },
        "rows": rows,
    }


def main(chosen: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        chosen: Ids of ways, to do only these now; if empty, all.
    """
    now = choose(chosen, RUNGS)
    split = split_reviews(four_classes())
    run_missing(now, RUNS, partial(run, split=split))
    target = RESULTS / "balance.json"
    write_when_done(RUNGS, RUNS, target, lambda: sum_up(split))


if __name__ == "__main__":
    main(sys.argv[1:])
