"""The site: built strictly, read page by page, then opened in a browser."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from sites import SIZES, open_context

LOADING_LINKS = {"stylesheet", "icon", "preload", "modulepreload"}
LEFTOVERS = (":::", "{glue", "```{", "Alias for field", "site-packages")


class Page(HTMLParser):
    """What one page loads, links to and shows."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.links: list[str] = []
        self.anchors: set[str] = set()
        self.classes: set[str] = set()
        self.descriptions: list[str] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        values = {name: value or "" for name, value in attrs}
        self.anchors |= {values.get("id", ""), values.get("name", "")}
        self.classes |= set(values.get("class", "").split())
        self.loads += [values[a] for a in ("src", "srcset") if a in values]
        if tag == "link" and LOADING_LINKS & set(values["rel"].split()):
            self.loads.append(values["href"])
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        if values.get("http-equiv") == "Refresh":
            self.links.append(values["content"].partition("url=")[2])
        if tag == "img" and "article" in self._open:
            self.descriptions.append(values.get("alt", ""))
        if tag in ("article", "script", "style"):
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in self._open:
            self._open.remove(tag)

    def handle_data(self, data):
        if self._open == ["article"]:
            self.text += data


@dataclass
class Visit:
    """What a browser noticed on one page."""

    page: str
    requests: list[str] = field(default_factory=list)
    console: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    overhang: int = 0
    formulas: int = 0
    drawn: int = 0


@pytest.fixture(scope="module")
def pages(site):
    paths = sorted(site.folder.rglob("*.html"))
    return {
        path: Page(path.read_text(encoding="utf-8"))
        for path in paths
        if "_static" not in path.parts
    }


def name(path):
    return "/".join(path.parts[path.parts.index("html") + 1 :])


def offenders(pages, faults):
    """Name what `faults(path, page)` lists, page by page."""
    found = {name(path): faults(path, page) for path, page in pages.items()}
    return {path: list(what) for path, what in found.items() if what}


def is_foreign(address):
    return bool(urlsplit(address).netloc)


def test_every_chapter_says_where_it_stands_and_how_long_it_takes(pages):
    chapters = [
        page for path, page in pages.items() if path.parent.name == "notebooks"
    ]
    told = re.compile(
        r"Chapter (\d+) of (\d+) · about (\d+) minutes to read, "
        r"\w+ (?:second|minute)s? to run · Road map"
    )
    found = [told.search(page.text).groups() for page in chapters]
    assert [int(at) for at, _, _ in found] == [*range(1, len(chapters) + 1)]
    assert {int(of) for _, of, _ in found} == {len(chapters)}
    assert all(5 <= int(minutes) <= 45 for _, _, minutes in found)


def test_only_pages_with_formulas_load_what_draws_them(pages):
    loading = {
        path
        for path, page in pages.items()
        if any("mathjax" in load for load in page.loads)
    }
    assert loading == {
        path for path, page in pages.items() if "math" in page.classes
    }


def test_no_page_loads_icons_as_a_script(pages):
    assert not offenders(
        pages,
        lambda path, page: [
            load for load in page.loads if "fontawesome" in load
        ],
    )


def test_after_the_last_chapter_come_no_solutions(site):
    (*_, last) = sorted(site.folder.glob("notebooks/*.html"))
    html = last.read_text("utf-8")
    (following,) = re.findall(r'rel="next" title="[^"]*" href="([^"]*)"', html)
    assert "solutions" not in following


def is_described(text):
    looks_like_a_file = re.fullmatch(r"\S*\.(png|svg|jpe?g|gif|webp)", text)
    return bool(text.strip()) and not looks_like_a_file


def leads_nowhere(pages, path, link):
    address, anchor = urldefrag(link)
    if urlsplit(address).scheme or is_foreign(address):
        return False
    target = (path.parent / unquote(urlsplit(address).path)).resolve()
    if not address:
        target = path
    if target in pages and anchor:
        return unquote(anchor) not in pages[target].anchors
    return not target.is_file()


def test_the_strict_build_is_clean(site):
    assert not site.complaints
    assert site.exit_code == 0


def test_every_chapter_bears_the_number_of_its_file(pages):
    chapters = {
        path: page
        for path, page in pages.items()
        if path.parent.name == "notebooks"
    }
    assert chapters
    assert not offenders(
        chapters,
        lambda path, page: (
            []
            if page.text.lstrip().startswith(f"{int(path.name[:2])}. ")
            else [page.text.lstrip()[:40]]
        ),
    )


def test_pages_load_nothing_from_another_host(pages):
    assert not offenders(
        pages, lambda path, page: list(filter(is_foreign, page.loads))
    )


