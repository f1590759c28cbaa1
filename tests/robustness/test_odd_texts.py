"""Texts that nobody would call a review, through all that reads text.

The long ones have 1,000 characters; with `--hard`, a million.
"""

import csv
import json
import os
import re
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_texts import ODD, WORDLESS, long_texts, slug
from places import ROOT
from tiny import TEXTS, build_vocab
from typer.testing import CliRunner

from imdbtutor.__main__ import app
from imdbtutor.data.encoding import build_vocab as build_vocab_of
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.readers import LONGEST_FIELD
from imdbtutor.data.tokens import tokenize
from imdbtutor.data.vocab import Vocab
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.explanation import LONGEST, METHODS

pytestmark = pytest.mark.texts


ANY_TEXT = st.text(st.characters())  # halves of surrogate pairs among them
# Sequences that mean something are rare among characters by chance.
PIECES = [*"\"'.,()!?;: \0\n\r\x85\ud83d\ude00\udce9İ", "<br />", "<br", "ok"]
TRICKY_TEXT = st.lists(st.sampled_from(PIECES)).map("".join)
TEXT = ANY_TEXT | TRICKY_TEXT
VOCAB = build_vocab()


def pytest_generate_tests(metafunc):
    size = 1_000_000 if metafunc.config.getoption("hard") else 1_000
    kinds = {
        "odd": ODD | long_texts(size),
        "wordless": WORDLESS | {"very many spaces": " \n" * size},
    }
    for kind, texts in kinds.items():
        if kind in metafunc.fixturenames:
            ids = map(slug, texts)
            metafunc.parametrize(kind, texts.values(), ids=ids)


@pytest.fixture(scope="module")
def classifier(trained_once):
    return SentimentClassifier.from_parts(trained_once, VOCAB)


@pytest.fixture(scope="module")
def saved(classifier, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "small"
    classifier.save(folder)
    return folder


@pytest.fixture(scope="module")
def run(saved):
    """Call a command with the small model."""

    def run_command(command, *words, end=()):
        options = ("--model", str(saved), *words, "--", *end)
        return CliRunner().invoke(app, [command, *map(str, options)])

    return run_command


def as_lists(encoded):
    return [token_ids.tolist() for token_ids in encoded]


def check_chances(chances, rows):
    """What must hold of probabilities, whatever was read."""
    assert chances.shape == (rows, 2)
    assert np.isfinite(chances).all()
    assert (chances >= 0).all()
    np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=0, atol=1e-12)


def through_json(text):
    """In JSON, two halves side by side are one character."""
    return json.loads(json.dumps(text))


# --- each text, through each door


def test_tokens_hold_no_space_and_are_in_lower_case(odd):
    tokens = tokenize(odd)
    assert tokens
    assert all(token.split() == [token] for token in tokens)
    assert all(token == token.lower() for token in tokens)


def test_ids_are_the_same_with_and_without_the_cache(odd, cache):
    expected = [VOCAB(tokenize(odd))]
    assert as_lists(encode_reviews([odd], VOCAB, cache=False)) == expected
    assert as_lists(encode_reviews([odd], VOCAB)) == expected  # written
    assert as_lists(encode_reviews([odd], VOCAB)) == expected  # and read
    assert len(list(cache.iterdir())) == 1


def test_a_vocabulary_of_it_finds_every_word(odd, tmp_path):
    vocab = build_vocab_of([odd])
    tokens = tokenize(odd)
    assert vocab.lookup_tokens(vocab(tokens)) == tokens
    vocab.save(tmp_path / "vocab.json")
    assert Vocab.load(tmp_path / "vocab.json").state() == vocab.state()


def test_probabilities_are_finite_and_add_up_to_1(classifier, odd):
    check_chances(classifier.predict_proba([odd]), 1)


def test_alone_it_scores_as_among_others(classifier, odd):
    alone = classifier.predict_proba([odd])
    among = classifier.predict_proba([*TEXTS, odd, "Superb."])[[8]]
    np.testing.assert_allclose(among, alone, rtol=0, atol=1e-5)


