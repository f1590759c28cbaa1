import json
import re

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from sklearn.metrics import log_loss, roc_auc_score

from imdbtutor.classifier import PRETRAINED, SETTINGS, SentimentClassifier
from imdbtutor.model import POOLINGS, LSTMClassifier, ModelConfig
from imdbtutor.tokens import tokenize

FILES = ["model.safetensors", "settings.json", "vocab.json"]
UNSEEN = "I loved the story and the acting, not a dull minute!"
needs_pretrained = pytest.mark.skipif(
    not (PRETRAINED / SETTINGS).exists(),
    reason="the pretrained model is not there; run 'make train'",
)


@pytest.fixture
def classifier(trained_model, vocab):
    return SentimentClassifier(trained_model, vocab)


@pytest.fixture
def random_classifier(vocab, request):
    """An untrained model, which finds something in every setting."""
    config = ModelConfig(len(vocab), 5, 4, **request.param)
    return SentimentClassifier(LSTMClassifier(config), vocab)


every_setting = pytest.mark.parametrize(
    "random_classifier",
    [
        {"pooling": pooling, "bidirectional": both, "num_layers": 2 - both}
        for pooling in POOLINGS
        for both in (True, False)
    ],
    indirect=True,
    ids=str,
)


# --- save and load


@every_setting
def test_a_saved_classifier_gives_the_same_probabilities(
    random_classifier, texts, tmp_path
):
    random_classifier.save(tmp_path / "saved")
    loaded = SentimentClassifier.load(tmp_path / "saved")
    expected = random_classifier.predict_proba(texts)
    assert np.array_equal(loaded.predict_proba(texts), expected)


def test_half_precision_changes_probabilities_little(
    classifier, texts, tmp_path
):
    classifier.save(tmp_path, half=True)
    halved = SentimentClassifier.load(tmp_path).predict_proba([*texts, UNSEEN])
    expected = classifier.predict_proba([*texts, UNSEEN])
    assert 0 < np.abs(halved - expected).max() < 5e-3


@pytest.mark.parametrize(
    ("half", "dtype"), [(False, torch.float32), (True, torch.float16)]
)
def test_weights_are_saved_in_the_precision_asked(
    classifier, tmp_path, half, dtype
):
    classifier.save(tmp_path, half=half)
    saved = load_file(tmp_path / "model.safetensors").values()
    assert {weight.dtype for weight in saved} == {dtype}


def test_weights_of_half_precision_are_loaded_as_float32(classifier, tmp_path):
    classifier.save(tmp_path, half=True)
    model = SentimentClassifier.load(tmp_path).model
    assert {p.dtype for p in model.parameters()} == {torch.float32}


def test_saving_leaves_the_classifier_as_it_was(classifier, texts, tmp_path):
    before = classifier.predict_proba(texts)
    classifier.save(tmp_path, half=True)
    assert np.array_equal(classifier.predict_proba(texts), before)


def test_saving_again_replaces_what_was_there(classifier, texts, tmp_path):
    classifier.save(tmp_path, half=True)
    classifier.save(tmp_path)
    loaded = SentimentClassifier.load(tmp_path)
    expected = classifier.predict_proba(texts)
    assert np.array_equal(loaded.predict_proba(texts), expected)


def test_three_files_are_saved(classifier, tmp_path):
    classifier.save(tmp_path / "a" / "b")
    saved = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert saved == FILES


def test_figures_are_saved(trained_model, vocab, tmp_path):
    figures = {"validation": {"accuracy": {"value": 0.5}}}
    SentimentClassifier(trained_model, vocab, figures=figures).save(tmp_path)
    assert SentimentClassifier.load(tmp_path).figures == figures


def test_the_vocabulary_is_saved(classifier, vocab, tmp_path):
    classifier.save(tmp_path)
    assert SentimentClassifier.load(tmp_path).vocab.state() == vocab.state()


@pytest.mark.parametrize("name", FILES)
def test_a_missing_file_is_named(classifier, tmp_path, name):
    classifier.save(tmp_path)
    (tmp_path / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"no '{name}'"):
        SentimentClassifier.load(tmp_path)


# --- predict


def test_what_was_learned_is_predicted(classifier, texts, labels):
    assert classifier.predict(texts).tolist() == labels


def test_predictions_are_the_likelier_class(classifier, texts):
    expected = classifier.predict_proba(texts).argmax(axis=1)
    assert classifier.predict(texts).tolist() == expected.tolist()


def test_predictions_are_int64(classifier, texts):
    assert classifier.predict(texts).dtype == np.int64


def test_probabilities_are_float64_in_two_columns(classifier, texts):
    probabilities = classifier.predict_proba(texts)
    assert probabilities.dtype == np.float64
    assert probabilities.shape == (8, 2)


def test_probabilities_of_a_text_add_up_to_1(classifier, texts):
    rows = classifier.predict_proba(texts).sum(axis=1)
    np.testing.assert_allclose(rows, 1, rtol=0, atol=1e-12)


def test_classes_are_in_scikit_learns_order(classifier):
    assert classifier.classes_.tolist() == [0, 1]


def test_the_second_column_is_that_of_praise(classifier):
    praise, blame = classifier.predict_proba(["Superb.", "Awful."])[:, 1]
    assert praise > 0.5 > blame


def test_scikit_learn_scores_probabilities(classifier, texts, labels):
    probabilities = classifier.predict_proba(texts)
    of_the_truth = probabilities[range(8), labels]
    expected = -np.log(of_the_truth).mean()
    assert log_loss(labels, probabilities) == pytest.approx(expected)


