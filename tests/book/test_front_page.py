"""The front page: its numbers are those of the model and of the results."""

import io
import json
import re
import struct

import draw_preview
import list_chapters
import numpy as np
import pytest
import show_prediction
import tell_facts
from axe_playwright_python.sync_playwright import Axe
from PIL import Image
from places import ROOT
from sites import open_context

from imdbtutor.evaluation.results import read_results
from imdbtutor.inference.classifier import SentimentClassifier

PAGE = "book/index.html"


def numbers(html):
    return [float(number) for number in re.findall(r"\d\.\d+", html)]


def words(html):
    return re.sub(r"-?\d+(\.\d+)?", "", html)


@pytest.fixture(scope="module")
def classifier():
    return SentimentClassifier.pretrained()


@pytest.fixture(scope="module")
def tab(browser, address):
    with open_context(browser, "desktop") as context:
        tab = context.new_page()
        tab.asked = []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.goto(address + PAGE)
        tab.locator("#curve input").wait_for()
        yield tab


# --- what commands write


def test_the_front_page_shows_what_the_model_says(classifier):
    shown = show_prediction.PAGE.read_text("utf-8")
    said = show_prediction.draw_prediction(show_prediction.REVIEW)
    assert words(shown) == words(said)
    tokens, verdict = show_prediction.read_by_word(
        classifier, show_prediction.REVIEW
    )
    values = re.search(r"data-values='([^']*)'", shown)
    assert json.loads(values[1])["tokens"] == tokens
    np.testing.assert_allclose(
        json.loads(values[1])["verdict"], verdict, atol=0.005
    )  # other processors round differently


@pytest.mark.parametrize("name", ["start.html", "scores.html"])
def test_facts_and_scores_are_those_that_a_command_writes(name):
    """After new results or chapters: `make tool NAME=front_page`."""
    path = show_prediction.BOOK / name
    assert path.read_text("utf-8") == show_prediction.files()[path]


def test_scores_are_the_ladders():
    html = tell_facts.scores(read_results("ladder"))
    rows = {row["id"]: row for row in read_results("ladder")["rows"]}
    best = max(r["mean"] for r in rows.values() if r["kind"] == "bag")
    told = re.findall(r"<strong>([\d.]+) %", html)
    book, informed, both = (
        rows[id_]["mean"] for id_ in ("book", "best", "minilm-best")
    )
    expected = [book, best, informed, both]
    np.testing.assert_allclose(
        np.array(told, float), 100 * np.array(expected), atol=0.06
    )


def test_no_number_of_the_front_page_is_typed():
    """But the reviews it starts from, the coin, and how many models."""
    text = (ROOT / "book" / "index.md").read_text("utf-8")
    text = re.sub(r"{cite}`[^`]*`|chapter \d+", "", text)
    found = set(re.findall(r"\d[\d,.]*\d|\d", text))
    assert found == {"50", "5,000", "25,000"}


def test_the_road_map_leads_to_every_chapter():
    page = (ROOT / "book" / "road_map.html").read_text("utf-8")
    links = re.findall(r'href="\.\./notebooks/(\w+)\.html"', page)
    chapters = sorted((ROOT / "notebooks").glob("*.ipynb"))
    assert links == [path.stem for path in chapters]


@pytest.mark.parametrize(
    "path", list_chapters.chapters(), ids=lambda path: path.stem
)
def test_the_road_map_tells_how_long_each_chapter_takes(path):
    page = (ROOT / "book" / "road_map.html").read_text("utf-8")
    assert list_chapters.times(path) in page
    assert list_chapters.running_time(path)


def test_reading_time_grows_with_words_and_code_up_to_the_summary(tmp_path):
    def minutes(*cells):
        path = tmp_path / "01_x.ipynb"
        written = [
            {"cell_type": kind, "source": text, "metadata": {"tags": tags}}
            for kind, text, tags in cells
        ]
        path.write_text(json.dumps({"cells": written}), "utf-8")
        return list_chapters.reading_minutes(path)

    prose = ("markdown", "word " * 380 + "\n\n# A heading\n", [])
    code = ("code", "x\n" * 40, [])
    hidden = ("code", "x\n" * 400, ["remove-cell"])
    after = ("markdown", "a\n\n## Summary\n\n" + "word " * 900, [])
    assert minutes(prose) == 2
    assert minutes(prose, code) == 4
    assert minutes(prose, code, hidden, after, prose) == 4


