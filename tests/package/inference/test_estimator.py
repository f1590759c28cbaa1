"""The classifier among scikit-learn's tools, and with several classes."""

import pickle

import joblib
import numpy as np
import onnxruntime
import pandas as pd
import pytest
import torch
from sklearn import model_selection
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.metrics import make_scorer
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks

from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.explanation import class_score
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.training.loop import TrainingConfig
from imdbtutor.training.recipe import Recipe

TOPICS = {
    "billing": "charged twice on my bill",
    "delay": "late again by weeks",
    "quality": "broke apart after a day",
}


@pytest.fixture(scope="module")
def complaints():
    """Sixty made complaints of each of three classes."""
    rows = [
        (f"Order {number}: {words}, no answer.", name)
        for number in range(60)
        for name, words in TOPICS.items()
    ]
    return pd.DataFrame(rows, columns=["text", "label"])


@pytest.fixture(scope="module")
def small():
    """Learns the complaints in about a second."""
    return SentimentClassifier(
        embedding_dim=8,
        hidden_dim=8,
        learning_rate=0.03,
        epochs=8,
        batch_size=16,
    )


@pytest.fixture(scope="module")
def fitted(small, complaints):
    return clone(small).fit(complaints["text"], complaints["label"])


# --- several classes


def test_three_classes_are_learned(fitted, complaints):
    assert fitted.classes_.tolist() == sorted(TOPICS)
    assert fitted.predict(list(TOPICS.values())).tolist() == list(TOPICS)
    assert fitted.score(complaints["text"], complaints["label"]) == 1
    chances = fitted.predict_proba(complaints["text"])
    assert chances.shape == (180, 3)
    np.testing.assert_allclose(chances.sum(axis=1), 1)


def test_they_come_back_from_their_folder(fitted, complaints, tmp_path):
    fitted.save(tmp_path)
    loaded = SentimentClassifier.load(tmp_path)
    assert loaded.classes_.tolist() == fitted.classes_.tolist()
    expected = fitted.predict_proba(complaints["text"])
    assert np.array_equal(loaded.predict_proba(complaints["text"]), expected)


def test_their_export_says_the_same(fitted, tmp_path):
    session = onnxruntime.InferenceSession(fitted.export_onnx(tmp_path))
    encoded = fitted.encode([TOPICS["delay"]])
    inputs = {
        "token_ids": encoded.reviews[0][None].numpy(),
        "lengths": encoded.lengths.numpy(),
    }
    [logits] = session.run(["logits"], inputs)
    chances = torch.tensor(logits).softmax(dim=1).numpy()
    expected = fitted.predict_proba([TOPICS["delay"]])
    np.testing.assert_allclose(chances, expected, atol=1e-5)


@pytest.mark.parametrize("how", ["gradients", "leave_one_out"])
def test_a_word_speaks_for_its_own_class(fitted, how):
    text = "late and broke"
    for name, word in {"delay": "late", "quality": "broke"}.items():
        weights = fitted.explain(text, how=how, of=name).set_index("token")
        assert weights["weight"].idxmax() == word
    likeliest = fitted.predict([text])[0]
    expected = fitted.explain(text, how=how, of=likeliest)
    assert fitted.explain(text, how=how).equals(expected)
    with pytest.raises(ValueError, match=r"some of .*'billing'.*\['praise'\]"):
        fitted.explain(text, of="praise")


def test_the_score_of_two_classes_is_a_difference_of_logits():
    logits = torch.randn(5, 2)
    torch.testing.assert_close(
        class_score(logits), logits[:, 1] - logits[:, 0]
    )
    three = torch.randn(5, 3)
    odds = three.softmax(dim=1)[:, 2]
    torch.testing.assert_close(class_score(three, 2), odds.logit())


def test_a_model_for_more_classes_is_refused(fitted):
    with pytest.raises(ValueError, match="do not fit a model made for 3"):
        SentimentClassifier.from_parts(fitted.model, fitted.vocab)


# --- scikit-learn's tools


def test_the_defaults_are_those_of_chapter_8():
    given = SentimentClassifier().get_params()
    fields = {
        **vars(ModelConfig(0)),
        **vars(TrainingConfig()),
        **Recipe()._asdict(),
    }
    shared = given.keys() & fields.keys()
    assert {name: given[name] for name in shared} == {
        name: fields[name] for name in shared
    }
    left = {"vocab_size", "num_classes", "training"}
    assert fields.keys() - given.keys() == left
    assert given.keys() - fields.keys() == {
        "seed",
        "device",
        "tokenize",
        "progress",
    }


