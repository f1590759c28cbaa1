"""The page that reads reviews in the browser says what Python says."""

import json
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from places import GOLDEN
from sites import open_context
from write_model_js import TARGET, model_js, pack

from imdbtutor.data.reviews import split_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.predict_file import known_share

TOKENS = GOLDEN / "golden_tokens.json"
PAGE = "book/try_it.html"
TEN = [
    "Wonderful, from the first minute to the last.",
    "What a waste of two hours; avoid!",
    "The plot is thin, but the two leads make it a joy to watch.",
    "Not bad. Not bad at all.",
    'It\'s "good" (so they say)... I laughed; never once.',
    "Xyzzy plugh qwertyuiop.",
    "10/10 <br />See it again!",
    "A FILM.",
    "Ça alors! Ο ΟΔΥΣΣΕΥΣ, 👍 映画",
    "boring " * 60,
]


@pytest.fixture(scope="module")
def golden():
    return json.loads(TOKENS.read_text("utf-8"))


@pytest.fixture(scope="module")
def classifier():
    return SentimentClassifier.pretrained()


@pytest.fixture(scope="module")
def tab(browser, address):
    """The page, opened once, with a list of what its scripts complain of."""
    with open_context(browser, "desktop") as context:
        tab = context.new_page()
        tab.faults = []
        tab.on("pageerror", lambda error: tab.faults.append(str(error)))
        tab.goto(address + PAGE)
        tab.locator("#reader[data-ready]").wait_for()
        yield tab


def positive(tab):
    """Wait for the verdict on what was typed last; return the chance."""
    tab.locator("#words[aria-busy=false]").wait_for(state="attached")
    return float(tab.locator("#prediction").get_attribute("data-positive"))


def enter(tab, text):
    tab.locator("#review").fill(text)
    return positive(tab)


# --- the same tokens


def test_there_are_enough_hard_texts(golden):
    assert len(golden) >= 500
    assert sum(not line["text"].isascii() for line in golden) >= 250


def test_python_finds_the_golden_tokens(golden):
    assert [tokenize(line["text"]) for line in golden] == [
        line["tokens"] for line in golden
    ]


def test_the_browser_finds_the_golden_tokens(golden, tab):
    texts = [line["text"] for line in golden]
    found = tab.evaluate("texts => texts.map(tokenize)", texts)
    wrong = [
        line["text"]
        for line, tokens in zip(golden, found, strict=True)
        if tokens != line["tokens"]
    ]
    assert wrong == []


# --- the same numbers


def test_the_page_has_the_model_that_ships(classifier):
    assert TARGET.read_text("utf-8") == model_js(classifier)


def test_the_page_says_what_it_weighs():
    page = (TARGET.parents[2] / "try_it.md").read_text("utf-8")
    assert f"({TARGET.stat().st_size / 1e6:.1f} MB)" in page


@pytest.mark.parametrize("matrix", [np.zeros((2, 3)), np.eye(3), -np.ones(4)])
def test_a_packed_matrix_keeps_its_shape(matrix):
    packed = pack(matrix.astype(np.float32))
    assert packed["rows"] * packed["columns"] == matrix.size


