import json

import pandas as pd
import pytest
from typer.testing import CliRunner

from imdbtutor.__main__ import app
from imdbtutor.classifier import SentimentClassifier

KINDS = {1: ("wonderful", "warm"), 0: ("dreadful", "cold")}


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="session")
def reviews_file(tmp_path_factory):
    """Forty short reviews a class, no two alike."""
    rows = [
        (f"A {first} film of part {number}, {second} and long.", label)
        for label, (first, second) in KINDS.items()
        for number in range(40)
    ]
    path = tmp_path_factory.mktemp("own") / "mine.csv"
    pd.DataFrame(rows, columns=["text", "label"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def trained(reviews_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "mine"
    result = run("train", folder, "--source", reviews_file, "--device", "cpu")
    assert result.exit_code == 0, result.output
    return folder


def test_train_writes_a_folder_that_the_classifier_loads(trained):
    chances = SentimentClassifier.load(trained).predict_proba(["A film."])
    assert chances.sum() == pytest.approx(1)


def test_train_writes_down_how_the_model_was_made(trained):
    provenance = json.loads((trained / "provenance.json").read_text())
    assert provenance["seed"] == 0
    assert provenance["reviews"]["test"] == 16
    assert provenance["history"][0]["epoch"] == 1


def test_train_saves_the_validation_figures_with_the_model(trained):
    figures = SentimentClassifier.load(trained).figures["validation"]
    assert set(figures) == {"accuracy", "precision", "recall", "F1"}


def test_evaluate_measures_the_test_part(trained, reviews_file):
    result = run("evaluate", "--model", trained, "--source", reviews_file)
    assert "16 test reviews" in result.output
    assert "accuracy" in result.output


def test_predict_answers_for_every_text(trained):
    texts = ("A wonderful film.", "A dreadful film.")
    result = run("predict", *texts, "--model", trained)
    assert all(text.split()[1] in result.output for text in texts)
    assert "probability" in result.output


def test_predict_names_a_text_without_words(trained):
    result = run("predict", "Good.", "<br />", "--model", trained)
    assert result.exit_code == 2
    assert "Text 1 has no words" in result.output


def test_predict_names_what_a_folder_lacks(tmp_path):
    result = run("predict", "Good.", "--model", tmp_path)
    assert result.exit_code == 2
    assert "model.safetensors" in result.output


def test_a_missing_source_is_named(tmp_path):
    result = run("train", tmp_path / "model", "--source", "nowhere.csv")
    assert result.exit_code == 2
    assert "nowhere.csv" in result.output
