import itertools
import json
import re
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from safetensors.torch import load_file
from sklearn.base import clone, is_classifier
from sklearn.calibration import CalibrationDisplay
from sklearn.exceptions import NotFittedError
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import cross_val_predict

from imdbtutor.data.reviews import hold_out
from imdbtutor.data.tokens import tokenize
from imdbtutor.data.vocab import Vocab
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.explanation import LONGEST
from imdbtutor.inference.saving import MODELS

NEEDED = ["model.safetensors", "settings.json", "vocab.json"]
FILES = ["README.md", *NEEDED]
UNSEEN = "I loved the story and the acting, not a dull minute!"
WORDS = (("dreadful", "cold"), ("wonderful", "warm"))
METHODS = ("predict", "predict_proba", "encode")


@pytest.fixture
def classifier(trained_model, vocab):
    return SentimentClassifier.from_parts(trained_model, vocab)


@pytest.fixture(scope="session")
def reviews():
    """Sixty made reviews of each class, in turns; no two alike."""
    rows = [
        (f"A {first} film of part {number}, {second} and long.", label)
        for number in range(60)
        for label, (first, second) in enumerate(WORDS)
    ]
    return pd.DataFrame(rows, columns=["text", "label"])


@pytest.fixture
def start():
    """A classifier of small sizes, to be fitted."""

    return partial(SentimentClassifier, embedding_dim=5, hidden_dim=4)


def same_weights(classifier, other):
    weights, others = (c.model.state_dict() for c in (classifier, other))
    return all(torch.equal(weights[name], others[name]) for name in others)


def test_one_text_is_no_list_of_texts_to_score(classifier):
    with pytest.raises(TypeError, match="got one string"):
        classifier.score("dull", [0, 0, 0, 0])


def test_it_is_trained_where_it_was_asked_to_be(start, reviews):
    with pytest.raises(RuntimeError, match="nowhere"):
        start(device="nowhere").fit(reviews["text"], reviews["label"])


# --- save and load


def test_a_saved_classifier_gives_the_same_probabilities(
    any_classifier, texts, tmp_path
):
    any_classifier.save(tmp_path / "saved")
    loaded = SentimentClassifier.load(tmp_path / "saved")
    expected = any_classifier.predict_proba(texts)
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


def test_four_files_are_saved(classifier, tmp_path):
    classifier.save(tmp_path / "a" / "b")
    saved = sorted(path.name for path in (tmp_path / "a" / "b").iterdir())
    assert saved == FILES


def test_figures_are_saved(trained_model, vocab, tmp_path):
    figures = {"validation": {"accuracy": {"value": 0.5}}}
    SentimentClassifier.from_parts(trained_model, vocab, metrics=figures).save(
        tmp_path
    )
    assert SentimentClassifier.load(tmp_path).metrics == figures


def test_the_vocabulary_is_saved(classifier, vocab, tmp_path):
    classifier.save(tmp_path)
    assert SentimentClassifier.load(tmp_path).vocab.state() == vocab.state()


@pytest.mark.parametrize(
    ("how", "name"),
    [({}, "model.onnx"), ({"quantize": True}, "model.int8.onnx")],
)
def test_an_export_has_the_vocabulary_beside_it(
    classifier, vocab, tmp_path, how, name
):
    path = classifier.export_onnx(tmp_path, **how)
    assert path == tmp_path / name
    assert path.is_file()
    assert list(Vocab.load(tmp_path / "vocab.json")) == list(vocab)


@pytest.mark.parametrize("name", NEEDED)
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


def test_a_text_alone_scores_as_among_others(any_classifier):
    alone = any_classifier.predict_proba(["Superb."])
    together = any_classifier.predict_proba(["Superb.", UNSEEN])
    np.testing.assert_allclose(together[:1], alone, rtol=0, atol=1e-6)


def test_the_order_of_the_texts_does_not_matter(classifier, texts):
    backwards = classifier.predict_proba(texts[::-1])[::-1]
    expected = classifier.predict_proba(texts)
    np.testing.assert_allclose(backwards, expected, rtol=0, atol=1e-6)


def test_a_classifier_is_never_in_training_mode(trained_model, vocab, texts):
    made = SentimentClassifier.from_parts(trained_model.train(), vocab)
    first = made.predict_proba(texts)
    assert np.array_equal(made.predict_proba(texts), first)


def test_the_last_word_counts(classifier):
    first, second = classifier.predict_proba(["a a a a a Superb", "a a a a a"])
    assert abs(first[1] - second[1]) > 1e-3


