"""The page of results says what the ladder's file says."""

import json
import re
from itertools import pairwise

import numpy as np
import pytest
import show_results
from places import ROOT, prose

from benchmarks.accuracy.ladder import (
    RUNGS,
    RUNS,
    VOTES,
    difference,
    done,
    put_together,
    seeds_interval,
    sum_up,
    summarise,
)
from benchmarks.accuracy.runs import path_of, read_runs
from imdbtutor.data.reviews import split_reviews
from imdbtutor.evaluation.results import read_results

LADDER = read_results("ladder")
ROWS = {row["id"]: row for row in LADDER["rows"]}
PAIRS = ("tfidf-2", "nb-2", "nb-3")
KINDS = {"bag", "neural", "lstm", "transformer", "ensemble"}
ALONE = {"frozen", "together"}  # no bags, but made once


def test_the_page_shows_what_was_measured():
    more = map(read_results, ("exports", "gpu", "serving", "students"))
    page = show_results.files(LADDER, *more)
    for path, drawn in page.items():
        assert path.read_text("utf-8") == drawn, path.name


def test_no_accuracy_stands_in_the_pages_own_words():
    page = (ROOT / "book" / "results.md").read_text("utf-8")
    assert not re.search(r"\d\.\d", page)


@pytest.mark.parametrize("row", LADDER["rows"], ids=lambda row: row["id"])
def test_a_rung_has_all_its_metrics(row):
    runs = len(row["accuracy"])
    assert row["kind"] in KINDS
    assert runs == len(row["f1"]) == len(row["train_seconds"])
    assert row["mean"] == pytest.approx(np.mean(row["accuracy"]), abs=1e-4)
    low, high = row["reviews_interval"]
    assert low <= row["mean"] <= high
    least = {"neural": 5, "lstm": 5, "transformer": 3, "ensemble": 3}
    assert runs >= least.get(row["kind"], 1) or row["id"] in ALONE


@pytest.fixture(scope="module")
def found(packaged):
    """Each rung's summary, from its runs."""
    labels = split_reviews(packaged).test["label"].to_numpy()
    runs = {rung.id: read_runs(RUNS, rung) for rung in done()}
    runs |= {vote.id: made for vote, made in put_together(runs).items()}
    return {id_: summarise(found, labels) for id_, found in runs.items()}


def test_every_run_is_of_a_rung_and_every_rung_of_the_ladder_has_all():
    expected = {path_of(RUNS, rung, n) for rung in RUNGS for n in rung.seeds}
    assert set(RUNS.glob("*.json")) <= expected
    assert {rung.id for rung in done()} <= ROWS.keys()
    assert len(done()) >= 12


@pytest.mark.slow
def test_the_metrics_are_those_of_the_runs(found):
    assert found.keys() == ROWS.keys()
    for id_, summary in found.items():
        assert summary.row.items() <= ROWS[id_].items()


@pytest.mark.slow
def test_the_file_is_what_its_runs_add_up_to(split):
    made = json.loads(json.dumps(sum_up(split)))
    machine = {"hardware", "versions"}  # of old runs, that of who adds up
    assert made.keys() == LADDER.keys()
    for name in made.keys() - machine:
        assert made[name] == LADDER[name], name


@pytest.mark.parametrize(
    ("accuracy", "interval"),
    [([0.5], None), ([0.5, 0.6], [-0.0853, 1.1853]), ([0.7] * 3, [0.7, 0.7])],
)
def test_the_interval_over_seeds_is_students(accuracy, interval):
    """Of two: 12.7062 standard errors, and those are 0.05."""
    assert seeds_interval(np.array(accuracy)) == interval


@pytest.mark.parametrize(
    "pair",
    [("nb-3", "best"), ("best", "together"), ("book", "cnn")],
    ids=" and ".join,
)
def test_the_differences_are_those_of_the_runs(found, pair):
    steps = LADDER["differences"] + LADDER["pairs"]
    written = {(row["from"], row["to"]): row for row in steps}
    written |= {("book", row["id"]): row for row in LADDER["against_book"]}
    right = {id_: summary.right for id_, summary in found.items()}
    assert difference(right, *pair).items() <= written[pair].items()


def test_the_rungs_stand_in_order_and_each_is_compared():
    means = [row["mean"] for row in LADDER["rows"]]
    assert means == sorted(means)
    ids = [row["id"] for row in LADDER["rows"]]
    pairs = [(row["from"], row["to"]) for row in LADDER["differences"]]
    assert pairs == list(pairwise(ids))


def test_the_order_is_what_chapter_11_says_in_words():
    # Where this fails, the chapter's words have to change, not the runs.
    pairs = [ROWS[id_]["mean"] for id_ in PAIRS]
    lstms = [ROWS[id_]["mean"] for id_ in ("original", "book")]
    assert min(pairs) > max(lstms)
    clear = {
        row["id"]: np.sign(row["interval"]).sum() / 2
        for row in LADDER["against_book"]
    }
    assert all(clear[id_] == 1 for id_ in (*PAIRS, "best", "together"))
    below = ("original", "tfidf-1", "average")
    assert all(clear[id_] == -1 for id_ in below)
    assert clear["cnn"] == clear["borrowed"] == clear["attention"] == 0
    just = [row["interval"] for row in LADDER["against_book"]]
    assert 0 < min(abs(end) for ends in just for end in ends) == 0.0003


