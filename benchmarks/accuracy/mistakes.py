"""Train the book's model with one mistake switched on at a time.

Run `make measure WHAT=mistakes`. Each finished run is kept in
`results/runs/mistakes/`, so you can stop at any time and go on later; to do a
run again, delete its file. At the end all of them become
`results/mistakes.json`, which chapter 13 reads.

So that 48 runs take no more than an hour on two cores, training reviews are
cut at their first 200 tokens and read three times over. Test reviews are read
whole, unless the cut is the mistake. The models that go by their last state
train on the last 200 tokens, where that state is.
"""

import sys
from collections.abc import Mapping, Sequence

import numpy as np

from benchmarks.accuracy.mistake_data import TOKENS
from benchmarks.accuracy.mistake_rows import KINDS, LOOKS, ROWS, Row
from benchmarks.accuracy.mistake_runs import TRAINING, run
from benchmarks.accuracy.runs import (
    choose,
    read_runs,
    run_missing,
    write_when_done,
)
from benchmarks.records import RESULTS, describe_runs
from imdbtutor.data.reviews import load_reviews
from imdbtutor.training.recipe import BATCH_SIZE, MAX_TOKENS

RUNS = RESULTS / "runs" / "mistakes"


def sum_up_row(row: Row, runs: Mapping[str, list[dict]]) -> dict:
    """Turn the runs of a row and of its reference into what it costs."""

    def right_ones(id_: str, scored: str) -> np.ndarray:
        found = np.array([run["right"][scored] for run in runs[id_]])
        return found.view("U1").reshape(*found.shape, -1) == "1"

    def seconds(id_: str) -> list[float]:
        return [run["train_seconds"] for run in runs[id_]]

    source = row.id if row.recipe else "base"
    found = {"id": row.id, "name": row.name, "kind": row.kind}
    right = right_ones(source, row.scored)
    if row.kind == "reference":
        found["accuracy"] = right.mean(axis=1).round(4).tolist()
        return found | {"train_seconds": seconds(source)}
    found["against"] = row.against
    found |= row.cost(right, right_ones(row.against, "test"))
    longer = np.mean(seconds(source)) - np.mean(seconds(row.against))
    found["train_seconds"] = seconds(source)
    return found | {"cost_seconds": round(float(longer), 1)}


def sum_up(runs: Mapping[str, list[dict]]) -> dict:
    """Turn all runs into the table."""
    all_runs = [run for found in runs.values() for run in found]
    return describe_runs(all_runs) | {
        "setup": {
            "training_tokens": TOKENS,
            "epochs": TRAINING.epochs,
            "words": MAX_TOKENS,
            "batch_size": BATCH_SIZE,
            "looks": LOOKS,
            "test_reviews": len(runs["base"][0]["right"]["test"]),
        },
        "kinds": KINDS,
        "rows": [sum_up_row(row, runs) for row in ROWS],
    }


def main(chosen: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        chosen: Ids of mistakes, to do only these now; if empty, all.
    """
    trained = [row for row in ROWS if row.recipe]
    now = choose(chosen, trained)
    reviews = load_reviews()
    run_missing(now, RUNS, lambda row, seed: run(row.recipe, seed, reviews))
    target = RESULTS / "mistakes.json"
    write_when_done(
        trained,
        RUNS,
        target,
        lambda: sum_up({row.id: read_runs(RUNS, row) for row in trained}),
    )


if __name__ == "__main__":
    main(sys.argv[1:])
