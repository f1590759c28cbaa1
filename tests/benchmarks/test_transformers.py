"""How a transformer is trained for the ladder, with a tiny one."""

from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch

from benchmarks.accuracy import transformers
from benchmarks.accuracy.transformers import In16Bits, Parts, fit_in_parts
from imdbtutor.data.batches import (
    LengthBatches,
    ReviewDataset,
    make_loader,
)
from imdbtutor.data.reviews import Split
from imdbtutor.models.encoder import Encoder, EncoderConfig
from imdbtutor.models.fine_tuned import FineTuned
from imdbtutor.runtime import cache_dir
from imdbtutor.training import loop
from imdbtutor.training.loop import TrainingConfig, validate

TINY = EncoderConfig(
    width=12, num_layers=2, num_heads=3, inner=20, positions=9
)
LENGTHS = torch.arange(1, 203)


@pytest.fixture
def split():
    texts = ["a bad film"] * 40 + ["a good film"] * 40
    table = pd.DataFrame({"text": texts, "label": [0] * 40 + [1] * 40})
    return Split(table, table[30:50].reset_index(drop=True), table[:0])


@pytest.fixture
def tiny(monkeypatch):
    """An encoder whose words mean something from the start."""

    def make():
        torch.manual_seed(0)
        return Encoder(TINY).eval()

    monkeypatch.setattr(transformers, "read_minilm", make)
    return make


# --- an epoch in parts


def test_the_parts_of_an_epoch_hold_every_review_once():
    parts = Parts(LengthBatches(LENGTHS, 10, 3), parts=4)
    for _ in range(2):
        dealt = [row for _ in range(4) for batch in parts for row in batch]
        assert sorted(dealt) == list(range(202))


def test_parts_are_of_about_one_size_and_epochs_differ():
    parts = Parts(LengthBatches(LENGTHS, 10, 3), parts=4)
    dealt = [list(parts) for _ in range(8)]
    assert [len(each) for each in dealt] == 2 * [6, 5, 5, 5]
    assert dealt[:4] != dealt[4:]


def test_where_it_is_stands_in_the_generator():
    first, other = (Parts(LengthBatches(LENGTHS, 10, 3)) for _ in range(2))
    for _ in range(5):
        list(first)
    other.generator.set_state(first.generator.get_state())
    assert list(first) == list(other)


# --- a run that goes on


class Stopped(Exception):
    """What stops a run by hand."""


@pytest.fixture
def stop_at(monkeypatch):
    """Return what lets the next run stop after some parts of an epoch."""

    def stop(parts):
        left = iter(range(parts))

        def validate_or_stop(*args):
            if next(left, None) is None:
                raise Stopped
            return validate(*args)

        monkeypatch.setattr(loop, "validate", validate_or_stop)

    return stop


def train(seed):
    torch.manual_seed(seed)
    ids = [torch.randint(1, 40, (length,)) for length in range(2, 9)] * 20
    loader = make_loader(ReviewDataset(ids, [0, 1] * 70), 16, seed=seed)
    model = In16Bits(Encoder(EncoderConfig(40, 12, 1, 3, 20, 9)))
    config = TrainingConfig(2, 1e-2)
    history = fit_in_parts(model, loader, loader, config, name=f"tiny-{seed}")
    return history, torch.cat([p.flatten() for p in model.parameters()])


def test_a_run_stopped_within_an_epoch_ends_as_one_that_was_not(stop_at):
    kept = cache_dir() / "tiny-1.pt"
    history, weights = train(1)
    assert len(history.rows) == 8
    assert not kept.exists()
    stop_at(3)
    with pytest.raises(Stopped):
        train(1)
    assert kept.exists()
    stop_at(5)  # the five that are left
    resumed, found = train(1)
    assert len(resumed.rows) == 8
    assert torch.equal(found, weights)


def test_an_epoch_of_two_batches_has_two_parts():
    ids = [torch.randint(1, 40, (5,)) for _ in range(20)]
    loader = make_loader(ReviewDataset(ids, [0, 1] * 10), 16, seed=0)
    model = In16Bits(Encoder(EncoderConfig(40, 12, 1, 3, 20, 9)))
    config = TrainingConfig(1, 1e-2)
    history = fit_in_parts(model, loader, loader, config, name="two")
    assert len(history.rows) == 2


# --- models


def test_in_16_bits_it_is_nearly_the_same():
    torch.manual_seed(0)
    encoder = Encoder(TINY)
    exact, rounded = FineTuned(encoder).eval(), In16Bits(encoder).eval()
    rounded.load_state_dict(exact.state_dict())
    ids, lengths = torch.randint(1, 99, (4, 7)), torch.tensor([7, 3, 2, 1])
    expected, found = exact(ids, lengths), rounded(ids, lengths)
    assert found.dtype == torch.float32
    assert not torch.equal(found, expected)
    assert torch.allclose(found, expected, atol=0.02)


def test_a_fine_tuned_model_scores_texts(split, tiny):
    trained = transformers.train_minilm(
        split, 0, epochs=8, rate=0.01, parts=1, make=tiny
    )
    found = trained.score(split.validation["text"])
    assert ((found > 0.5) == split.validation["label"]).all()
    model = FineTuned(tiny())
    assert trained.parameters == sum(p.numel() for p in model.parameters())


def test_what_stays_fixed_is_read_layer_by_layer(split, tiny):
    found = transformers.read_frozen(tiny(), ["a bad film", "a good film"])
    assert found.shape == (2, 3 * 12)
    trained = transformers.train_frozen(split, 0)
    scores = trained.score(split.validation["text"])
    assert ((scores > 0.5) == split.validation["label"]).all()


def test_only_the_ends_of_a_review_are_read():
    read = transformers.piece_reader(2, 1)
    long, short = read(["a good film " * 9, "bad"])
    assert (len(long), len(short)) == (3, 3)


def test_seeds_differ_and_repeat(split, tiny):
    train = partial(
        transformers.train_minilm, split, epochs=1, parts=1, make=tiny
    )
    first, again, other = (
        train(seed).score(split.validation["text"]) for seed in (0, 0, 1)
    )
    assert np.array_equal(first, again)
    assert not np.allclose(first, other)
