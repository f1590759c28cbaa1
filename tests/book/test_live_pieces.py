"""Chapter 5's box: tokens and ids of what is typed are Python's."""

import json
import re

import pytest
from places import GOLDEN
from sites import open_context, open_tab

from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier

PAGE = "notebooks/05_tokenize_and_encode.html"
PICTURE = "svg[data-live=pieces]"
TEXTS = [
    "It's GREAT!<br />See it. 7/10",
    "Xyzzy plugh; dodo: (dodo)?",
    "<unk> <pad> the <b>bold</b>",
    "Ça alors! ΟΔΥΣΣΕΥΣ, 👍 映画",
    "constructor toString __proto__ hasOwnProperty",
    "no-break\xa0space, thin\u2009space\u3000and\x85more",
    "pneumono" * 30,
    "!" * 50,
    "",
]


@pytest.fixture(scope="module")
def vocab():
    return SentimentClassifier.pretrained(chapter=8).vocab


@pytest.fixture(scope="module")
def tab(browser, address):
    """Open the chapter once, and list what its scripts complain of."""
    with open_context(browser, "desktop") as context:
        tab = open_tab(context)
        tab.goto(address + PAGE)
        box(tab).wait_for()
        yield tab


def box(tab):
    return tab.get_by_label("Type a text of your own")


def shown(tab):
    """Read tokens and ids from the picture."""
    return tab.locator(PICTURE).evaluate(
        """svg => [...svg.querySelectorAll("[data-token]")].map(
            ({ dataset }) => [dataset.token, Number(dataset.id)])"""
    )


def expected(text, vocab):
    tokens = tokenize(text)
    return [list(pair) for pair in zip(tokens, vocab(tokens), strict=True)]


def can_be_typed(text):
    """Tell whether a text box keeps it: no half signs, no other line ends."""
    return len(text) <= 300 and not re.search("[\r\ud800-\udfff]", text)


def test_the_page_begins_with_the_picture_of_the_chapter(tab, vocab):
    written = json.loads(tab.locator(PICTURE).get_attribute("data-values"))[
        "text"
    ]
    assert box(tab).input_value() == written
    assert shown(tab) == expected(written, vocab)


@pytest.mark.parametrize("text", TEXTS)
def test_odd_texts_get_the_tokens_and_ids_of_python(tab, vocab, text):
    box(tab).fill(text)
    assert shown(tab) == expected(text, vocab)


def test_golden_texts_get_the_tokens_and_ids_of_python(tab, vocab):
    lines = json.loads((GOLDEN / "golden_tokens.json").read_text("utf-8"))
    texts = [line["text"] for line in lines if can_be_typed(line["text"])]
    assert len(texts) > 50
    for text in texts[:150]:
        box(tab).fill(text)
        assert shown(tab) == expected(text, vocab), text


def test_unknown_words_are_dashed_and_counted(tab):
    box(tab).fill("the dodo xyzzy")
    dashed = f"{PICTURE} g:has([stroke-dasharray])"
    found = tab.locator(dashed).evaluate_all(
        "groups => groups.map((group) => group.dataset.token)"
    )
    assert found == ["dodo", "xyzzy"]
    facts = tab.locator(".controls output", has_text="Tokens")
    assert facts.text_content() == "Tokens: 3, of them unknown: 2"


def test_the_picture_says_in_words_what_it_shows(tab):
    box(tab).fill("the dodo")
    said = tab.locator(PICTURE).get_attribute("aria-label")
    assert said == "Tokens and ids: the 2, dodo 1."


def test_the_keyboard_is_enough(tab, vocab):
    box(tab).focus()
    tab.keyboard.press("Control+A")
    tab.keyboard.type("Awful film.")
    assert shown(tab) == expected("Awful film.", vocab)


def test_paper_shows_the_still_with_its_text(tab):
    box(tab).fill("the dodo")
    tab.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert "said:" in tab.locator(PICTURE).text_content()
    tab.evaluate("dispatchEvent(new Event('afterprint'))")
    assert [token for token, _ in shown(tab)] == ["the", "dodo"]


@pytest.mark.parametrize("size", ["phone", "desktop"])
def test_opened_from_a_disk_it_fits_its_page(browser, site, vocab, size):
    with open_context(browser, size) as context:
        tab = context.new_page()
        tab.goto((site.folder / PAGE).as_uri())
        box(tab).fill(TEXTS[0] + " " + TEXTS[6][:200])
        picture = tab.locator(PICTURE).bounding_box()
        last = tab.locator(f"{PICTURE} [data-token]").evaluate_all(
            "all => Math.max(...all.map(g => g.getBoundingClientRect().right))"
        )
        assert last <= picture["x"] + picture["width"] + 1
        assert picture["x"] + picture["width"] <= tab.viewport_size["width"]


def test_no_script_has_failed(tab):
    assert tab.faults == []
