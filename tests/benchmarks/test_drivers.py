"""`python -m benchmarks` lists what can be measured, and runs it."""

import ast
import re
from pathlib import Path

import pytest
from places import ROOT

from benchmarks import __main__ as command

DRIVERS = command.drivers()
each_driver = pytest.mark.parametrize("driver", DRIVERS.values(), ids=DRIVERS)
PROSE = [
    path
    for pattern in ("*.md", "book/*.md", "benchmarks/**/*", "notebooks/*")
    for path in ROOT.glob(pattern)
    if path.suffix in {".md", ".py", ".ipynb"}
]


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Start nothing, but keep a list of what would have been started.

    `run.act` is what the driver does with the folder of results, and
    returns its exit code.
    """
    (tmp_path / "ladder.json").write_text("old", "utf-8")

    def run(*words):
        run.started.append([str(word) for word in words])
        return run.act(tmp_path) if words[0] == "-m" else 0

    run.started, run.act = [], lambda folder: 0
    monkeypatch.setattr(command, "RESULTS", tmp_path)
    monkeypatch.setattr(command, "run", run)
    return run


def measure_anew(folder):
    (folder / "ladder.json").write_text("new", "utf-8")
    return 0


def measure_and_fail(folder):
    return measure_anew(folder) or 1


def test_what_can_be_measured_is_listed_with_its_purpose(capsys):
    assert command.main([]) == 0
    lines = capsys.readouterr().out.splitlines()
    found = {line.split()[0]: line.split(maxsplit=1)[1] for line in lines}
    assert found == {d.name: d.purpose for d in DRIVERS.values()}


def test_a_family_that_can_be_run_is_listed_as_a_whole():
    assert DRIVERS["speed"].module == "benchmarks.speed"
    assert DRIVERS["ladder"].module == "benchmarks.accuracy.ladder"


def test_no_two_drivers_have_one_name():
    paths = (ROOT / "benchmarks").glob("*/*.py")
    found = [command.look_into(path) for path in paths]
    names = [driver.name for driver in found if driver]
    assert sorted(names) == sorted(DRIVERS)


@each_driver
def test_a_driver_can_be_run_alone(driver):
    path = ROOT.joinpath(*driver.module.split("."))
    source = path / "__main__.py" if path.is_dir() else path.with_suffix(".py")
    last = ast.parse(source.read_text("utf-8")).body[-1]
    assert ast.unparse(last.test) == "__name__ == '__main__'"
    assert "main(" in ast.unparse(last)


@pytest.mark.parametrize("path", PROSE, ids=lambda path: path.name)
def test_what_the_pages_say_can_be_measured_can_be(path):
    named = re.findall(r"WHAT=(\w+)", path.read_text("utf-8"))
    assert set(named) <= set(DRIVERS)


def test_an_unknown_name_says_what_there_is(run, capsys):
    assert command.main(["laddr"]) == 2
    said = capsys.readouterr().err
    assert "no 'laddr'" in said
    assert all(name in said for name in DRIVERS)
    assert run.started == []


def test_more_words_are_passed_on(run):
    command.main(["speed", "text", "limit"])
    assert run.started == [["-m", "benchmarks.speed", "text", "limit"]]


def test_the_page_is_drawn_again_where_results_changed(run):
    run.act = measure_anew
    assert command.main(["ladder"]) == 0
    _, *drawn = run.started
    assert [Path(path).name for (path,) in drawn] == [*command.PAGES]


def test_a_driver_that_fails_says_so_and_the_page_is_still_drawn(run):
    run.act = measure_and_fail
    assert command.main(["accidents"]) == 1
    assert len(run.started) == 3


def test_the_pages_are_tools_of_the_book():
    for page in command.PAGES:
        assert (ROOT / "book" / "tools" / page).exists()


def test_a_driver_runs_in_a_process_of_its_own():
    assert command.run("-c", "raise SystemExit(3)") == 3
