"""What `make measure WHAT=speed` has measured, and how it is put together."""

import json
import runpy
import threading

import pytest
import show_speed
from places import ROOT

from benchmarks.speed import book, microbench, text
from benchmarks.speed.__main__ import PARTS, put_together, write_part
from benchmarks.speed.timing import is_met
from imdbtutor.evaluation.results import read_results

SPEED = read_results("speed")
ROWS = {row["id"]: row for row in SPEED["rows"]}
KEYS = {"part", "id", "what", "against", "ratio", "median", "unit", "goal"}
each_row = pytest.mark.parametrize("row", SPEED["rows"], ids=lambda r: r["id"])


@pytest.fixture(scope="module")
def page():
    """What stands in each file of the page, drawn once."""
    return show_speed.files(SPEED)


@pytest.mark.slow
def test_the_page_shows_what_was_measured(page):
    for path, drawn in page.items():
        assert path.read_text("utf-8") == drawn, path.name


def test_every_part_is_there_and_says_what_it_was_measured_on():
    parts = list(dict.fromkeys(row["part"] for row in SPEED["rows"]))
    assert parts == list(PARTS)
    assert {"commit", "hardware", "versions"} <= set(SPEED)
    assert len(ROWS) == len(SPEED["rows"])


@each_row
def test_a_row_is_complete(row):
    assert set(row) >= KEYS
    low, high = row["spread"]
    assert low <= row["median"] <= high
    assert (row["ratio"] is None) == (row["against"] is None)
    assert row["goal"] is None or row["met"] == is_met(row)


@pytest.mark.slow
def test_the_page_takes_no_id_apart(page):
    rows = [row | {"id": number} for number, row in enumerate(SPEED["rows"])]
    found = show_speed.files(SPEED | {"rows": rows})
    assert found == page


def test_a_missed_goal_is_explained():
    notes = (ROOT / "benchmarks" / "NOTES.md").read_text("utf-8")
    missed = [id_ for id_, row in ROWS.items() if row.get("met") is False]
    assert [id_ for id_ in missed if f"`{id_}`" not in notes] == []


def test_the_profile_says_where_all_of_a_step_goes():
    shares = {
        row["operation"]: row["median"]
        for row in SPEED["rows"]
        if "operation" in row
    }
    assert min(shares.values()) >= 0
    assert sum(shares.values()) == pytest.approx(1, abs=1e-3)


def test_the_small_pieces_that_are_committed_are_those_that_are_run():
    ran = [n for n in vars(microbench) if n.startswith("test_")]
    committed = [r["id"] for r in SPEED["rows"] if r["part"] == "microbench"]
    assert committed == [n.replace("test_", "microbench.") for n in ran]


def test_every_chapter_of_the_book_was_run():
    chapters = [row["chapter"] for row in SPEED["rows"] if "chapter" in row]
    assert chapters == list(range(1, len(chapters) + 1))


def test_the_parts_are_the_modules_that_make_rows():
    folder = ROOT / "benchmarks" / "speed"
    found = {
        path.stem
        for path in folder.glob("*.py")
        if "\ndef make_rows(" in path.read_text("utf-8")
    }
    assert found == set(PARTS)


def test_a_part_writes_its_name_into_its_rows(monkeypatch, tmp_path):
    monkeypatch.setattr(text, "make_rows", lambda: [{"id": "text.a"}])
    write_part("text", tmp_path / "rows.json")
    found = json.loads((tmp_path / "rows.json").read_text("utf-8"))
    assert found == [{"part": "text", "id": "text.a"}]


def test_a_part_replaces_its_own_rows_only():
    old = [
        {"part": "limit", "id": 1},
        {"part": "batching", "id": 2},
        {"part": "text", "id": 3},
    ]
    new = [{"part": "batching", "id": 4}]
    found = put_together({"rows": old}, {"commit": "abc"}, "batching", new)
    assert [row["id"] for row in found["rows"]] == [3, 4, 1]
    assert found["commit"] == "abc"


def test_the_book_is_run_by_the_tool_that_runs_it():
    run_chapter = book.load_run_chapter()
    assert run_chapter.__name__ == "run_chapter"
    assert "nbformat" in run_chapter.__globals__


def test_chapters_run_side_by_side_the_last_first(monkeypatch, tmp_path):
    """Two that wait for each other would wait for ever, one by one."""
    tool = runpy.run_path(str(book.RUN_CHAPTERS))
    for name in ("01_a.ipynb", "02_b.ipynb", "solutions/01_a.ipynb"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).touch()
    begun, both = [], threading.Barrier(2, timeout=60)

    def run(path):
        begun.append(path.relative_to(tmp_path).as_posix())
        if path.parent == tmp_path:
            both.wait()
        return 0.0

    main = tool["main"]
    monkeypatch.setitem(main.__globals__, "run_chapter", run)
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    main(tmp_path)
    assert begun == ["02_b.ipynb", "01_a.ipynb", "solutions/01_a.ipynb"]


def test_after_a_chapter_that_fails_no_other_begins(monkeypatch, tmp_path):
    tool = runpy.run_path(str(book.RUN_CHAPTERS))
    for number in range(1, 9):
        (tmp_path / f"0{number}_a.ipynb").touch()
    begun = []

    def run(path):
        begun.append(path)
        raise RuntimeError(path.stem)

    main = tool["main"]
    monkeypatch.setitem(main.__globals__, "run_chapter", run)
    monkeypatch.setattr("os.cpu_count", lambda: 1)
    with pytest.raises(RuntimeError, match=r"0\d_a"):
        main(tmp_path)
    assert len(begun) < 8
