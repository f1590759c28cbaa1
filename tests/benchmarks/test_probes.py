"""The short sentences, and how often a model is right about them."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy.probes import SENTENCES, judge, share_right
from imdbtutor.data.reviews import load_reviews

TABLE = pd.read_csv(SENTENCES)
KINDS = ["plain", "negated", "double", "mixed", "comparison"]


def test_there_are_fifty_of_each_kind_and_half_of_them_praise():
    assert list(TABLE["kind"].unique()) == KINDS
    counts = TABLE.groupby(["kind", "label"]).size()
    assert counts.tolist() == [25] * 10


def test_they_are_short_and_no_two_are_alike():
    words = TABLE["text"].str.split().str.len()
    assert words.between(3, 22).all()
    assert TABLE["text"].str.lower().is_unique


@pytest.mark.parametrize("source", ["packaged", "snippets"])
def test_none_stands_in_what_models_learn_from(source):
    known = " ".join(load_reviews(source)["text"]).lower()
    ends = TABLE["text"].str.lower().str.strip(" .!?")
    assert [end for end in ends if len(end) > 15 and end in known] == []


class Saying:
    """Says of every sentence that it praises."""

    def predict(self, texts):
        return np.ones(len(texts), dtype=int)


def test_whoever_always_praises_is_right_about_half_of_every_kind():
    found = judge(Saying(), TABLE)
    assert (found["right"], found["of"]) == (125, 250)
    assert list(found["kinds"]) == KINDS
    for kind in found["kinds"].values():
        assert (kind["right"], kind["of"]) == (25, 50)
        low, high = kind["interval"]
        assert low < 0.5 < high


def test_an_interval_ends_at_one_where_all_are_right():
    found = share_right(pd.Series([True] * 50))
    assert found["interval"][1] == 1
    assert found["interval"][0] == pytest.approx(0.025 ** (1 / 50), abs=1e-4)