@pytest.mark.slow
def test_others_score_as_without_it(classifier, odd):
    among = classifier.predict_proba([odd, *TEXTS])[1:]
    expected = classifier.predict_proba(TEXTS)
    np.testing.assert_allclose(among, expected, rtol=0, atol=1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("how", METHODS)
def test_it_is_explained_or_refused_by_its_length(classifier, odd, how):
    tokens = tokenize(odd)
    if len(tokens) > LONGEST:
        with pytest.raises(ValueError, match="explaining takes 5,000 at"):
            classifier.explain(odd, how=how)
        return
    weights = classifier.explain(odd, how=how)
    assert list(weights["token"]) == tokens
    assert np.isfinite(weights["weight"]).all()


@pytest.mark.slow
def test_the_command_says_what_the_classifier_says(run, classifier, odd):
    result = run("predict", "--json", end=[odd])
    (found,) = json.loads(result.stdout)
    chance = classifier.predict_proba([odd])[0, 1]
    assert result.exit_code == 0
    assert found["text"] == through_json(odd)
    assert found["positive"] == pytest.approx(chance, abs=5.1e-5)


@pytest.mark.slow
@pytest.mark.parametrize("command", ["predict", "explain"])
def test_the_command_prints_nothing_that_steers_a_terminal(run, command, odd):
    result = run(command, end=[odd])
    refused = command == "explain" and len(tokenize(odd)) > LONGEST
    assert result.exit_code == (2 if refused else 0)
    printed = result.stdout.replace("\n", "")
    assert not re.search("[\0-\x1f\x7f-\x9f\ud800-\udfff]", printed)


@pytest.mark.slow
def test_in_a_file_it_is_judged_or_its_row_is_named(
    run, classifier, odd, tmp_path
):
    path, target = tmp_path / "in.csv", tmp_path / "out.csv"
    how = {"encoding": "utf-8", "errors": "surrogatepass", "newline": ""}
    with open(path, "w", **how) as file:
        csv.writer(file).writerows([["text"], ["Superb."], [odd]])
    result = run("predict", "--file", path, "--out", target)
    if len(odd) > LONGEST_FIELD or re.search("[\ud800-\udfff]", odd):
        assert result.exit_code == 2
        assert re.search("line 3.*not UTF-8|larger than field", result.stderr)
        assert not target.exists()
        return
    with open(target, **how) as file:
        row = list(csv.reader(file))[2]
    chance = classifier.predict_proba([odd])[0, 1]
    assert row[0] == odd
    assert float(row[2]) == pytest.approx(chance, abs=5.1e-5)


# --- texts without words


def test_without_words_there_are_no_tokens(wordless):
    assert tokenize(wordless) == []


@pytest.mark.parametrize("name", ["predict_proba", "predict", "encode"])
def test_without_words_a_text_is_named(classifier, wordless, name):
    with pytest.raises(ValueError, match=r"Text 1 has no words: .*Leave it"):
        getattr(classifier, name)(["Superb.", wordless])


@pytest.mark.parametrize("cache", [True, False])
def test_without_words_nothing_is_encoded(wordless, cache):
    with pytest.raises(ValueError, match="Text 0 has no words"):
        encode_reviews([wordless], VOCAB, cache=cache)


@pytest.mark.parametrize("how", METHODS)
def test_without_words_nothing_is_explained(classifier, wordless, how):
    with pytest.raises(ValueError, match="Text 0 has no words"):
        classifier.explain(wordless, how=how)


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_without_words_a_command_says_so_in_a_line(run, wordless, command):
    result = run(command, end=[wordless])
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(r"Text 0 has no words: .{,80}\n", result.stderr)


# --- all of them together


@pytest.mark.slow
def test_a_classifier_learns_from_them_and_comes_back(tmp_path):
    texts = [*ODD.values(), *long_texts(1_000).values()]
    labels = [row % 2 for row in range(len(texts))]
    made = SentimentClassifier().fit(texts, labels)
    made.save(tmp_path)
    loaded = SentimentClassifier.load(tmp_path)
    expected = made.predict_proba(texts)
    check_chances(expected, len(texts))
    assert np.array_equal(loaded.predict_proba(texts), expected)


def child(*words, **variables):
    """Call the package in a process of its own; words may be bytes."""
    return subprocess.run(
        [sys.executable, "-m", "imdbtutor", *words],
        cwd=ROOT,
        env=os.environ | variables,
        capture_output=True,
    )


@pytest.mark.slow
def test_a_process_reads_them_from_its_command_line(saved, classifier):
    impossible = re.compile("[\0\ud800-\udfff]|.{2000}", re.DOTALL)
    texts = [text for text in ODD.values() if not impossible.search(text)]
    words = ("predict", "--json", "--model", str(saved), "--", *texts)
    result = child(*words, PYTHONUTF8="1")
    found = [row["positive"] for row in json.loads(result.stdout)]
    expected = classifier.predict_proba(texts)[:, 1]
    assert len(found) > 50
    assert found == pytest.approx(expected, abs=5.1e-5)


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="words are text on Windows")
@pytest.mark.parametrize(
    ("command", "encoding"), [("predict", "ascii"), ("explain", "utf-8")]
)
def test_a_process_prints_bytes_that_are_no_text(saved, command, encoding):
    review = b"good \xff \xed\xa0\x80 caf\xe9 \xf0\x9f\x98\x80 film"
    words = (command, "--model", str(saved), "--", review)
    result = child(*words, PYTHONIOENCODING=encoding, PYTHONUTF8="1")
    assert result.returncode == 0, result.stderr
    assert rb"\udcff \udced\udca0\udc80 caf\udce9" in result.stdout


