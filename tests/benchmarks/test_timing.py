"""Measurements take turns and become rows."""

import pytest

from benchmarks.speed.timing import Measured, in_turn, make_row, timed


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