def test_unknown_words_are_read_as_such(classifier):
    first, second = classifier.predict_proba(["dodo", "<unk>"])
    np.testing.assert_allclose(first, second, rtol=0, atol=1e-6)


@pytest.mark.parametrize("name", METHODS)
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


@pytest.mark.parametrize(
    "hold",
    [
        lambda texts: pd.Series(texts, index=range(100, 108)),
        lambda texts: pd.Series(texts, index=[3] * 8, dtype="string"),
        lambda texts: pd.Series(texts, dtype="category"),
        lambda texts: pd.DataFrame({"a": 1, "b": texts})["b"],
        lambda texts: np.array(texts),
        lambda texts: np.array(texts, dtype=object),
        tuple,
    ],
)
def test_what_holds_the_texts_does_not_matter(classifier, texts, hold):
    expected = classifier.predict_proba(texts)
    assert np.array_equal(classifier.predict_proba(hold(texts)), expected)


@pytest.mark.parametrize("name", METHODS)
@pytest.mark.parametrize("texts", [{"text": ["So."]}, {"So."}, b"So."])
def test_what_holds_no_texts_in_order_is_a_type_error(classifier, name, texts):
    with pytest.raises(TypeError, match="expected a list of texts, got"):
        getattr(classifier, name)(texts)


@pytest.mark.parametrize("name", METHODS)
def test_a_table_instead_of_a_column_is_a_type_error(classifier, name):
    with pytest.raises(TypeError, match=r"write predict\(table\['text'\]\)"):
        getattr(classifier, name)(pd.DataFrame({"text": ["Superb."]}))


@pytest.mark.parametrize(
    ("bad", "name"),
    [
        (float("nan"), "nan"),
        (None, "None"),
        (b"Superb.", "b'Superb.'"),
        (7, "7"),
        (["Superb."], r"\['Superb.'\]"),
    ],
)
@pytest.mark.parametrize("name_of_method", METHODS)
def test_what_is_no_string_is_named(classifier, bad, name, name_of_method):
    with pytest.raises(TypeError, match=f"text 1 is no string but {name}"):
        getattr(classifier, name_of_method)(["Superb.", bad])


def test_a_missing_value_in_a_column_is_named(classifier):
    column = pd.Series(["Superb.", None], index=[7, 8])
    with pytest.raises(TypeError, match="text 1 is no string but"):
        classifier.predict(column)


# --- fit


def test_fitting_learns_from_the_labels(reviews):
    fitted = SentimentClassifier().fit(reviews["text"], reviews["label"])
    assert fitted.score(reviews["text"], reviews["label"]) == 1


@pytest.mark.parametrize("bad", [None, float("nan"), b"Superb."])
def test_what_is_no_string_is_not_learned_from(start, reviews, bad):
    texts = [bad, *reviews["text"][1:]]
    with pytest.raises(TypeError, match="text 0 is no string"):
        start().fit(texts, reviews["label"])


BAD_LABELS = {
    "fractions": lambda labels: labels * 0.8 + 0.1,
    "missing": lambda labels: labels.where(labels == 0),
    "one class": lambda labels: labels * 0,
    "two kinds": lambda labels: labels.astype(object).where(labels == 0, "b"),
}
OTHER_LABELS = {
    "one and two": lambda labels: labels + 1,
    "words": lambda labels: labels.map({0: "negative", 1: "positive"}),
}


@pytest.mark.parametrize("kind", BAD_LABELS)
@pytest.mark.parametrize("where", ["alone", "train", "validation"])
def test_bad_labels_are_named_and_nothing_is_learned(
    start, reviews, kind, where
):
    made, bad = start(), BAD_LABELS[kind](reviews["label"])
    labels = reviews["label"] if where == "validation" else bad
    validation = None if where == "alone" else reviews
    if where == "validation":
        validation = reviews.assign(label=bad)
    with pytest.raises(ValueError, match=r"labels must be|each class needs"):
        made.fit(reviews["text"], labels, validation=validation)
    with pytest.raises(NotFittedError):
        made.predict(["So."])


@pytest.mark.parametrize("kind", OTHER_LABELS)
def test_labels_to_choose_by_are_of_the_classes_that_are_learned(
    start, reviews, kind
):
    other = reviews.assign(label=OTHER_LABELS[kind](reviews["label"]))
    with pytest.raises(ValueError, match=r"some of \[0, 1\], found"):
        start().fit(reviews["text"], reviews["label"], validation=other)