def test_boxes_and_formulas_are_not_read():
    text = "one two\n\n:::{note}\na b c\n:::\n\n$$\nx y z\n$$\n\nthree"
    assert list_chapters.NO_PROSE.sub("", text).split() == [
        "one",
        "two",
        "three",
    ]


# --- previews of shared links


def test_the_preview_has_the_size_that_is_asked_for_and_is_light():
    png = show_prediction.PREVIEW.read_bytes()
    assert struct.unpack(">II", png[16:24]) == draw_preview.SIZE
    assert len(png) <= 60_000


def test_the_preview_is_drawn_from_the_words_it_is_given():
    def draw(verdict):
        png = draw_preview.draw_preview("A", "b", ["c", "d"], verdict)
        return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), int)

    up, down = draw([0.9, 0.9]), draw([0.1, 0.1])
    upper, lower = slice(220, 330), slice(350, 460)
    assert up[upper].sum() < down[upper].sum()  # inked above the middle
    assert up[lower].sum() > down[lower].sum()


@pytest.mark.parametrize(
    "page",
    [PAGE, "book/try_it.html", "notebooks/07_build_the_classifier.html"],
)
def test_a_shared_link_shows_title_words_and_picture(site, page):
    html = (site.folder / page).read_text("utf-8")
    tags = dict(
        re.findall(r'<meta property="(og:\w+)" content="(.*?)">', html)
    )
    assert tags["og:title"]
    assert len(tags["og:description"]) > 40
    assert tags["og:url"].endswith(f".github.io/imdbtutor/{page}")
    picture = tags["og:image"].partition("/imdbtutor/")[2]
    assert (site.folder / picture).is_file()


# --- the box


def test_the_page_has_no_formula_for_which_mathjax_would_be_loaded(tab):
    assert tab.locator(".math").count() == 0


def test_no_network_is_fetched_before_a_reader_asks(tab):
    assert not [url for url in tab.asked if "model.js" in url]


def test_the_slider_tells_what_python_wrote(tab):
    shown = show_prediction.PAGE.read_text("utf-8")
    values = json.loads(re.search(r"data-values='([^']*)'", shown)[1])
    slider = tab.locator("#curve input")
    slider.fill("10")
    said = tab.locator("#curve output").text_content()
    assert said.startswith(f"11 of {len(values['tokens'])}")
    assert said.endswith(f"{values['verdict'][10]:.2f}")


def test_what_a_reader_types_is_judged_as_in_python(classifier, tab):
    text = "I expected a great film, and it was a waste of my time."
    tab.locator("#review").focus()
    tab.locator("#reader[data-ready]").wait_for()
    tab.locator("#review").fill(text)
    tab.locator("#words[aria-busy=false]").wait_for()
    found = tab.locator("#prediction").get_attribute("data-positive")
    [expected] = classifier.predict_proba([text])[:, 1]
    assert float(found) == pytest.approx(expected, abs=2e-3)
    weights = json.loads(tab.locator("#words").get_attribute("data-weights"))
    explained = classifier.explain(text, how="leave_one_out")["weight"]
    np.testing.assert_allclose(weights, explained, atol=2e-3)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_page_is_accessible(browser, address, theme, size):
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa"]}
    with open_context(browser, size) as context:
        tab = context.new_page()
        tab.emulate_media(color_scheme=theme)
        tab.goto(address + PAGE)
        tab.locator("#curve input").wait_for()
        found = Axe().run(tab, options={"runOnly": rules})
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_the_prediction_is_there(browser, address):
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(address + PAGE)
        assert tab.get_by_text("with a probability of").is_visible()
        assert tab.locator("#curve svg").is_visible()
