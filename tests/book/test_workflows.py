"""What GitHub runs, where `make check`'s tools cannot see: is it there?"""

import json
import re
import shutil
import subprocess
import sys

import pytest
import tomllib
import yaml
from places import ROOT

PATHS = sorted(ROOT.glob(".github/workflows/*.yml"))
WORKFLOWS = {
    path.stem: yaml.safe_load(path.read_text("utf-8")) for path in PATHS
}
JOBS = {
    f"{name}, {job}": content
    for name, workflow in WORKFLOWS.items()
    for job, content in workflow["jobs"].items()
}
STEPS = [step for job in JOBS.values() for step in job["steps"]]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PROMISED = [
    line.split(" :: ")[-1]
    for line in PROJECT["project"]["classifiers"]
    if re.fullmatch(r"Programming Language :: Python :: 3\.\d+", line)
]
CONTAINER = (ROOT / ".devcontainer/devcontainer.json").read_text("utf-8")
CONTAINER = re.sub(r"(?m)^ *//.*", "", CONTAINER)
COMMANDS = CONTAINER + "\n".join(step.get("run", "") for step in STEPS)


def test_a_workflow_may_do_nothing_that_is_not_listed_here():
    assert all(one["permissions"] == {} for one in WORKFLOWS.values())
    beyond_reading = {
        name: job["permissions"]
        for name, job in JOBS.items()
        if job["permissions"] != {"contents": "read"}
    }
    assert beyond_reading == {
        "release, publish": {"id-token": "write"},
        "site, publish": {"id-token": "write", "pages": "write"},
    }


def test_what_publishes_runs_no_code_of_ours():
    for name in ("release, publish", "site, publish"):
        assert not any("run" in step for step in JOBS[name]["steps"])


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_an_action_is_pinned_to_a_commit_and_says_which_version(path):
    used = re.findall(r"uses: (.+)", path.read_text("utf-8"))
    pinned = r"[\w-]+/[\w-]+@[0-9a-f]{40}  # v\d+\.\d+\.\d+"
    assert used
    assert [one for one in used if not re.fullmatch(pinned, one)] == []


def test_the_package_is_tested_on_every_python_that_it_promises():
    matrix = JOBS["tests, pythons"]["strategy"]["matrix"]["python"]
    assert matrix == PROMISED
    listed = [sys.executable, "-m", "nox", "--list", "--json"]
    known = json.loads(subprocess.check_output(listed, cwd=ROOT))
    sessions = {one["session"] for one in known}
    assert {f"tests-{python}(newest)" for python in matrix} <= sessions


def test_the_book_is_run_by_a_python_that_it_promises():
    named = re.findall(
        r'python-version: "([\d.]+)"|devcontainers/python:([\d.]+)',
        CONTAINER + "".join(path.read_text("utf-8") for path in PATHS),
    )
    versions = {a or b for a, b in named}
    assert versions <= {*PROMISED}
    assert versions == {"3.11"}  # its outputs were made with it


@pytest.mark.skipif(not shutil.which("make"), reason="needs make")
def test_a_target_that_make_is_asked_for_is_there():
    asked = set(re.findall(r"\bmake ([\w./-]+)", COMMANDS))
    # Not a dry run: lines with $(MAKE) are run even then.
    known = ["make", "--print-data-base", "--question", "help"]
    run = subprocess.run(
        known, cwd=ROOT, capture_output=True, encoding="utf-8"
    )
    targets = set(re.findall(r"(?m)^([\w./-]+):", run.stdout))
    assert {"test", "site"} <= asked <= targets


def test_a_path_that_a_command_names_is_there():
    named = re.findall(
        r"((?:requirements|tests/|notebooks/)[^\s\"]+)", COMMANDS
    )
    assert len(set(named)) > 2
    assert [path for path in named if not list(ROOT.glob(path))] == []


def test_the_container_shows_the_port_that_the_book_is_served_at():
    port = json.loads(CONTAINER)["forwardPorts"][0]
    assert f"localhost:{port}" in (ROOT / "Makefile").read_text("utf-8")
