"""The page that reads reviews in the browser says what Python says."""

import base64
import json
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from places import GOLDEN
from sites import open_context, open_tab
from write_model_js import BAG, TARGET, bag_js, fit_bag, model_js, pack

from imdbtutor.data.reviews import split_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.predict_file import known_share
from imdbtutor.inference.tracing import verdict_by_word

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
def bag(classifier):
    return fit_bag(classifier)


@pytest.fixture(scope="module")
def tab(browser, address):
    """The page, opened once, with a list of what its scripts complain of."""
    with open_context(browser, "desktop") as context:
        tab = open_tab(context)
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


@pytest.mark.slow  # the bag is fitted anew
def test_the_page_has_the_bag_that_a_command_writes(bag):
    shipped, fitted = BAG.read_text("utf-8"), bag_js(bag)
    assert shipped.splitlines()[:2] == fitted.splitlines()[:2]
    found, expected = map(bag_rows, (shipped, fitted))
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-3)
    assert len(shipped) < 30_000


def bag_rows(script):
    """Unpack bias, rarities and weights of a bag, as `unpack` does."""
    values = json.loads(script.partition("BAG = ")[2].rstrip(";\n"))
    packed = values["words"]
    whole, scales = (
        np.frombuffer(base64.b64decode(packed[name]), kind)
        for name, kind in (("integers", "<i2"), ("scales", "<f4"))
    )
    rows = whole.reshape(packed["rows"], packed["columns"])
    return [values["bias"], *(rows * scales[:, None])]


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


def test_a_thousand_reviews_get_the_bags_probability(packaged, bag, tab):
    test = split_reviews(packaged).test["text"].tolist()
    texts = [*test[:: len(test) // 1000], "Xyzzy.", "good " * 30]
    found = tab.evaluate(
        """texts => texts.map((text) =>
            sigmoid(bag.score(classifier.encode(tokenize(text)))))""",
        texts,
    )
    expected = bag.predict_proba(texts)[:, 1]
    np.testing.assert_allclose(found, expected, atol=2e-3)


@pytest.mark.parametrize("text", [TEN[2], "Superb.", "good " * 30])
def test_the_curve_is_pythons(classifier, tab, text):
    enter(tab, text)
    points = json.loads(tab.locator("#curve").get_attribute("data-points"))
    [ids] = classifier.encode([text]).reviews
    expected = verdict_by_word(classifier.model, ids)
    assert [count for count, _ in points] == [*range(1, len(ids) + 1)]
    found = [positive for _, positive in points]
    np.testing.assert_allclose(found, expected, atol=2e-3)
    drawn = tab.locator("#curve [data-positive]").evaluate_all(
        "bars => bars.map((bar) => Number(bar.dataset.positive))"
    )
    assert drawn == found


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
    assert "most telling" in tab.locator("#progress").text_content()
    assert tab.locator("#words > *").count() == 5000
    weights = tab.locator("#words").get_attribute("data-weights")
    assert sum(weight is not None for weight in json.loads(weights)) == 32
    points = tab.locator("#curve").get_attribute("data-points")
    assert json.loads(points)[-1][0] == 5000


def test_the_words_weighed_of_a_long_text_are_the_telling_ones(tab):
    enter(tab, "the film " * 250 + "wonderful awful")
    found = json.loads(tab.locator("#words").get_attribute("data-weights"))
    assert None not in found[-2:]
    assert None in found


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
    assert tab.locator("#meter").is_hidden()
    tab.locator("#careful").uncheck()
    assert tab.locator("#meter").is_visible()
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
    tab.keyboard.press("ArrowLeft")  # back by one word
    assert tab.locator("#curve output").text_content().startswith("1 of 2")
    tab.keyboard.press("Tab")
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


@pytest.mark.parametrize(
    ("text", "side"), [("Wonderful!", "positive"), ("Awful!", "negative")]
)
def test_the_bar_goes_from_the_middle_to_the_likelier_side(tab, text, side):
    found = enter(tab, text)
    meter = tab.locator("#meter")
    assert meter.get_attribute("data-side") == side
    assert float(meter.get_attribute("aria-valuenow")) == round(found, 2)
    bar = meter.locator("span").evaluate(
        "bar => [parseFloat(bar.style.left), parseFloat(bar.style.width)]"
    )
    expected = [100 * min(0.5, found), 100 * abs(found - 0.5)]
    np.testing.assert_allclose(bar, expected, atol=0.1)


def test_no_word_is_painted_for_a_weight_of_nothing(tab):
    for text in TEN:
        enter(tab, text)
        shown = tab.locator("#words rt").all_text_contents()
        assert not {"+0.0", "\N{MINUS SIGN}0.0"} & set(shown)


def test_a_real_review_comes_with_what_its_writer_thought(packaged, tab):
    test = split_reviews(packaged).test
    for button in tab.locator("#examples [data-label]").all():
        text, label = button.text_content(), button.get_attribute("data-label")
        [row] = test[test["text"] == text].itertuples()
        assert ["negative", "positive"][row.label] == label
        button.click()
        assert f"a {label} rating" in tab.locator("#truth").text_content()
    enter(tab, "Something else.")
    assert tab.locator("#truth").is_hidden()


def test_on_a_phone_both_verdicts_stand_above_the_fold(browser, address):
    with open_context(browser, "phone") as context:
        tab = context.new_page()
        tab.goto(address + PAGE)
        positive(tab)
        for verdict in ("#prediction", "#bag"):
            box = tab.locator(verdict).bounding_box()
            assert box["y"] + box["height"] < 700


def test_while_the_network_loads_the_page_says_so(browser, address):
    with open_context(browser, "desktop") as context:
        tab = context.new_page()
        held = []
        tab.route("**/model.js", lambda route: held.append(route))
        tab.goto(address + PAGE, wait_until="domcontentloaded")
        tab.get_by_text("Loading the network (1.6 MB)").wait_for()
        tab.locator("#review").fill("Awful.")  # typed in the meantime
        held[0].continue_()
        assert positive(tab) < 0.5


def test_a_network_that_does_not_arrive_is_told_and_asked_for_again(
    browser, address
):
    with open_context(browser, "desktop") as context:
        tab = context.new_page()
        tab.route("**/model.js", lambda route: route.abort())
        tab.goto(address + PAGE)
        tab.get_by_text("The network did not arrive.").wait_for()
        tab.unroute("**/model.js")
        assert enter(tab, "Awful.") < 0.5


def test_without_scripts_the_page_says_what_it_needs(browser, address):
    with browser.new_context(java_script_enabled=False) as context:
        tab = context.new_page()
        tab.goto(address + PAGE)
        told = tab.locator("#reader noscript")
        assert told.is_visible()
        assert "This page needs JavaScript" in told.text_content()


def test_no_script_has_failed(tab):
    assert tab.faults == []
