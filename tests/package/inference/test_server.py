"""A real server on this machine, and real clients."""

import asyncio
import copy
import json
import logging
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.client import HTTPConnection, HTTPResponse
from time import monotonic

import pytest
from fastapi import HTTPException
from places import ROOT
from threads import in_thread
from tiny import TEXTS, build_vocab

from imdbtutor import __version__
from imdbtutor.inference import server
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.messages import LARGEST, LONGEST, MOST
from imdbtutor.inference.service import BATCH, Service

HERE = "127.0.0.1"
JSON = {"Content-Type": "application/json"}
unix = pytest.mark.skipif(os.name == "nt", reason="needs a Unix")


@pytest.fixture(scope="module")
def classifier(trained_once):
    return SentimentClassifier.from_parts(
        copy.deepcopy(trained_once), build_vocab()
    )


@pytest.fixture(scope="module")
def folder(classifier, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "mine"
    classifier.save(folder)
    return folder


@contextmanager
def serving(folder):
    """Serve a folder on a free port; return the port."""
    running = server.make_server(server.make_app(folder))
    with server.open_port(HERE, 0) as listening:
        port = listening.getsockname()[1]
        thread = threading.Thread(
            target=running.run, kwargs={"sockets": [listening]}
        )
        thread.start()
        try:
            yield port
        finally:
            running.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def port(folder):
    with serving(folder) as port:
        yield port


def ask(port, path, body=None, headers=JSON):
    """Return the status and what was said; a dict is sent as JSON."""
    connection = HTTPConnection(HERE, port, timeout=100)
    if isinstance(body, dict):
        body = json.dumps(body)
    connection.request("POST" if body else "GET", path, body, headers)
    answer = connection.getresponse()
    said = json.loads(answer.read())
    connection.close()
    return answer.status, said


def predict(port, **asked):
    status, said = ask(port, "/predict", asked)
    assert status == 200, said
    return said["predictions"]


def until(condition):
    end = monotonic() + 100
    while not condition():
        assert monotonic() < end


def positive(predictions):
    return [one["positive"] for one in predictions]


# --- predictions


def test_one_text_is_named_with_the_probability_of_positive(port, classifier):
    (found,) = predict(port, text=TEXTS[4])
    alone = classifier.predict_proba([TEXTS[4]])[0, 1]
    assert found["verdict"] == "negative"
    assert found["positive"] == pytest.approx(alone, abs=1e-6)


def test_many_texts_are_named_in_their_order(port, classifier):
    found = predict(port, texts=TEXTS)
    expected = classifier.predict_proba(TEXTS)[:, 1]
    assert positive(found) == pytest.approx(expected, abs=1e-6)
    assert [one["verdict"] for one in found] == [
        *["positive"] * 4,
        *["negative"] * 4,
    ]


def test_where_asked_a_text_of_unknown_words_gets_no_verdict(port):
    texts = ["Superb dodo dodo", "a superb film"]
    found = predict(port, texts=texts, least_known=0.5)
    assert [one["known"] for one in found] == [0.3333, 1]
    assert found[0]["verdict"] == "cannot tell"
    assert found[1]["verdict"] != "cannot tell"
    assert "known" not in predict(port, text=texts[0])[0]
    status, said = ask(port, "/predict", {"text": "a", "least_known": 2})
    assert status == 422
    assert "least_known" in said["detail"]


def test_classes_of_any_names_are_served(small_model, tmp_path):
    names = ["billing", "delay"]
    made = SentimentClassifier.from_parts(
        small_model, build_vocab(), classes=names
    )
    made.save(tmp_path)
    chances = made.predict_proba(TEXTS)
    with serving(tmp_path) as port:
        found = predict(port, texts=TEXTS)
        status, said = ask(port, "/explain", {"text": TEXTS[0]})
    assert [one["verdict"] for one in found] == made.predict(TEXTS).tolist()
    told = [one["probability"] for one in found]
    assert told == pytest.approx(chances.max(axis=1), abs=1e-6)
    assert "positive" not in found[0]
    assert (status, said["verdict"]) == (200, found[0]["verdict"])


@pytest.mark.slow
def test_each_of_200_clients_at_once_gets_its_own_answer(port, classifier):
    words, draw = [*classifier.vocab][2:], random.Random(0)
    texts = [" ".join(draw.choices(words, k=1 + n % 20)) for n in range(200)]
    together = threading.Barrier(200)

    def one(text):
        together.wait()
        return predict(port, text=text)[0]["positive"]

    with ThreadPoolExecutor(200) as clients:
        found = list(clients.map(one, texts))
    alone = [classifier.predict_proba([text])[0, 1] for text in texts]
    assert len({round(one, 5) for one in alone}) > 100
    assert found == pytest.approx(alone, abs=1e-6)


def test_words_are_explained(port, classifier):
    status, said = ask(port, "/explain", {"text": TEXTS[0]})
    expected = classifier.explain(TEXTS[0])
    weights = [word["weight"] for word in said["words"]]
    assert status == 200
    assert [word["token"] for word in said["words"]] == [*expected["token"]]
    assert weights == pytest.approx([*expected["weight"]], abs=1e-4)
    assert (said["verdict"], said["positive"] > 0.5) == ("positive", True)


# --- what can be refused


def problem(port, body, path="/predict", headers=JSON):
    status, said = ask(port, path, body, headers)
    assert set(said) == {"detail"}
    return status, said["detail"]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ('{"text": "A joy."', 422, "no JSON: Expecting ',' .* at letter 17"),
        ("A joy.", 422, "no JSON"),
        (b'"\xff"', 400, "not to be read"),
        ("[" * 100_000, 400, "not to be read"),
        ('["A joy."]', 422, "the request: Input should be a valid dict"),
        ("{}", 422, "the request: give either 'text' or 'texts'"),
        ({"text": "A joy.", "texts": ["A joy."]}, 422, "give either"),
        ({"text": 3}, 422, "text: Input should be a valid string"),
        ({"text": "\ud800"}, 422, "text: Input should be a valid string"),
        ({"texts": ["A joy.", None]}, 422, r"texts\.1: Input should be"),
        ({"texts": []}, 422, "texts: List should have at least 1 item"),
        ({"texts": ["A."] * (MOST + 1)}, 422, "at most 100 items"),
        ({"text": "a" * (LONGEST + 1)}, 422, "at most 20000 characters"),
    ],
    ids=str,
)
def test_what_is_not_expected_is_said_with_an_example(
    port, body, status, said
):
    found, detail = problem(port, body)
    assert found == status
    assert re.search(said, detail)
    assert 'Send JSON such as {"text"' in detail
    assert len(detail) < 300


