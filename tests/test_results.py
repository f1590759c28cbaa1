import re
from pathlib import Path

import pytest

from imdbtutor import results
from imdbtutor.results import ladder_frame, read_results

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
    monkeypatch.setattr(results, "PACKAGE", folder)
    return folder


@pytest.mark.parametrize("place", ["../results", "results"])
def test_results_are_found_in_a_checkout_and_in_an_installation(
    package, place
):
    package.mkdir()
    folder = package / place
    folder.mkdir()
    (folder / "ladder.json").write_text('{"rows": []}', "utf-8")
    assert read_results("ladder") == {"rows": []}


def test_missing_results_say_what_there_is(package):
    with pytest.raises(FileNotFoundError, match="'steps', 'mistakes',"):
        read_results("laddder")


def test_the_ladder_becomes_a_table_by_name():
    table = ladder_frame({"rows": [ROW]})
    row = table.loc["a bag"]
    assert row["F1"] == pytest.approx(0.75)
    assert row["train_seconds"] == 1.5
    assert row["seeds"] == 2


def test_what_a_chapter_reads_is_in_the_installed_package():
    root = Path(__file__).parent.parent
    names = {
        name
        for path in (root / "notebooks").glob("*.ipynb")
        for name in re.findall(
            r'read_results\(\\"(\w+)\\"\)', path.read_text("utf-8")
        )
    }
    wheel = (root / "pyproject.toml").read_text("utf-8")
    assert names
    for name in names:
        assert f'"results/{name}.json" = "imdbtutor/results/' in wheel
