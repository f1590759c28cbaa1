"""What `make measure WHAT=fine_tuning` trains, and makes of the runs."""

import pandas as pd
import pytest

from benchmarks.accuracy import fine_tuning
from benchmarks.accuracy.fine_tuning import RUNGS, thin_out
from imdbtutor.data.reviews import Split

LABELS = [0, 1] * 5


@pytest.fixture
def split():
    table = pd.DataFrame({"text": ["x"] * 17_971, "label": 0})
    return Split(table, pd.DataFrame({"label": LABELS}), table[:0])


def test_it_learns_from_reviews_of_the_whole_file(split):
    found = thin_out(split).train.index
    assert len(found) == 1_199
    assert found[0] == 0
    assert found[-1] > 17_960


def test_validation_reviews_are_those_of_the_split(split):
    assert thin_out(split).validation is split.validation


def test_each_way_has_a_name_of_its_own():
    assert len({each.id for each in RUNGS}) == len(RUNGS)
    assert len({each.name for each in RUNGS}) == len(RUNGS)


def test_a_way_differs_from_the_first_in_what_its_name_says():
    settings = {each.id: dict(each.train.keywords) for each in RUNGS}
    first = settings.pop("as-told") | {"name": None}
    for name, found in settings.items():
        assert found.pop("name") == name
        assert {key for key in found if found[key] != first.get(key)}
        assert found["epochs"] == first["epochs"] == 1


def test_rows_are_compared_with_the_first(split, tmp_path, monkeypatch):
    def said(each, seed):
        wrong = 0 if each.id == "as-told" else 4
        right = [float(label) for label in LABELS]
        right[:wrong] = [1 - one for one in right[:wrong]]
        return {
            "id": each.id,
            "seed": seed,
            "train_seconds": 2.0,
            "probabilities": right,
        }

    monkeypatch.setattr(fine_tuning, "RUNS", tmp_path)
    fine_tuning.run_missing(RUNGS, tmp_path, said)
    first, *others = fine_tuning.sum_up(split)["rows"]
    assert first["accuracy"] == [1.0] * 3
    assert "against_first" not in first
    for row in others:
        assert row["accuracy"] == [0.6] * 3
        difference, low, high = row["against_first"]
        assert difference == pytest.approx(-0.4)
        assert low < -0.4 < high
