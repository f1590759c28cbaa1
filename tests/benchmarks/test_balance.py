"""What `make measure WHAT=balance` trains, and the figures it makes of it."""

import json

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import accuracy_score, recall_score

from benchmarks.accuracy import balance
from benchmarks.accuracy.runs import Rung
from imdbtutor.data.reviews import Split

COMMITTED = json.loads(
    (balance.RESULTS / "balance.json").read_text(encoding="utf-8")
)


@pytest.fixture
def split():
    """Forty texts of each class to learn from, ten to test; one is named."""
    names = [name for name in balance.CLASSES for _ in range(40)]
    table = pd.DataFrame({"text": map(str, range(160)), "label": names})
    return Split(table, table[::4].reset_index(drop=True), table[::5])


def test_a_tenth_of_one_class_stays_and_all_of_the_others(split):
    thinned = balance.case_of(split, "thinned")
    counts = thinned.train["label"].value_counts().to_dict()
    expected = dict.fromkeys(balance.CLASSES, 40) | {balance.RARE: 4}
    assert counts == expected
    assert thinned.validation["label"].value_counts()[balance.RARE] == 1
    assert thinned.test is split.test
    assert balance.case_of(split, "whole") is split


def test_each_case_is_learned_in_the_same_ways():
    found = [rung.id.split("-", 1) for rung in balance.RUNGS]
    ways = ["plain", "weights", "sampling", "bag-plain", "bag-balanced"]
    assert found == [[case, way] for case in balance.CASES for way in ways]


class Knowing:
    """Gives every text the same probabilities."""

    def predict_proba(self, texts):
        return np.tile([0.30, 0.25, 0.25, 0.20], (len(texts), 1))


def test_a_probability_is_divided_by_the_share_of_its_class(split):
    rung = Rung("thinned-x", "", "thinned", lambda split, seed: Knowing())
    found = balance.run(rung, 0, split)
    assert set(found["said"]) == {"0"}
    assert set(found["moved"]) == {"3"}  # the class that was thinned out
    assert len(found["said"]) == len(found["moved"]) == len(split.test)


def test_what_is_compared_are_accuracy_and_mean_recall():
    draw = np.random.default_rng(0)
    labels = draw.choice(4, 500, p=[0.4, 0.1, 0.4, 0.1])
    said = np.where(draw.random((3, 500)) < 0.6, labels, 1)
    found = balance.scores(said, labels)
    for run, one in enumerate(said):
        right = accuracy_score(labels, one)
        recall = recall_score(labels, one, average="macro")
        assert found["accuracy"][run].mean() == pytest.approx(right)
        assert found["recall"][run].mean() == pytest.approx(recall)


def test_a_gain_is_the_difference_of_the_means():
    labels = np.array([0, 0, 0, 1, 1, 2, 2, 3, 3, 3])
    plain = np.array([labels, np.zeros(10, int)])
    said = np.array([labels, labels])
    found = balance.differences(said, plain, labels, shared=False)
    assert found["accuracy"][0] == pytest.approx(1 - (1 + 0.3) / 2)
    assert found["recall"][0] == pytest.approx(1 - (1 + 0.25) / 2)


def test_digits_come_back():
    numbers = np.array([[0, 3, 1], [2, 2, 0]])
    texts = [balance.digits(row) for row in numbers]
    assert np.array_equal(balance.read_digits(texts), numbers)


def test_the_committed_rows_say_how_far_each_is_from_the_plain_one():
    rows = pd.DataFrame(COMMITTED["rows"]).set_index("id")
    assert len(rows) == 14
    assert rows.index.is_unique
    plain = rows.index.str.endswith("plain")
    assert rows["gain"].isna().tolist() == plain.tolist()
    for id_, row in rows.iterrows():
        of_class = np.mean(list(row["recall_of"].values()))
        assert of_class == pytest.approx(np.mean(row["recall"]), abs=1e-3)
        if id_.endswith("plain"):
            continue
        way = "bag-plain" if "bag" in id_ else "plain"
        before = rows.loc[f"{row['case']}-{way}", "recall"]
        gain, low, high = row["gain"]["recall"]
        assert gain == pytest.approx(
            np.mean(row["recall"]) - np.mean(before), abs=2e-4
        )
        assert low <= gain <= high


def test_the_committed_classes_are_rare_as_told():
    whole, thinned = (COMMITTED["classes"][case] for case in balance.CASES)
    rare = balance.RARE
    assert thinned[rare] == -(-whole[rare] // balance.KEPT)
    assert whole | {rare: 0} == thinned | {rare: 0}
