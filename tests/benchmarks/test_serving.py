"""What `make measure WHAT=serving` measures, with a server that is made up."""

import asyncio
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import product

import pytest
from threads import in_thread

from benchmarks.speed import serving


@contextmanager
def answering(status):
    """Answer every review with a status; keep what was sent."""
    sent = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            length = int(self.headers["content-length"])
            sent.append(json.loads(self.rfile.read(length))["text"])
            self.send_response(status)
            self.send_header("content-length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"%d" % len(sent))

        def log_message(self, *_):
            pass

    with ThreadingHTTPServer((serving.HOST, 0), Handler) as server:
        threading.Thread(target=server.serve_forever).start()
        yield server.server_address[1], sent
        server.shutdown()


@pytest.mark.parametrize("clients", [1, 3])
def test_every_text_is_sent_once_by_one_of_the_clients(clients):
    texts = [f"review {number}" for number in range(7)]
    with answering(200) as (port, sent):
        found = in_thread(asyncio.run, serving.load(port, clients, texts))
    assert sorted(sent) == texts
    assert len(found.each) == 7
    assert max(found.each) <= found.seconds


def test_what_is_refused_ends_the_measurement():
    with answering(503) as (port, _), pytest.raises(RuntimeError):
        in_thread(asyncio.run, serving.load(port, 1, ["A joy."]))


def test_a_row_has_rates_times_and_what_ours_is_compared_with(monkeypatch):
    monkeypatch.setattr(serving, "ROUNDS", 2)
    with answering(200) as (port, _):
        ports = {"ours": port, "plain": port}
        ours, plain = in_thread(serving.measure, ports, 2, ["A joy."] * 5)
    assert (ours["id"], plain["id"]) == ("serving.ours.2", "serving.plain.2")
    assert ours["against"] == plain["what"]
    assert ours["ratio"] > 0
    assert ours["requests"] == plain["requests"] == 10
    assert 0 < ours["p50_ms"] <= ours["p99_ms"]
    assert ours["cpu_ms"] == 1_000  # a second a request, it was told


def test_the_committed_file_has_both_with_each_number_of_clients():
    path = serving.RESULTS / "serving.json"
    rows = json.loads(path.read_text("utf-8"))["rows"]
    pairs = [(row["clients"], row["way"]) for row in rows]
    assert pairs == [*product(serving.CLIENTS, serving.WAYS)]
    ours = [row for row in rows if row["way"] == "ours"]
    assert all(row["against"] and row["ratio"] for row in ours)


@pytest.mark.slow
@pytest.mark.parametrize("way", serving.WAYS)
def test_each_way_answers(way):
    with serving.served(way) as port:
        found = in_thread(
            asyncio.run, serving.load(port, 2, ["A joy.", "A bore."])
        )
        assert serving.cpu_seconds(port) > 0
    assert len(found.each) == 2
