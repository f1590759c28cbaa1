"""The built site and a browser to open it in, for the tests of both."""

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from filelock import FileLock
from places import ROOT

SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
COLOUR = re.compile(r"\x1b\[[\d;]*m")


@dataclass
class Site:
    """What one strict build left behind."""

    folder: Path
    exit_code: int
    complaints: list[str]


class QuietHandler(SimpleHTTPRequestHandler):
    """Serve files without a line of log for each, as a host of pages does."""

    def log_message(self, format, *args):
        pass

    def send_error(self, code, *words):
        """Answer with the site's own page that something is missing."""
        page = Path(self.directory, "404.html").read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items):
    """What opens the site takes long, and shares one process's browser."""
    for item in items:
        if {"site", "browser"} & set(getattr(item, "fixturenames", ())):
            item.add_marker("slow")
            item.add_marker(pytest.mark.xdist_group("site"))


def build(out):
    """Build strictly; return the exit code and what the log complains of."""
    jupyter_book = shutil.which(
        "jupyter-book", path=Path(sys.executable).parent
    )
    strict = ["--all", "-n", "-W", "--keep-going"]
    run = subprocess.run(
        [jupyter_book, "build", ROOT, "--path-output", out, *strict],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
    )
    log = COLOUR.sub("", run.stdout + run.stderr).splitlines()
    complaints = [line for line in log if re.search("WARNING:|ERROR:", line)]
    if run.returncode and not complaints:
        complaints = log[-20:]
    return run.returncode, complaints


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """Build into a folder of this run: one lying about may be stale."""
    out = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        out = out.parent  # that of all processes of this run
    found = out / "site.json"
    with FileLock(out / "site.lock"):  # the first builds, others wait
        if not found.exists():
            found.write_text(json.dumps(build(out)), "utf-8")
    return Site(out / "_build" / "html", *json.loads(found.read_text("utf-8")))


@pytest.fixture(scope="session")
def browser():
    playwright = pytest.importorskip("playwright.sync_api")
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not chromium:
        missing = pytest.fail if os.environ.get("CI") else pytest.skip
        missing("needs a browser; on Debian: apt-get install chromium")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def address(site):
    handler = functools.partial(QuietHandler, directory=site.folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def open_context(browser, size):
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height})
    context.set_default_timeout(120_000)  # ms: a busy machine is no fault
    return context


def open_tab(context):
    """Open a tab that keeps a list of what its scripts complain of."""
    tab = context.new_page()
    tab.faults = []
    tab.on("pageerror", lambda error: tab.faults.append(str(error)))
    return tab
