"""What `pip install imdbtutor` brings: all that a chapter alone needs."""

import email
import re
import subprocess
import sys
from zipfile import ZipFile

import pytest
from places import ROOT

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel"]
    subprocess.run([*build, "-d", folder], cwd=ROOT, check=True)
    with ZipFile(next(folder.glob("*.whl"))) as archive:
        yield archive


@pytest.fixture(scope="module")
def metadata(wheel):
    name = next(n for n in wheel.namelist() if n.endswith("/METADATA"))
    return email.message_from_bytes(wheel.read(name))


def names(folder):
    return {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob(folder)
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_it_holds_the_package_and_every_summary_and_nothing_else(wheel):
    summaries = {f"imdbtutor/{name}" for name in names("results/*.json")}
    held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == names("imdbtutor/**/*") | summaries


def test_it_has_the_model_and_the_checks(wheel):
    held = set(wheel.namelist())
    assert "imdbtutor/pretrained/model.safetensors" in held
    assert "imdbtutor/results/ladder.json" in held
    chapters = {path.name[:2] for path in ROOT.glob("notebooks/*.ipynb")}
    assert {f"imdbtutor/checks/chapter_{n}.py" for n in chapters} <= held


def test_it_says_what_pypi_shows(metadata):
    assert metadata["Name"] == "imdbtutor"
    assert metadata["License-Expression"] == "MIT"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Author"]
    assert metadata["Keywords"]
    addresses = metadata.get_all("Project-URL")
    assert [one.split(",")[0] for one in addresses] == [
        "Source",
        "Issues",
        "Changelog",
    ]


def test_no_link_of_its_description_leads_nowhere(metadata):
    """On PyPI there is no folder that a relative link could start from."""
    links = re.findall(r"\]\((.+?)\)", metadata.get_payload())
    assert links
    assert all(link.startswith(("https://", "#")) for link in links)
