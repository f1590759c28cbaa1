"""What a student is told, and that it is asked about other texts."""

import json

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy import lessons, students
from benchmarks.accuracy.runs import path_of
from benchmarks.accuracy.teachers import (
    FOLDS,
    TEACHER,
    Asked,
    fingerprint,
)
from benchmarks.records import describe_machine, write_json
from imdbtutor.data.reviews import Split
from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.training.loop import TrainingConfig

WORDS = ("a dull and empty film", "a warm and wonderful film")


def table(count, start=0):
    rows = [
        (f"{WORDS[n % 2]}, number {n}. See it twice.", n % 2)
        for n in range(start, start + count)
    ]
    return pd.DataFrame(rows, columns=["text", "label"])


@pytest.fixture
def asked():
    reviews = table(40).assign(kind="review", part=[0] * 20 + [1] * 20)
    spans = pd.DataFrame({"text": [WORDS[0], "not dull"], "label": -1})
    spans = spans.assign(kind=["span", "turned"], part=[0, 1], pair=[0, 1])
    texts = pd.concat([reviews, spans], ignore_index=True)
    return Asked(texts, table(6, 100), table(6, 200))


@pytest.fixture
def split():
    return Split(table(40), table(10, 300), table(10, 400))


@pytest.fixture
def answers(asked, tmp_path, monkeypatch):
    """Teachers' runs: the probability tells teacher and place."""
    monkeypatch.setattr(lessons, "RUNS", tmp_path)
    given = {}
    for number in range(FOLDS):
        unseen = asked.texts["text"][asked.texts["part"] == number]
        count = len(unseen)
        given[number] = [0.1 + 0.4 * number + n / 1_000 for n in range(count)]
        run = {"teacher": number, "unseen": fingerprint(unseen)}
        run["probabilities"] = {"unseen": given[number]}
        write_json(path_of(tmp_path, TEACHER, number), run)
    return given


def test_each_text_gets_the_answer_of_the_teacher_that_had_not_seen_it(
    asked, answers
):
    said = lessons.what_teachers_say(asked.texts)
    assert said[:20].tolist() == answers[0][:20]
    assert said[20:40].tolist() == answers[1][:20]
    assert said[40:].tolist() == [answers[0][20], answers[1][20]]


def test_answers_about_other_texts_are_refused(asked, answers):
    other = asked.texts.replace({"text": {"not dull": "not long"}})
    for texts in (asked.texts[1:], asked.texts[::-1], other):
        with pytest.raises(ValueError, match="about other texts"):
            lessons.what_teachers_say(texts)


def test_without_teachers_it_says_what_to_run_first(
    asked, monkeypatch, tmp_path
):
    monkeypatch.setattr(lessons, "RUNS", tmp_path / "none")
    with pytest.raises(ValueError, match="WHAT=teachers"):
        lessons.what_teachers_say(asked.texts)


def test_words_speak_of_reviews_alone_and_had_not_seen_them(asked):
    said = lessons.what_words_say(asked.texts)
    assert np.isnan(said[40:]).all()
    assert not np.isnan(said[:40]).any()
    turned = asked.texts.assign(label=1 - asked.texts["label"])
    here = asked.texts["part"] == 0
    mixed = asked.texts.where(here, turned)  # part 0 keeps its labels
    mixed["part"] = asked.texts["part"]
    again = lessons.what_words_say(mixed)
    np.testing.assert_allclose(again[:20], 1 - said[:20], atol=1e-4)
    np.testing.assert_allclose(again[20:40], said[20:40], atol=1e-4)


def test_a_short_denial_is_told_the_opposite_of_what_it_denies():
    rows = [
        ("It is dull.", 0, 0.1),
        ("It is not dull.", 0, 0.2),  # a teacher's slip
        ("It isn't good.", 1, 0.4),
        ("It is good.", 1, 0.9),
        ("It is not only good.", 2, 0.9),
        ("It is only good.", 2, 0.8),
        ("Not a pair.", 3, 0.3),
        ("Don't bother.", 6, 0.1),
        ("Do bother.", 6, 0.1),
        ("It is long.", 5, 0.6),  # nobody knows whether that is praise
        ("It is not long.", 5, 0.2),
        ("A long one that says he was, for ten minutes, dull.", 4, 0.1),
        ("A long one that says he was not, for ten minutes, dull.", 4, 0.2),
    ]
    texts = pd.DataFrame(rows, columns=["text", "pair", "said"])
    told = lessons.what_denials_say(texts, texts["said"].to_numpy())
    share = lessons.RULE_SHARE
    expected = texts["said"].tolist()
    expected[1] += share * (0.9 - 0.2)
    expected[2] += share * (0.1 - 0.4)
    np.testing.assert_allclose(told, expected)


def test_labels_count_where_there_are_some(asked, answers, monkeypatch):
    monkeypatch.setattr(lessons, "LABEL_SHARE", 1.0)
    told = lessons.what_to_tell(asked.texts)
    assert told[:40].tolist() == asked.texts["label"][:40].tolist()
    assert told[40:].tolist() == [answers[0][20], answers[1][20]]


def test_words_and_teachers_share_what_is_said(asked, answers, monkeypatch):
    monkeypatch.setattr(lessons, "LABEL_SHARE", 0.0)
    told = lessons.what_to_tell(asked.texts)[:40]
    said = lessons.what_teachers_say(asked.texts)[:40]
    words = lessons.what_words_say(asked.texts)[:40]
    assert ((told - said) * (told - words) <= 1e-12).all()  # in between
    assert not np.allclose(told, said)
    assert not np.allclose(told, words)