def test_a_thousand_reviews_get_pythons_probability(packaged, classifier, tab):
    test = split_reviews(packaged).test["text"].tolist()
    texts = test[:: len(test) // 1000]
    found = np.array(
        tab.evaluate(
            """texts => texts.map((text) => {
                const ids = classifier.encode(tokenize(text));
                return sigmoid(classifier.scoreOf(classifier.read(ids)));
            })""",
            texts,
        )
    )
    expected = classifier.predict_proba(texts)[:, 1]
    assert len(texts) >= 1000
    assert np.abs(found - expected).max() < 2e-3
    flipped = (found > 0.5) != (expected > 0.5)
    assert (np.abs(expected[flipped] - 0.5) < 0.01).all()


@pytest.mark.parametrize("text", [TEN[2], "Superb.", "dodo", "good " * 30])
def test_words_weigh_what_leaving_them_out_weighs_in_python(
    classifier, tab, text
):
    enter(tab, text)
    found = json.loads(tab.locator("#words").get_attribute("data-weights"))
    expected = classifier.explain(text, how="leave_one_out")["weight"]
    np.testing.assert_allclose(found, expected, atol=2e-3)


# --- a reader at the page


def test_ten_reviews_are_judged_as_in_python(classifier, tab):
    tab.locator("#careful").uncheck()
    for text in TEN:
        tab.locator("#review").fill("")
        tab.locator("#review").press_sequentially(text[:80])
        found = positive(tab)
        expected = classifier.predict_proba([text[:80]])[0, 1]
        assert found == pytest.approx(expected, abs=2e-3), text
        verdict = "positive" if expected > 0.5 else "negative"
        assert tab.locator("#prediction").text_content().startswith(verdict)
    tab.locator("#careful").check()


def test_the_page_opened_from_disk_judges_too(browser, site, classifier):
    with open_context(browser, "desktop") as context:
        tab = context.new_page()
        tab.goto((site.folder / PAGE).as_uri())
        found = enter(tab, TEN[0])
    assert found == pytest.approx(
        classifier.predict_proba(TEN[:1])[0, 1], abs=2e-3
    )


def test_the_page_is_soon_ready(tab):
    took = float(tab.locator("#reader").get_attribute("data-ready"))
    assert took < 1000  # ms


def test_300_tokens_are_read_while_you_blink(tab):
    text = " ".join(str(number) for number in range(300))
    took = tab.evaluate(
        """text => [1, 2, 3, 4, 5].map(() => {
            const started = performance.now();
            const ids = classifier.encode(tokenize(text));
            classifier.scoreOf(classifier.read(ids));
            return performance.now() - started;
        })""",
        text,
    )
    assert np.median(took) < 150  # ms


def test_nothing_typed_is_no_error(tab):
    tab.locator("#review").fill("  ")
    tab.get_by_text("Type a review above.").wait_for()
    assert not tab.locator("#result").is_visible()


def test_a_very_long_text_is_cut_and_says_so(tab):
    enter(tab, "good film " * 4_000)
    assert "the first of 8000" in tab.locator("#facts").text_content()
    assert "Too long" in tab.locator("#progress").text_content()


def test_what_is_typed_later_wins(classifier, tab):
    tab.locator("#review").fill("dull " * 300)
    tab.wait_for_timeout(400)  # it is leaving out words by now
    found = enter(tab, "Superb.")
    tab.wait_for_timeout(500)
    assert tab.locator("#words").text_content().startswith("superb")
    expected = classifier.predict_proba(["Superb."])[0, 1]
    assert found == pytest.approx(expected, abs=2e-3)


def test_what_is_typed_is_text_and_never_markup(tab):
    enter(tab, "<img src=x onerror=alert(1)> <b>good</b>")
    assert tab.locator("#words :is(img, b)").count() == 0


def test_words_outside_the_vocabulary_are_marked(tab):
    enter(tab, "A xyzzy film")
    assert tab.locator("#words .unknown").text_content().startswith("xyzzy")


def test_a_language_it_does_not_know_is_not_judged_unless_asked(
    classifier, tab
):
    text = "Dieser Film war wunderbar, ich habe viel gelacht."
    enter(tab, text)
    [ids] = classifier.encode([text]).reviews
    share = int(100 * known_share(ids, classifier.vocab))
    said = f"cannot tell: the vocabulary has {share} % of the words"
    assert tab.locator("#prediction").text_content() == said
    assert tab.locator("#scale").is_hidden()
    tab.locator("#careful").uncheck()
    assert tab.locator("#scale").is_visible()
    verdict = tab.locator("#prediction").text_content()
    assert re.match("(posi|nega)tive, with a probability of ", verdict)
    tab.locator("#careful").check()
    assert tab.locator("#prediction").text_content() == said


def test_the_keyboard_is_enough(tab):
    tab.locator("#review").focus()
    tab.keyboard.press("Control+A")
    tab.keyboard.type("Awful.")
    assert positive(tab) < 0.5
    tab.keyboard.press("Tab")  # past the text
    tab.keyboard.press("Enter")  # the first example
    example = tab.locator("#examples button").first.text_content()
    assert tab.locator("#review").input_value() == example


def test_a_screen_reader_hears_verdict_and_weights(tab):
    enter(tab, "A wonderful film")
    assert tab.locator("#prediction").get_attribute("aria-live") == "polite"
    spoken = tab.locator("#words").aria_snapshot()
    assert "wonderful" in spoken
    assert "+" in spoken


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_the_page_is_accessible(browser, address, theme, size):
    rules = {"type": "tag", "values": ["wcag2a", "wcag2aa"]}
    with open_context(browser, size) as context:
        tab = context.new_page()
        tab.emulate_media(color_scheme=theme)
        tab.goto(address + PAGE)
        enter(tab, TEN[2] + " Xyzzy!")
        found = Axe().run(tab, options={"runOnly": rules})
    assert found.violations_count == 0, found.generate_report()


def test_without_scripts_the_page_says_what_it_needs(browser, address):
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(address + PAGE)
        assert tab.get_by_text("This page needs JavaScript").is_visible()


def test_no_script_has_failed(tab):
    assert tab.faults == []
