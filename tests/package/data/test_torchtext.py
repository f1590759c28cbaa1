"""What the real torchtext 0.18 answers, ours must answer.

The golden file holds its answers (`make tool NAME=torchtext`); where the real
one can be imported, it is asked directly as well.
"""

import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from places import GOLDEN
from torchtext_cases import QUESTIONS, SETTINGS, TEXTS, ask, describe, digest

from imdbtutor.data.reviews import load_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.data.vocab import Vocab, build_vocab_from_iterator

DATA = GOLDEN
GOLDEN = json.loads((DATA / "golden_torchtext.json").read_text("utf-8"))
MADE = json.loads((DATA / "golden_tokens.json").read_text("utf-8"))
# Ours answers more, on purpose: it can be walked through, takes any int for
# an int, and keeps half a surrogate pair.
MORE = {
    "list(vocab)",
    "vocab.lookup_token(2**70)",
    r"build([['\ud800']])",
}
# Where its words are a learner's, ours begin with them. Left out are Python
# signatures of C++ functions, and the assertion about `max_tokens`.
WORDS = re.compile(
    r"Token .* not found and default index is not set"
    r"|Token .* already exists in the Vocab with index: \d+"
    r"|Specified index -?\d+"
)
FOR_TORCHSCRIPT = {"forward", "is_jitable"}
LETTERS = st.text(st.characters(codec="utf-8"), max_size=2)
anywhere = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture
def torchtext_tokenize(import_torchtext):
    return import_torchtext("data.utils").get_tokenizer("basic_english")


@pytest.fixture
def torchtext_build(import_torchtext):
    return import_torchtext("vocab").build_vocab_from_iterator


@pytest.fixture(scope="module")
def all_texts(packaged):
    return [*packaged["text"], *load_reviews("snippets")["text"]]


def ours(question):
    return ask(question, build_vocab_from_iterator, tokenize)


def test_the_golden_file_is_of_the_last_torchtext():
    assert GOLDEN["versions"]["torchtext"] == "0.18.0"


def test_the_golden_file_answers_what_is_asked_today():
    assert [text for text, _ in GOLDEN["tokens"]] == TEXTS
    assert [question for question, _ in GOLDEN["answers"]] == QUESTIONS


@pytest.mark.parametrize(
    ("text", "tokens"),
    GOLDEN["tokens"],
    ids=[ascii(text)[:30] for text, _ in GOLDEN["tokens"]],
)
def test_tokens_are_those_torchtext_once_gave(text, tokens):
    assert tokenize(text) == tokens


@pytest.mark.slow
def test_all_packaged_texts_become_what_torchtext_made_of_them(all_texts):
    """Tokens, order and ids of several vocabularies, and no default."""
    found = describe(all_texts, build_vocab_from_iterator, tokenize)
    assert found == GOLDEN["packaged"]


def test_the_digests_are_of_all_packaged_texts():
    assert GOLDEN["packaged"]["texts"] == 33_530
    kinds = [each["settings"] for each in GOLDEN["packaged"]["vocabularies"]]
    assert kinds == SETTINGS


@pytest.mark.parametrize("rows", [[["a"], ["b", "c"]], [["a", "b"], ["c"]]])
def test_a_digest_tells_rows_apart(rows):
    assert digest(rows) != digest([["a", "b", "c"]])


@pytest.mark.parametrize(
    ("question", "answer"),
    [pair for pair in GOLDEN["answers"] if pair[0] not in MORE],
)
def test_an_answer_or_an_error_is_the_kind_torchtext_gave(question, answer):
    found = ours(question)
    assert found.get("raises") == answer.get("raises")
    assert found.get("gives") == answer.get("gives")


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        pair
        for pair in GOLDEN["answers"]
        if WORDS.match(pair[1].get("says", ""))
    ],
)
def test_an_error_begins_with_torchtexts_words(question, answer):
    words = WORDS.match(answer["says"]).group()
    assert ours(question)["says"].startswith(words)


@pytest.mark.parametrize("question", sorted(MORE))
def test_what_is_said_to_differ_does(question):
    assert ours(question) != dict(GOLDEN["answers"])[question]


def test_names_are_those_of_torchtext():
    assert set(GOLDEN["names"]) - FOR_TORCHSCRIPT <= set(dir(Vocab))


def test_tokens_are_those_torchtext_gives(torchtext_tokenize, all_texts):
    texts = TEXTS + [each["text"] for each in MADE] + all_texts[::50]
    assert [*map(tokenize, texts)] == [*map(torchtext_tokenize, texts)]


@anywhere
@given(text=st.text(st.characters() | st.sampled_from("'\".,()!?;: <br/>")))
def test_tokens_of_any_text_are_torchtexts(torchtext_tokenize, text):
    assert tokenize(text) == torchtext_tokenize(text)


def test_the_golden_file_says_what_torchtext_says(
    torchtext_build, torchtext_tokenize
):
    asked = [question for question, _ in GOLDEN["answers"]]
    answers = [ask(q, torchtext_build, torchtext_tokenize) for q in asked]
    assert answers == [answer for _, answer in GOLDEN["answers"]]


@anywhere
@given(
    corpus=st.lists(st.lists(LETTERS)),
    specials=st.lists(LETTERS, unique=True, max_size=3),
    special_first=st.booleans(),
    min_freq=st.integers(0, 3),
    max_tokens=st.none() | st.integers(4, 9),
)
def test_any_vocabulary_is_torchtexts(torchtext_build, corpus, **how):
    real = torchtext_build(corpus, **how)
    assert build_vocab_from_iterator(corpus, **how).get_itos() == (
        real.get_itos()
    )
