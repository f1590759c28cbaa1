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
from benchmarks.speed.timing import Measured
from imdbtutor.evaluation.results import read_results
from imdbtutor.training.recipe import MAX_LENGTH

COMMITTED = read_results("speed")["rows"]
MEASURED = {"what", "against", "ratio", "median", "spread", "rounds", "met"}
ALONE = {"inference.all", "time_to_accuracy.packed_epoch"}  # of `make_rows`


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
    against = Measured("packed", [2.0])
    rows = []
    for recipe in ("packed", *time_to_accuracy.NAMES):
        reached = recipe not in ("packed", "filled")
        end = time_to_accuracy.Outcome("", 1.0, 0.9, reached)
        rows += time_to_accuracy.recipe_rows(recipe, end, against)
    return rows


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


def test_a_recipe_that_ends_too_early_says_so():
    race = time_to_accuracy.Race(iter([0.5, 0.6]))
    while not race.over:
        race.advance()
    end = time_to_accuracy.end_of("filled", race)
    assert end.what.endswith(", which does not get there")
    assert (end.best, end.reached) == (0.6, False)


def test_a_recipe_stops_at_the_goal():
    race = time_to_accuracy.Race(iter([0.5, 0.9, 0.99]))
    while not race.over:
        race.advance()
    end = time_to_accuracy.end_of("ours", race)
    assert end.what == time_to_accuracy.NAMES["ours"]
    assert (end.best, end.reached) == (0.9, True)
