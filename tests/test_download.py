import functools
import hashlib
import http.server
import io
import tarfile
import threading

import pytest

from imdbtutor.download import fetch_aclimdb
from imdbtutor.reviews import load_reviews
from imdbtutor.sources import BadReviews, ReviewsNotFound

ARCHIVE = "aclImdb_v1.tar.gz"


@pytest.fixture
def asked():
    """The requests that reached the server."""
    return []


@pytest.fixture
def server(tmp_path, asked, monkeypatch):
    """A server of this machine's own, and the folder that it shows."""
    monkeypatch.setenv("no_proxy", "127.0.0.1")

    class Handler(http.server.SimpleHTTPRequestHandler):
        def log_message(self, message, *values):
            asked.append(message % values)

    folder = tmp_path / "served"
    folder.mkdir()
    handler = functools.partial(Handler, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as made:
        thread = threading.Thread(target=made.serve_forever, args=[0.01])
        thread.start()
        yield folder, f"http://127.0.0.1:{made.server_address[1]}/{ARCHIVE}"
        made.shutdown()
        thread.join()


@pytest.fixture
def fetch(server, tmp_path):
    """Serve these bytes as the archive, and fetch them."""

    def fetch_bytes(raw, known_hash=None, folder=tmp_path / "data"):
        (server[0] / ARCHIVE).write_bytes(raw)
        digest = known_hash or f"md5:{hashlib.md5(raw).hexdigest()}"
        return fetch_aclimdb(
            folder, url=server[1], known_hash=digest, progress=False
        )

    return fetch_bytes


def pack(**contents):
    """Make an archive of small files."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, text in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(text)
            tar.addfile(member, io.BytesIO(text.encode()))
    return packed.getvalue()


@pytest.fixture
def archive(stanford):
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        tar.add(stanford, "aclImdb")
    return packed.getvalue()


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_is_fetched_loads_as_reviews(fetch, archive, stanford):
    fetched = load_reviews(fetch(archive))
    assert fetched.equals(load_reviews(stanford))


def test_the_folder_is_named_as_in_the_archive(fetch, archive, tmp_path):
    assert fetch(archive) == tmp_path / "data" / "aclImdb"


def test_without_a_folder_the_cache_is_used(fetch, archive, cache):
    assert fetch(archive, folder=None) == cache / "aclImdb"


def test_what_is_there_is_not_asked_for_again(fetch, archive, asked):
    first = fetch(archive)
    assert fetch(archive) == first
    assert len(asked) == 1


def test_only_folder_and_archive_are_left(fetch, archive):
    assert names(fetch(archive).parent) == ["aclImdb", ARCHIVE]


def test_another_archive_than_the_known_one_is_refused(
    fetch, archive, tmp_path
):
    with pytest.raises(BadReviews, match=r"127\.0\.0\.1.* not the archive"):
        fetch(archive, known_hash="md5:" + "0" * 32)
    assert names(tmp_path / "data") == []


def test_an_archive_that_is_not_served_is_named(server, tmp_path):
    with pytest.raises(ReviewsNotFound, match=r"404.*Check the connection"):
        fetch_aclimdb(tmp_path / "data", url=server[1], progress=False)
    assert names(tmp_path / "data") == []


def test_a_member_that_climbs_out_is_refused(fetch, tmp_path):
    bad = pack(**{"aclImdb/README": "so", "../../evil": "no"})
    with pytest.raises(BadReviews, match=rf"{ARCHIVE}: cannot be unpacked"):
        fetch(bad)
    assert names(tmp_path / "data") == [ARCHIVE]
    assert not list(tmp_path.rglob("evil"))


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (pack(**{"other/README": "so"}), "no folder 'aclImdb' in it"),
        (b"no archive at all", "cannot be unpacked"),
        (pack(**{"aclImdb/README": "so" * 9_000})[:-30], "cannot be unpacked"),
    ],
    ids=["other folder", "no archive", "truncated"],
)
def test_what_is_not_the_archive_is_refused(fetch, tmp_path, raw, message):
    with pytest.raises(BadReviews, match=message):
        fetch(raw)
    assert names(tmp_path / "data") == [ARCHIVE]
