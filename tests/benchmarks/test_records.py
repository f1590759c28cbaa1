"""What is measured says what it was measured on."""

import os
import platform
import re
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
import torch
from places import ROOT

from benchmarks import records
from imdbtutor.evaluation.results import read_results

CPU = Path("/proc/cpuinfo")
STATUS = Path("/proc/self/status")


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository of one file, whose commit has a tag."""
    (tmp_path / "benchmarks").write_text("old", "utf-8")
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    for words in (
        ("init", "-q"),
        ("add", "."),
        (*who, "commit", "-qm", "one"),
        (*who, "tag", "-am", "tagged", "v1"),
    ):
        subprocess.run(["git", *words], cwd=tmp_path, check=True)
    monkeypatch.setattr(records, "ROOT", tmp_path)
    return tmp_path


def commit():
    return records.describe_machine()["commit"]


def test_results_are_kept_in_the_repository():
    assert records.RESULTS == ROOT / "results"
    assert (records.RESULTS / "ladder.json").exists()


def test_every_commit_that_results_name_is_in_the_history():
    if commit() == "unknown":
        pytest.skip("no repository, no history")
    if records.ask_git("rev-parse", "--is-shallow-repository") == "true":
        pytest.skip("a shallow clone has no history")
    named = {
        name
        for path in records.RESULTS.rglob("*.json")
        for found in re.findall(
            r'"commit": "([^"]*)"', path.read_text("utf-8")
        )
        for name in re.findall(r"\b[0-9a-f]{7,40}\b", found)
    }
    history = records.ask_git("log", "--format=%H").splitlines()
    assert len(named) > 20
    elsewhere = [read_results("recipes")["published"]["commit"]]
    unknown = [
        name
        for name in named
        if not any(commit.startswith(name) for commit in history)
    ]
    assert unknown == elsewhere


def test_the_commit_is_named_whatever_tag_it_has(repository):
    command = ["git", "rev-parse", "HEAD"]
    whole = subprocess.check_output(command, cwd=repository, encoding="utf-8")
    assert len(commit()) >= 7
    assert whole.startswith(commit())


def test_a_plus_says_that_files_differ_from_the_commit(repository):
    clean = commit()
    (repository / "benchmarks").write_text("new", "utf-8")
    assert commit() == f"{clean}+"


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("imdbtutor/data/a.py", True),
        ("benchmarks/a.py", True),
        ("notebooks/01.ipynb", True),
        ("tests/a.py", True),
        ("book/tools/a.py", True),
        ("requirements.txt", True),
        ("book/a.csv", False),
        ("results/new.json", False),
        ("README.md", False),
    ],
)
def test_what_is_run_counts_as_code_and_nothing_else(repository, name, counts):
    path = repository / name
    if not path.parent.is_dir():
        path.parent.unlink(missing_ok=True)
        path.parent.mkdir(parents=True)
    path.write_text("new", "utf-8")
    assert commit().endswith("+") is counts


def test_the_most_memory_is_what_the_system_says(tmp_path, monkeypatch):
    status = tmp_path / "status"
    status.write_text(
        "Name: a\nVmPeak: 9 kB\nVmHWM:\t 2560 kB\nVmRSS: 7 kB\n", "utf-8"
    )
    found = {"/proc/self/status": status}
    monkeypatch.setattr(records, "Path", lambda path: found[path])
    assert records.peak_mb() == 2.5


def test_outside_a_repository_the_commit_is_unknown(monkeypatch, tmp_path):
    monkeypatch.setattr(records, "ROOT", tmp_path)
    assert commit() == "unknown"


def test_the_machine_has_cores_and_threads():
    hardware = records.describe_machine()["hardware"]
    assert hardware["cores"] == os.cpu_count()
    assert hardware["threads"] == torch.get_num_threads()
    assert set(hardware) == {"processor", "cores", "threads"}


@pytest.mark.skipif(not CPU.exists(), reason="no /proc here")
def test_the_processor_is_named_as_the_system_does():
    name = records.describe_machine()["hardware"]["processor"]
    lines = CPU.read_text(encoding="utf-8").splitlines()
    named = [line for line in lines if line.startswith("model name")]
    assert name == named[0].split(": ")[1] if named else platform.machine()


def test_the_versions_are_those_that_are_imported():
    versions = records.describe_machine()["versions"]
    names = ["torch", "numpy", "scipy", "scikit-learn", "nltk"]
    expected = {name: metadata.version(name) for name in names}
    assert versions == {"python": platform.python_version()} | expected


@pytest.mark.skipif(not STATUS.exists(), reason="no /proc here")
def test_the_most_memory_is_more_than_now_and_less_than_there_is():
    page = os.sysconf("SC_PAGE_SIZE")
    resident = (
        int(Path("/proc/self/statm").read_text("utf-8").split()[1]) * page
    )
    total = os.sysconf("SC_PHYS_PAGES") * page
    assert 0.9 * resident < records.peak_mb() * 2**20 < total


def test_a_file_of_results_can_be_read_and_compared(tmp_path):
    path = tmp_path / "found.json"
    records.write_json(path, {"a": [1]})
    assert path.read_text("utf-8") == '{\n  "a": [\n    1\n  ]\n}\n'
    records.write_json(path, {"a": [1]}, indent=None)
    assert path.read_text("utf-8") == '{"a": [1]}\n'


def test_what_cannot_be_written_leaves_the_old_results(tmp_path):
    path = tmp_path / "found.json"
    records.write_json(path, {"a": 1}, indent=None)
    with pytest.raises(TypeError):
        records.write_json(path, {"a": object()})
    assert path.read_text("utf-8") == '{"a": 1}\n'
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_alike_is_told_once_and_what_differs_in_turn():
    rows = [
        {"a": 1, "b": {"c": 2}},
        {"a": 1, "b": {"c": 3}},
        {"a": 1} | {"b": {"c": 2}},
    ]
    assert records.merge(rows) == {"a": 1, "b": {"c": "2; 3"}}
    assert records.merge(["only"]) == "only"


def test_of_what_is_merged_each_part_is_named_once():
    assert records.merge(["a; b", "b; c", "a"]) == "a; b; c"
    assert records.merge([1, 2, 1]) == "1; 2"


@pytest.mark.parametrize(
    ("commits", "clean"),
    [("a1", True), ("a1; b2", True), ("a1; b2+", False), ("unknown", False)],
)
def test_clean_are_known_commits_with_no_changes(commits, clean):
    assert records.is_clean(commits) == clean


def test_a_machine_says_whether_its_code_was_committed(repository):
    assert records.describe_machine()["clean"]
    (repository / "benchmarks").write_text("new", "utf-8")
    assert not records.describe_machine()["clean"]


OURS = {"commit": "a1", "clean": True, "versions": {"torch": "2.3"}}
OTHER = {"commit": "b2+", "clean": False, "versions": {"torch": "2.4"}}
BOTH = {"commit": "a1; b2+", "clean": False, "versions": {"torch": "2.3; 2.4"}}


def test_two_machines_are_clean_if_both_are():
    assert records.merge_machines([OURS, OURS]) == OURS
    assert records.merge_machines([OURS, OTHER]) == BOTH


def test_what_is_added_to_a_file_is_told_beside_what_was_there():
    assert records.add_to({}, OTHER) == OTHER
    assert records.add_to(OURS | {"rows": [1]}, OTHER) == BOTH


def test_a_file_that_does_not_say_where_it_was_made_is_not_clean():
    machine = {"commit": "a1", "clean": True}
    found = records.add_to({"rows": [1]}, machine)
    assert found == {"commit": "unknown; a1", "clean": False}


def test_runs_say_what_all_of_them_were_made_with():
    runs = [{"machine": OURS}, {"machine": OTHER}]
    assert records.describe_runs(runs) == BOTH
    assert records.describe_runs([{"machine": OURS}] * 2) == OURS


def test_of_runs_that_do_not_say_the_commit_is_unknown():
    found = records.describe_runs([{"accuracy": 0.9}])
    here = records.describe_machine()
    assert found == here | {"commit": "unknown", "clean": False}
    found = records.describe_runs([{"accuracy": 0.9}, {"machine": OURS}])
    assert found == OURS | {"commit": "unknown; a1", "clean": False}
