import json
import subprocess
from pathlib import Path

import pytest

from benchmarks.robustness import python_matrix

KNOWN = [
    {
        "session": f"tests-{python}({dependencies})",
        "columns": {"python": python, "dependencies": dependencies},
    }
    for python in ("3.10", "3.11")
    for dependencies in ("oldest", "newest")
]
ROW = {
    **KNOWN[0]["columns"],
    **{"torch": "2.3.0", "numpy": "1.26.0", "pandas": "2.1.0"},
    **{"passed": 6, "failed": 2, "skipped": 3, "seconds": 13},
}
REPORT = (
    '<testsuites name="pytest tests"><testsuite errors="1" failures="1" '
    'skipped="3" tests="11" time="12.6" /></testsuites>'
)


def test_nox_knows_every_python_with_old_and_new_packages():
    known = python_matrix.sessions()
    assert [one["columns"]["python"] for one in known[::2]] == [
        *("3.10", "3.11", "3.12", "3.13")
    ]
    for old, new in zip(known[::2], known[1::2], strict=True):
        assert old["columns"]["python"] == new["columns"]["python"]
        assert old["columns"]["dependencies"] == "oldest"
        assert new["columns"]["dependencies"] == "newest"


def test_a_row_that_is_done_is_not_run_again():
    assert python_matrix.wanted(KNOWN, [ROW], []) == KNOWN[1:]


def test_a_row_that_is_asked_for_is_run_again():
    asked = ["tests-3.10(oldest)"]
    assert python_matrix.wanted(KNOWN, [ROW], asked) == KNOWN[:1]


def test_a_row_that_cannot_be_is_told():
    with pytest.raises(SystemExit, match=r"tests-2\.7.*nox --list"):
        python_matrix.wanted(KNOWN, [ROW], ["tests-2.7(oldest)"])


@pytest.fixture
def matrix(tmp_path, monkeypatch):
    """Set a place of its own for the rows, and nox's part by hand."""
    monkeypatch.setattr(python_matrix, "WORK", tmp_path)
    monkeypatch.setattr(python_matrix, "TARGET", tmp_path / "matrix.json")
    monkeypatch.setattr(python_matrix, "FREE", 0)
    machine = {"commit": "abc", "clean": True}
    monkeypatch.setattr(python_matrix, "describe_machine", lambda: machine)
    monkeypatch.setattr(python_matrix, "sessions", lambda: KNOWN[:1])
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path))
    return tmp_path


def pretend(monkeypatch, report, code=0):
    """Stand in for nox: an environment, and what the tests reported."""

    def run(command):
        folder = Path(command[command.index("--envdir") + 1])
        for name in python_matrix.SHOWN:
            place = folder / f"a/site-packages/{name}-{ROW[name]}.dist-info"
            place.mkdir(parents=True)
            text = f"Metadata-Version: 2.4\nName: {name}\nVersion: {ROW[name]}"
            (place / "METADATA").write_text(text, "utf-8")
        if report:
            Path(command[-1].split("=")[1]).write_text(report, "utf-8")
        return subprocess.CompletedProcess(command, code)

    monkeypatch.setattr(python_matrix.subprocess, "run", run)


def test_a_row_has_the_versions_and_what_became_of_the_tests(
    matrix, monkeypatch
):
    pretend(monkeypatch, REPORT, code=1)
    with pytest.raises(SystemExit) as stopped:
        python_matrix.main()
    assert stopped.value.code  # two tests failed
    written = json.loads((matrix / "matrix.json").read_text("utf-8"))
    assert written == {"commit": "abc", "clean": True, "rows": [ROW]}
    assert list(written["rows"][0]) == list(ROW)


def test_a_new_row_takes_the_place_of_the_old_one(matrix, monkeypatch):
    pretend(monkeypatch, REPORT)
    old = {"rows": [ROW | {"passed": 1}, KNOWN[3]["columns"] | {"failed": 0}]}
    (matrix / "matrix.json").write_text(json.dumps(old), "utf-8")
    with pytest.raises(SystemExit):
        python_matrix.main(["tests-3.10(oldest)"])
    written = json.loads((matrix / "matrix.json").read_text("utf-8"))
    assert written["rows"] == [ROW, old["rows"][1]]
    assert written["commit"] == "unknown; abc"  # nobody noted the old row's
    assert not written["clean"]


def test_an_environment_is_removed_whatever_happens(matrix, monkeypatch):
    for report, code in ((REPORT, 0), ("", 0)):
        pretend(monkeypatch, report, code)
        python_matrix.measure(KNOWN[0])
        assert not (matrix / "environments").exists()


def test_where_a_python_is_missing_there_is_no_row(matrix, monkeypatch):
    pretend(monkeypatch, report="")
    assert python_matrix.measure(KNOWN[0]) is None


def test_tests_that_did_not_run_to_their_end_make_no_row(matrix, monkeypatch):
    pretend(monkeypatch, report="", code=1)
    with pytest.raises(RuntimeError, match=r"3\.10\(oldest\) was not tested"):
        python_matrix.measure(KNOWN[0])
    assert not (matrix / "environments").exists()
