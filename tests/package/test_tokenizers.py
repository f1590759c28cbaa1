"""Another tokenizer than the book's, wherever text becomes words."""

import functools
import json

import pandas as pd
import pytest
import torch
from sklearn.base import clone

from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split
from imdbtutor.data.streams import ReviewStream
from imdbtutor.data.tables import open_table
from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.predict_file import write_predictions
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.training.recipe import train_model


def spell(text):
    """Split a text into its letters, which the book's own would not do."""
    return [letter for letter in text.lower() if letter.isalpha()]


def words(text):
    return text.split()


@pytest.fixture
def letters(texts):
    return build_vocab(texts, tokenize=spell)


@pytest.fixture
def speller(letters):
    torch.manual_seed(0)
    model = LSTMClassifier(ModelConfig(len(letters), 5, 4))
    return SentimentClassifier.from_parts(model, letters, tokenize=spell)


@pytest.fixture
def saved(speller, tmp_path):
    speller.save(tmp_path / "speller")
    return tmp_path / "speller"


@pytest.fixture
def reviews():
    kinds = {1: "a warm film", 0: "a cold film"}
    rows = [(f"{kinds[n % 2]} {n}", n % 2) for n in range(80)]
    return pd.DataFrame(rows, columns=["text", "label"])


def test_a_vocabulary_is_of_the_tokenizers_tokens(letters):
    assert {len(token) for token in list(letters)[2:]} == {1}


def test_a_model_is_trained_on_the_tokenizers_tokens(reviews):
    split = Split(reviews[:60], reviews[60:], None)
    config = ModelConfig(0, 5, 4)
    trained = train_model(split, config, tokenize=spell)
    assert {len(token) for token in list(trained.vocab)[2:]} == {1}
    assert set("acdfilmorw") <= set(trained.vocab)


def test_a_stream_deals_the_tokenizers_tokens(reviews, letters, tmp_path):
    path = tmp_path / "reviews.csv"
    reviews.to_csv(path, index=False)
    (batch,) = ReviewStream(path, letters, 80, tokenize=spell)
    expected = [len(spell(text)) for text in reviews["text"]]
    assert sorted(batch.lengths.tolist()) == sorted(expected)


def test_a_classifier_reads_with_its_tokenizer(speller, letters, texts):
    found = speller.encode(texts).reviews
    expected = encode_reviews(texts, letters, tokenize=spell, cache=False)
    assert all(map(torch.equal, found, expected))


def test_a_classifier_explains_its_tokenizers_tokens(speller):
    assert list(speller.explain("Warm!")["token"]) == list("warm")


def test_a_classifier_learns_with_its_tokenizer(reviews):
    made = SentimentClassifier(tokenize=spell)
    made.fit(reviews["text"], reviews["label"])
    assert {len(token) for token in list(made.vocab)[2:]} == {1}


def test_a_file_is_read_with_the_classifiers_tokenizer(speller, tmp_path):
    source = tmp_path / "in.csv"
    source.write_text("text\nWarm.\n<br />\n", "utf-8")  # letters: b, r
    with open_table(source) as table:
        assert write_predictions(speller, table, tmp_path / "out.csv") == 2


def test_a_copy_keeps_the_tokenizer(speller):
    assert clone(SentimentClassifier(tokenize=spell)).tokenize is spell


# --- saved and loaded


def test_a_saved_model_remembers_its_tokenizers_name(saved):
    settings = json.loads((saved / "settings.json").read_text("utf-8"))
    assert settings["tokenizer"] == "spell"


def test_the_books_own_tokenizer_needs_no_word(pretrained, tmp_path):
    pretrained.save(tmp_path)
    assert "tokenizer" not in (tmp_path / "settings.json").read_text("utf-8")
    assert SentimentClassifier.load(tmp_path).tokenize is tokenize


def test_with_its_tokenizer_it_is_loaded(saved, speller, texts):
    loaded = SentimentClassifier.load(saved, tokenize=spell)
    assert loaded.tokenize is spell
    expected = speller.predict_proba(texts).tolist()
    assert loaded.predict_proba(texts).tolist() == expected


@pytest.mark.parametrize("other", [{}, {"tokenize": words}])
def test_without_its_tokenizer_it_is_not_loaded(saved, other):
    with pytest.raises(ValueError, match="tokenizer 'spell'") as raised:
        SentimentClassifier.load(saved, **other)
    assert "load(folder, tokenize=spell)" in str(raised.value)


def test_a_model_of_the_books_own_is_not_loaded_with_another(
    pretrained, tmp_path
):
    pretrained.save(tmp_path)
    with pytest.raises(ValueError, match=r"imdbtutor\.data\.tokens\.tokenize"):
        SentimentClassifier.load(tmp_path, tokenize=spell)


def test_the_name_cannot_be_taken_out(saved):
    path = saved / "settings.json"
    settings = json.loads(path.read_text("utf-8"))
    del settings["tokenizer"]
    path.write_text(json.dumps(settings), "utf-8")
    with pytest.raises(ValueError, match="not the file that was saved"):
        SentimentClassifier.load(saved)


@pytest.mark.parametrize(
    "nameless", [lambda text: text.split(), functools.partial(spell)]
)
def test_a_tokenizer_without_a_name_cannot_be_saved(
    speller, tmp_path, nameless
):
    speller.tokenize = nameless
    with pytest.raises(ValueError, match="has no name"):
        speller.save(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_the_model_card_says_how_to_load_it(saved):
    card = (saved / "README.md").read_text("utf-8")
    assert 'SentimentClassifier.load("this folder", tokenize=spell)' in card