def test_chapter_11_says_how_much_faster_the_bags_train():
    seconds = {id_: np.median(ROWS[id_]["train_seconds"]) for id_ in ROWS}
    faster = [seconds["book"] / seconds[id_] for id_ in PAIRS]
    told = f"train {min(faster):.0f} to {max(faster):.0f} times as fast"
    assert told in prose(11)


def test_chapter_11_counts_the_comparisons():
    steps, others = LADDER["differences"], LADDER["against_book"]
    pairs = {frozenset((row["from"], row["to"])) for row in steps}
    pairs |= {frozenset((row["id"], "book")) for row in others}
    assert f"of {len(pairs)} intervals" in prose(11)


def test_chapter_12_tells_what_five_together_add():
    step = next(s for s in LADDER["pairs"] if s["to"] == "together")
    assert "Five together are not told apart from one" in prose(12)
    assert step["interval"][0] <= 0


def test_a_bag_has_one_run_and_what_is_made_of_all_runs_too():
    runs = {row["id"]: len(row["accuracy"]) for row in LADDER["rows"]}
    pairs = [(s["from"], s["to"], s["runs"]) for s in LADDER["differences"]]
    for lower, upper, counted in pairs:
        assert counted == [runs[lower], runs[upper]]
    alone = {id_ for id_, count in runs.items() if count == 1}
    bags = {row["id"] for row in LADDER["rows"] if row["kind"] == "bag"}
    assert alone == bags | ALONE & ROWS.keys()


def test_the_pages_say_how_long_all_runs_took():
    found = [run for rung in done() for run in read_runs(RUNS, rung)]
    hours = sum(run["train_seconds"] for run in found) / 3600
    page = (ROOT / "book" / "results.md").read_text("utf-8")
    assert f"all of them, about {hours:.0f} hours on one or two" in page
    rules = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert f"about {hours:.0f} hours" in rules


@pytest.mark.parametrize("vote", VOTES, ids=lambda vote: vote.id)
def test_a_vote_that_counts_its_voters_counts_right(vote):
    counts = [int(number) for number in re.findall(r"\d+", vote.name)]
    runs = {rung.id: len(rung.seeds) for rung in RUNGS}
    assert counts == [runs[id_] for id_ in vote.voters if vote.whole]


@pytest.mark.parametrize("rung", done(), ids=lambda rung: rung.id)
def test_no_run_of_a_rung_takes_much_less_than_the_others(rung):
    """As one would that counts only what came after a stop."""
    seconds = [run["train_seconds"] for run in read_runs(RUNS, rung)]
    assert min(seconds) >= np.median(seconds) / 2


def test_models_vote_with_the_mean_of_their_probabilities():
    def run(*probabilities):
        return {
            "probabilities": probabilities,
            "parameters": 10,
            "train_seconds": 2.0,
            "reviews_per_second": 100,
        }

    found = {"best": [run(0.2, 0.4), run(0.6, 0.4)]}
    found |= {"nb-3": [run(0.9, 0.1)], "minilm": [run(0.1, 0.1), run(0.7, 0)]}
    found |= {"taught": [run(0.3, 0.3), run(0.1, 0.2), run(1, 1)]}
    assert put_together({"nb-3": found["nb-3"]}) == {}
    made = {vote.id: runs for vote, runs in put_together(found).items()}
    said = {
        id_: [np.round(run["probabilities"], 6).tolist() for run in runs]
        for id_, runs in made.items()
    }
    assert said == {
        "together": [[0.4, 0.4]],
        "minilm-bag": [[0.5, 0.1], [0.8, 0.05]],
        "minilm-best": [[0.15, 0.25], [0.65, 0.2]],
        "minilm-taught": [[0.2, 0.2], [0.4, 0.1]],
    }
    (both,) = made["together"]
    assert (both["parameters"], both["train_seconds"]) == (20, 4.0)
    assert both["reviews_per_second"] == 50


def test_a_model_is_compared_with_its_vote_run_by_run():
    """What both runs of a model have in common, its vote has, too."""
    draw = np.random.default_rng(0)
    model = draw.random((2, 500)) < [[0.5], [0.9]]
    right = {"minilm": model, "minilm-bag": model, "nb-3": model[:1]}
    same = difference(right, "minilm", "minilm-bag")
    assert (same["difference"], same["interval"]) == (0, [0, 0])
    low, high = difference(right, "nb-3", "minilm")["interval"]
    assert low < 0 < high


def test_a_vote_of_some_runs_is_compared_with_these():
    draw = np.random.default_rng(0)
    runs = draw.random((5, 500)) < 0.8
    right = {"best": runs, "minilm-best": runs[:3], "book": ~runs}
    found = difference(right, "best", "minilm-best")
    assert (found["difference"], found["runs"]) == (0, [3, 3])
    assert difference(right, "book", "best")["runs"] == [5, 5]


def test_rungs_that_have_no_runs_in_common_are_not_paired_by_run():
    draw = np.random.default_rng(0)
    seeds = draw.random((5, 1)) * 0.4
    runs = draw.random((5, 2_000)) < 0.5 + seeds
    widths = [
        np.diff(difference({a: runs, b: runs}, a, b)["interval"])[0]
        for a, b in (("best", "book"), ("minilm", "minilm-bag"))
    ]
    assert widths[0] > 0.1
    assert widths[1] == 0