def test_json_that_is_not_called_so_is_refused_with_the_cure(port):
    body = json.dumps({"text": "A joy."})
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, detail = problem(port, body, headers=form)
    assert status == 422
    assert "Content-Type: application/json" in detail


@pytest.mark.parametrize("path", ["/predict", "/explain"])
def test_a_text_without_words_is_refused(port, path):
    status, detail = problem(port, {"text": " <br /> "}, path)
    assert status == 422
    assert "Text 0 has no words" in detail


def test_what_cannot_be_explained_is_refused(port):
    status, detail = problem(port, {"text": "." * 5_001}, "/explain")
    assert status == 422
    assert "5,001 tokens" in detail


def test_limits_can_be_reached(port):
    assert len(predict(port, texts=["A."] * MOST)) == MOST
    assert len(predict(port, text="a" * LONGEST)) == 1


def test_a_million_words_are_too_many(port):
    status, detail = problem(port, {"text": "word " * 1_000_000})
    assert status == 413
    assert "over 1,048,576 bytes. Send fewer or shorter" in detail


def test_a_body_of_unknown_length_is_counted_too(port):
    pieces = (b'{"text": "%s"}' % (b"a" * 2**16) for _ in range(100))
    connection = HTTPConnection(HERE, port, timeout=100)
    connection.request("POST", "/predict", pieces, JSON)
    assert connection.getresponse().status == 413
    connection.close()


def body_read(chunk, kept):
    """Send pieces without end; return how many bytes were taken of them."""
    read = 0

    async def receive():
        nonlocal read
        read += len(chunk)
        message = {"type": "http.request", "body": chunk, "more_body": True}
        return message

    async def app(scope, receive, send):
        while True:
            kept.append(len((await receive())["body"]))

    body = server.BodyLimit(app)({"type": "http"}, receive, None)
    with pytest.raises(HTTPException) as caught:
        in_thread(asyncio.run, body)
    assert caught.value.status_code == 413
    return read


def test_of_a_body_without_end_no_more_than_the_limit_is_kept():
    kept = []
    read = body_read(b"a" * 2**19, kept)
    assert sum(kept) == LARGEST
    assert read == server.READ_AWAY + 2**19


