"""How the site is measured: as a host serves it, and every page of it."""

import gzip
import json
from types import SimpleNamespace
from urllib.request import urlopen

import pytest

from benchmarks.speed import site

TEXT = "<p>A page of the site.</p>" * 100


@pytest.fixture
def folder(tmp_path):
    """A site of two pages, one that leads on at once, and what is no page."""
    for name, text in (
        ("book/a.html", TEXT),
        ("b.html", TEXT),
        ("index.html", '<meta http-equiv="Refresh" content="0">'),
        ("_static/c.html", TEXT),
        ("_static/d.js", "const d = 1;"),
    ):
        path = tmp_path / "html" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return tmp_path / "html"


@pytest.fixture
def run(folder, tmp_path, monkeypatch):
    """Measure without a browser: each page paints later than the last."""
    seen = []

    def measure(browser, address, page):
        seen.append(page)
        found = {"axe": 0, "clipped": 0, "tab_stops": 9}
        seconds = {"first_paint_s": len(seen), "gzip_kb": 1}
        return {"page": page, **seconds, **found}

    def run(*words):
        seen.clear()
        site.main(words)
        text = (tmp_path / "site.json").read_text("utf-8")
        rows = json.loads(text)["pages"]
        return {row["page"]: row["first_paint_s"] for row in rows}

    class Browser(SimpleNamespace):
        def __enter__(self):
            return self

        def __exit__(self, *what):
            pass

    monkeypatch.setattr(site, "SITE", folder)
    monkeypatch.setattr(site, "TARGET", tmp_path / "site.json")
    monkeypatch.setattr(site, "measure", measure)
    monkeypatch.setattr(site, "start_browser", Browser)
    return run


def test_every_page_is_measured_but_not_one_that_leads_on(folder):
    assert site.pages(folder) == ["b.html", "book/a.html"]


def test_pages_come_gzipped_as_from_a_host(folder):
    with site.serve(folder) as address, urlopen(address + "b.html") as got:
        body = got.read()
        assert got.headers["Content-Encoding"] == "gzip"
    assert int(got.headers["Content-Length"]) == len(body) < len(TEXT)
    assert gzip.decompress(body).decode() == TEXT


def test_all_pages_are_written_with_what_they_were_measured_on(run, tmp_path):
    assert run() == {"b.html": 1, "book/a.html": 2}
    found = json.loads((tmp_path / "site.json").read_text("utf-8"))
    assert found["commit"]


def test_pages_that_are_not_named_keep_their_rows(run):
    run()
    assert run("book/") == {"b.html": 1, "book/a.html": 1}


def test_without_a_site_it_says_what_to_do(run, monkeypatch, tmp_path):
    monkeypatch.setattr(site, "SITE", tmp_path / "nowhere")
    with pytest.raises(SystemExit, match="make site"):
        run()
