import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imdbtutor.tokens import tokenize

# Made once with torchtext 0.18.
ORACLE = json.loads(
    (Path(__file__).parent / "data/golden_torchtext.json").read_text()
)
GOLDEN = ORACLE["basic_english"]
ANY_TEXT = st.text(st.characters())
# Letters by chance hardly ever form what the rules are about.
PIECES = ["<br />", "<BR />", "<br/>", "<br", "/>", *"\"'.,()!?;: \t\xa0aBİΣß"]
TRICKY_TEXT = st.lists(st.sampled_from(PIECES)).map("".join)


@pytest.fixture
def torchtext_tokenize(import_torchtext):
    return import_torchtext("data.utils").get_tokenizer("basic_english")


@pytest.mark.parametrize(("text", "expected"), GOLDEN)
def test_tokens_are_those_torchtext_once_gave(text, expected):
    assert tokenize(text) == expected


def test_tokens_of_all_packaged_reviews_are_torchtexts(packaged):
    digest = hashlib.sha256()
    for text in packaged["text"]:
        digest.update(json.dumps(tokenize(text)).encode())
    assert digest.hexdigest() == ORACLE["packaged_sha256"]


def test_tokens_are_those_torchtext_gives(torchtext_tokenize, packaged):
    texts = packaged["text"][::50]
    assert [*map(tokenize, texts)] == [*map(torchtext_tokenize, texts)]


@pytest.mark.parametrize("mark", list("'.,()!?"))
def test_a_punctuation_mark_stands_alone(mark):
    assert tokenize(f"so{mark}so") == ["so", mark, "so"]


@pytest.mark.parametrize("gap", [";", ":", "<br />", "<BR />", "\u2028"])
def test_some_marks_only_part_words(gap):
    assert tokenize(f"so{gap}so") == ["so", "so"]


def test_a_double_quote_vanishes():
    assert tokenize('so"so "so"') == ["soso", "so"]


@given(ANY_TEXT | TRICKY_TEXT)
def test_no_token_is_empty_or_holds_white_space(text):
    assert all(token.split() == [token] for token in tokenize(text))


@given(ANY_TEXT | TRICKY_TEXT)
def test_every_token_is_in_lower_case(text):
    assert all(token == token.lower() for token in tokenize(text))


@given(ANY_TEXT | TRICKY_TEXT)
def test_case_does_not_matter(text):
    assert tokenize(text.lower()) == tokenize(text)


@given(ANY_TEXT | TRICKY_TEXT)
def test_tokenizing_the_tokens_changes_nothing(text):
    assume("<br" not in text.lower().replace('"', ""))  # may become <br />
    tokens = tokenize(text)
    assert tokenize(" ".join(tokens)) == tokens


@given(TRICKY_TEXT, TRICKY_TEXT)
def test_texts_apart_are_tokenized_apart(first, second):
    apart = tokenize(f"{first}\n{second}")
    assert apart == tokenize(first) + tokenize(second)
