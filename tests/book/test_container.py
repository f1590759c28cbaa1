"""What the Dockerfile says, as far as it can be tested without Docker."""

import json
import re

import pytest
from places import ROOT
from typer.main import get_command

from imdbtutor.__main__ import app

TEXT = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
STEPS = [line.split(" ", 1) for line in TEXT.splitlines() if line[:1] > "#"]
COPIED = [
    name
    for step, words in STEPS
    if step == "COPY"
    for name in words.split()[:-1]
]


@pytest.mark.parametrize("name", COPIED)
def test_what_is_copied_is_there(name):
    assert list(ROOT.glob(name))


def test_it_copies_all_that_the_package_is_built_of():
    project = (ROOT / "pyproject.toml").read_text("utf-8")
    built = re.search(r"build\.only-include = (\[.+\])", project)[1]
    assert set(json.loads(built)) <= {name.split("/")[0] for name in COPIED}


def test_it_runs_a_command_that_there_is():
    name, called, *words = json.loads(dict(STEPS)["ENTRYPOINT"])
    command = get_command(app).commands[called]
    found = command.make_context(called, [*words, "/my_model"]).params
    assert name == "imdbtutor"
    assert found["host"] == "0.0.0.0"
    assert str(found["port"]) == dict(STEPS)["EXPOSE"]


def test_it_asks_for_health_where_it_serves():
    steps = dict(STEPS)
    assert f":{steps['EXPOSE']}/health" in steps["HEALTHCHECK"]


def test_what_it_runs_is_not_run_by_root():
    names = [step for step, _ in STEPS]
    assert dict(STEPS)["USER"] != "root"
    assert names.index("USER") < names.index("ENTRYPOINT")
