"""The live picture of a reading draws the numbers that Python has."""

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from sites import open_context, open_tab

from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.tracing import trace_reading, verdict_by_word
from imdbtutor.pictures.reading import draw_reading

PAGE = "book/notation.html"  # any will do: the picture is put into it
FIRST = "A tired plot, and yet the two leads are wonderful."
SECOND = "I expected a great film, and it was a waste of my time."
SHOW = """async ([svg, name]) => {
    const article = document.querySelector("article");
    const box = document.createElement("div");
    box.innerHTML = svg;
    article.replaceChildren(box);
    if (typeof load === "undefined") {
        const script = document.createElement("script");
        script.src = "../_static/js/live.js";
        document.head.append(script);
        await new Promise((done) => script.addEventListener("load", done));
    }
    if (!LIVE.reading) await load("../live/reading.js");
    const drawn = box.querySelector("svg");
    await LIVE.reading(drawn, JSON.parse(drawn.dataset.values));
}"""


@pytest.fixture(scope="module")
def classifier():
    return SentimentClassifier.pretrained()


def read(classifier, text):
    [ids] = classifier.encode([text]).reviews
    verdict = verdict_by_word(classifier.model, ids).tolist()
    return verdict, trace_reading(classifier.model, ids)


def show(tab, classifier):
    verdict, directions = read(classifier, FIRST)
    tokens = classifier.tokenize(FIRST)
    picture = draw_reading(FIRST, tokens, verdict, directions)
    tab.evaluate(SHOW, [picture.svg(), "reading"])


@pytest.fixture(scope="module")
def tab(browser, address, classifier):
    with open_context(browser, "desktop") as context:
        tab = open_tab(context)
        tab.asked = []
        tab.on("request", lambda request: tab.asked.append(request.url))
        tab.goto(address + PAGE)
        show(tab, classifier)
        yield tab


def drawn(tab, what):
    return tab.locator(f".reading [data-{what}]").evaluate_all(
        f"all => all.map((one) => Number(one.dataset.{what}))"
    )


def choose(tab, direction, shown):
    tab.get_by_label("Direction").select_option(direction)
    tab.get_by_label("Show").select_option(shown)


def enter(tab, text):
    tab.get_by_label("Your review").fill(text)
    tab.locator("[aria-busy=false]").wait_for()


def test_at_first_pythons_numbers_are_drawn_and_no_network_is_fetched(
    classifier, tab
):
    verdict, directions = read(classifier, FIRST)
    np.testing.assert_allclose(drawn(tab, "positive"), verdict, atol=1e-3)
    expected = [
        traced[name][unit]
        for traced in directions.values()
        for unit in (0, 7)
        for name in "ifoch"
    ]
    np.testing.assert_allclose(
        drawn(tab, "value"), np.ravel(expected), atol=1e-3
    )
    assert not [url for url in tab.asked if "model.js" in url]


@pytest.mark.parametrize("text", [SECOND, "Superb.", "xyzzy and more"])
@pytest.mark.parametrize("name", ["forward", "backward"])
@pytest.mark.parametrize("letter", "ifoch")
def test_a_typed_review_has_pythons_gates_memory_and_state(
    classifier, tab, text, name, letter
):
    if tab.get_by_label("Your review").input_value() != text:
        enter(tab, text)
    choose(tab, name, letter)
    verdict, directions = read(classifier, text)
    np.testing.assert_allclose(drawn(tab, "positive"), verdict, atol=2e-3)
    np.testing.assert_allclose(
        drawn(tab, "value"), np.ravel(directions[name][letter]), atol=5e-3
    )


def test_the_slider_shows_each_number_at_its_word(classifier, tab):
    enter(tab, SECOND)
    choose(tab, "forward", "c")
    slider = tab.locator(".live-reading input[type=range]")
    slider.focus()
    slider.press("Home")
    slider.press("ArrowRight")
    said = tab.locator(".live-reading output").text_content()
    assert said.startswith("2 of 15, “expected”: ")
    assert slider.get_attribute("aria-valuetext") == said
    _, directions = read(classifier, SECOND)
    expected = [row[1] for row in directions["forward"]["c"]]
    shown = tab.locator(".reading svg").first.locator("text").all()
    texts = [each.text_content() for each in shown][5::2]
    found = [float(text.replace("\N{MINUS SIGN}", "-")) for text in texts]
    np.testing.assert_allclose(found, expected, atol=0.011)


def test_nothing_typed_is_no_error(tab):
    tab.get_by_label("Your review").fill(" ")
    tab.get_by_text("Type a review.").wait_for()


def test_a_long_review_is_read_up_to_a_word(tab):
    enter(tab, "good film " * 150)
    assert tab.get_by_text("Read up to its word 200.").is_visible()
    assert len(drawn(tab, "positive")) == 200


def test_a_network_that_does_not_arrive_is_told(browser, address, classifier):
    with open_context(browser, "desktop") as context:
        tab = context.new_page()
        tab.route("**/model.js", lambda route: route.abort())
        tab.goto(address + PAGE)
        show(tab, classifier)
        tab.get_by_label("Your review").fill("Awful.")
        tab.get_by_text("The network did not arrive.").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_picture_is_accessible(browser, address, classifier, theme, size):
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa"]}
    with open_context(browser, size) as context:
        tab = context.new_page()
        tab.emulate_media(color_scheme=theme)
        tab.goto(address + PAGE)
        show(tab, classifier)
        found = Axe().run(tab, ".live-reading", {"runOnly": rules})
        wide = tab.evaluate(
            "document.documentElement.scrollWidth - window.innerWidth"
        )
    assert found.violations_count == 0, found.generate_report()
    assert wide <= 0


def test_no_script_has_failed(tab):
    assert tab.faults == []