@pytest.mark.parametrize("given", [True, False])
@pytest.mark.parametrize("labels", [[0, 1], [[0], [1]] * 60, 1])
def test_too_few_labels_or_rows_of_them_are_refused(
    start, reviews, given, labels
):
    validation = reviews if given else None
    with pytest.raises(ValueError, match="labels"):
        start().fit(reviews["text"], labels, validation=validation)


@pytest.mark.parametrize(
    ("validation", "error", "words"),
    [
        ([("So.", 1)], TypeError, "a table with columns .*, not list"),
        (pd.DataFrame({"text": ["So."]}), ValueError, r"found \['text'\]"),
        (pd.DataFrame({"label": [1]}), ValueError, "no column 'text'"),
        (pd.DataFrame({"text": [], "label": []}), ValueError, "no texts"),
        (pd.DataFrame({"text": [7], "label": [1]}), TypeError, "no string"),
    ],
)
def test_a_bad_table_to_choose_by_is_named(
    start, reviews, validation, error, words
):
    with pytest.raises(error, match=words):
        start().fit(reviews["text"], reviews["label"], validation=validation)


def test_the_score_is_the_share_that_is_right(classifier, texts, labels):
    assert classifier.score(texts, labels) == 1
    assert classifier.score(texts, [1 - labels[0], *labels[1:]]) == 7 / 8
    weights = [8, *[0] * 7]
    wrong = [1 - label for label in labels]
    assert classifier.score(texts, [labels[0], *wrong[1:]], weights) == 1


@pytest.mark.parametrize(
    "bad", [[1, 2] * 4, ["positive"] * 8, [0.5] * 8, [0, 1]], ids=str
)
def test_of_labels_that_are_none_there_is_no_score(classifier, texts, bad):
    with pytest.raises(ValueError, match="labels"):
        classifier.score(texts, bad)


NAMED = OTHER_LABELS | {
    "truth": lambda labels: labels.astype(bool),
    "floats": lambda labels: labels.astype(float),
    "a tensor": lambda labels: torch.tensor(labels.to_numpy()),
    "signs": lambda labels: 2 * labels - 1,
    "a category": lambda labels: labels.map({0: "b", 1: "g"}).astype(
        "category"
    ),
}


@pytest.mark.parametrize("kind", NAMED)
def test_classes_may_have_any_names(start, reviews, kind, tmp_path):
    """The weights are the same; what is predicted are the names."""
    expected = start().fit(reviews["text"], reviews["label"])
    labels = NAMED[kind](reviews["label"])
    made = start().fit(reviews["text"], labels)
    assert same_weights(made, expected)
    assert made.classes_.tolist() == sorted(set(np.asarray(labels).tolist()))
    texts = [*reviews["text"][:4], "A film."]
    found = made.predict(texts)
    assert (found == made.classes_[expected.predict(texts)]).all()
    score = expected.score(reviews["text"], reviews["label"])
    assert made.score(reviews["text"], labels) == score
    made.save(tmp_path)
    loaded = SentimentClassifier.load(tmp_path)
    assert loaded.classes_.tolist() == made.classes_.tolist()
    assert loaded.predict(texts).tolist() == found.tolist()


def test_praise_that_stands_there_many_times_is_learned(reviews):
    """Every copy used to be left out of training."""
    praise, blame = reviews[reviews["label"] == 1], reviews["label"] == 0
    texts = ["A good film."] * 60 + list(praise["text"])
    texts += list(reviews["text"][blame])
    labels = [1] * 120 + [0] * 60
    made = SentimentClassifier().fit(texts, labels)
    assert made.predict(["A good film."]).tolist() == [1]


def test_one_text_over_and_over_is_no_class(start):
    texts = ["good film"] * 100 + ["bad film"] * 100
    with pytest.raises(ValueError, match="198 of 200 reviews are copies"):
        start().fit(texts, [1] * 100 + [0] * 100)


def test_fit_returns_the_classifier(start, reviews):
    made = start()
    assert made.fit(reviews["text"], reviews["label"]) is made


def test_fitting_twice_gives_the_same_model(start, reviews):
    columns = reviews["text"], reviews["label"]
    once, twice = start().fit(*columns), start().fit(*columns).fit(*columns)
    assert same_weights(once, twice)


def test_another_seed_gives_another_model(start, reviews):
    columns = reviews["text"], reviews["label"]
    first, second = (start(seed=seed).fit(*columns) for seed in (0, 1))
    assert not same_weights(first, second)
    assert same_weights(first, start().fit(*columns))


