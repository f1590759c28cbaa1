import copy
import math
from functools import partial

import pytest
import torch
from torch import distributed, nn
from torch.nn.parallel import DistributedDataParallel

from imdbtutor.data.batches import pad_batch
from imdbtutor.training.distributed import first_says, shared_mean
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.step import (
    UNSCALED,
    batch_mean,
    scaler_of,
    take_step,
    unwrap,
)


@pytest.fixture
def group():
    """A group of one process: what is shared is shared with nobody."""
    distributed.init_process_group(
        "gloo", store=distributed.HashStore(), rank=0, world_size=1
    )
    yield
    distributed.destroy_process_group()


@pytest.fixture
def batch(dataset):
    return pad_batch(list(dataset))


def scaled(**how):
    return torch.amp.GradScaler("cpu", **how)


def in_16_bits(**more):
    return partial(take_step, **mixed_precision("cpu", torch.bfloat16) | more)


WAYS = {
    "plain": take_step,
    "16 bits": in_16_bits(),
    "scaled": partial(take_step, scaler=scaled(init_scale=2.0**10)),
    "both": in_16_bits(scaler=scaled(init_scale=2.0**10)),
    "shared": partial(take_step, reduction=shared_mean),
    "all": in_16_bits(scaler=scaled(), reduction=shared_mean),
}
each_way = pytest.mark.parametrize("way", WAYS)


def step_on(model, batch, way, learning_rate=1.0, clip_norm=1e9, steps=1):
    """Take steps with the plainest optimizer; return the weights' way."""
    before = nn.utils.parameters_to_vector(model.parameters()).detach()
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    step = WAYS[way] if isinstance(way, str) else way
    for _ in range(steps):
        told = step(model, batch, optimizer, clip_norm)
    after = nn.utils.parameters_to_vector(model.parameters()).detach()
    return after - before, told


@each_way
@pytest.mark.usefixtures("group")
def test_every_way_goes_the_same_way(small_model, batch, way):
    plain = copy.deepcopy(small_model)
    expected, _ = step_on(plain, batch, "plain")
    found, _ = step_on(small_model, batch, way)
    assert torch.cosine_similarity(found, expected, dim=0) > 0.99
    assert found.norm() / expected.norm() == pytest.approx(1, rel=0.1)


@each_way
@pytest.mark.usefixtures("group")
def test_no_step_is_longer_than_allowed(small_model, batch, way):
    found, _ = step_on(small_model, batch, way, clip_norm=1e-3)
    assert found.norm().item() == pytest.approx(1e-3, rel=0.01)


@each_way
@pytest.mark.usefixtures("group")
def test_gradients_do_not_pile_up(small_model, batch, way):
    """Without a rate, every step must see the same gradient."""
    step_on(small_model, batch, way, learning_rate=0)
    once = small_model.linear.weight.grad.clone()
    step_on(small_model, batch, way, learning_rate=0, steps=3)
    torch.testing.assert_close(small_model.linear.weight.grad, once)


@each_way
@pytest.mark.usefixtures("group")
def test_a_step_counts_what_was_right(small_model, batch, way):
    """A bias decides: all are judged positive, and half of them are."""
    nn.init.zeros_(small_model.linear.weight)
    small_model.linear.bias.data = torch.tensor([0.0, 3.0])
    labels = torch.tensor([1, 1, 1, 1, 1, 1, 0, 0])
    _, told = step_on(small_model, batch._replace(labels=labels), way)
    loss = 8 * math.log(1 + math.exp(-3)) + 2 * 3
    assert told == pytest.approx((loss, 6, 8), rel=0.01)


def test_each_review_has_a_verdict_of_its_own():
    logits = torch.tensor([[2.0, 1.0], [0.0, 3.0], [4.0, 0.0], [1.0, 2.0]])
    for labels, right in (
        ([0, 1, 0, 1], 4),
        ([1, 1, 0, 1], 3),
        ([1, 0, 1, 0], 0),
    ):
        _, tally = batch_mean(logits, torch.tensor(labels))
        assert tally.right == right


def test_the_loss_is_taken_in_32_bits(small_model, batch):
    seen = []

    def look(logits, labels):
        seen.append(logits.dtype)
        return batch_mean(logits, labels)

    step_on(small_model, batch, in_16_bits(reduction=look))
    assert seen == [torch.float32]


def test_a_scale_grows_while_all_goes_well(small_model, batch):
    scaler = scaled(init_scale=8.0, growth_interval=2)
    step_on(small_model, batch, partial(take_step, scaler=scaler), steps=4)
    assert scaler.get_scale() == 32.0


# --- the scaler of a step


def test_a_plain_step_has_the_scaler_that_does_nothing():
    assert scaler_of(take_step) is UNSCALED
    assert scaler_of(partial(take_step, reduction=batch_mean)) is UNSCALED
    assert scaler_of(lambda *args: None) is UNSCALED
    assert UNSCALED.state_dict() == {}  # what a checkpoint would keep


def test_a_steps_scaler_is_found():
    scaler = scaled()
    step = partial(partial(take_step, scaler=scaler), reduction=batch_mean)
    assert scaler_of(step) is scaler


# --- what is put around a model


@pytest.fixture
def wrap(group):
    return {
        "plain": lambda model: model,
        "compiled": partial(torch.compile, backend="eager"),
        "shared": DistributedDataParallel,
        "parallel": nn.DataParallel,
    }


@pytest.mark.parametrize("outer", ["plain", "shared", "parallel"])
@pytest.mark.parametrize("inner", ["plain", "compiled"])
def test_a_model_is_found_in_what_is_around_it(
    small_model, wrap, inner, outer
):
    assert unwrap(wrap[outer](wrap[inner](small_model))) is small_model


def test_a_shared_model_is_found_when_compiled(small_model, wrap):
    assert unwrap(wrap["compiled"](wrap["shared"](small_model))) is small_model


def test_a_layer_that_is_called_module_is_no_wrapper():
    model = nn.Sequential()
    model.module, model.head = nn.Linear(2, 2), nn.Linear(2, 2)
    assert unwrap(model) is model


# --- what the first process says


@pytest.mark.usefixtures("group")
def test_in_a_group_of_one_the_first_says_what_it_found():
    assert first_says({"a": (1, 2)}) == {"a": (1, 2)}


def test_alone_a_process_says_what_it_found():
    found = object()
    assert first_says(found) is found
