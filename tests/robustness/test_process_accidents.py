"""Two processes at once, and processes that are killed."""

import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from archives import ARCHIVE, left, md5, pack, send, stall

import imdbtutor
from imdbtutor.data.download import find_aclimdb
from imdbtutor.data.reviews import load_reviews

pytestmark = pytest.mark.archives


def test_of_five_at_once_one_fetches(fetch, archive, server, tmp_path):
    server.moods = [stall]
    threading.Timer(0.3, server.go_on.set).start()
    with ThreadPoolExecutor(5) as pool:
        found = list(pool.map(fetch, [archive] * 5))
    assert found == [tmp_path / "data" / "aclImdb"] * 5
    assert len(server.asked) == 1


@contextmanager
def child(server, folder):
    """Another process that fetches; it says when it begins."""
    code = (
        "import sys; from imdbtutor.data.download import fetch_aclimdb as f;"
        "print('begins', flush=True); folder, url, digest = sys.argv[1:];"
        "print(f(folder, url=url, known_hash=digest, progress=False))"
    )
    arguments = [str(folder), server.url, md5(server.raw)]
    with subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        cwd=Path(imdbtutor.__file__).parents[1],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_for(condition):
    limit = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < limit
        time.sleep(0.001)


@pytest.mark.slow
def test_of_two_processes_one_fetches(server, archive, tmp_path):
    server.raw, server.moods = archive, [stall]
    data = tmp_path / "data"
    with child(server, data) as one, child(server, data) as other:
        assert one.stdout.readline() == other.stdout.readline() == "begins\n"
        wait_for(lambda: server.asked)
        time.sleep(0.2)  # enough for both to ask, if both did
        server.go_on.set()
        said = [process.communicate()[0] for process in (one, other)]
    assert said == [f"{data / 'aclImdb'}\n"] * 2
    assert len(server.asked) == 1


@pytest.mark.slow
def test_whoever_waits_for_a_killed_process_fetches(
    server, fetch, archive, tmp_path
):
    server.raw, server.moods = archive, [stall, send]
    found = []
    waiting = threading.Thread(target=lambda: found.append(fetch(archive)))
    with child(server, tmp_path / "data") as process:
        wait_for(lambda: server.asked)
        waiting.start()
        time.sleep(0.2)
        assert found == []
        process.kill()
    waiting.join(60)
    assert len(load_reviews(found[0])) == 48
    assert left(tmp_path / "data") == ["aclImdb", ARCHIVE]


def pytest_generate_tests(metafunc):
    if "share" in metafunc.fixturenames:
        hard = metafunc.config.getoption("--hard")
        metafunc.parametrize("share", [0.01, 0.2, 0.9] if hard else [0.2])


@pytest.mark.slow
def test_what_was_killed_while_unpacking_is_done_again(
    server, fetch, contents, stanford, tmp_path, share
):
    many = [(f"aclImdb/train/unsup/{n}_0.txt", b"so") for n in range(3_000)]
    server.raw = pack([*many, *contents.items()])
    partial = tmp_path / "data" / ".aclImdb.partial" / "aclImdb"
    reached = partial / "train" / "unsup" / f"{int(3_000 * share)}_0.txt"
    with child(server, tmp_path / "data") as process:
        wait_for(reached.exists)
        process.kill()
    assert partial.exists()
    assert find_aclimdb(tmp_path / "data") is None
    found = load_reviews(fetch(server.raw))
    assert found.equals(load_reviews(stanford))
    assert left(tmp_path / "data") == ["aclImdb", ARCHIVE]
