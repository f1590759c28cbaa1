"""What teachers are asked, and that none has seen it."""

import numpy as np
import pandas as pd
import pytest

from benchmarks.accuracy import teachers
from benchmarks.accuracy.runs import Trained, path_of
from benchmarks.accuracy.teachers import (
    FOLDS,
    cut_spans,
    split_snippets,
    texts_to_ask,
    turn_round,
)
from benchmarks.records import describe_machine, write_json
from imdbtutor.data.reviews import Split
from imdbtutor.models.ngrams import part_neighbours

REVIEW = (
    "A long review, number {0}, of a film. I saw it twice; the second time "
    "was better than the first. The cast is number {0}.<br /><br />See it!"
)


def table(text, count):
    texts = [text.format(number) for number in range(count)]
    return pd.DataFrame({"text": texts, "label": [0, 1] * (count // 2)})


@pytest.fixture
def split():
    test = table("a poisoned review {0}. Never seen.", 10)
    return Split(table(REVIEW, 60), table("held out {0}", 10), test)


@pytest.fixture
def snippets():
    return table("snippet {0}", 2_600)


@pytest.fixture
def asked(split, snippets):
    return texts_to_ask(split, snippets)


# --- snippets kept apart


def test_the_last_snippets_of_each_class_are_kept_for_the_test(snippets):
    train, validation, test = split_snippets(snippets)
    assert len(train) + len(validation) + len(test) == len(snippets)
    assert test["label"].value_counts().tolist() == [750, 750]
    assert validation["label"].value_counts().tolist() == [250, 250]
    assert train.index.max() < validation.index.min()
    assert validation.index.max() < test.index.min()


def test_teachers_are_asked_about_no_text_kept_apart(asked, split):
    kept = pd.concat([split.test, split.validation, *asked[1:]])["text"]
    assert not set(kept) & set(asked.texts["text"])
    assert not asked.texts["text"].str.contains("poisoned|Never seen").any()


# --- parts


def test_neighbours_of_a_class_are_in_one_part_and_parts_are_alike():
    labels = np.array([0] * 30 + [1] * 12)
    found = part_neighbours(labels, FOLDS)
    assert (np.diff(found[:30]) >= 0).all()
    assert np.bincount(found[:30]).tolist() == [30 // FOLDS] * FOLDS
    assert np.bincount(found[30:]).tolist() == [12 // FOLDS] * FOLDS


def test_a_span_is_in_the_part_of_its_review(asked):
    reviews = asked.texts[asked.texts["kind"] == "review"]
    spans = asked.texts[asked.texts["kind"] == "span"]
    assert len(spans) > len(reviews)
    assert (spans["label"] == -1).all()
    numbered = spans[spans["text"].str.contains("number ")]
    for _, span in numbered.iterrows():
        whose = reviews[
            reviews["text"].str.contains(span["text"], regex=False)
        ]
        assert set(whose["part"]) == {span["part"]}


# --- spans


def test_spans_are_sentences_or_clauses_of_the_review():
    text = REVIEW.format(7)
    for seed in range(50):
        spans = cut_spans(text, np.random.default_rng(seed))
        assert len(spans) <= teachers.SPANS
        for span in spans:
            assert span in text
            assert 2 <= len(span.split()) <= 40
            assert "<br />" not in span


def test_both_whole_sentences_and_clauses_are_drawn():
    text = "The plot is thin, the cast is good."
    found = {
        tuple(cut_spans(text, np.random.default_rng(seed)))
        for seed in range(50)
    }
    assert found == {(text,), ("The plot is thin,",), ("the cast is good.",)}


def test_a_review_of_one_word_has_no_span():
    assert cut_spans("Superb.", np.random.default_rng(0)) == []


@pytest.mark.parametrize(
    ("span", "turned"),
    [
        ("It is good.", "It is not good."),
        ("It is not good.", "It is good."),
        ("Never a dull moment", "a dull moment"),
        ("You won't be bored, not once", "You won't be bored, once"),
        ("I don't like it", "I do like it"),
        ("I can't wait", None),
        ("A dull film", None),
    ],
)
def test_a_span_is_turned_round_by_its_first_negation_or_verb(span, turned):
    assert turn_round(span) == turned


def test_a_span_and_its_opposite_are_a_pair_in_one_part(asked):
    by_kind = dict(list(asked.texts.groupby("kind")))
    spans, turned = by_kind["span"], by_kind["turned"]
    assert spans["pair"].is_unique
    assert turned["pair"].is_unique
    pairs = turned.merge(spans, on="pair", suffixes=("", "_of_span"))
    assert len(pairs) == len(turned) > 20
    assert (pairs["part"] == pairs["part_of_span"]).all()
    assert pairs["text"].tolist() == [*map(turn_round, pairs["text_of_span"])]
    assert (turned["label"] == -1).all()


# --- teachers


def test_a_teacher_judges_only_what_it_has_not_seen(
    asked, split, monkeypatch, tmp_path
):
    seen = []

    def train(given, seed, **_):
        seen.append(set(given.train["text"]))
        return Trained(lambda texts: np.full(len(texts), 0.9), 0)

    monkeypatch.setattr(teachers, "train_minilm", train)
    monkeypatch.setattr(teachers, "RUNS", tmp_path)
    for number in range(FOLDS):
        found = teachers.ask(number, asked, split)
        judged = asked.texts[asked.texts["part"] == number]
        assert len(found["probabilities"]["unseen"]) == len(judged)
        assert not seen[number] & set(judged["text"])
        write_json(
            path_of(tmp_path, teachers.TEACHER, number),
            found | {"machine": describe_machine()},
        )
    known = asked.texts[asked.texts["label"] >= 0]
    assert set.union(*seen) == set(known["text"])
    rows = teachers.sum_up(asked, split)["rows"]
    assert [row["unseen_reviews"] for row in rows] == [0.5] * FOLDS
    assert [row["snippets_test"] for row in rows] == [0.5] * FOLDS
