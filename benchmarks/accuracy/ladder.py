"""Train every rung of the ladder, and say how far they are apart.

Run `make measure WHAT=ladder`. Each finished run is kept in
`results/runs/ladder/`, so you can stop at any time and go on later; to do a
run again, delete its file. The rungs whose runs are all there become
`results/ladder.json`, which the book's pages read.
"""

import sys
from collections.abc import Sequence
from functools import partial
from itertools import chain, pairwise
from typing import NamedTuple

import numpy as np
from scipy.stats import sem
from scipy.stats import t as student
from sklearn.metrics import f1_score

from benchmarks.accuracy.intervals import compare
from benchmarks.accuracy.ladder_rungs import RUNGS
from benchmarks.accuracy.runs import (
    Rung,
    are_done,
    choose,
    console,
    read_runs,
    run,
    run_missing,
)
from benchmarks.records import RESULTS, describe_runs, write_json
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.evaluation.report import bootstrap_mean

RUNS = RESULTS / "runs" / "ladder"
PAIRS = [  # that pages speak of, wherever they stand on the ladder
    ("nb-3", "best"),
    ("best", "together"),
    ("best", "taught"),
    ("nb-3", "minilm"),
    ("nb-3", "minilm-bag"),
    ("minilm", "minilm-bag"),
    ("best", "minilm-best"),
    ("minilm", "minilm-best"),
    ("minilm-taught", "minilm-best"),
]


class Vote(NamedTuple):
    """A rung in which models vote: the mean of their probabilities.

    Args:
        id: Of the rung.
        name: Of the rung.
        voters: Ids of the rungs whose runs vote.
        whole: Whether all their runs vote at once, and not a run of each.
    """

    id: str
    name: str
    voters: tuple[str, ...]
    whole: bool = False


VOTES = [
    Vote("together", "5 informed LSTMs together", ("best",), whole=True),
    Vote("minilm-bag", "MiniLM and NB-weighted triples", ("minilm", "nb-3")),
    Vote("minilm-best", "MiniLM and the informed LSTM", ("minilm", "best")),
    Vote("minilm-taught", "MiniLM and the taught LSTM", ("minilm", "taught")),
]


class Summary(NamedTuple):
    """A rung's row, and which reviews each run got right, (runs, reviews)."""

    row: dict
    right: np.ndarray


def summarise(runs: list[dict], labels: np.ndarray) -> Summary:
    """Sum up a rung's runs."""
    predicted = [np.array(run["probabilities"]) > 0.5 for run in runs]
    right = np.stack([classes == labels for classes in predicted])
    accuracy = right.mean(axis=1)
    mean, low, high = bootstrap_mean(right.mean(axis=0).round(6))
    row = {
        "accuracy": accuracy.round(4).tolist(),
        "f1": [
            round(float(f1_score(labels, classes)), 4) for classes in predicted
        ],
        "mean": round(mean, 4),
        "reviews_interval": [round(low, 4), round(high, 4)],
        "seeds_interval": seeds_interval(accuracy),
        "parameters": runs[0]["parameters"],
        "train_seconds": [run["train_seconds"] for run in runs],
        "reviews_per_second": round(
            float(np.median([run["reviews_per_second"] for run in runs]))
        ),
    }
    return Summary(row, right)


def seeds_interval(accuracy: np.ndarray) -> list[float] | None:
    """Return Student's 95 % interval for the mean over seeds."""
    if len(accuracy) < 2:
        return None
    error = sem(accuracy) * student.ppf(0.975, len(accuracy) - 1)
    mean = accuracy.mean()
    return [round(float(mean - error), 4), round(float(mean + error), 4)]


def vote(runs: list[dict]) -> dict:
    """Average the probabilities of several runs into one."""
    probabilities = np.mean([run["probabilities"] for run in runs], axis=0)
    seconds = sum(1 / run["reviews_per_second"] for run in runs)
    return {
        "probabilities": probabilities.tolist(),
        "parameters": sum(run["parameters"] for run in runs),
        "train_seconds": round(sum(run["train_seconds"] for run in runs), 1),
        "reviews_per_second": round(1 / seconds),
    }


