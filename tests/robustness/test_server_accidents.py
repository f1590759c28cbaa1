"""Servers and connections that fail: an error, or all reviews."""

import functools

import pytest
from archives import ARCHIVE, cut_off, left, send, stall

from imdbtutor.data.download import fetch_aclimdb
from imdbtutor.data.readers import BadReviews, ReviewsNotFound
from imdbtutor.data.reviews import load_reviews

pytestmark = pytest.mark.archives
PAGE = b"<!doctype html><title>Not found</title>"


def refuse(to, raw, status=404, **headers):
    send(to, PAGE, status, **headers)


def redirect(to, raw, where="/elsewhere"):
    if to.path == "/elsewhere":
        send(to, raw)
    else:
        send(to, b"", 302, Location=where)


def hang_up(to, raw):
    """Close the connection without a word."""


def babble(to, raw):
    to.wfile.write(b"This is no HTTP.\r\n\r\n")


def stop_in_a_chunk(to, raw):
    size = b"%x\r\n" % len(raw)
    cut = size + raw[: len(raw) // 2]
    send(to, cut, Content_Length=None, Transfer_Encoding="chunked")


def how(mood, **details):
    return functools.partial(mood, **details)


@pytest.mark.parametrize(
    "moods",
    [
        [cut_off, send],
        [cut_off, cut_off, send],
        [how(cut_off, Content_Length=None), send],
        [refuse, send],
        [how(refuse, status=200), send],
        [how(refuse, status=503, Retry_After=0), send],
        [hang_up, send],
        [babble, send],
        [stop_in_a_chunk, send],
        [how(send, Content_Length=None)],
        [redirect],
        [how(send, Content_Type="text/html")],
    ],
    ids=[
        "cut off at 30 %",
        "cut off twice",
        "cut off, no length told",
        "404 once",
        "a page once",
        "503 once",
        "hangs up once",
        "no HTTP once",
        "half a chunk once",
        "no length told",
        "redirected",
        "called a page",
    ],
)
def test_all_reviews_come_from_a_server_that_recovers(
    fetch, archive, server, stanford, moods
):
    server.moods = moods
    assert load_reviews(fetch(archive)).equals(load_reviews(stanford))
    assert left(stanford.parent / "data") == ["aclImdb", ARCHIVE]


@pytest.mark.parametrize(
    ("mood", "error", "message"),
    [
        (cut_off, ReviewsNotFound, "IncompleteRead"),
        (refuse, ReviewsNotFound, "404"),
        (how(refuse, status=500), ReviewsNotFound, "500"),
        (how(refuse, status=403), ReviewsNotFound, "403"),
        (hang_up, ReviewsNotFound, "closed connection"),
        (babble, ReviewsNotFound, "This is no HTTP"),
        (stop_in_a_chunk, ReviewsNotFound, "cannot be fetched"),
        (how(redirect, where="/x"), ReviewsNotFound, "30 redirects"),
        (how(redirect, where="gopher://x"), ReviewsNotFound, "gopher"),
        (
            how(redirect, where="http://127.0.0.1:9"),
            ReviewsNotFound,
            "refused",
        ),
        (how(cut_off, Content_Length=None), BadReviews, "Try again"),
        (how(refuse, status=200), BadReviews, "sent is not aclImdb"),
        (
            lambda to, raw: send(to, raw[::-1]),
            BadReviews,
            "sent is not aclImdb",
        ),
        (lambda to, raw: send(to, b""), BadReviews, "sent is not aclImdb"),
        (
            lambda to, raw: send(to, raw + b"\0"),
            BadReviews,
            "sent is not aclImdb",
        ),
        (how(send, Content_Length=9), BadReviews, "sent is not aclImdb"),
        (
            how(send, Content_Encoding="gzip"),
            BadReviews,
            "sent is not aclImdb",
        ),
        (
            how(refuse, status=200, Content_Encoding="gzip"),
            ReviewsNotFound,
            "gzip",
        ),
    ],
)
def test_a_server_that_stays_wrong_is_named(
    fetch, archive, server, tmp_path, mood, error, message
):
    server.moods = [mood]
    with pytest.raises(error, match=rf"127\.0\.0\.1(?s:.)*{message}"):
        fetch(archive)
    assert left(tmp_path / "data") == []


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stalls_is_given_up(fetch, archive, server, tmp_path):
    server.moods = [stall]
    with pytest.raises(ReviewsNotFound, match=r"timed out.*Check the conn"):
        fetch(archive)
    assert left(tmp_path / "data") == []


@pytest.mark.usefixtures("impatient")
def test_a_server_that_stalls_once_is_asked_again(fetch, archive, server):
    server.moods = [stall, send]
    assert len(load_reviews(fetch(archive))) == 48


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:9/", "ftp://x/", "aclImdb", "http://[::1"]
)
def test_an_address_without_a_server_is_named(tmp_path, server, url):
    with pytest.raises(ReviewsNotFound, match="cannot be fetched"):
        fetch_aclimdb(tmp_path / "data", url=url, progress=False)
    assert left(tmp_path / "data") == []
