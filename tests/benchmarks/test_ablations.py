"""The tricks and ablations of chapter 12 are what the chapter says."""

import functools

import numpy as np
import pytest
import torch
from places import prose
from tiny import build_dataset, build_vocab
from torch.nn import functional as F

from benchmarks.accuracy import ablations
from benchmarks.accuracy.ablation_models import ChunkedLSTM
from benchmarks.accuracy.training_tricks import fit_with_tricks
from imdbtutor.data.batches import make_loader, pad_batch
from imdbtutor.evaluation.results import read_results
from imdbtutor.training.loop import TrainingConfig, fit

CONFIG = TrainingConfig(epochs=40, learning_rate=0.05, patience=99)


def train_anew(how, **switches):
    """Train the model of chunks and return it."""
    torch.manual_seed(0)
    model = ChunkedLSTM(len(build_vocab()))
    loader = make_loader(build_dataset(), 4)
    how(model, loader, loader, CONFIG, progress=False, **switches)
    return model


@pytest.fixture(scope="module")
def train_by():
    """Train once in each way; tests must not change the models."""
    return functools.cache(train_anew)


def same(first, second):
    pairs = zip(first.parameters(), second.parameters(), strict=True)
    return all(torch.equal(one, other) for one, other in pairs)


@pytest.mark.slow
def test_without_a_trick_it_is_the_books_own_training(train_by):
    assert same(train_by(fit), train_by(fit_with_tricks))


@pytest.mark.slow
@pytest.mark.parametrize(
    "switch", [{"smoothing": 0.1}, {"push": 1.0}, {"average": 0.9}], ids=str
)
def test_a_trick_changes_the_training(train_by, switch):
    trained = train_by(fit_with_tricks, **switch)
    assert not same(trained, train_by(fit_with_tricks))


@pytest.mark.slow
def test_smoothing_makes_the_model_less_sure(train_by, dataset):
    batch = pad_batch([dataset[row] for row in range(len(dataset))])

    def sureness(**switches):
        model = train_by(fit_with_tricks, **switches).eval()
        logits = model(batch.token_ids, batch.lengths)
        return logits.softmax(dim=1).max(dim=1).values.mean()

    assert sureness(smoothing=0.5) < sureness()


@pytest.mark.slow
@pytest.mark.parametrize("push", [1.0, -1.0])
def test_the_pushed_review_is_harder(monkeypatch, push):
    losses, cross_entropy = [], F.cross_entropy

    def spy(logits, labels, **how):
        loss = cross_entropy(logits, labels, **how)
        if logits.requires_grad:
            losses.append(loss.item())
        return loss

    monkeypatch.setattr(F, "cross_entropy", spy)
    train_anew(fit_with_tricks, push=push)
    plain, pushed = np.mean(losses[::2]), np.mean(losses[1::2])
    assert (pushed > plain) == (push > 0)  # pulled back, it is easier


@pytest.mark.slow
def test_a_mean_that_keeps_nothing_is_the_last_weights(train_by):
    kept = train_by(fit_with_tricks, average=1e-12)
    last = train_by(fit_with_tricks)
    for one, other in zip(kept.parameters(), last.parameters(), strict=True):
        assert torch.allclose(one, other, atol=1e-6)


@pytest.mark.slow
def test_the_ablations_are_those_of_the_runs(split):
    again = ablations.sum_up(split)
    assert again == read_results("ablations")


def judgement(change):
    """Say in a word what an interval says of a change in loss."""
    _, low, high = change["loss"]
    return "worse" if low > 0 else "better" if high < 0 else "unclear"


@pytest.mark.parametrize(
    ("first", "expected"),
    [
        ("book", "words unclear, hidden unclear, chunks worse, bag better"),
        (
            "chunks",
            "pairs unclear, decay unclear, smoothing worse, "
            "average unclear, push unclear",
        ),
        ("random", "tuned better, vectors unclear"),
        (
            "informed",
            "seen worse, weights worse, vectors worse, bag-3 worse, "
            "informed-8 unclear, informed-128 unclear, informed-300 unclear",
        ),
    ],
)
def test_the_chapter_calls_changes_what_they_are(first, expected):
    changes = read_results("ablations")["changes"]
    found = [
        f"{change['to']} {judgement(change)}"
        for change in changes
        if change["from"] == first
    ]
    assert ", ".join(found) == expected


def test_chapter_12_tells_its_figures_as_they_are():
    changes = read_results("ablations")["changes"]
    assert f"Of these {len(changes)} intervals" in prose(12)


def test_the_chapter_says_in_words_what_the_ablations_say():
    rows = {row["id"]: row for row in read_results("ablations")["rows"]}
    runs = {id_: len(row["loss"]) for id_, row in rows.items()}
    bags = {"bag", "bag-0.03", "bag-0.3", "bag-3"}
    assert {id_ for id_, count in runs.items() if count == 1} == bags
    assert {runs[id_] for id_ in runs.keys() - bags} == {2}
    accuracy = {id_: np.mean(row["accuracy"]) for id_, row in rows.items()}
    loss = {id_: np.mean(row["loss"]) for id_, row in rows.items()}
    # Nobody comes near the bag; the frame is no better than the book's.
    early = [
        "book",
        "words",
        "hidden",
        "chunks",
        "pairs",
        "random",
        "tuned",
        "vectors",
    ]
    assert max(accuracy[id_] for id_ in early) < accuracy["bag"] - 0.01
    frames = [loss[id_] for id_ in ("random", "tuned", "vectors")]
    assert min(frames) > loss["book"]
    # The trap costs more than the bag; the vectors lower the loss once more.
    assert loss["seen"] > loss["bag-3"] > loss["weights"] > loss["informed"]
    assert loss["informed-8"] < loss["informed"]
    assert accuracy["bag"] > max(accuracy["bag-0.03"], accuracy["bag-0.3"])
