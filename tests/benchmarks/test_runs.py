"""Runs are kept, gone on with, and say what they were made with."""

import pytest

from benchmarks import records
from benchmarks.accuracy.runs import (
    Rung,
    are_done,
    choose,
    read_runs,
    run_missing,
)
from benchmarks.records import describe_runs

RUNGS = [
    Rung("bag", "a bag", "bag", None),
    Rung("net", "a network", "neural", None, seeds=range(2)),
]


@pytest.fixture
def do(monkeypatch):
    """Do a run at once, and keep a list of what was done."""
    done = []

    def run(rung, seed):
        done.append((rung.id, seed))
        return {"id": rung.id, "seed": seed, "train_seconds": 1.0}

    run.done = done
    return run


def test_only_what_is_missing_is_done(tmp_path, do):
    run_missing(RUNGS[1:], tmp_path, do)
    (tmp_path / "net-0.json").unlink()
    (tmp_path / "net-1.partial").write_text(
        "{", "utf-8"
    )  # of a run that was killed
    do.done.clear()
    run_missing(RUNGS, tmp_path, do)
    assert do.done == [("bag", 0), ("net", 0)]
    found = [run["seed"] for run in read_runs(tmp_path, RUNGS[1])]
    assert found == [0, 1]


def test_all_is_done_when_no_run_is_missing(tmp_path, do):
    run_missing(RUNGS, tmp_path, do)
    assert are_done(RUNGS, tmp_path)
    (tmp_path / "net-1.json").unlink()
    assert not are_done(RUNGS, tmp_path)
    assert are_done(RUNGS[:1], tmp_path)


def test_a_run_that_fails_leaves_no_file(tmp_path):
    def fail(rung, seed):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run_missing(RUNGS, tmp_path, fail)
    assert list(tmp_path.iterdir()) == []


def test_a_run_says_what_it_was_made_with(tmp_path, do):
    run_missing(RUNGS, tmp_path, do)
    (run,) = read_runs(tmp_path, RUNGS[0])
    assert {"commit", "hardware", "versions"} == set(run["machine"])


def test_runs_from_two_places_name_both():
    first = {"commit": "abc", "hardware": {"threads": 2, "cores": 2}}
    second = {"commit": "def", "hardware": {"threads": 4, "cores": 2}}
    found = describe_runs([{"machine": first}, {"machine": second}, {}])
    assert found == {
        "commit": "abc; def",
        "hardware": {"threads": "2; 4", "cores": 2},
    }


def test_without_git_the_commit_is_unknown(monkeypatch):
    monkeypatch.setenv("PATH", "")
    assert records.describe_machine()["commit"] == "unknown"


def test_an_id_that_is_not_there_stops_the_command():
    assert choose(["net"], RUNGS) == RUNGS[1:]
    assert choose([], RUNGS) == RUNGS
    with pytest.raises(SystemExit, match=r"no 'nett'\. .* bag, net\."):
        choose(["nett"], RUNGS)
