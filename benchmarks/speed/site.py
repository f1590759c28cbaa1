"""Measure every page of the site: weight, first paint, accessibility.

Run `make site`, then `make measure WHAT=site`, three quarters of an hour, as
each module's source is a page. First paint is that of Lighthouse's slow 4G on
a processor four times slower. The file is written after every page. Words
measure the pages only whose names hold one of them, and keep the other rows.
"""

import gzip
import json
import shutil
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from statistics import median
from threading import Thread
from typing import Any

from rich.progress import track

from benchmarks.records import RESULTS, ROOT, describe_machine, write_json

TARGET = RESULTS / "site.json"
SITE = ROOT / "_build" / "html"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
SLOW_4G = {  # bytes a second, and milliseconds there and back
    "offline": False,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
    "latency": 150,
}
SLOWER = 4  # times
VISITS = 3  # of which the median counts
DESKTOP, PHONE = (1280, 900), (390, 844)
TEXTS = {".html", ".css", ".js", ".svg", ".json", ".txt"}

PAINT = """() => new Promise((done) =>
  new PerformanceObserver((list) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) done(paint.startTime / 1000);
  }).observe({ type: "paint", buffered: true }))"""
CLIPPED = """() => [...document.querySelectorAll(
  ".bd-article :is(pre, .output, .pst-scrollable-table-container, div.math)"
)].filter((part) => part.scrollWidth > part.clientWidth + 1).length"""
TAB_STOPS = """() => [...document.querySelectorAll(
  "a[href], button, input, select, textarea, summary, [tabindex]"
)].filter((part) => part.tabIndex >= 0 && !part.disabled
  && part.checkVisibility({ visibilityProperty: true })).length"""


class Handler(SimpleHTTPRequestHandler):
    """Serve files as a host does: text gzipped, connections kept."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer with a file of the site."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(404)
            return
        body = path.read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", self.guess_type(str(path)))
        if path.suffix in TEXTS:
            body = gzip.compress(body)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve a folder; yield its address."""
    handler = partial(Handler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@contextmanager
def start_browser() -> Iterator[Any]:
    """Start Chromium."""
    from playwright.sync_api import sync_playwright

    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found)
        yield browser
        browser.close()


def pages(site: Path) -> list[str]:
    """List the pages that show something, and lead nowhere else at once."""
    found = [
        path
        for path in sorted(site.rglob("*.html"))
        if "_static" not in path.parts
        and "http-equiv" not in path.read_text(encoding="utf-8")
    ]
    return [path.relative_to(site).as_posix() for path in found]


def first_paint(browser: Any, address: str) -> tuple[float, float]:
    """Open a page as somebody who has never been here, far from any mast.

    Returns:
        The seconds to the first text or picture, and all that came, in kB.
    """
    context = browser.new_context(viewport=size(DESKTOP))
    tab, came = context.new_page(), []
    session = context.new_cdp_session(tab)
    session.on("Network.loadingFinished", lambda e: came.append(e))
    session.send("Network.enable")
    session.send("Network.emulateNetworkConditions", SLOW_4G)
    session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    tab.goto(address, timeout=120_000)
    seconds = tab.evaluate(PAINT)
    tab.wait_for_load_state("networkidle")
    context.close()
    return seconds, sum(each["encodedDataLength"] for each in came) / 1000


def size(pixels: tuple[int, int]) -> dict[str, int]:
    """Name a width and a height."""
    return dict(zip(("width", "height"), pixels, strict=True))


def look(browser: Any, address: str) -> dict[str, int]:
    """Count what is wrong with a page, on a desk and on a phone."""
    from axe_playwright_python.sync_playwright import Axe

    found = {"axe": 0}
    for pixels in (PHONE, DESKTOP):
        for mode in ("light", "dark"):
            context = browser.new_context(
                viewport=size(pixels), color_scheme=mode
            )
            tab = context.new_page()
            tab.goto(address, timeout=120_000)
            tab.evaluate("window.MathJax?.startup?.promise")
            wrong = Axe().run(tab).response["violations"]
            found["axe"] += sum(len(rule["nodes"]) for rule in wrong)
            found["clipped"] = tab.evaluate(CLIPPED)
            found["tab_stops"] = tab.evaluate(TAB_STOPS)
            context.close()
    return found  # the last two from a desk


def measure(browser: Any, address: str, page: str) -> dict:
    """Measure one page."""
    visits = [first_paint(browser, address + page) for _ in range(VISITS)]
    return {
        "page": page,
        "first_paint_s": round(median(each[0] for each in visits), 2),
        "gzip_kb": round(max(each[1] for each in visits)),
        **look(browser, address + page),
    }


def main(words: Sequence[str] = ()) -> None:
    """Measure the pages, and write what was found."""
    if not SITE.is_dir():
        sys.exit("no site in '_build/html'. Build one: run 'make site'.")
    every = pages(SITE)
    chosen = [
        page
        for page in every
        if not words or any(word in page for word in words)
    ]
    kept = []
    if words and TARGET.exists():
        kept = json.loads(TARGET.read_text(encoding="utf-8"))["pages"]
    rows = {row["page"]: row for row in kept if row["page"] in every}
    machine = describe_machine()
    with serve(SITE) as address, start_browser() as browser:
        for page in track(chosen, "Pages"):
            rows[page] = measure(browser, address, page)
            there = [rows[page] for page in every if page in rows]
            write_json(TARGET, machine | {"pages": there})
    for name in ("first_paint_s", "gzip_kb", "tab_stops"):
        most = max(rows.values(), key=lambda row: row[name])
        print(f"{name}: at most {most[name]}, {most['page']}")
    for name in ("axe", "clipped"):
        print(f"{name}: {sum(row[name] for row in rows.values())} in all")


if __name__ == "__main__":
    main(sys.argv[1:])