# --- many at once


class Gate:
    """Holds every batch until it is opened, and keeps their sizes."""

    def __init__(self):
        self.opened, self.sizes = threading.Event(), []

    def score(self, service, reviews):
        self.sizes.append(len(reviews))
        assert self.opened.wait(100)
        chances = [len(review) / 1_000 for review in reviews]
        return [[1 - chance, chance] for chance in chances]


@pytest.fixture
def gate(monkeypatch):
    gate = Gate()
    monkeypatch.setattr(
        Service,
        "_score",
        lambda service, reviews: gate.score(service, reviews),
    )
    yield gate
    gate.opened.set()


@pytest.fixture
def held(gate, folder):
    with serving(folder) as port, ThreadPoolExecutor(64) as clients:

        def start(asked, waiting):
            """Ask, and go on when so many texts wait."""
            found = clients.submit(ask, port, "/predict", asked)
            until(lambda: len(gate.sizes) == 1)
            until(lambda: ask(port, "/health")[1]["waiting"] == waiting)
            return found

        start.port = port
        yield start
        gate.opened.set()


def test_requests_that_meet_are_scored_as_one_batch(held, gate):
    asked = [held({"text": "A. " * n}, max(0, n - 1)) for n in range(1, 21)]
    gate.opened.set()
    answers = [one.result() for one in asked]
    assert gate.sizes == [1, 19]
    assert [status for status, _ in answers] == [200] * 20
    found = [said["predictions"][0]["positive"] for _, said in answers]
    assert found == [2 * n / 1_000 for n in range(1, 21)]


def test_where_too_much_waits_it_is_said_when_to_ask_again(held, gate):
    many = {"texts": ["A."] * MOST}
    asked = [held(many, MOST * n - BATCH) for n in range(1, 11)]
    connection = HTTPConnection(HERE, held.port, timeout=100)
    connection.request("POST", "/predict", json.dumps(many), JSON)
    answer = connection.getresponse()
    assert answer.status == 503
    assert answer.headers["Retry-After"] == "1"
    assert (
        f"{10 * MOST - BATCH} wait already"
        in json.loads(answer.read())["detail"]
    )
    connection.close()
    gate.opened.set()
    assert [one.result()[0] for one in asked] == [200] * 10


def test_a_text_without_words_fails_alone(held, gate):
    first = held({"text": "A."}, 0)
    good = held({"text": "A joy."}, 1)
    bad = ask(held.port, "/predict", {"texts": ["A.", " "]})
    other = held({"text": "A bore."}, 2)
    gate.opened.set()
    assert bad[0] == 422
    assert [one.result()[0] for one in (first, good, other)] == [200] * 3


def test_what_cannot_be_explained_fails_alone(folder, monkeypatch):
    begun, opened = [], threading.Event()
    explain = Service._explain

    def wait_and_explain(service, texts):
        begun.extend(texts)
        assert opened.wait(100)
        return explain(service, texts)

    monkeypatch.setattr(Service, "_explain", wait_and_explain)
    texts = ["A joy.", "A bore.", "." * 5_001]
    with serving(folder) as port, ThreadPoolExecutor(3) as clients:
        asked = []
        for place, text in enumerate(texts):
            asked.append(clients.submit(ask, port, "/explain", {"text": text}))
            until(lambda: begun)
            until(lambda n=place: ask(port, "/health")[1]["waiting"] == n)
        opened.set()
    assert [one.result()[0] for one in asked] == [200, 200, 422]


def test_no_half_of_an_answer_waits_for_the_other():
    with server.open_port(HERE, 0) as listening:
        with socket.create_connection(listening.getsockname()):
            client, _ = listening.accept()
        with client:
            option = (socket.IPPROTO_TCP, socket.TCP_NODELAY)
            assert client.getsockopt(*option)


# --- clients that hang up


@pytest.fixture
def logged():
    """What the server logs; nothing is to be."""
    records = []
    handler = logging.Handler()
    handler.emit = records.append
    logging.getLogger("uvicorn.error").addHandler(handler)
    yield records
    logging.getLogger("uvicorn.error").removeHandler(handler)


def start_request(port, length, *more):
    client = socket.create_connection((HERE, port), timeout=100)
    head = [
        "POST /predict HTTP/1.1",
        f"Host: {HERE}",
        *("Content-Type: application/json", f"Content-Length: {length}"),
        *more,
    ]
    client.sendall("\r\n".join([*head, "", ""]).encode())
    return client


