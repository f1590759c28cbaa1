"""What `make measure WHAT=borrowed` trains, and what it makes of the runs."""

import numpy as np
import pandas as pd
import pytest
import torch

from benchmarks.accuracy import borrowed
from imdbtutor.data.reviews import Split

WORDS = ("<pad>", "<unk>", "good", "bad", "film")


@pytest.fixture
def split():
    texts = ["a bad film"] * 30 + ["a good film"] * 30
    table = pd.DataFrame({"text": texts, "label": [0] * 30 + [1] * 30})
    return Split(table, table[25:35].reset_index(drop=True), table[:0])


@pytest.fixture
def small(monkeypatch):
    """Ten labels at a time, two epochs; GloVe is made up."""
    monkeypatch.setitem(borrowed.SIZES, 10, (5, 2))
    made = dict.fromkeys(WORDS[2:], torch.randn(borrowed.DIM))
    monkeypatch.setattr(borrowed, "fetch_glove", lambda: None)
    monkeypatch.setattr(
        borrowed, "read_vectors", lambda path, words, dim: made
    )


def test_labels_are_taken_from_all_of_the_file(split):
    found = [borrowed.some(split, 10, seed).index for seed in range(3)]
    assert [len(set(each)) for each in found] == [10, 10, 10]
    assert found[0].tolist() == list(range(0, 60, 6))
    assert len(borrowed.some(split, 60, 2).index.unique()) >= 59


def test_a_seed_takes_other_reviews():
    table = pd.DataFrame({"text": ["x"] * 17_971, "label": 0})
    split = Split(table, table, table)
    first, other = (borrowed.some(split, 500, seed).index for seed in (0, 1))
    assert set(first).isdisjoint(other)
    assert max(borrowed.some(split, 17_971, 2).index) == 17_970


@pytest.mark.parametrize("source", [None, "glove"])
@pytest.mark.usefixtures("small")
def test_a_model_learns_from_some_labels(split, source):
    trained = borrowed.train(split, 0, size=10, source=source)
    found = trained.score(split.validation["text"])
    assert found.shape == (10,)
    assert ((found > 0) & (found < 1)).all()


@pytest.mark.usefixtures("small")
def test_the_words_of_the_wide_vocabulary_need_no_label(split):
    split.train.loc[59, "text"] = "an unwatched film"
    narrow, wide = (
        borrowed.train(split, 0, size=10, source="glove", wide=wide)
        for wide in (False, True)
    )
    assert wide.parameters - narrow.parameters == 2 * borrowed.DIM


def test_every_number_of_labels_is_compared_with_random_vectors():
    for size in borrowed.SIZES:
        names = [each.id for each in borrowed.RUNGS if each.kind == str(size)]
        assert f"random-{size}" in names
        assert {f"pieces-tuned-{size}", f"glove-frozen-{size}"} <= {*names}


@pytest.mark.usefixtures("small")
def test_coverage_is_the_share_of_words_with_a_vector(split):
    split.train.loc[0, "text"] = "an unwatched film \U0001f9ff"
    borrowed.read_source.cache_clear()
    found = borrowed.coverage(split)
    words = {"a", "bad", "film", "good", "an", "unwatched", "\U0001f9ff"}
    glove, pieces = found["GloVe"], found["MiniLM's word pieces"]
    assert glove == {"5000": round(3 / 7, 4), "20000": round(3 / 7, 4)}
    assert pieces["5000"] == round(1 - 1 / len(words), 4)


def test_ids_are_unique():
    ids = [each.id for each in borrowed.RUNGS]
    assert len(ids) == len(set(ids))


def test_a_row_is_compared_with_the_random_one_of_its_size(
    split, tmp_path, monkeypatch
):
    def said(each, seed):
        wrong = 2 if each.id.startswith("random") else 0
        right = split.validation["label"].to_numpy().astype(float)
        right[:wrong] = 1 - right[:wrong]
        return {
            "id": each.id,
            "seed": seed,
            "train_seconds": 1.0,
            "probabilities": right.tolist(),
        }

    monkeypatch.setattr(borrowed, "RUNS", tmp_path)
    monkeypatch.setattr(borrowed, "coverage", lambda split: {})
    borrowed.run_missing(borrowed.RUNGS, tmp_path, said)
    rows = {row["id"]: row for row in borrowed.sum_up(split)["rows"]}
    for size in borrowed.SIZES:
        assert rows[f"random-{size}"]["accuracy"] == [0.8] * 3
        assert "gain" not in rows[f"random-{size}"]
        gain = rows[f"pieces-tuned-{size}"]["gain"]
        assert gain[0] == pytest.approx(0.2)
        assert gain[1] < 0.2 < gain[2]
    assert np.isclose(rows["pieces-scale-3.0-2000"]["gain"][0], 0)