@pytest.mark.parametrize(
    ("setting", "look"),
    [
        ({"hidden_dim": 3}, lambda made: made.model_.config.hidden_dim),
        ({"max_tokens": 9}, lambda made: len(made.vocab_)),
        ({"epochs": 2}, lambda made: len(made.history_.rows)),
        ({"num_layers": 2}, lambda made: len(made.model_.layers)),
    ],
    ids=lambda each: next(iter(each)) if isinstance(each, dict) else "",
)
def test_a_setting_is_what_is_trained_with(small, complaints, setting, look):
    made = clone(small).set_params(**setting)
    made.fit(complaints["text"], complaints["label"])
    assert look(made) == next(iter(setting.values()))
    assert clone(made).get_params() == made.get_params()


def test_whoever_watches_is_told_of_each_epoch(small, complaints):
    seen, made = [], clone(small).set_params(epochs=2)
    made.fit(complaints["text"], complaints["label"], on_epoch=seen.append)
    rows = made.history_.frame.reset_index().to_dict("records")
    assert seen == rows


@pytest.mark.parametrize("bad", [{"epochs": 0}, {"pooling": "sum"}])
def test_a_setting_is_looked_at_when_it_is_used(complaints, bad):
    made = SentimentClassifier(**bad)
    with pytest.raises(ValueError, match=next(iter(bad))):
        made.fit(complaints["text"], complaints["label"])


@pytest.mark.slow
def test_a_grid_is_searched_by_two_processes(small, complaints):
    grid = {"hidden_dim": [1, 8]}
    search = GridSearchCV(small, grid, cv=2, n_jobs=2)
    search.fit(list(complaints["text"]), list(complaints["label"]))
    assert search.best_score_ > 0.5  # of three classes
    expected = clone(small).set_params(**search.best_params_)
    expected.fit(complaints["text"], complaints["label"])
    texts = complaints["text"][:9]
    found = search.predict_proba(list(texts))
    assert np.array_equal(found, expected.predict_proba(texts))


def test_it_is_cross_validated(small, complaints):
    found = cross_val_score(
        small, complaints["text"], complaints["label"], cv=2
    )
    assert found.mean() > 0.5  # of three classes


def test_its_probabilities_are_calibrated(small, complaints):
    made = CalibratedClassifierCV(small, cv=2)
    made.fit(complaints["text"], complaints["label"])
    assert made.predict([TOPICS["billing"]]).tolist() == ["billing"]


def test_it_is_the_end_of_a_pipeline(small, complaints):
    def lower(texts):
        return [text.lower() for text in texts]

    made = make_pipeline(FunctionTransformer(lower), clone(small))
    made.fit(complaints["text"], complaints["label"])
    assert made.predict([TOPICS["quality"]]).tolist() == ["quality"]


@pytest.mark.parametrize("way", ["pickle", "joblib"])
def test_it_comes_back_from_a_pickle(fitted, complaints, tmp_path, way):
    if way == "pickle":
        again = pickle.loads(pickle.dumps(fitted))
    else:
        joblib.dump(fitted, tmp_path / "it")
        again = joblib.load(tmp_path / "it")
    texts = complaints["text"][:5]
    expected = fitted.predict_proba(texts)
    assert np.array_equal(again.predict_proba(texts), expected)


# Those of scikit-learn's own checks that give no numbers in two dimensions.
CHECKS = (
    "check_estimator_cloneable",
    "check_estimator_get_tags_default_keys",
    "check_estimator_repr",
    "check_estimator_tags_renamed",
    "check_get_params_invariance",
    "check_no_attributes_set_in_init",
    "check_parameters_default_constructible",
    "check_set_params",
    "check_valid_tag_types",
)


@pytest.mark.parametrize("name", CHECKS)
def test_it_passes_scikit_learns_own_check(name):
    check = getattr(estimator_checks, name, None)
    if check is None:
        pytest.skip("this scikit-learn has no such check")
    check("SentimentClassifier", SentimentClassifier())


@pytest.mark.skipif(
    not hasattr(model_selection, "TunedThresholdClassifierCV"),
    reason="needs scikit-learn 1.5",
)
def test_a_threshold_is_chosen_by_what_an_error_costs(trained_model, vocab):
    """Here it is praise, too, if only one of two words is."""
    classifier = SentimentClassifier.from_parts(trained_model, vocab)
    words = ["wonderful", "warm", "great", "dreadful", "cold", "poor"]
    texts = [f"A {a}, {b} film." for a in words for b in words]
    labels = np.array([a < 3 or b < 3 for a in range(6) for b in range(6)])

    def cost(labels, said):
        return 5 * (labels > said).sum() + (labels < said).sum()

    tuned = model_selection.TunedThresholdClassifierCV(
        classifier,
        scoring=make_scorer(cost, greater_is_better=False),
        cv="prefit",
        refit=False,
    ).fit(texts, labels.astype(int))
    chances = classifier.predict_proba(texts)[:, 1]
    said = tuned.predict(texts)
    assert np.array_equal(said, chances >= tuned.best_threshold_)
    limits = np.linspace(chances.min(), chances.max(), 100)
    least = min(cost(labels, chances >= limit) for limit in limits)
    assert cost(labels, said) == least < cost(labels, chances >= 0.5)