def test_made_sentences_stand_behind_the_rest_with_their_verdicts(
    asked, monkeypatch
):
    monkeypatch.setattr(lessons, "MADE", 50)
    more, told = lessons.add_sentences(asked, np.full(42, 0.3))
    assert more.texts[:42]["text"].equals(asked.texts["text"])
    assert told[:42].tolist() == [0.3] * 42
    made = more.texts[42:]
    assert made["kind"].unique().tolist() == ["made"]
    assert len(made) == len(told) - 42 == 50
    assert told[42:].round().tolist() == made["label"].tolist()
    assert set(told[42:].round(2)) == {0.05, 0.95}
    assert more.validation is asked.validation


@pytest.mark.slow
def test_a_student_is_shipped_with_its_figures(
    asked, answers, split, monkeypatch, tmp_path
):
    monkeypatch.setattr(students, "TRAINING", TrainingConfig(30, 0.01))
    monkeypatch.setenv("IMDBTUTOR_CACHE", str(tmp_path / "cache"))
    told = asked.texts["label"].clip(0).to_numpy(float)
    student = students.train_student(split, 0, asked=asked, told=told)
    students.ship(tmp_path / "model", student, asked, split)
    loaded = SentimentClassifier.load(tmp_path / "model")
    texts = split.test["text"]
    assert loaded.predict_proba(texts)[:, 1].round(4).tolist() == (
        students.score(student, texts)
    )
    assert (loaded.predict(texts) == split.test["label"]).mean() > 0.9
    assert set(loaded.metrics) == {"validation", "snippets"}
    run = json.loads(
        (tmp_path / "model" / "provenance.json").read_text("utf-8")
    )
    assert run["texts"] == {"review": 40, "span": 1, "turned": 1}
    assert run["dropout"] == loaded.model.config.dropout < 0.5


@pytest.mark.slow
def test_a_student_does_not_learn_from_what_is_kept_apart(
    asked, split, monkeypatch, tmp_path
):
    """With one epoch there is nothing to choose."""
    monkeypatch.setattr(students, "TRAINING", TrainingConfig(1))
    told = asked.texts["label"].clip(0).to_numpy(float)
    others = [table(10, 900 + n).assign(label=0) for n in range(4)]
    apart = Asked(asked.texts, others[0], others[1])
    scores = []
    for name, given, parts in (
        ("one", asked, split),
        ("other", apart, Split(split.train, others[2], others[3])),
    ):
        monkeypatch.setenv("IMDBTUTOR_CACHE", str(tmp_path / name))
        student = students.train_student(parts, 0, asked=given, told=told)
        scores.append(students.score(student, split.test["text"]))
    assert scores[0] == scores[1]


@pytest.mark.slow
def test_a_student_knows_the_words_of_short_texts(
    asked, split, monkeypatch, tmp_path
):
    monkeypatch.setattr(students, "TRAINING", TrainingConfig(1))
    monkeypatch.setenv("IMDBTUTOR_CACHE", str(tmp_path))
    monkeypatch.setattr(lessons, "MADE", 200)
    more, told = lessons.add_sentences(asked, np.full(42, 0.3))
    vocab = students.train_student(split, 0, asked=more, told=told).vocab
    short = more.texts["text"][more.texts["kind"].isin(["span", "made"])]
    assert len(short) == 201
    assert not [w for text in short for w in tokenize(text) if w not in vocab]
    assert "number" not in vocab  # of reviews alone


@pytest.mark.slow
def test_a_student_that_is_trained_is_not_trained_anew(
    asked, split, monkeypatch, tmp_path
):
    """As `make train` finds it after `WHAT=students`."""
    monkeypatch.setattr(students, "TRAINING", TrainingConfig(2))
    monkeypatch.setenv("IMDBTUTOR_CACHE", str(tmp_path))
    told = asked.texts["label"].clip(0).to_numpy(float)
    first, again = (
        students.train_student(split, 0, asked=asked, told=told)
        for _ in range(2)
    )
    assert again.history.rows == first.history.rows  # the seconds, too
    texts = split.test["text"]
    assert students.score(again, texts) == students.score(first, texts)


def test_rows_tell_accuracy_and_what_a_student_gains(
    asked, tmp_path, monkeypatch
):
    monkeypatch.setattr(students, "RUNS", tmp_path)
    apart = {"test": table(4)}
    monkeypatch.setattr(lessons, "MADE", 10)
    rungs = students.make_rungs(asked, np.zeros(42))
    said = {"labels": [0.9, 0.9, 0.1, 0.9], "student": [0.1, 0.9, 0.1, 0.9]}
    said["teachers"] = said["labels"]
    for rung in rungs:
        for seed in rung.seeds:
            run = {"train_seconds": 1.0, "machine": describe_machine()}
            run["probabilities"] = {"test": said[rung.id]}
            write_json(path_of(tmp_path, rung, seed), run)
    found = students.sum_up(rungs, apart)
    assert found["texts"] == {"test": 4}
    first, same, other = [row["test"] for row in found["rows"]]
    assert (first["mean"], other["mean"]) == (0.75, 1.0)
    assert (same["gain"][0], other["gain"][0]) == (0.0, 0.25)
    assert "gain" not in first
