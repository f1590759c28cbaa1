"""Measure the server beside a plain one that scores a request at a time.

Run `make measure WHAT=serving`. It takes two minutes and writes
`results/serving.json`. Each server has a process and one thread for PyTorch,
the clients have another process, and the two servers take turns. Where the
machine has other work, `cpu_ms` says more than `median`: what a request costs
the server.
"""

import asyncio
import json
import re
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.metadata import version
from typing import NamedTuple
from urllib.request import urlopen

import numpy as np
from fastapi import FastAPI

from benchmarks.records import RESULTS, ROOT, describe_machine, write_json
from benchmarks.speed.timing import Measured, in_turn, make_row, tidy
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.inference.classifier import PRETRAINED, SentimentClassifier
from imdbtutor.inference.messages import OneText, Prediction
from imdbtutor.inference.predict_file import name_prediction
from imdbtutor.inference.server import (
    make_app,
    make_server,
    open_port,
    run_server,
)

HOST = "127.0.0.1"
CLIENTS = {1: 128, 8: 256, 64: 512}  # how many, and requests in a round
ROUNDS = 7
WAYS = {"ours": "requests that meet in one batch", "plain": "one at a time"}
HEAD = (
    "POST /predict HTTP/1.1\r\nHost: localhost\r\n"
    "Content-Type: application/json\r\nContent-Length: {}\r\n\r\n"
)
COMPARED = ("fastapi", "uvicorn")


class Load(NamedTuple):
    """What clients saw: seconds for all requests, and for each."""

    seconds: float
    each: list[float]


def plain_app() -> FastAPI:
    """Make what a first try looks like: a handler, a model and a lock."""
    classifier, lock = SentimentClassifier.pretrained(), threading.Lock()
    app = FastAPI()

    @app.post("/predict")
    def predict(asked: OneText) -> Prediction:
        with lock:
            found = classifier.predict_proba([asked.text])[0]
        return Prediction(**name_prediction(found))

    return app


def serve(way: str) -> None:
    """Serve one way, on a free port, which is printed."""
    app = make_app(PRETRAINED) if way == "ours" else plain_app()
    app.get("/cpu")(lambda: time.process_time())  # with a signature
    with open_port(HOST, 0) as listening:
        print(listening.getsockname()[1], flush=True)
        run_server(make_server(app), listening)


@contextmanager
def served(way: str) -> Iterator[int]:
    """Serve one way in a process of its own; yield the port."""
    command = [sys.executable, "-m", "benchmarks.speed.serving", way]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def cpu_seconds(port: int) -> float:
    """Ask a server how much processor time it has taken."""
    with urlopen(f"http://{HOST}:{port}/cpu") as answer:
        return json.load(answer)


async def ask(port: int, bodies: Iterator[bytes], each: list[float]) -> None:
    """Send one request after the other, until there are no more."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        for body in bodies:
            started = time.perf_counter()
            writer.write(HEAD.format(len(body)).encode() + body)
            head = await reader.readuntil(b"\r\n\r\n")
            length = re.search(rb"content-length: (\d+)", head)[1]
            said = await reader.readexactly(int(length))
            each.append(time.perf_counter() - started)
            if not head.startswith(b"HTTP/1.1 200 "):
                raise RuntimeError(f"refused: {said.decode()}")
    finally:
        writer.close()
        await writer.wait_closed()


async def load(port: int, clients: int, texts: Sequence[str]) -> Load:
    """Let clients share out the texts; each waits for its answer."""
    bodies = iter([json.dumps({"text": text}).encode() for text in texts])
    each, started = [], time.perf_counter()
    await asyncio.gather(*[ask(port, bodies, each) for _ in range(clients)])
    return Load(time.perf_counter() - started, each)


def measure(ports: dict[str, int], clients: int, texts: Sequence[str]) -> list:
    """Measure every way with so many clients; return a row for each."""
    spent, cpu = {way: [] for way in ports}, {way: [] for way in ports}

    def rate(way: str) -> float:
        before = cpu_seconds(ports[way])
        found = asyncio.run(load(ports[way], clients, texts))
        cpu[way].append((cpu_seconds(ports[way]) - before) / len(texts))
        spent[way] += found.each
        return len(texts) / found.seconds

    rates = in_turn({way: partial(rate, way) for way in ports}, ROUNDS)
    found = {
        way: Measured(f"{WAYS[way]}, {clients} clients", rates[way])
        for way in ports
    }
    rows = []
    for way, measured in found.items():
        against = found["plain"] if way == "ours" else None
        id_ = f"serving.{way}.{clients}"
        row = make_row(id_, measured, "requests/s", against=against)
        p50, p99 = np.percentile(spent[way], [50, 99]) * 1e3
        rows.append(
            row
            | {"way": way, "clients": clients, "requests": len(spent[way])}
            | {"p50_ms": tidy(p50), "p99_ms": tidy(p99)}
            | {"cpu_ms": tidy(1e3 * statistics.median(cpu[way]))}
        )
    return rows


def main() -> None:
    """Measure both, with one client, eight and sixty-four."""
    texts = split_reviews(load_reviews()).validation["text"]
    texts = texts.sample(max(CLIENTS.values()), random_state=0).tolist()
    machine, rows = describe_machine(), []
    machine["versions"] |= {name: version(name) for name in COMPARED}
    machine["hardware"]["threads"] = 1  # as run_server has it
    with ExitStack() as stack:
        ports = {way: stack.enter_context(served(way)) for way in WAYS}
        for port in ports.values():
            asyncio.run(load(port, 8, texts[:32]))  # the first are slow
        for clients, requests in CLIENTS.items():
            rows += measure(ports, clients, texts[:requests])
    for row in rows:
        print(
            row["id"],
            row["median"],
            row["p50_ms"],
            row["p99_ms"],
            row["cpu_ms"],
        )
    write_json(RESULTS / "serving.json", machine | {"rows": rows})


if __name__ == "__main__":
    if len(sys.argv) > 1:
        serve(sys.argv[1])
    else:
        main()
