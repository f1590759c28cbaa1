"""Archives made by hand, and a server of this machine's own that fails."""

import hashlib
import http.server
import io
import sys
import tarfile
import threading
from types import SimpleNamespace

import pytest

from imdbtutor.data import fetching
from imdbtutor.data.download import ARCHIVE, fetch_aclimdb


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        asked, moods = self.server.asked, self.server.moods
        asked.append(self.path)
        moods[min(len(asked), len(moods)) - 1](self, self.server.raw)

    def log_message(self, *args):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Sends `raw`; each request in its mood, and all others in the last."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.raw, self.moods, self.asked = b"", [send], []
        self.broken = []  # its own errors, which no test is about
        self.go_on = threading.Event()  # until then, who stalls is stalled
        self.url = f"http://127.0.0.1:{self.server_address[1]}/{ARCHIVE}"

    def handle_error(self, *args):
        if not isinstance(sys.exception(), ConnectionError):
            self.broken.append(sys.exception())


def send(to, raw, status=200, **headers):
    to.send_response(status)
    for name, value in ({"Content_Length": len(raw)} | headers).items():
        if value is not None:
            to.send_header(name.replace("_", "-"), value)
    to.end_headers()
    to.wfile.write(raw)


def cut_off(to, raw, **headers):
    """Promise all, send 30 %, hang up."""
    headers = {"Content_Length": len(raw)} | headers
    send(to, raw[: len(raw) * 3 // 10], **headers)


def stall(to, raw):
    """Send 30 %, and the rest when told to."""
    cut_off(to, raw)
    to.wfile.flush()
    to.server.go_on.wait(60)
    to.wfile.write(raw[len(raw) * 3 // 10 :])


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    # What pooch does between two attempts; the attempts stay.
    idle = SimpleNamespace(sleep=lambda seconds: None)
    monkeypatch.setattr("pooch.core.time", idle)
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, args=[0.01])
        thread.start()
        yield made
        made.go_on.set()
        made.shutdown()
        thread.join()
    assert made.broken == []


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(fetching, "TIMEOUT", 0.2)


def md5(raw):
    return f"md5:{hashlib.md5(raw).hexdigest()}"


@pytest.fixture
def fetch(server, tmp_path):
    """Serve these bytes as the archive, and fetch them."""

    def fetch_bytes(raw, known_hash=None, folder=tmp_path / "data"):
        server.raw = raw
        return fetch_aclimdb(
            folder,
            url=server.url,
            known_hash=known_hash or md5(raw),
            progress=False,
        )

    return fetch_bytes


def pack(members):
    """Pack names with bytes, or with members as they are, into an archive."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", compresslevel=1) as tar:
        for name, content in members:
            if isinstance(content, tarfile.TarInfo):
                content.name = name
                tar.addfile(content)
            else:
                member = tarfile.TarInfo(name)
                member.size = len(content)
                tar.addfile(member, io.BytesIO(content))
    return packed.getvalue()


def special(kind, linkname="", size=0, **headers):
    """Make a member that is no plain file, or lies about its size."""
    made = tarfile.TarInfo()
    made.type, made.linkname, made.size = kind, linkname, size
    made.pax_headers = headers
    return made


def sparse(size):
    """A file that is mostly hole: small in the archive, large outside."""
    header = {"GNU.sparse.size": str(size), "GNU.sparse.map": "0,0"}
    return special(tarfile.REGTYPE, **header)


@pytest.fixture
def contents(stanford):
    """What is in the archive of the folder `stanford`, by name."""
    paths = sorted(path for path in stanford.rglob("*") if path.is_file())
    return {
        f"aclImdb/{path.relative_to(stanford).as_posix()}": path.read_bytes()
        for path in paths
    }


@pytest.fixture
def archive(contents):
    return pack(contents.items())


def left(folder):
    """Name what is left in a folder, but for the lock, which stays."""
    return sorted({path.name for path in folder.iterdir()} - {".aclImdb.lock"})
