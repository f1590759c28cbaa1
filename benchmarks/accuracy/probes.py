"""Judge 250 short sentences that nobody who trains has written.

Run `make measure WHAT=probes`. The sentences stand in `results/probes.csv`:
fifty each that are plain, negated, negated twice, mixed, and comparing, half
of them praise. One person wrote them before any model was trained for them;
another labelled them without seeing the labels, and agreed on all but one,
which was written anew. No model is trained or chosen by them.
"""

import sys
from collections.abc import Sequence

import pandas as pd
from scipy.stats import binomtest

from benchmarks.records import RESULTS, describe_machine, write_json
from imdbtutor.inference.classifier import SentimentClassifier

SENTENCES = RESULTS / "probes.csv"


def share_right(right: pd.Series) -> dict:
    """Return how many are right, and an exact interval of the share."""
    found = binomtest(int(right.sum()), len(right))
    low, high = found.proportion_ci()
    return {
        "right": int(right.sum()),
        "of": len(right),
        "interval": [round(low, 4), round(high, 4)],
    }


def judge(model: SentimentClassifier, sentences: pd.DataFrame) -> dict:
    """Say how often a model is right, in all and of each kind."""
    right = model.predict(sentences["text"]) == sentences["label"]
    kinds = right.groupby(sentences["kind"], sort=False)
    by_kind = {kind: share_right(found) for kind, found in kinds}
    return share_right(right) | {"kinds": by_kind}


def main(_: Sequence[str]) -> None:
    """Judge the sentences by the model that ships with the package."""
    sentences = pd.read_csv(SENTENCES)
    shipped = judge(SentimentClassifier.pretrained(), sentences)
    write_json(
        RESULTS / "probes.json",
        describe_machine() | {"rows": [{"name": "shipped LSTM"} | shipped]},
    )


if __name__ == "__main__":
    main(sys.argv[1:])
