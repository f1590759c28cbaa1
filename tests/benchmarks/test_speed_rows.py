"""The parts of speed make the rows that are committed.

All measurements are made up here; what is compared is ids, units, goals and
columns.
"""

import pytest

from benchmarks.speed import (
    batching,
    growth,
    inference,
    limit,
    step_profile,
    text,
    time_to_accuracy,
)
from imdbtutor.evaluation.results import read_results
from imdbtutor.training.recipe import MAX_LENGTH

COMMITTED = read_results("speed")["rows"]
MEASURED = {
    "what",
    "against",
    "ratio",
    "median",
    "spread",
    "rounds",
    "met",
    "curve",
}
ALONE = {"inference.all"}  # of `make_rows`


def ones(names):
    """A measurement for each name."""
    return {name: [1.0] for name in names}


def text_rows(monkeypatch):
    return text.compare_ways(ones(text.NAMES))


def batching_rows(monkeypatch):
    few = [way for way in batching.WAYS if way != "longest"]
    rows = []
    for cut, ways in ((None, batching.WAYS), (MAX_LENGTH, few)):
        padded = [way for way in ways if not batching.WAYS[way].packed]
        rows += batching.name_rows(ones(ways), ones(padded), cut)
    return rows


def limit_rows(monkeypatch):
    shares = dict.fromkeys(step_profile.OPERATIONS, 0.1)
    monkeypatch.setattr(step_profile, "shares", lambda _: shares)
    rates = ones([*limit.REACHED, *limit.CHANGES, "matmul"])
    rows = limit.limit_rows(rates, dict.fromkeys(limit.REACHED, 1))
    return rows + limit.change_rows(rates) + step_profile.share_rows(None)


def inference_rows(monkeypatch):
    engines = ones(inference.NAMES)
    return [
        *inference.compare(engines, "bulk", "in bulk"),
        *inference.compare(engines, "single", "one at a time"),
        *inference.single(
            dict.fromkeys(engines, len), ones(inference.LENGTHS)
        ),
    ]


def growth_rows(monkeypatch):
    spent = dict.fromkeys(("encode", "judge", "seconds", "peak_mb"), 1.0)
    monkeypatch.setattr(growth, "ask", lambda *_: spent)
    monkeypatch.setattr(growth.streams, "write_file", lambda *_: None)
    return growth.make_rows()


def time_to_accuracy_rows(monkeypatch):
    return [
        row
        for recipe in time_to_accuracy.NAMES
        for row in time_to_accuracy.recipe_rows(recipe, [[1.0, 0.9]])
    ]


def described(rows):
    """Keep what describes a row; leave out measurements and words."""
    return [
        {key: value for key, value in row.items() if key not in MEASURED}
        for row in rows
        if row["id"] not in ALONE
    ]


@pytest.mark.parametrize(
    ("part", "make"),
    [
        ("text", text_rows),
        ("batching", batching_rows),
        ("limit", limit_rows),
        ("inference", inference_rows),
        ("growth", growth_rows),
        ("time_to_accuracy", time_to_accuracy_rows),
    ],
)
def test_a_part_makes_the_rows_that_are_committed(part, make, monkeypatch):
    committed = [row for row in COMMITTED if row["part"] == part]
    made = [{"part": part} | row for row in make(monkeypatch)]
    assert described(made) == described(committed)


def test_a_recipe_runs_to_its_end_and_keeps_every_epoch():
    race = time_to_accuracy.Race(iter([0.5, 0.9, 0.8]))
    while not race.over:
        race.advance()
    seconds, accuracies = zip(*race.curve, strict=True)
    assert accuracies == (0.5, 0.9, 0.8)
    assert seconds == tuple(sorted(seconds))


def test_a_recipe_is_shown_with_its_end_and_its_best_epoch():
    curve = [[10.0, 0.8], [20.0, 0.9], [30.0, 0.85]]
    spent, best = time_to_accuracy.recipe_rows("ours", curve)
    assert (spent["median"], spent["curve"]) == (30, curve)
    assert best["median"] == 0.9


def test_recipes_are_told_as_curves_and_never_as_a_ratio():
    rows = [row for row in COMMITTED if row["part"] == "time_to_accuracy"]
    assert {"ours", "tfidf", "nb_pairs"} <= {row["recipe"] for row in rows}
    assert all(row["ratio"] is row["goal"] is None for row in rows)


# --- figures that are worked out of what was measured


def test_growth_compares_a_reviews_time_among_few_and_many():
    found = {1_000: 1.0, 5_000: 2.0, 10_000: 3.0, 25_000: 20.0}
    row = growth.grown("judge", "Scoring", found)
    assert row["id"] == "growth.judge"
    assert row["what"] == "Scoring: a review's time among 25,000"
    assert row["against"] == "among 5,000"
    assert (row["median"], row["unit"]) == (800, "µs")
    assert (row["ratio"], row["met"]) == (0.5, False)


def test_growth_compares_peaks_of_few_and_many():
    row = growth.peak_row({1_000: 1.0, 20_000: 200.0, 2_000_000: 220.0})
    assert row["what"] == "Peak memory: 2,000,000 reviews, streamed"
    assert row["against"] == "20,000 reviews, streamed"
    assert (row["median"], row["ratio"], row["met"]) == (220, 1.1, True)


def test_the_limit_is_told_in_billions_and_what_is_reached_as_its_share():
    rates = {id_: [2e9, 3e9] for id_ in limit.REACHED}
    rates["matmul"] = [4e9, 8e9]
    operations = {"step": 1, "lstm": 1, "lstm_wide": 2, "wide": 1}
    rows = {row["id"]: row for row in limit.limit_rows(rates, operations)}
    assert rows["limit.matmul"]["median"] == 6.0
    assert rows["limit.matmul"]["what"] == "Large matrix products, 32 bits"
    assert rows["limit.arithmetic"]["what"] == "The LSTM's arithmetic"
    assert rows["limit.arithmetic"]["median"] == 1
    assert rows["limit.step"]["spread"] == [0.375, 0.5]
    assert rows["limit.lstm_wide"]["spread"] == [0.75, 1.0]
    for id_, name in limit.REACHED.items():
        assert rows[f"limit.{id_}"]["what"] == name


def test_a_round_of_the_limit_alone_is_no_round():
    rates = {id_: [2.0] for id_ in limit.REACHED} | {"matmul": [4.0, 8.0]}
    with pytest.raises(ValueError, match="zip"):
        limit.limit_rows(rates, dict.fromkeys(limit.REACHED, 1))


def test_a_change_is_told_against_the_books_step():
    rates = {id_: [3.0] for id_ in limit.CHANGES} | {"step": [2.0]}
    for row in limit.change_rows(rates):
        change = limit.CHANGES[row["id"].removeprefix("limit.")]
        assert row["what"] == change.name
        assert row["against"] == "The book's training step"
        assert row["ratio"] == 1.5