def test_scikit_learn_ranks_by_the_second_column(classifier, texts, labels):
    of_praise = classifier.predict_proba(texts)[:, 1]
    assert roc_auc_score(labels, of_praise) == 1


@every_setting
def test_a_text_alone_scores_as_among_others(random_classifier):
    alone = random_classifier.predict_proba(["Superb."])
    together = random_classifier.predict_proba(["Superb.", UNSEEN])
    np.testing.assert_allclose(together[:1], alone, rtol=0, atol=1e-6)


def test_the_order_of_the_texts_does_not_matter(classifier, texts):
    backwards = classifier.predict_proba(texts[::-1])[::-1]
    expected = classifier.predict_proba(texts)
    np.testing.assert_allclose(backwards, expected, rtol=0, atol=1e-6)


def test_a_classifier_is_never_in_training_mode(trained_model, vocab, texts):
    made = SentimentClassifier(trained_model.train(), vocab)
    first = made.predict_proba(texts)
    assert np.array_equal(made.predict_proba(texts), first)


def test_the_last_word_counts(classifier):
    first, second = classifier.predict_proba(["a a a a a Superb", "a a a a a"])
    assert abs(first[1] - second[1]) > 1e-3


def test_unknown_words_are_read_as_such(classifier):
    first, second = classifier.predict_proba(["dodo", "<unk>"])
    np.testing.assert_allclose(first, second, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", ["predict", "predict_proba", "encode"])
def test_one_string_instead_of_a_list_is_a_type_error(classifier, name):
    with pytest.raises(TypeError, match=r"write predict\(\[text\]\)"):
        getattr(classifier, name)("Superb.")


@pytest.mark.parametrize("empty", ["", "  \n", "<br />"])
def test_a_text_without_words_is_named(classifier, empty):
    with pytest.raises(ValueError, match="Text 1 has no words"):
        classifier.predict(["Superb.", empty])


def test_what_a_reader_types_is_not_written_to_disk(classifier, cache):
    classifier.predict([UNSEEN])
    assert not cache.exists()


# --- explain


def score(classifier, vectors):
    lengths = torch.tensor([vectors.shape[1]])
    negative, positive = classifier.model.classify(vectors, lengths)[0]
    return (positive - negative).item()


@every_setting
@pytest.mark.parametrize("text", [UNSEEN, "Superb."])
def test_weights_add_up_to_the_score_they_explain(random_classifier, text):
    ids = torch.tensor([random_classifier.vocab(tokenize(text))])
    vectors = random_classifier.model.embedding(ids).detach()
    difference = score(random_classifier, vectors)
    difference -= score(random_classifier, torch.zeros_like(vectors))
    total = random_classifier.explain(text)["weight"].sum()
    assert total == pytest.approx(difference, rel=0.02)


def test_each_token_gets_a_weight_in_reading_order(classifier):
    weights = classifier.explain("It's a <br />film.")
    assert list(weights["token"]) == ["it", "'", "s", "a", "film", "."]
    assert list(weights.columns) == ["token", "weight"]


@pytest.mark.parametrize(("word", "sign"), [("wonderful", 1), ("dull", -1)])
def test_the_word_that_was_learned_has_the_right_sign(classifier, word, sign):
    weights = classifier.explain(f"a {word} film").set_index("token")
    assert weights.loc[word, "weight"] * sign > 0


def test_explaining_changes_no_prediction(classifier, texts):
    before = classifier.predict_proba(texts)
    classifier.explain(UNSEEN)
    assert np.array_equal(classifier.predict_proba(texts), before)


def test_explaining_leaves_no_gradients(classifier):
    classifier.explain(UNSEEN)
    assert {p.grad for p in classifier.model.parameters()} == {None}


def test_a_text_without_words_cannot_be_explained(classifier):
    with pytest.raises(ValueError, match="has no words"):
        classifier.explain("<br />")


# --- the model that comes with the package


@needs_pretrained
def test_the_pretrained_model_tells_praise_from_blame():
    texts = ["What a wonderful film, I loved it.", "A dull, awful mess."]
    assert SentimentClassifier.pretrained().predict(texts).tolist() == [1, 0]


@needs_pretrained
def test_the_pretrained_model_knows_what_it_was_measured_at():
    settings = json.loads((PRETRAINED / SETTINGS).read_text("utf-8"))
    accuracy = settings["figures"]["validation"]["accuracy"]
    assert 0.8 < accuracy["low"] < accuracy["value"] < accuracy["high"] < 1


# --- what does not belong together


def test_no_texts_are_refused(classifier):
    with pytest.raises(ValueError, match="no texts"):
        classifier.predict_proba([])


def test_a_vocabulary_of_another_size_is_refused(trained_model, vocab):
    vocab.append_token("one-more")
    with pytest.raises(ValueError, match="does not fit a model made for"):
        SentimentClassifier(trained_model, vocab)


@pytest.mark.parametrize("name", FILES)
def test_a_damaged_file_is_named_with_its_folder(classifier, tmp_path, name):
    classifier.save(tmp_path)
    raw = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(raw[: len(raw) // 2])
    with pytest.raises(ValueError, match=re.escape(str(tmp_path))):
        SentimentClassifier.load(tmp_path)


def test_an_explanation_does_not_depend_on_training_mode(classifier):
    before = classifier.explain(UNSEEN)
    classifier.model.train()
    assert classifier.explain(UNSEEN).equals(before)
