from dataclasses import replace
from functools import partial, wraps

import numpy as np
import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader

from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.streams import ReviewStream
from imdbtutor.training.distributed import shared_mean
from imdbtutor.training.identity import fingerprint
from imdbtutor.training.loop import TrainingConfig
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.step import take_step

IDS = [torch.tensor([5, 3, 9]), torch.tensor([4]), torch.tensor([7, 7])]


def make(ids=IDS, labels=(1, 0, 1), batch_size=2, cut=None, **how):
    return make_loader(ReviewDataset(ids, labels, cut), batch_size, **how)


@pytest.mark.parametrize(
    "other",
    [
        make([torch.tensor([5, 3, 8]), *IDS[1:]]),  # equal lengths, labels
        make([torch.tensor([5, 3]), *IDS[1:]]),
        make(IDS[::-1]),
        make(labels=(0, 1, 1)),
        make(batch_size=3),
        make(cut=2),
        make(seed=1),
        make(by_length=False),
    ],
    ids=["ids", "length", "order", "labels", "batch", "cut", "seed", "kind"],
)
def test_what_a_loader_deals_tells_it_from_others(other):
    assert fingerprint(make()) == fingerprint(make())
    assert fingerprint(other) != fingerprint(make())


def test_a_loader_that_has_been_used_is_where_it_is():
    loader = make()
    before = fingerprint(loader)
    list(loader)
    assert fingerprint(loader) != before


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 6},
        {"learning_rate": 1e-3},
        {"weight_decay": 0.0},
        {"clip_norm": 2.0},
        {"patience": 3},
    ],
    ids=lambda change: next(iter(change)),
)
def test_each_setting_counts(change):
    config = TrainingConfig()
    assert fingerprint(replace(config, **change)) != fingerprint(config)


# --- steps


def in_16_bits(dtype=torch.bfloat16, **more):
    return partial(take_step, **mixed_precision("cpu", dtype) | more)


def other_step(*args):
    return take_step(*args)


@pytest.mark.parametrize(
    "step",
    [
        in_16_bits(),
        other_step,
        partial(take_step, reduction=shared_mean),
        partial(take_step, scaler=torch.amp.GradScaler("cpu")),
    ],
    ids=["16 bits", "another", "shared", "scaled"],
)
def test_the_step_counts(step):
    assert fingerprint(step) != fingerprint(take_step)


def test_16_bits_of_two_kinds_are_two_runs():
    halves = torch.autocast("cpu", torch.float16)
    assert fingerprint(in_16_bits()) != fingerprint(
        in_16_bits(autocast=halves)
    )


def test_a_step_that_has_been_used_is_still_itself(small_model, dataset):
    scaler = torch.amp.GradScaler("cpu", init_scale=8.0, growth_interval=1)
    step = in_16_bits(scaler=scaler)
    before = fingerprint(step)
    optimizer = torch.optim.SGD(small_model.parameters(), lr=0.1)
    step(small_model, next(iter(make_loader(dataset, 8))), optimizer, 1.0)
    assert scaler.get_scale() == 16.0
    assert fingerprint(step) == before


def test_a_scaler_that_is_switched_off_is_another():
    one, other = (
        in_16_bits(scaler=torch.amp.GradScaler("cpu", enabled=enabled))
        for enabled in (True, False)
    )
    assert fingerprint(one) != fingerprint(other)


def test_a_step_wrapped_as_another_goes_by_its_name():
    @wraps(take_step)
    def counted(*args):
        return take_step(*args)

    assert fingerprint(counted) == fingerprint(take_step)


# --- streams


@pytest.fixture
def stream(write, vocab):
    def open_stream(rows, name="reviews.csv", **how):
        path = write(name, "text,label\n" + rows)
        return DataLoader(ReviewStream(path, vocab, 2, **how), batch_size=None)

    return open_stream


ROWS = "A warm film.,1\nA cold film.,0\n"


def test_a_stream_is_known_by_the_content_of_its_file(stream):
    first = fingerprint(stream(ROWS))
    assert fingerprint(stream(ROWS, "moved.csv")) == first
    assert fingerprint(stream(ROWS.replace("warm", "good"))) != first


def test_a_stream_is_the_same_whichever_way_its_file_is_named(write, vocab):
    path = write("reviews.csv", "text,label\n" + ROWS)
    one, other = (ReviewStream(name, vocab, 2) for name in (path, str(path)))
    assert fingerprint(one) == fingerprint(other)


@pytest.mark.parametrize("how", [{"seed": 1}, {"max_length": 2}])
def test_the_settings_of_a_stream_count(stream, how):
    assert fingerprint(stream(ROWS, **how)) != fingerprint(stream(ROWS))


def test_the_tokenizer_of_a_stream_counts(stream):
    other = stream(ROWS, tokenize=str.split)
    assert fingerprint(other) != fingerprint(stream(ROWS))


# --- data sets that a learner writes


class Own(torch.utils.data.Dataset):
    """Anything in an attribute."""

    def __init__(self, held):
        self.held = held
        self.itself = self

    def __len__(self):
        return 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (pd.DataFrame({"text": ["a"]}), pd.DataFrame({"text": ["b"]})),
        (pd.Series(["a"]), pd.Series(["b"])),
        (np.array(["a", None]), np.array(["b", None])),
        (np.arange(3), np.arange(3) + 1),
        ({"a": 1}, {"a": 2}),
        ({"a", "b"}, {"a", "c"}),
        ({"a", 1}, {"a", 2}),
        ([("a", 1)], [("a", 2)]),
        (Own("a"), Own("b")),
        (torch.ones(2), torch.ones(2, dtype=torch.bfloat16)),
        (torch.ones(2, 3), torch.ones(3, 2)),
        ("1", 1),
        (["ab", "c"], ["a", "bc"]),
    ],
    ids=str.split(
        "table column array numbers dict set mixed pairs own dtype shape kind "
        "cut"
    ),
)
def test_what_a_data_set_holds_counts(one, other):
    first = fingerprint(DataLoader(Own(one)))
    assert fingerprint(DataLoader(Own(one))) == first
    assert fingerprint(DataLoader(Own(other))) != first


def test_how_a_loader_fetches_does_not_count():
    one, other = (DataLoader(Own("a"), num_workers=n) for n in (0, 2))
    assert fingerprint(one) == fingerprint(other)


def test_weights_count():
    one, other = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    assert fingerprint(one.state_dict()) == fingerprint(one.state_dict())
    assert fingerprint(one.state_dict()) != fingerprint(other.state_dict())
