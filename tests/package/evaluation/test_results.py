import json

import pytest
from places import ROOT

from imdbtutor.evaluation import results
from imdbtutor.evaluation.results import ladder_frame, read_results

ROW = {
    "id": "bag",
    "name": "a bag",
    "kind": "bag",
    "accuracy": [0.8, 0.9],
    "f1": [0.7, 0.8],
    "mean": 0.85,
    "reviews_interval": [0.84, 0.86],
    "parameters": 3,
    "train_seconds": [1.0, 2.0],
    "reviews_per_second": 10,
}


@pytest.fixture
def package(tmp_path, monkeypatch):
    folder = tmp_path / "imdbtutor"
    folder.mkdir()
    monkeypatch.setattr(results, "PACKAGE", folder)
    return folder


@pytest.mark.parametrize("place", ["../results", "results"])
def test_results_are_found_in_a_checkout_and_in_an_installation(
    package, place
):
    folder = package / place
    folder.mkdir()
    (folder / "ladder.json").write_text('{"rows": []}', "utf-8")
    assert read_results("ladder") == {"rows": []}


def test_an_installation_reads_its_own_results(package):
    for folder in (package / "results", package.parent / "results"):
        folder.mkdir()
        text = json.dumps({"from": folder.parent.name})
        (folder / "ladder.json").write_text(text, "utf-8")
    assert read_results("ladder") == {"from": "imdbtutor"}


def test_missing_results_say_what_there_is():
    with pytest.raises(FileNotFoundError) as raised:
        read_results("laddder")
    for path in (ROOT / "results").glob("*.json"):
        assert path.stem in str(raised.value)


def test_a_package_without_results_says_where_it_looked(package):
    with pytest.raises(FileNotFoundError) as raised:
        read_results("ladder")
    where = f"no results of the name 'ladder' in '{package / 'results'}'"
    assert str(raised.value).startswith(where)


def test_what_results_there_are_is_told_in_order(package):
    (package / "results").mkdir()
    for name in "dbeca":
        (package / "results" / f"{name}.json").write_text("{}", "utf-8")
    with pytest.raises(FileNotFoundError, match="there are: a, b, c, d, e"):
        read_results("ladder")


def test_the_ladder_becomes_a_table_by_name():
    lower = ROW | {"name": "a guess", "mean": 0.5}
    table = ladder_frame({"rows": [lower, ROW]})
    assert list(table.index) == ["a guess", "a bag"]
    assert table.loc["a bag"].to_dict() == {
        "kind": "bag",
        "accuracy": 0.85,
        "low": 0.84,
        "high": 0.86,
        "seeds": 2,
        "F1": pytest.approx(0.75),
        "parameters": 3,
        "train_seconds": 1.5,
        "reviews_per_second": 10,
    }


def test_missing_results_say_how_they_are_made():
    with pytest.raises(FileNotFoundError, match=r"ladder, .*CONTRIBUTING"):
        read_results("laddder")


def test_time_to_train_is_the_median_over_runs():
    row = ROW | {"train_seconds": [1.0, 2.0, 9.0]}
    assert ladder_frame({"rows": [row]})["train_seconds"].item() == 2
