"""Print the built site as one PDF: `_build/movie_reviews.pdf`.

All pages become one, in the order of the contents, so that links between
chapters lead on within the file. Chromium prints it, with an outline made
from the headings.
"""

import posixpath
import shutil
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from urllib.parse import urlsplit

from bs4 import BeautifulSoup, Tag
from playwright.sync_api import Browser, sync_playwright

BUILD = Path(__file__).parents[2] / "_build"
SITE, TARGET = BUILD / "html", BUILD / "movie_reviews.pdf"
CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
FIRST = "book/index.html"
LEFT_OUT = ("book/try_it.html",)  # nothing to see without scripts
NO_PRINT = ".headerlink, script, .start"
STYLE = """
html { font-size: 80%; }
main > article, main > nav { break-before: page; }
main > :first-child { break-before: auto; }
.bd-article .cell { break-inside: avoid; }
h1, h2, h3, h4 { break-after: avoid; }
main > nav { columns: 2; }
main > nav h1 { column-span: all; }
"""
FOOTER = (
    '<div style="width: 100%; text-align: center; font-size: 8px; '
    'font-family: sans-serif"><span class="pageNumber"></span></div>'
)


def read(site: Path, page: str) -> BeautifulSoup:
    """Parse a page of the site."""
    return BeautifulSoup((site / page).read_text("utf-8"), "html.parser")


def contents(site: Path) -> dict[str, str]:
    """Return each page and its title, in the order of the contents."""
    links = read(site, FIRST).select(".bd-links a.internal")
    pages = {FIRST: "What this book is"}
    for link in links:
        page = resolve(FIRST, link["href"])[0]
        pages.setdefault(page, " ".join(link.text.split()))
    return {page: pages[page] for page in pages if page not in LEFT_OUT}


def resolve(page: str, link: str) -> tuple[str, str]:
    """Return the page that a link on a page leads to, and the place on it."""
    path, _, place = link.partition("#")
    if not path:
        return page, place
    folder = posixpath.dirname(page)
    return posixpath.normpath(posixpath.join(folder, path)), place


def name(page: str, place: str = "") -> str:
    """Name a place of a page within the one page of all."""
    return page.replace("/", "-").removesuffix(".html") + "--" + place


def article(site: Path, page: str, pages: Collection[str]) -> Tag:
    """Take a page's text, its ids and links made those of the whole."""
    found = read(site, page).select_one("article")
    for element in found.select(NO_PRINT):
        element.decompose()
    for element in found.select("[id]"):
        if not element.find_parent("svg"):  # those are of one page already
            element["id"] = name(page, element["id"])
    for link in found.select("a[href]"):
        if urlsplit(link["href"]).scheme:
            continue
        target, place = resolve(page, link["href"])
        if target in pages:
            link["href"] = "#" + name(target, place)
        else:  # a file, which no PDF holds
            link.unwrap()
    for image in found.select("[src]"):
        image["src"] = resolve(page, image["src"])[0]
    for details in found.select("details.answer"):
        details["open"] = ""
    found["id"] = name(page)
    return found


def whole(site: Path) -> str:
    """Make one page of all, which must lie in the site's folder."""
    pages, frame = contents(site), read(site, FIRST)
    load_all(frame, site, pages)
    frame.head.append(frame.new_tag("style", string=STYLE))
    body = frame.body
    body.clear()
    main = frame.new_tag("main", attrs={"class": "bd-content bd-article"})
    body.append(main)
    articles = [article(site, page, pages) for page in pages]
    main.extend([articles[0], listed(frame, pages), *articles[1:]])
    return str(frame)


def load_all(frame: BeautifulSoup, site: Path, pages: Iterable[str]) -> None:
    """Load what any page loads, each once; the book's own style last."""
    loads = {}
    for page in pages:
        head = read(site, page).head
        for loaded in head.select("link[rel=stylesheet], script[src]"):
            key = "href" if "href" in loaded.attrs else "src"
            loaded[key] = resolve(page, loaded[key].partition("?")[0])[0]
            loads.setdefault(loaded[key], loaded)
    for loaded in frame.head.select("link, script[src]"):
        loaded.decompose()
    own = [name for name in loads if name.endswith("book.css")]
    for name in [*(name for name in loads if name not in own), *own]:
        frame.head.append(loads[name])


def listed(frame: BeautifulSoup, pages: dict[str, str]) -> Tag:
    """Write the list of contents, each line a link."""
    nav = frame.new_tag("nav", attrs={"aria-label": "Contents"})
    nav.append(frame.new_tag("h1", string="Contents"))
    for page, title in pages.items():
        line = frame.new_tag("p")
        link = frame.new_tag("a", href="#" + name(page), string=title)
        line.append(link)
        nav.append(line)
    return nav


def print_page(browser: Browser, page: Path, target: Path) -> None:
    """Let Chromium print a page, once its formulas are drawn."""
    sides = ("top", "bottom", "left", "right")
    tab = browser.new_page(color_scheme="light")
    tab.goto(page.as_uri())
    tab.evaluate("window.MathJax?.startup?.promise")
    tab.pdf(
        path=target,
        format="A4",
        margin=dict.fromkeys(sides, "20mm"),
        outline=True,
        tagged=True,
        display_header_footer=True,
        header_template="<span></span>",
        footer_template=FOOTER,
    )
    tab.close()


def main() -> int:
    """Print the site, and say where the file is.

    Returns:
        0, or 2 if the site was not built or there is no Chromium.
    """
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if not (SITE / FIRST).exists() or not chromium:
        print("needs the site, `make site`, and Chromium", file=sys.stderr)
        return 2
    page = SITE / "whole.html"  # where its style sheets are
    page.write_text(whole(SITE), encoding="utf-8")
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=chromium)
        print_page(browser, page, TARGET)
        browser.close()
    page.unlink()
    print(f"{TARGET}: {TARGET.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