# --- room and time

MEASURE = """
import re, resource, sys
from pathlib import Path
from imdbtutor.inference.classifier import SentimentClassifier

def most():
    return int(re.search(r"VmHWM:\\s+(\\d+)", STATUS.read_text("utf-8"))[1])

STATUS = Path("/proc/self/status")
resource.setrlimit(resource.RLIMIT_AS, (8 * 2**30, 8 * 2**30))
classifier = SentimentClassifier.load(sys.argv[1])
classifier.predict_proba(["good " * 1_000])
before = most()
for others in (0, 99):
    texts = ["good " * 1_000_000] + ["A fine film."] * others
    assert classifier.predict_proba(texts).shape == (1 + others, 2)
    print(most() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits as on Linux")
def test_a_million_words_take_the_same_room_among_short_texts(saved):
    words = [sys.executable, "-c", MEASURE, str(saved)]
    alone, among = map(int, subprocess.check_output(words, cwd=ROOT).split())
    assert 100_000 < alone <= among < 1.3 * alone  # KB


SLOW_KINDS = [
    "a long word",
    "very many words",
    "unlike words",
    "letters by chance",
    "exclamation marks",
    "a word among line breaks",
    "a word among quotes",
    "a word under very many marks",
    "letters that grow in lower case",
    "very many halves",
]
GAPS = ["a word among spaces", "a word among line ends", "a word among tabs"]
each_kind = pytest.mark.parametrize("kind", SLOW_KINDS)


def seconds(work, text):
    """Measure the processor's time, the best of five."""
    times = []
    for _ in range(5):
        started = time.process_time()
        work(text)
        times.append(time.process_time() - started)
    return min(times)


def check_linear(work, kind, size):
    """Ten times the text may take thirty times as long, not a hundred."""
    short, long = (long_texts(n)[kind] for n in (size, 10 * size))
    assert seconds(work, long) < 30 * seconds(work, short) + 0.01


@pytest.mark.slow
@each_kind
def test_tokenizing_takes_time_in_proportion(kind):
    check_linear(tokenize, kind, 20_000)


