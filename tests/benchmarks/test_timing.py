"""Measurements take turns and become rows."""

import pytest

from benchmarks.speed import timing
from benchmarks.speed.timing import (
    Measured,
    in_turn,
    make_row,
    median_ratio,
    seconds,
    tidy,
    timed,
)


def test_work_is_timed_and_its_result_kept():
    found = timed(lambda: sum(range(100_000)))
    assert found.result == sum(range(100_000))
    assert found.seconds > 0


@pytest.mark.parametrize(("unit", "ratio"), [("s", 4.0), ("reviews/s", 0.25)])
def test_a_ratio_says_how_many_times_better(unit, ratio):
    other = Measured("b", [4, 8, 12])
    found = make_row("a.b", Measured("a", [1, 2, 3]), unit, against=other)
    assert found["ratio"] == ratio
    assert found["median"] == 2


def test_a_ratio_is_taken_round_by_round():
    other = Measured("b", [3, 10, 40])
    found = make_row("a.b", Measured("a", [1, 10, 2]), "s", against=other)
    assert found["ratio"] == 3  # of the medians, it would be 5


@pytest.mark.parametrize(
    ("goal", "met"),
    [("ratio >= 4", True), ("ratio >= 5", False), ("median <= 1", False)],
)
def test_a_goal_is_met_or_not(goal, met):
    one, other = Measured("a", [2]), Measured("b", [8])
    found = make_row("a.b", one, "s", against=other, goal=goal)
    assert found["met"] is met


def test_measurements_take_turns():
    order = []
    works = {name: lambda n=name: order.append(n) or 1.0 for name in "ab"}
    assert in_turn(works, 2) == {"a": [1.0, 1.0], "b": [1.0, 1.0]}
    assert order == list("abab")


@pytest.fixture
def clock(monkeypatch):
    """A clock that is at 100, and then at 102.5 seconds."""
    times = iter([100.0, 102.5])
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(times))


@pytest.mark.usefixtures("clock")
def test_seconds_are_those_between_begin_and_end():
    assert timed(lambda: "done") == ("done", 2.5)


@pytest.mark.usefixtures("clock")
def test_of_seconds_alone_the_work_is_done_too():
    done = []
    assert seconds(lambda: done.append(1)) == 2.5
    assert done == [1]


def test_a_row_has_what_the_page_looks_for():
    measured = Measured("a thing", [1.234567, 3, 20.98765])
    assert make_row("a.b", measured, "reviews/s") == {
        "id": "a.b",
        "what": "a thing",
        "against": None,
        "ratio": None,
        "median": 3,
        "spread": [1.235, 20.99],
        "rounds": 3,
        "unit": "reviews/s",
        "goal": None,
    }


@pytest.mark.parametrize(
    ("unit", "ratio"),
    [("s", 2), ("ms", 2), ("µs", 2), ("MB", 0.5), ("x", 0.5)],
)
def test_of_times_less_is_better(unit, ratio):
    row = make_row("a", Measured("a", [2]), unit, against=Measured("b", [4]))
    assert row["ratio"] == ratio


def test_rounds_that_only_one_side_has_are_no_rounds():
    with pytest.raises(ValueError, match="zip"):
        median_ratio([1, 2], [1], "s")


@pytest.mark.parametrize(
    ("number", "kept"),
    [(123_456, 123_456), (1.23456, 1.235), (98765.4, 98770)],
)
def test_of_measurements_four_digits_are_kept_and_of_counts_all(number, kept):
    assert tidy(number) == kept


def test_each_round_is_told(capsys):
    in_turn({"a": lambda: 1234.5678, "b": lambda: 2.0}, 2)
    assert capsys.readouterr().out.splitlines() == [
        "round 1, a: 1,235",
        "round 1, b: 2",
        "round 2, a: 1,235",
        "round 2, b: 2",
    ]
