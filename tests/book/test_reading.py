"""What a reader does on the site: search, follow a term, print, tab along."""

import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from places import NOTEBOOKS
from sites import SIZES, open_context, open_tab

CHAPTERS = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
SEVENTH = "notebooks/07_build_the_classifier.html"
# Where code is not folded.
SHOWN = ".cell:not(.tag_hide-input) .cell_input button.copybtn"
TWELFTH = "notebooks/12_improve_the_lstm.html"
RINGED = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 1;
}"""
REACHED = """() => {
  const part = document.activeElement;
  part.dataset.reached = Number(part.dataset.reached ?? 0) + 1;
  return part === document.body ? 2 : Number(part.dataset.reached);
}"""
CLIPPED = """(selector) => [...document.querySelectorAll(selector)].filter(
  (part) => part.scrollWidth > part.clientWidth + 1
).map((part) => part.innerText.slice(0, 60))"""


@pytest.fixture(scope="module")
def desk(browser):
    with open_context(browser, "desktop") as context:
        yield context


@pytest.fixture
def tab(desk):
    """A page of a browser, with what its scripts complain of."""
    tab = open_tab(desk)
    yield tab
    tab.close()
    assert tab.faults == []


@pytest.fixture(params=["http", "file"])
def root(request, address, site):
    """The site, from a server and from a disk."""
    return {"http": address, "file": f"{site.folder.as_uri()}/"}[request.param]


# --- search


def results(tab, root, query):
    tab.goto(f"{root}search.html?q={query}")
    tab.locator("#search-results li").first.wait_for()
    return tab.locator("#search-results li")


def test_a_search_finds_the_section_that_teaches_a_thing_first(tab, root):
    first = results(tab, root, "UNK").first
    assert "5. Tokenize and encode" in first.text_content()
    assert "UNK" in first.locator("mark").text_content().upper()
    first.locator("a").click()
    # Its script takes "?highlight=..." out of the address once it is marked.
    tab.wait_for_url("**/05_tokenize_and_encode.html*#*")
    tab.locator("span.highlighted").first.wait_for()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("padding", "Glossary"),
        ("padding", "7. Build the classifier"),
        ("pad_sequence", "6. Pad and batch"),
        ("bootstrap", "9. Evaluate the model"),
        ("read_in_chunks", "12. Improve the LSTM"),
        ("embedsing", "7. Build the classifier"),  # with a slip
    ],
)
def test_what_is_looked_for_is_among_the_first_five(
    tab, address, query, found
):
    said = results(tab, address, query).all_text_contents()
    assert any(found in each for each in said[:5])


def test_a_chapter_comes_before_its_solutions_and_the_package(tab, address):
    said = results(tab, address, "pad_batch").all_text_contents()
    chapter = [at for at, each in enumerate(said) if "6. Pad" in each]
    others = [
        at
        for at, each in enumerate(said)
        if "The package" in each or "Solutions" in each
    ]
    assert min(chapter) < min(others)


def test_nothing_found_is_said(tab, address):
    tab.goto(f"{address}search.html?q=xqzvk")
    assert tab.locator("#search-count").text_content() == "Nothing found."


def test_typing_searches_anew_and_is_told_to_a_screen_reader(tab, address):
    results(tab, address, "mask")
    field = tab.locator("#section-search input")
    field.fill("temperature")
    first = tab.locator("#search-results li").first
    assert "emperature" in first.text_content()
    count = tab.locator("#search-count")
    assert count.get_attribute("role") == "status"
    assert re.fullmatch(r"\d+ sections?", count.text_content())


def test_every_result_leads_to_a_place_on_the_site(tab, site):
    text = (site.folder / "_static/search/sections.js").read_text("utf-8")
    sections = json.loads(text.removeprefix("const SECTIONS = ")[:-2])
    assert len({section["address"] for section in sections}) == len(sections)
    for section in sections:
        path, _, anchor = section["address"].partition("#")
        page = (site.folder / path).read_text("utf-8")
        assert not anchor or f'id="{anchor}"' in page


def test_the_search_of_every_page_leads_to_this_one(tab, root):
    tab.goto(root + SEVENTH)
    tab.keyboard.press("Control+K")
    tab.locator("#pst-search-dialog input").fill("bootstrap")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**/search.html?q=bootstrap")
    tab.locator("#search-results li").first.wait_for()


# --- the glossary


def test_a_term_leads_to_its_entry_and_the_entry_to_its_section(tab, address):
    tab.goto(f"{address}notebooks/06_pad_and_batch.html")
    tab.locator("#fill-the-gaps a.term").get_by_text("mask").click()
    tab.wait_for_url("**/glossary.html#term-mask")
    entry = tab.locator("dt#term-mask + dd a")
    assert entry.get_attribute("href").endswith(
        "06_pad_and_batch.html#fill-the-gaps"
    )


def test_no_chapter_links_a_term_twice_or_where_it_asks(site):
    for chapter in CHAPTERS:
        path = site.folder / "notebooks" / f"{chapter}.html"
        html = path.read_text("utf-8")
        linked = re.findall(r'class="term [^>]*#(term-[^"]*)"', html)
        assert linked, chapter
        assert len(set(linked)) == len(linked)
        questions = html.partition('<section id="questions">')[2]
        assert 'class="term ' not in questions


def test_the_ledger_leads_to_the_section_with_its_code(tab, address):
    tab.goto(f"{address}book/ledger.html")
    line = tab.get_by_role("row").filter(has_text="S01").first
    line.get_by_role("link").click()
    tab.wait_for_url(re.compile(r"/01_create_tensors\.html#.+"))


# --- exercises


def test_an_exercise_opens_its_cell_in_colab(site):
    for chapter in CHAPTERS:
        path = site.folder / "notebooks" / f"{chapter}.html"
        _, _, html = path.read_text("utf-8").partition(
            '<section id="exercises">'
        )
        links = re.findall(
            r'href="(https://colab[^"]*?)(?:#scrollTo=([^"]*))?"', html
        )
        notebook = json.loads(
            (NOTEBOOKS / f"{chapter}.ipynb").read_text("utf-8")
        )
        cells = {
            cell["id"]: "".join(cell["source"]) for cell in notebook["cells"]
        }
        told = [
            text for text in cells.values() if text.startswith("**Exercise ")
        ]
        assert len(links) == len(told) == html.count("One solution</a>")
        for page, cell in links:
            assert page.endswith(f"/notebooks/{chapter}.ipynb")
            assert "..." in cells[cell]


def test_an_exercise_leads_to_its_own_solution(tab, address):
    tab.goto(address + SEVENTH)
    tab.locator(".hint summary").nth(2).click()
    tab.locator(".hint a", has_text="One solution").nth(2).click()
    tab.wait_for_url("**/solutions/07_build_the_classifier.html#exercise-07-3")


# --- paper


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_paper_is_light_with_answers_open_and_nothing_to_press(
    tab, address, mode
):
    tab.emulate_media(color_scheme=mode)
    tab.goto(address + SEVENTH)
    tab.emulate_media(media="print", color_scheme=mode)
    tab.locator("details.answer[open]").first.wait_for()
    assert tab.locator(".bd-sidebar-primary").is_hidden()
    assert tab.locator(".prev-next-footer").is_hidden()
    assert tab.locator("details.answer:not([open])").count() == 0
    ink, paper, code = tab.evaluate(
        """["color", "backgroundColor"].map(
          (what) => getComputedStyle(document.body)[what]
        ).concat(getComputedStyle(document.querySelector("pre .k,pre .kn"))
          .color)"""
    )
    assert brightness(paper) > 240
    assert brightness(ink) < 80
    assert brightness(code) < 140
    tab.emulate_media(media="screen", color_scheme=mode)
    tab.locator("details.answer[open]").first.wait_for(state="detached")
    assert tab.evaluate("document.documentElement.dataset.theme") == mode


def brightness(colour):
    numbers = [float(each) for each in re.findall(r"[\d.]+", colour)]
    return sum(numbers[:3]) / 3


# --- keyboard and screen reader


def test_the_keyboard_reaches_all_of_chapter_7_in_at_most_120_steps(
    tab, address
):
    tab.goto(address + SEVENTH)
    tab.wait_for_timeout(1000)  # the theme looks for what scrolls
    steps, unseen = 0, []
    while steps < 200:
        tab.keyboard.press("Tab")
        if tab.evaluate(REACHED) > 1:
            break
        steps += 1
        if not tab.evaluate(RINGED):
            unseen.append(tab.evaluate("document.activeElement.outerHTML"))
    assert 40 < steps <= 120
    assert unseen == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "page",
    [
        SEVENTH,
        "book/glossary.html",
        "book/ledger.html",
        "search.html?q=padding",
        f"{SEVENTH}?highlight=state",
        "404.html",
    ],
)
def test_a_page_is_accessible(browser, address, page, size, theme):
    with open_context(browser, size) as context:
        tab = context.new_page()
        tab.emulate_media(color_scheme=theme)
        tab.goto(address + page)
        tab.evaluate("window.MathJax?.startup?.promise")
        found = Axe().run(tab)
    assert found.violations_count == 0, found.generate_report()


def test_a_finger_finds_the_button_that_copies(browser, address):
    with browser.new_context(has_touch=True, is_mobile=True) as context:
        tab = context.new_page()
        tab.goto(address + SEVENTH)
        button = tab.locator(SHOWN).first
        button.wait_for()
        assert button.evaluate("each => getComputedStyle(each).opacity") == "1"


def test_outputs_have_no_button_that_copies(tab, address):
    tab.goto(address + SEVENTH)
    tab.locator(SHOWN).first.wait_for()
    assert tab.locator(".cell_output button.copybtn").count() == 0


# --- room


@pytest.mark.parametrize("chapter", CHAPTERS)
def test_code_outputs_and_tables_fit_beside_the_lists(tab, address, chapter):
    tab.goto(f"{address}notebooks/{chapter}.html")
    tab.locator("details").evaluate_all("all => all.map(a => a.open = true)")
    assert tab.evaluate(CLIPPED, ".bd-article :is(pre, .output)") == []


def test_on_a_phone_the_names_of_a_table_stay_while_it_scrolls(
    browser, address
):
    with open_context(browser, "phone") as context:
        tab = context.new_page()
        tab.goto(address + TWELFTH)
        table = tab.locator("table.dataframe").first
        name = table.locator("tbody th").first
        before = name.bounding_box()["x"]
        number = table.locator("tbody td").last
        number.scroll_into_view_if_needed()
        table.evaluate("each => each.closest('.output').scrollLeft = 1000")
        assert abs(name.bounding_box()["x"] - before) < 2  # a border


def test_a_missing_page_leads_back_to_the_book(tab, address):
    for missing in ("notebooks/99_gone.html", "gone.html"):
        tab.goto(address + missing)
        tab.get_by_role("link", name="Movie reviews with PyTorch").click()
        tab.wait_for_url(address + "book/index.html")