@pytest.mark.slow
@each_kind
def test_encoding_takes_time_in_proportion(kind):
    def encode(text):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            encode_reviews([text], VOCAB)

    check_linear(encode, kind, 20_000)


@pytest.mark.slow
@each_kind
def test_predicting_takes_time_in_proportion(classifier, kind):
    def predict(text):
        classifier.predict_proba([text])

    check_linear(predict, kind, 5_000)


@pytest.mark.slow
@pytest.mark.parametrize("kind", [*SLOW_KINDS, *GAPS])
def test_printing_takes_time_in_proportion(run, kind):
    check_linear(lambda text: run("predict", end=[text]), kind, 2_000)


@pytest.mark.slow
def test_predicting_many_texts_takes_time_in_proportion(classifier):
    few, many = TEXTS * 50, TEXTS * 500
    longer = seconds(classifier.predict_proba, many)
    assert longer < 30 * seconds(classifier.predict_proba, few)


# --- any text at all


@given(TEXT)
def test_any_text_gets_finite_probabilities_or_has_no_words(classifier, text):
    if tokenize(text):
        check_chances(classifier.predict_proba([text]), 1)
    else:
        with pytest.raises(ValueError, match="Text 0 has no words"):
            classifier.predict_proba([text])


@pytest.mark.slow
@given(st.lists(TEXT.filter(tokenize), min_size=1))
def test_any_texts_score_together_as_alone(classifier, texts):
    together = classifier.predict_proba(texts)
    alone = np.concatenate([classifier.predict_proba([t]) for t in texts])
    check_chances(together, len(texts))
    np.testing.assert_allclose(together, alone, rtol=0, atol=1e-5)


@given(st.lists(TEXT, min_size=1))
def test_of_any_texts_the_first_without_words_is_named(texts):
    empty = [n for n, text in enumerate(texts) if not tokenize(text)]
    if empty:
        with pytest.raises(ValueError, match=f"Text {empty[0]} has no words"):
            encode_reviews(texts, VOCAB, cache=False)
    else:
        found = as_lists(encode_reviews(texts, VOCAB, cache=False))
        assert found == [VOCAB(tokenize(text)) for text in texts]


@given(st.lists(TEXT.filter(tokenize), min_size=1))
def test_any_texts_are_read_from_the_cache_as_they_were(texts):
    first = as_lists(encode_reviews(texts, VOCAB))
    assert as_lists(encode_reviews(texts, VOCAB)) == first
    assert as_lists(encode_reviews(texts, VOCAB, cache=False)) == first


@given(st.lists(TEXT, min_size=1))
def test_a_vocabulary_of_any_texts_comes_back_from_its_file(texts):
    vocab = build_vocab_of(texts)
    with tempfile.TemporaryDirectory() as folder:
        vocab.save(Path(folder) / "vocab.json")
        loaded = Vocab.load(Path(folder) / "vocab.json")
    assert loaded.state() == vocab.state()


@pytest.mark.parametrize("how", METHODS)
@given(text=TEXT.filter(tokenize))
@settings(max_examples=30)
def test_any_text_is_explained_word_by_word(classifier, how, text):
    weights = classifier.explain(text, how=how)
    assert list(weights["token"]) == tokenize(text)
    assert np.isfinite(weights["weight"]).all()


@given(texts=st.lists(TEXT.filter(tokenize), min_size=1))
@settings(max_examples=30)
def test_the_command_takes_any_texts(run, texts):
    result = run("predict", "--json", end=texts)
    found = json.loads(result.stdout)
    assert result.exit_code == 0
    assert [row["text"] for row in found] == [*map(through_json, texts)]


@pytest.mark.slow
@given(text=TEXT.filter(tokenize))
@settings(max_examples=30)
def test_the_commands_print_any_text(run, text):
    for command in ("predict", "explain"):
        result = run(command, end=[text])
        assert (result.exit_code, result.stderr) == (0, "")