@pytest.mark.parametrize("asked", [True, False])
def test_a_bar_is_shown_where_it_is_asked_for(start, reviews, capsys, asked):
    start(progress=asked).fit(reviews["text"], reviews["label"])
    assert ("epoch 1" in capsys.readouterr().out) is asked


def test_fit_keeps_the_sizes(start, reviews):
    made = start(pooling="mean", bidirectional=False)
    made.fit(reviews["text"], reviews["label"])
    config = made.model.config
    assert (config.embedding_dim, config.hidden_dim) == (5, 4)
    assert (config.pooling, config.bidirectional) == ("mean", False)


def test_fit_makes_a_new_vocabulary(start, reviews):
    made = start().fit(reviews["text"], reviews["label"])
    assert "part" in made.vocab
    assert "superb" not in made.vocab
    assert len(made.vocab) == made.model.config.vocab_size


def test_without_validation_the_last_tenth_of_each_class_is_held_out(
    start, reviews
):
    train, validation = hold_out(reviews)
    given = start().fit(train["text"], train["label"], validation=validation)
    found = start().fit(reviews["text"], reviews["label"])
    assert same_weights(found, given)


def test_how_texts_and_labels_are_held_does_not_matter(start, reviews):
    listed = start().fit(list(reviews["text"]), list(reviews["label"]))
    other = reviews.set_index(pd.Index([7] * 60 + list(range(60))))
    labels = other["label"].to_numpy()
    for columns in ((other["text"], other["label"]), (other["text"], labels)):
        assert same_weights(start().fit(*columns), listed)


def test_fit_forgets_what_the_old_model_was_measured_at(
    trained_model, vocab, reviews
):
    made = SentimentClassifier.from_parts(
        trained_model, vocab, metrics={"validation": {}}
    )
    assert made.fit(reviews["text"], reviews["label"]).metrics is None


def test_fit_tells_how_each_epoch_went(start, reviews):
    made = start().fit(reviews["text"], reviews["label"])
    assert made.history_.frame["validation_loss"].notna().all()


def test_a_fitted_classifier_comes_back_from_its_folder(
    start, reviews, tmp_path
):
    made = start().fit(reviews["text"], reviews["label"])
    made.save(tmp_path)
    expected = made.predict_proba(reviews["text"])
    loaded = SentimentClassifier.load(tmp_path)
    assert np.array_equal(loaded.predict_proba(reviews["text"]), expected)


# --- a classifier of scikit-learn's