def test_a_client_that_hangs_up_in_line_keeps_nobody_from_an_answer(
    held, gate, logged
):
    first, body = held({"text": "A."}, 0), b'{"text": "Gone."}'
    with start_request(held.port, len(body)) as client:
        client.sendall(body)
        until(lambda: ask(held.port, "/health")[1]["waiting"] == 1)
    last = held({"text": "A."}, 2)
    gate.opened.set()
    assert [one.result()[0] for one in (first, last)] == [200, 200]
    assert logged == []


def test_a_client_that_hangs_up_within_its_request_does_no_harm(port, logged):
    with start_request(port, 100) as client:
        client.sendall(b'{"text": ')
    assert len(predict(port, text="A joy.")) == 1
    assert logged == []


# --- which model


def test_health_names_the_model_and_the_version(port):
    status, said = ask(port, "/health")
    assert status == 200
    assert said.pop("loaded").startswith("20")
    assert said == {
        "status": "ready",
        "model": "mine",
        "version": __version__,
        "waiting": 0,
    }


def test_a_folder_replaced_meanwhile_is_served_from_the_next_start_on(
    classifier, small_model, vocab, tmp_path
):
    other = SentimentClassifier.from_parts(small_model, vocab)
    classifier.save(tmp_path / "it")
    with serving(tmp_path / "it") as port:
        before, health = predict(port, texts=TEXTS), ask(port, "/health")
        other.save(tmp_path / "it")
        assert (predict(port, texts=TEXTS), ask(port, "/health")) == (
            before,
            health,
        )
    with serving(tmp_path / "it") as port:
        found = positive(predict(port, texts=TEXTS))
    expected = other.predict_proba(TEXTS)[:, 1]
    assert found == pytest.approx(expected, abs=1e-6)


def test_a_folder_overwritten_or_gone_meanwhile_does_no_harm(
    classifier, tmp_path
):
    classifier.save(tmp_path / "it")
    with serving(tmp_path / "it") as port:
        before = predict(port, texts=TEXTS)
        (tmp_path / "it" / "model.safetensors").write_bytes(b"")
        assert predict(port, texts=TEXTS) == before
        shutil.rmtree(tmp_path / "it")
        assert predict(port, texts=TEXTS) == before


def test_the_description_names_what_can_be_asked_and_the_limits(port):
    _, found = ask(port, "/openapi.json")
    assert set(found["paths"]) == {"/predict", "/explain", "/health"}
    answers = found["paths"]["/predict"]["post"]["responses"]
    assert set(answers) == {"200", "400", "413", "422", "503"}
    text = found["components"]["schemas"]["OneText"]["properties"]["text"]
    assert text["maxLength"] == LONGEST


# --- the end


@pytest.fixture
def started(folder):
    """The command in a process of its own, and its port."""
    command = [sys.executable, "-m", "imdbtutor", "serve", folder, "--port=0"]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, cwd=ROOT, encoding="utf-8", **pipes) as it:
        said = it.stdout.readline()
        try:
            yield it, int(said.rpartition(":")[2])
        finally:
            it.kill()


def is_refused(port):
    try:
        socket.create_connection((HERE, port), timeout=100).close()
    except ConnectionRefusedError:
        return True
    except ConnectionResetError:
        pass
    return False


@unix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_who_has_asked_is_answered_when_it_is_told_to_stop(started, name):
    it, port = started
    body = json.dumps({"text": "A joy."}).encode()
    asked = []
    for _ in range(20):  # each is heard: the server says to go on
        asked.append(start_request(port, len(body), "Expect: 100-continue"))
        assert asked[-1].recv(100).startswith(b"HTTP/1.1 100 ")
    it.send_signal(getattr(signal, name))
    until(lambda: is_refused(port))
    statuses = []
    for client in asked:
        client.sendall(body)
        answer = HTTPResponse(client)
        answer.begin()
        statuses.append((answer.status, len(json.loads(answer.read()))))
        client.close()
    assert statuses == [(200, 1)] * 20
    assert it.wait(100) == 0
    assert it.stderr.read() == ""


@unix
@pytest.mark.slow
@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT"])
def test_told_to_stop_before_it_serves_it_ends_in_silence(started, name):
    it, _ = started
    it.send_signal(getattr(signal, name))
    assert it.wait(100) == 0
    assert it.stderr.read() == ""
