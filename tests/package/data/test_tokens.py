import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from imdbtutor.data.tokens import tokenize

ANY_TEXT = st.text(st.characters())
# Letters by chance hardly ever form what the rules are about.
PIECES = ["<br />", "<BR />", "<br/>", "<br", "/>", *"\"'.,()!?;: \t\xa0aBİΣß"]
TRICKY_TEXT = st.lists(st.sampled_from(PIECES)).map("".join)


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