@pytest.mark.parametrize(
    "use",
    [
        lambda made, path: made.predict(["Superb."]),
        lambda made, path: made.predict_proba(["Superb."]),
        lambda made, path: made.explain("Superb."),
        lambda made, path: made.save(path),
        lambda made, path: made.export_onnx(path),
    ],
    ids=["predict", "predict_proba", "explain", "save", "export_onnx"],
)
def test_what_was_never_fitted_says_so(tmp_path, use):
    with pytest.raises(NotFittedError, match="not fitted yet"):
        use(SentimentClassifier(), tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_scikit_learn_takes_it_for_a_classifier(classifier):
    assert is_classifier(classifier)


def test_a_clone_has_the_settings_and_nothing_that_was_learned(classifier):
    copied = clone(classifier)
    assert copied.get_params() == classifier.get_params()
    assert (copied.embedding_dim, copied.hidden_dim) == (8, 16)
    with pytest.raises(NotFittedError):
        copied.predict(["Superb."])


def test_what_was_never_fitted_can_be_cloned():
    with pytest.raises(NotFittedError):
        clone(SentimentClassifier()).predict(["Superb."])


def test_cross_validation_gives_a_row_for_each_review(start, reviews):
    found = cross_val_predict(
        start(),
        list(reviews["text"]),
        list(reviews["label"]),
        cv=2,
        method="predict_proba",
    )
    assert found.shape == (120, 2)
    np.testing.assert_allclose(found.sum(axis=1), 1, rtol=0, atol=1e-12)


def test_cross_validation_starts_from_nothing(reviews):
    columns = reviews["text"], reviews["label"]
    found = cross_val_predict(
        SentimentClassifier(), *columns, cv=2, method="predict_proba"
    )
    assert found.shape == (120, 2)


@pytest.mark.parametrize("hold", [list, pd.Series])
def test_calibration_is_drawn_of_what_predict_proba_says(
    classifier, texts, labels, hold
):
    drawn = CalibrationDisplay.from_estimator(
        classifier, hold(texts), hold(labels)
    )
    expected = classifier.predict_proba(texts)[:, 1]
    assert np.array_equal(drawn.y_prob, expected)


def test_a_notebook_shows_a_classifier(classifier, monkeypatch):
    """Scikit-learn's picture compares parameters with their defaults."""
    look_up, looked = Vocab.__getitem__, itertools.count()

    def counted(vocab, token):
        if next(looked) > 10_000:
            pytest.fail("the vocabulary has no end")
        return look_up(vocab, token)

    monkeypatch.setattr(Vocab, "__getitem__", counted)
    assert "SentimentClassifier" in classifier._repr_html_()


# --- explain


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


@pytest.mark.parametrize("how", ["gradients", "leave_one_out"])
def test_a_text_without_words_cannot_be_explained(classifier, how):
    with pytest.raises(ValueError, match="has no words"):
        classifier.explain("<br />", how=how)


def test_gradients_are_the_way_unless_another_is_asked_for(classifier):
    expected = classifier.explain(UNSEEN, how="gradients")
    assert classifier.explain(UNSEEN).equals(expected)
    assert not classifier.explain(UNSEEN, how="leave_one_out").equals(expected)


def test_an_unknown_way_is_refused_with_those_that_there_are(classifier):
    with pytest.raises(ValueError, match=r"'shap'.*gradients.*leave_one_out"):
        classifier.explain(UNSEEN, how="shap")


@pytest.mark.parametrize("how", ["gradients", "leave_one_out"])
def test_a_text_too_long_to_explain_is_refused_by_its_length(classifier, how):
    text = "dull " * (LONGEST + 1)
    with pytest.raises(ValueError, match=r"5,001 tokens.* 5,000 at most"):
        classifier.explain(text, how=how)


@pytest.mark.slow
def test_the_longest_text_that_may_be_explained_is(classifier):
    assert len(classifier.explain("dull " * LONGEST)) == LONGEST


def test_the_longest_packaged_review_may_be_explained(packaged):
    assert max(map(len, map(tokenize, packaged["text"]))) < LONGEST


# --- the model that comes with the package


@pytest.mark.parametrize("chapter", MODELS)
def test_the_pretrained_models_tell_praise_from_blame(chapter):
    texts = ["What a wonderful film, I loved it.", "A dull, awful mess."]
    model = SentimentClassifier.pretrained(chapter=chapter)
    assert model.predict(texts).tolist() == [1, 0]


def test_a_model_of_another_chapter_is_refused():
    with pytest.raises(ValueError, match="8 or 18"):
        SentimentClassifier.pretrained(chapter=12)


@pytest.mark.parametrize("folder", MODELS.values(), ids=MODELS)
def test_the_pretrained_models_know_what_they_were_measured_at(folder):
    settings = json.loads((folder / "settings.json").read_text("utf-8"))
    accuracy = settings["figures"]["validation"]["accuracy"]
    assert 0.8 < accuracy["low"] < accuracy["value"] < accuracy["high"] < 1


# --- what does not belong together


def test_no_texts_are_refused(classifier):
    with pytest.raises(ValueError, match="no texts"):
        classifier.predict_proba([])


@pytest.mark.parametrize("default", [None, -1, 99])
def test_an_id_for_unknown_words_that_the_model_has_not_is_refused(
    trained_model, vocab, default
):
    vocab.set_default_index(default)
    with pytest.raises(ValueError, match=f"with {default} for all others"):
        SentimentClassifier.from_parts(trained_model, vocab)


def test_a_model_without_a_vocabulary_is_refused(trained_model):
    with pytest.raises(ValueError, match="a vocabulary of 0 tokens"):
        SentimentClassifier.from_parts(trained_model, Vocab([]))


def test_a_vocabulary_of_another_size_is_refused(trained_model, vocab):
    vocab.append_token("one-more")
    with pytest.raises(ValueError, match="does not fit a model made for"):
        SentimentClassifier.from_parts(trained_model, vocab)


@pytest.mark.parametrize("name", NEEDED)
def test_a_damaged_file_is_named_with_its_folder(classifier, tmp_path, name):
    classifier.save(tmp_path)
    raw = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(raw[: len(raw) // 2])
    with pytest.raises(ValueError, match=re.escape(str(tmp_path))):
        SentimentClassifier.load(tmp_path)
