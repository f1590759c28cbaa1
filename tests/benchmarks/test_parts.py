"""Training reviews teach, validation reviews choose; test reviews do neither.

The ladder and the mistakes are scored on the test reviews when all is chosen,
the ablations never.
"""

import json
import re
from dataclasses import replace
from itertools import chain
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
import torch
from places import ROOT

from benchmarks.accuracy import (
    ablations,
    ladder,
    lessons,
    mistake_runs,
    mistakes,
    training_tricks,
)
from imdbtutor.data.reviews import Split
from imdbtutor.training import loop
from imdbtutor.training.history import Score

WORDS = [f"word{number}" for number in range(330)]
RUNGS = {rung.id: rung for rung in [*ladder.RUNGS, *ablations.ABLATIONS]}
RECIPES = {row.id: row.recipe for row in mistakes.ROWS if row.recipe}
PLACES = ("benchmarks", "imdbtutor", "book/tools")
each_rung = pytest.mark.parametrize("id_", RUNGS)


class Locked:
    """A part of the reviews that nobody may look into."""

    def look(self, *what):
        raise AssertionError(f"somebody looked into a locked part: {what}")

    __getattr__ = __getitem__ = __len__ = __iter__ = look


def make_part(size, start=0, *, labels=(0, 1), words=WORDS):
    """Make reviews that end in their verdict, class after class."""
    rows = []
    for place, label in enumerate(np.repeat(labels, size // 2)):
        first = start + 11 * place
        text = [words[(first + step) % len(words)] for step in range(11)]
        rows.append((" ".join([*text, ["awful", "superb"][label]]), label))
    return pd.DataFrame(rows, columns=["text", "label"])


TRAIN = make_part(80)
VALIDATION = make_part(12, start=5)
OTHERS = make_part(  # wrong in each way: labels, words
    12, labels=(1, 0), words=["leak", "awful", "superb", "of", "a", "test"]
)
PROBE = pd.concat([TRAIN, VALIDATION, OTHERS])["text"]


@pytest.fixture
def _nothing_is_chosen(monkeypatch):
    """Let the first epoch be the best one, whatever validation says."""

    def validate(model, batches):
        model.eval()
        return Score(1.0, 0.5)

    for module in (loop, training_tricks):
        monkeypatch.setattr(module, "validate", validate)


@pytest.fixture
def _teachers_are_unsure(monkeypatch):
    """No teacher was ever asked about the reviews that are made here."""
    monkeypatch.setattr(
        lessons, "what_teachers_say", lambda texts: np.full(len(texts), 0.5)
    )


@pytest.mark.slow
@each_rung
@pytest.mark.usefixtures("_teachers_are_unsure")
def test_no_model_learns_or_is_chosen_on_test_reviews(id_):
    split = Split(TRAIN, VALIDATION, Locked())
    found = RUNGS[id_].train(split, 0).score(PROBE)
    assert len(found) == len(PROBE)


@pytest.mark.slow
@each_rung
@pytest.mark.usefixtures("_nothing_is_chosen", "_teachers_are_unsure")
def test_validation_reviews_only_choose(id_):
    first, other = (
        RUNGS[id_].train(Split(TRAIN, held_out, Locked()), 0)
        for held_out in (VALIDATION, OTHERS)
    )
    assert first.parameters == other.parameters
    np.testing.assert_array_equal(first.score(PROBE), other.score(PROBE))


def test_a_locked_part_is_noticed():
    for look in (len, list, lambda part: part["text"], lambda part: part.loc):
        with pytest.raises(AssertionError, match="locked"):
            look(Locked())


OPENERS = {  # each of them measures, and chooses nothing
    "benchmarks/accuracy/balance.py",
    "benchmarks/accuracy/ladder.py",
    "benchmarks/accuracy/students.py",
    "benchmarks/speed/exports.py",
    "benchmarks/speed/inference.py",  # how fast, not how well
    "imdbtutor/inference/learning.py",  # the command `evaluate`
}


def test_nobody_else_opens_the_test_part():
    paths = chain(*(ROOT.glob(f"{name}/**/*.py") for name in PLACES))
    found = {
        path.relative_to(ROOT).as_posix()
        for path in paths
        if re.search(r"\)\.test\b|split\.test\b", path.read_text("utf-8"))
    }
    assert found == OPENERS


# --- the command that tries what chapter 12 tells


@pytest.fixture
def tried(monkeypatch, tmp_path):
    """Run two ablations by the command; return its file and its runs."""
    split = Split(TRAIN, VALIDATION, Locked())
    few = [RUNGS["bag"], RUNGS["bag-3"]]
    monkeypatch.setattr(ablations, "ABLATIONS", few)
    monkeypatch.setattr(ablations, "CHANGES", {"bag": ["bag-3"]})
    monkeypatch.setattr(ablations, "load_reviews", lambda: None)
    monkeypatch.setattr(ablations, "split_reviews", lambda _: split)
    monkeypatch.setattr(ablations, "RESULTS", tmp_path)
    monkeypatch.setattr(ablations, "RUNS", tmp_path / "runs")
    ablations.main([])
    paths = [tmp_path / "ablations.json", *(tmp_path / "runs").iterdir()]
    return [json.loads(path.read_text("utf-8")) for path in paths]


@pytest.mark.slow
def test_ablations_are_scored_on_the_validation_reviews(tried):
    summary, *runs = tried
    trained = RUNGS["bag"].train(Split(TRAIN, VALIDATION, Locked()), 0)
    expected = trained.score(VALIDATION["text"]).round(4).tolist()
    assert expected in [run["probabilities"] for run in runs]
    right = (np.array(expected) > 0.5) == VALIDATION["label"]
    assert summary["rows"][0]["accuracy"] == [round(right.mean(), 4)]


def test_the_committed_ablations_are_of_as_many_reviews(split):
    for rung in ablations.ABLATIONS:
        for run in ablations.read_runs(ablations.RUNS, rung):
            assert len(run["probabilities"]) == len(split.validation)


# --- mistakes, which are scored on test reviews


def learn(recipe, split):
    """Train by a recipe, without looking at the test reviews."""
    vocab = mistake_runs.number_words(recipe, split)
    parts = [
        mistake_runs.encode(recipe, vocab, part)
        for part in (split.train, split.validation)
    ]
    test = SimpleNamespace(labels=None)
    recipe = replace(recipe, looks=0)
    model, *_ = mistake_runs.train(recipe, 0, [*parts, test], len(vocab))
    return torch.cat([numbers.flatten() for numbers in model.parameters()])


@pytest.mark.slow
@pytest.mark.parametrize("id_", RECIPES)
def test_a_mistake_learns_from_test_reviews_only_where_that_is_it(id_):
    split = Split(TRAIN, VALIDATION, Locked())
    if id_ == "vocabulary":
        with pytest.raises(AssertionError, match="locked"):
            learn(RECIPES[id_], split)
    else:
        assert learn(RECIPES[id_], split).isfinite().all()


@pytest.mark.slow
@pytest.mark.parametrize("id_", RECIPES)
@pytest.mark.usefixtures("_nothing_is_chosen")
def test_with_a_mistake_validation_reviews_only_choose(id_):
    recipe = RECIPES[id_]
    first, other = (
        learn(recipe, Split(TRAIN, held_out, TRAIN))
        for held_out in (VALIDATION, OTHERS)
    )
    assert torch.equal(first, other)
