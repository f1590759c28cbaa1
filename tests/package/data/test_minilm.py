import hashlib
import importlib.metadata

import pytest

from imdbtutor.data import minilm
from imdbtutor.data.minilm import PIECES, WEIGHTS, fetch_minilm

MADE = b"two files of one content"


@pytest.fixture
def not_installed(monkeypatch):
    monkeypatch.setattr(minilm, "PACKAGE", "no-such-package")


@pytest.fixture
def hub(server, cache, not_installed, monkeypatch):
    """A hub of this machine's own; its files are known."""
    server.raw = MADE
    known = f"sha256:{hashlib.sha256(MADE).hexdigest()}"
    monkeypatch.setattr(minilm, "HASHES", {WEIGHTS: known, PIECES: known})
    return server.url.rpartition("/")[0]


def test_the_installed_files_are_found_without_a_network(cache):
    found = fetch_minilm(hub="http://127.0.0.1:9")
    assert found.source == "package"
    assert found.weights.stat().st_size == 90_868_376
    assert found.pieces.stat().st_size == 466_247
    assert not cache.exists()


@pytest.mark.parametrize("name", [WEIGHTS, PIECES])
def test_an_installed_file_that_was_changed_is_refused(name, monkeypatch):
    monkeypatch.setitem(minilm.HASHES, name, "sha256:" + 64 * "0")
    with pytest.raises(ValueError, match=f"'{name}'.*--no-deps"):
        fetch_minilm()


def test_a_file_that_is_not_installed_with_the_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [])
    with pytest.raises(ValueError, match="missing or damaged"):
        fetch_minilm()


def test_elsewhere_both_files_come_from_the_hub_once(hub, server, cache):
    for _ in range(2):
        found = fetch_minilm(hub, progress=False)
    assert found.source == "hub"
    assert found.weights.read_bytes() == found.pieces.read_bytes() == MADE
    assert server.asked == [f"/{WEIGHTS}", f"/{PIECES}"]
    assert found.weights.is_relative_to(cache)


def test_another_file_from_the_hub_is_refused_and_not_kept(hub, server, cache):
    server.raw = MADE + b"!"
    with pytest.raises(ValueError, match=r"sent is not model\.safetensors"):
        fetch_minilm(hub, progress=False)
    files = [path.name for path in cache.rglob("*") if path.is_file()]
    assert files == [f".minilm-{minilm.REVISION[:8]}.lock"]


@pytest.mark.usefixtures("cache", "not_installed")
def test_a_hub_that_cannot_be_reached_is_named():
    with pytest.raises(FileNotFoundError, match=r"127\.0\.0\.1:9/model"):
        fetch_minilm(hub="http://127.0.0.1:9", progress=False)


def test_the_hub_is_asked_for_one_revision():
    assert minilm.HUB.endswith(f"/resolve/{minilm.REVISION}")
    assert len(minilm.REVISION) == 40
