"""Try what might improve the book's LSTM, on the validation reviews alone.

Run `make measure WHAT=ablations`. Each finished run is kept in
`results/runs/ablations/`, so you can stop at any time and go on later; to do
a run again, delete its file. At the end all become `results/ablations.json`,
which chapter 12 reads. No test review is scored; a network is scored on the
reviews that chose its epoch.
"""

import sys
from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
from sklearn.pipeline import Pipeline

from benchmarks.accuracy.ablation_models import (
    ChunkedLSTM,
    PairsLSTM,
    book_lstm,
    train_informed,
    wide_lstm,
)
from benchmarks.accuracy.intervals import compare
from benchmarks.accuracy.runs import (
    BOOK_TRAINING,
    Rung,
    choose,
    pipeline_rung,
    read_runs,
    run,
    run_missing,
    train_network,
    write_when_done,
)
from benchmarks.accuracy.training_tricks import fit_with_tricks
from benchmarks.records import RESULTS, describe_runs
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.models.baselines import nb_logistic
from imdbtutor.training.loop import TrainingConfig

RUNS = RESULTS / "runs" / "ablations"
SEEDS = range(2)


def ablation(id_: str, name: str, train: Callable, **how: object) -> Rung:
    """Make a rung of a way to train and its settings."""
    return Rung(id_, name, "lstm", partial(train, **how), SEEDS)


def trick(
    id_: str,
    name: str,
    training: TrainingConfig = BOOK_TRAINING,
    **switches: float,
) -> Rung:
    """Make a rung of `ChunkedLSTM`, trained with a trick."""
    return ablation(
        id_,
        name,
        train_network,
        make_model=ChunkedLSTM,
        training=training,
        fit=partial(fit_with_tricks, **switches),
    )


def frame(id_: str, name: str, epochs: int = 4, **how: object) -> Rung:
    """Make a rung of `InformedLSTM`, in half the epochs of the ladder's."""
    return ablation(id_, name, train_informed, epochs=epochs, **how)


def bag(id_: str, name: str, longest: int, strength: float) -> Rung:
    """Make a rung of NB-weighted n-grams of up to `longest` words."""

    def make() -> Pipeline:
        pipeline = nb_logistic(longest)
        return pipeline.set_params(logisticregression__C=strength)

    return pipeline_rung(id_, name, make)


ABLATIONS = [
    bag("bag", "NB-weighted, to pairs", 2, 0.1),
    bag("bag-0.03", "NB-weighted, to pairs, C of 0.03", 2, 0.03),
    bag("bag-0.3", "NB-weighted, to pairs, C of 0.3", 2, 0.3),
    bag("bag-3", "NB-weighted, to triples", 3, 0.1),
    ablation("book", "the book's LSTM", train_network, make_model=book_lstm),
    ablation(
        "words",
        "book, 20,000 words",
        train_network,
        make_model=book_lstm,
        max_tokens=20_000,
    ),
    ablation(
        "hidden",
        "book, states twice as long",
        train_network,
        make_model=wide_lstm,
    ),
    ablation(
        "chunks",
        "chunks, maximum and mean",
        train_network,
        make_model=ChunkedLSTM,
    ),
    trick(
        "decay",
        "chunks, weight decay 0.3",
        TrainingConfig(weight_decay=0.3),
    ),
    trick("smoothing", "chunks, labels smoothed by 0.1", smoothing=0.1),
    trick("average", "chunks, running mean of the weights", average=0.99),
    trick("push", "chunks, adversarial step of 1.0", push=1.0),
    ablation(
        "pairs",
        "chunks, a vector for each pair",
        train_network,
        make_model=PairsLSTM,
    ),
    frame(
        "random",
        "frame, vectors learned from the start",
        vectors="random",
        tuned=True,
        weights="none",
    ),
    frame(
        "tuned",
        "frame, vectors from neighbours, trained on",
        tuned=True,
        weights="none",
    ),
    frame("vectors", "frame, vectors from neighbours, fixed", weights="none"),
    frame("weights", "frame, weights alone", dim=0),
    frame("seen", "frame, vectors, weights that saw labels", weights="seen"),
    frame("informed", "frame, vectors, held-out weights"),
    frame("informed-8", "the same, 8 epochs", epochs=8),
    frame("informed-128", "the same, states twice as long", hidden_dim=128),
    frame("informed-300", "the same, vectors of 300 numbers", dim=300),
]


# What the chapter's tables compare with what.
CHANGES = {
    "book": ["words", "hidden", "chunks", "bag"],
    "chunks": ["pairs", "decay", "smoothing", "average", "push"],
    "random": ["tuned", "vectors"],
    "informed": [
        "seen",
        "weights",
        "vectors",
        "bag-3",
        "informed-8",
        "informed-128",
        "informed-300",
    ],
}


def sum_up(split: Split) -> dict:
    """Turn the runs into a list of ablations, and how far they are apart."""
    labels = split.validation["label"].to_numpy()
    rows, losses, all_runs = [], {}, []
    for rung in ABLATIONS:
        runs = read_runs(RUNS, rung)
        all_runs += runs
        positive = np.array([run["probabilities"] for run in runs])
        right = (positive > 0.5) == labels  # (runs, reviews)
        of_label = np.where(labels == 1, positive, 1 - positive)
        losses[rung.id] = -np.log(of_label.clip(1e-4))  # they are rounded
        rows.append(
            {
                "id": rung.id,
                "name": rung.name,
                "accuracy": right.mean(axis=1).round(4).tolist(),
                "loss": losses[rung.id].mean(axis=1).round(4).tolist(),
            }
        )
    changes = [
        {
            "from": one,
            "to": other,
            "loss": np.round(compare(losses[one], losses[other]), 4).tolist(),
            "runs": [len(losses[one]), len(losses[other])],
        }
        for one, others in CHANGES.items()
        for other in others
    ]
    return describe_runs(all_runs) | {"rows": rows, "changes": changes}


def main(chosen: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        chosen: Ids of ablations, to do only these now; if empty, all.
    """
    now = choose(chosen, ABLATIONS)
    split = split_reviews(load_reviews())
    run_missing(now, RUNS, partial(run, split=split, part="validation"))
    target = RESULTS / "ablations.json"
    write_when_done(ABLATIONS, RUNS, target, lambda: sum_up(split))


if __name__ == "__main__":
    main(sys.argv[1:])
