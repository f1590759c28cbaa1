"""The picture of a text: its tokens, their ids, and unknown words."""

import json
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from write_pictures import FOLDER

from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.pictures.pieces import WIDTH, draw_pieces

TOKENS, IDS = ["the", "dodo", "."], [2, 1, 3]
SVG = "{http://www.w3.org/2000/svg}"


def pieces(picture):
    """Find each token with its id, and whether its lines are dashed."""
    for group in ElementTree.fromstring(picture.svg()).iter(SVG + "g"):
        token, number = (text.text for text in group.iter(SVG + "text"))
        yield token, int(number), "stroke-dasharray" in group.attrib


def test_each_token_stands_above_its_id_and_unknown_ones_are_dashed():
    picture = draw_pieces("The dodo.", TOKENS, IDS, unknown=1)
    assert list(pieces(picture)) == [
        ("the", 2, False),
        ("dodo", 1, True),
        (".", 3, False),
    ]


def test_the_words_for_those_who_do_not_see_it_tell_all_of_it():
    picture = draw_pieces("The dodo.", TOKENS, IDS, unknown=1)
    assert picture.alt.endswith("the 2, dodo 1, . 3.")


def test_the_script_gets_the_text_and_the_unknown_id():
    picture = draw_pieces("The dodo.", TOKENS, IDS, unknown=1)
    assert picture.values == {"text": "The dodo.", "unknown": 1}


@given(st.text("ab .!<&", max_size=120))
def test_any_text_stays_within_the_picture(written):
    tokens = tokenize(written)
    picture = draw_pieces(written, tokens, [1] * len(tokens), unknown=1)
    height = picture.size[1]
    assert len(list(pieces(picture))) == len(tokens)
    for box in ElementTree.fromstring(picture.svg()).iter(SVG + "rect"):
        left, width = float(box.get("x")), float(box.get("width"))
        assert left >= 0
        assert left + width <= WIDTH or width > WIDTH / 2
        assert float(box.get("y")) + float(box.get("height")) <= height


def test_the_box_on_the_site_has_chapter_8s_vocabulary():
    script = (FOLDER / "live" / "vocab.js").read_text("utf-8")
    written = script.partition("const VOCAB = ")[2].removesuffix(";\n")
    vocab = SentimentClassifier.pretrained(chapter=8).vocab
    assert json.loads(written) == vocab.get_itos()
