import sys

import pytest

from benchmarks.robustness import python_matrix


@pytest.mark.parametrize(
    ("last", "passed", "failed", "skipped"),
    [
        ("3 passed in 1.20s", 3, 0, 0),
        ("1 failed, 3397 passed, 4 skipped in 95.28s (0:01:35)", 3397, 1, 4),
        ("2 passed, 1 skipped, 5 warnings, 2 errors in 6.02s", 2, 2, 1),
        ("1 failed, 1 passed, 1 error in 6.02s", 1, 2, 0),
        ("no tests ran in 0.01s", 0, 0, 0),
    ],
)
def test_outcomes_are_read_from_the_last_line(last, passed, failed, skipped):
    found = python_matrix.count(f"9 passed\n{last}\n")
    assert list(found.values()) == [passed, failed, skipped]


def test_no_output_means_that_nothing_passed():
    assert python_matrix.count("")["passed"] == 0


def test_this_interpreter_is_found_with_pyenv(tmp_path, monkeypatch):
    version = "{}.{}".format(*sys.version_info)
    folder = tmp_path / "versions" / f"{version}.0"
    (folder / "bin").mkdir(parents=True)
    try:
        (folder / "bin" / "python").symlink_to(sys.executable)
    except OSError:
        pytest.skip("links need a right that this user has not")
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    assert python_matrix.find_python(version) == folder / "bin" / "python"


def test_an_interpreter_that_is_not_there_is_not_found(tmp_path, monkeypatch):
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert python_matrix.find_python("2.99") is None


def test_a_row_that_is_done_is_not_run_again(monkeypatch):
    monkeypatch.setattr(python_matrix, "find_python", lambda python: python)
    done = {"3.10-oldest": {}, "3.13-newest": {}}
    left = [
        f"{python}-{age}" for python, _, age in python_matrix.wanted(done, [])
    ]
    assert len(left) == 6
    assert set(left).isdisjoint(done)


def test_a_row_that_is_asked_for_is_run_again(monkeypatch):
    monkeypatch.setattr(python_matrix, "find_python", lambda python: python)
    found = [*python_matrix.wanted({"3.10-oldest": {}}, ["3.10-oldest"])]
    assert found == [("3.10", "3.10", "oldest")]
