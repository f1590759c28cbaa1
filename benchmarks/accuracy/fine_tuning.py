"""Fine-tune MiniLM on 1,199 reviews, well and badly.

Run `make measure WHAT=fine_tuning`. Each finished run is kept in
`results/runs/fine_tuning/`, so you can stop at any time and go on later; at
the end all become `results/fine_tuning.json`, which chapter 18 reads. No test
review is scored: accuracy is of the validation reviews.
"""

import sys
from collections.abc import Sequence
from functools import partial

import numpy as np

from benchmarks.accuracy.intervals import compare
from benchmarks.accuracy.runs import (
    Rung,
    choose,
    judge_runs,
    run,
    run_missing,
    write_when_done,
)
from benchmarks.accuracy.transformers import read_minilm, train_minilm
from benchmarks.records import RESULTS, describe_runs
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.models.encoder import Encoder, EncoderConfig
from imdbtutor.training.warm_up import WARM_UP

RUNS = RESULTS / "runs" / "fine_tuning"
SEEDS = range(3)
EVERY = 15  # of so many training reviews, one is learned from
AS_TOLD = {"fixed": 3, "rate": 2e-4, "share": WARM_UP, "ends": (32, 96)}


def rung(id_: str, name: str, **changed: object) -> Rung:
    """Make a way to fine-tune, for one epoch; nothing is kept within it."""
    how = AS_TOLD | {"name": id_, "epochs": 1, "parts": 1} | changed
    train = partial(train_minilm, **how)
    return Rung(id_, name, "transformer", train, SEEDS)


RUNGS = [
    rung("as-told", "as told: the upper three blocks"),
    rung("whole", "all blocks", fixed=0),
    rung("upper-one", "the uppermost block", fixed=5),
    rung("linear", "the linear layer alone", fixed=6),
    rung("head", "the first 128 pieces", ends=(128, 0)),
    rung("tail", "the last 128 pieces", ends=(0, 128)),
    rung("short", "8 pieces and 24", ends=(8, 24)),
    rung("long", "64 pieces and 192", ends=(64, 192)),
    rung("straight", "without warm-up", share=0.0),
    rung("fast", "ten times the learning rate", rate=2e-3),
    rung("fast-whole", "ten times the learning rate, all", rate=2e-3, fixed=0),
    rung("slow", "a tenth of the learning rate", rate=2e-5),
    rung("dropout", "with dropout", make=partial(read_minilm, dropout=0.1)),
    rung(
        "random",
        "all blocks, from random weights",
        fixed=0,
        make=lambda: Encoder(EncoderConfig(dropout=0.0)),
    ),
]


def thin_out(split: Split) -> Split:
    """Keep one of `EVERY` training reviews."""
    return split._replace(train=split.train[::EVERY])


def sum_up(split: Split) -> dict:
    """Turn the runs into rows, each compared with the first."""
    labels = split.validation["label"].to_numpy()
    rows, all_runs, first = [], [], None
    for each in RUNGS:
        runs, right, row = judge_runs(RUNS, each, labels)
        all_runs += runs
        if first is None:
            first = right
        else:
            against = np.round(compare(first, right), 4).tolist()
            row["against_first"] = against
        rows.append(row)
    counts = {"train": len(split.train), "validation": len(labels)}
    return describe_runs(all_runs) | {"reviews": counts, "rows": rows}


def main(chosen: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        chosen: Ids of ways, to do only these now; if empty, all.
    """
    now = choose(chosen, RUNGS)
    split = thin_out(split_reviews(load_reviews()))
    run_missing(now, RUNS, partial(run, split=split, part="validation"))
    target = RESULTS / "fine_tuning.json"
    write_when_done(RUNGS, RUNS, target, lambda: sum_up(split))


if __name__ == "__main__":
    main(sys.argv[1:])