def vote_by_run(voters: list[list[dict]]) -> list[dict]:
    """Let the first runs vote, then the second ones, as far as all have one.

    A model with one run has no seeds: it votes each time.
    """
    count = min((len(runs) for runs in voters if len(runs) > 1), default=1)
    runs = [runs if len(runs) > 1 else runs * count for runs in voters]
    return [vote(list(each)) for each in zip(*runs, strict=False)]


def put_together(found: dict[str, list[dict]]) -> dict[Vote, list[dict]]:
    """Let models vote, where all that would vote are there.

    Args:
        found: The runs of each rung, by its id.

    Returns:
        The runs of each vote.
    """
    made = {}
    for each in VOTES:
        if all(id_ in found for id_ in each.voters):
            runs = [found[id_] for id_ in each.voters]
            if each.whole:
                made[each] = [vote(list(chain.from_iterable(runs)))]
            else:
                made[each] = vote_by_run(runs)
    return made


def done() -> list[Rung]:
    """Return the rungs whose runs are all there."""
    return [rung for rung in RUNGS if are_done([rung], RUNS)]


def who_votes(id_: str) -> set[str]:
    """Return a rung's id, and those of the rungs that vote in it."""
    return {id_}.union(*(each.voters for each in VOTES if each.id == id_))


def difference(right: dict[str, np.ndarray], lower: str, upper: str) -> dict:
    """Say how far a rung is above another.

    Args:
        right: As in `Summary`, by the rung's id.
        lower: The id of a rung.
        upper: The id of the other one.

    Returns:
        The difference, its interval, and how many runs of each it is from.
        A vote is compared with its voters run by run, as far as both have
        them. If it is made of all runs of a rung, its interval from that rung
        is about these runs alone.
    """
    scores = [right[lower], right[upper]]
    least = min(map(len, scores))
    shared = least > 1 and not who_votes(lower).isdisjoint(who_votes(upper))
    if shared:
        scores = [each[:least] for each in scores]
    runs = [len(each) for each in scores]
    if any(v.whole and {v.id, *v.voters} == {lower, upper} for v in VOTES):
        scores = [each.mean(axis=0, keepdims=True) for each in scores]
    value, low, high = (round(x, 4) for x in compare(*scores, shared=shared))
    return {"difference": value, "interval": [low, high], "runs": runs}


def sum_up(split: Split) -> dict:
    """Turn the rungs whose runs are all there into the ladder."""
    labels = split.test["label"].to_numpy()
    rungs = done()
    found = {rung.id: read_runs(RUNS, rung) for rung in rungs}
    made = [run for runs in found.values() for run in runs]
    entries = [(rung.id, rung.name, rung.kind) for rung in rungs]
    for each, runs in put_together(found).items():
        found[each.id] = runs
        entries.append((each.id, each.name, "ensemble"))
    rows, right = [], {}
    for id_, name, kind in entries:
        row, right[id_] = summarise(found[id_], labels)
        rows.append({"id": id_, "name": name, "kind": kind} | row)
    rows.sort(key=lambda row: row["mean"])
    counts = dict(zip(split._fields, map(len, split), strict=True))
    return describe_runs(made) | {
        "reviews": counts,
        "rows": rows,
        "differences": [
            {"from": one, "to": other} | difference(right, one, other)
            for one, other in pairwise(row["id"] for row in rows)
        ],
        "against_book": [
            {"id": row["id"]} | difference(right, "book", row["id"])
            for row in rows
            if row["id"] != "book"
        ],
        "pairs": [
            {"from": one, "to": other} | difference(right, one, other)
            for one, other in PAIRS
            if {one, other} <= right.keys()
        ],
    }


def main(chosen: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        chosen: Ids of rungs, to do only these now; if empty, all.
    """
    now = choose(chosen, RUNGS)
    split = split_reviews(load_reviews())
    run_missing(now, RUNS, partial(run, split=split))
    write_json(RESULTS / "ladder.json", sum_up(split))
    console.print(f"== Done: {len(done())} of {len(RUNGS)} rungs ==")


if __name__ == "__main__":
    main(sys.argv[1:])