def test_style_sheets_load_nothing_from_another_host(site):
    loading = re.compile(r"(?:url\(|@import)\s*['\"]?([^'\")\s;]+)")
    sheets = list(site.folder.rglob("*.css"))
    loads = [u for s in sheets for u in loading.findall(s.read_text("utf-8"))]
    assert loads
    assert not list(filter(is_foreign, loads))


def test_every_picture_is_described(pages):
    assert not offenders(
        pages,
        lambda path, page: [
            text for text in page.descriptions if not is_described(text)
        ],
    )


def test_every_internal_link_leads_somewhere(pages):
    assert not offenders(
        pages,
        lambda path, page: [
            link for link in page.links if leads_nowhere(pages, path, link)
        ],
    )


def test_no_page_shows_leftovers_of_its_making(pages):
    assert not offenders(
        pages,
        lambda path, page: [
            trace for trace in LEFTOVERS if trace in page.text
        ],
    )


def test_no_page_shows_stderr(pages):
    assert not offenders(pages, lambda path, page: {"stderr"} & page.classes)


def test_every_page_has_the_icon(site, pages):
    icon = "favicon.svg"
    assert (site.folder / "_static" / icon).is_file()
    assert not offenders(
        {path: page for path, page in pages.items() if page.loads},
        lambda path, page: (
            [] if any(load.endswith(icon) for load in page.loads) else [icon]
        ),
    )


@pytest.fixture(scope="module", params=SIZES)
def visits(request, browser, address, pages):
    """Every page but the bare redirect, opened once at each size."""
    shown = [name(path) for path, page in pages.items() if page.loads]
    with open_context(browser, request.param) as context:
        yield [visit(context, address, page) for page in shown]


def visit(context, address, page):
    seen, tab = Visit(page), context.new_page()
    tab.on("request", lambda r: seen.requests.append(r.url))
    tab.on("console", lambda m: seen.console.append(f"{m.type}: {m.text}"))
    tab.on("pageerror", lambda error: seen.errors.append(str(error)))
    tab.on("response", lambda r: r.ok or seen.refused.append(r.url))
    tab.goto(address + page)
    tab.evaluate("window.MathJax?.startup?.promise")
    seen.overhang = tab.evaluate(
        "document.documentElement.scrollWidth - window.innerWidth"
    )
    seen.formulas = tab.locator(".math").count()
    seen.drawn = tab.locator("mjx-container").count()
    tab.close()
    return seen


def test_no_request_leaves_the_site(visits, address):
    ours = (address, "data:", "blob:")
    foreign = [u for v in visits for u in v.requests if not u.startswith(ours)]
    assert not foreign


def test_no_page_complains_in_the_console(visits):
    complaints = {
        (v.page, line)
        for v in visits
        for line in v.console
        if line.startswith(("error", "warning"))
    }
    assert not complaints


def test_no_script_fails(visits):
    assert not {v.page: v.errors for v in visits if v.errors}


def test_no_file_is_missing(visits):
    assert not {v.page: v.refused for v in visits if v.refused}


def test_no_page_scrolls_sideways(visits):
    assert not {v.page: v.overhang for v in visits if v.overhang > 0}


def test_every_formula_is_drawn(visits):
    assert not {v.page for v in visits if v.formulas != v.drawn}


def test_the_menu_button_opens_the_chapters_on_a_phone(browser, address):
    with open_context(browser, "phone") as context:
        tab = context.new_page()
        tab.goto(address + "book/index.html")
        chapter = tab.locator(".bd-links a[href*='notebooks/06_pad']")
        assert not chapter.is_visible()
        tab.locator(".primary-toggle:visible").click()
        assert chapter.is_visible()


def test_the_theme_button_reaches_dark_mode(browser, address):
    with open_context(browser, "desktop") as context:
        tab = context.new_page()
        tab.goto(address + "book/index.html")
        modes = set()
        for _ in range(3):
            tab.locator(".theme-switch-button:visible").click()
            modes.add(tab.evaluate("document.documentElement.dataset.theme"))
        assert modes == {"light", "dark"}


@pytest.mark.parametrize("key", ["Enter", "Space"])
def test_answers_unfold_from_disk_by_keyboard_and_without_scripts(
    browser, site, key
):
    page = site.folder / "notebooks" / "06_pad_and_batch.html"
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(page.as_uri())
        answer = tab.locator("details.answer.right").first
        reason = answer.get_by_text("Right.")
        assert not reason.is_visible()
        answer.locator("summary").press(key)
        assert reason.is_visible()
