"""How batches are compared: what is trained, counted and told."""

import pytest
import torch

from benchmarks.speed import batching
from benchmarks.speed.batching import (
    PackedLayer,
    Trainer,
    Way,
    share_of_padding,
    way_row,
)
from imdbtutor.data.batches import ReviewDataset
from imdbtutor.training.step import take_step

LENGTHS = [1, 3, 2, 6]


@pytest.fixture
def data():
    ids = [torch.randint(2, 50, (length,)) for length in LENGTHS * 25]
    return ReviewDataset(ids, [0, 1] * 50)


@pytest.fixture
def taken(monkeypatch):
    """Keep the arguments of each step that is taken."""
    steps = []

    def step(*args):
        steps.append(args)
        return take_step(*args)

    monkeypatch.setattr(batching, "take_step", step)
    return steps


@pytest.mark.parametrize("packed", [False, True])
def test_a_trainer_trains_on_and_on_and_counts_real_tokens(
    data, taken, monkeypatch, packed
):
    trainer = Trainer(data, Way("a way", "random", packed, 3))
    assert len(taken) == 1  # is not measured
    assert isinstance(trainer.model.layers[0], PackedLayer) is packed
    before = [p.detach().clone() for p in trainer.model.parameters()]

    def timed(work):
        return work(), 2.0

    monkeypatch.setattr(batching, "timed", timed)
    rate = trainer.rate()  # two batches an epoch: into the second and third
    assert len(taken) == 4
    model, _, optimizer, clip = taken[-1]
    assert (model, optimizer, clip) == (trainer.model, trainer.optimizer, 1.0)
    tokens = [step[1].lengths.sum().item() for step in taken]
    assert rate == sum(tokens[1:]) / 2.0
    assert tokens[0] + tokens[1] == tokens[2] + tokens[3] == sum(LENGTHS) * 25
    after = trainer.model.parameters()
    moved = [not torch.equal(a, b) for a, b in zip(after, before, strict=True)]
    assert all(moved)
    assert model.training


@pytest.mark.parametrize(
    ("how", "cells"), [("longest", 6 * 100), ("random", 6 * 100)]
)
def test_the_share_of_padding_is_that_of_cells_without_a_token(
    data, how, cells
):
    assert share_of_padding(data, how) == 1 - sum(LENGTHS) * 25 / cells


def test_by_length_there_is_less_padding(data):
    assert share_of_padding(data, "length") < share_of_padding(data, "random")


def test_a_row_says_which_reviews_it_is_of():
    whole = way_row("random", "random", [1.0], None, unit="share")
    assert whole["what"] == "Random batches, padded, whole reviews"
    assert (whole["id"], whole["way"]) == ("batching.whole.random", "random")
    assert "cut" not in whole
    cut = way_row("x", "ours", [1.0], 600, unit="share")
    assert cut["what"].endswith("(ours), cut at 600 tokens")
    assert (cut["id"], cut["cut"]) == ("batching.cut.x", 600)
