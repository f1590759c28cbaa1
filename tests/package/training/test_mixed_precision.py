import copy
from functools import partial

import pytest
import torch

from imdbtutor.data.batches import pad_batch
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.step import batch_mean, take_step


def in_16_bits(**more):
    how = mixed_precision("cpu", torch.bfloat16)
    return partial(take_step, **how | more)


def one_step(model, dataset, step):
    """Return the weights' way, and what the step says of the batch."""
    model = copy.deepcopy(model)
    before = torch.cat([p.detach().flatten() for p in model.parameters()])
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    told = step(model, pad_batch(list(dataset)), optimizer, 1e9)
    after = torch.cat([p.detach().flatten() for p in model.parameters()])
    return after - before, told


def test_a_step_in_16_bits_goes_the_same_way(small_model, dataset):
    expected, told = one_step(small_model, dataset, take_step)
    mixed = in_16_bits()
    found, mixed_told = one_step(small_model, dataset, mixed)
    likeness = torch.cosine_similarity(found, expected, dim=0)
    assert likeness > 0.99
    assert not torch.equal(found, expected)  # it did compute in 16 bits
    assert mixed_told[0] == pytest.approx(told[0], rel=0.01)
    assert mixed_told[2] == told[2] == len(dataset)


def test_the_weights_stay_in_32_bits(small_model, dataset):
    found, _ = one_step(small_model, dataset, in_16_bits())
    assert found.dtype == torch.float32


def test_gradients_are_clipped_in_16_bits_too(small_model, dataset):
    mixed = in_16_bits()

    def step(model, batch, optimizer, _):
        return mixed(model, batch, optimizer, 1e-3)

    found, _ = one_step(small_model, dataset, step)
    assert found.norm().item() == pytest.approx(1e-3, rel=0.01)


def test_float16_on_a_cpu_is_refused():
    with pytest.raises(ValueError, match="use bfloat16"):
        mixed_precision("cpu", torch.float16)


# --- with a scaler: a CPU's can be switched on, though it need not be


def scaled(scale):
    return torch.amp.GradScaler("cpu", init_scale=scale)


def test_a_scaled_step_is_the_plain_one(small_model, dataset):
    expected, told = one_step(small_model, dataset, take_step)
    step = partial(take_step, scaler=scaled(2.0**10))
    found, scaled_told = one_step(small_model, dataset, step)
    torch.testing.assert_close(found, expected)
    assert scaled_told == pytest.approx(told)


def test_a_step_whose_gradients_overflow_is_left_out(small_model, dataset):
    def loud(logits, labels):
        loss, tally = batch_mean(logits, labels)
        return 1e4 * loss, tally

    scaler = scaled(1e38)
    step = partial(take_step, scaler=scaler, reduction=loud)
    found, _ = one_step(small_model, dataset, step)
    assert found.abs().max() == 0
    assert scaler.get_scale() < 1e38  # next time it tries with less


def test_clipping_sees_the_gradients_as_they_are(small_model, dataset):
    def step(model, batch, optimizer, _):
        return take_step(model, batch, optimizer, 1e-3, scaler=scaled(2.0**10))

    found, _ = one_step(small_model, dataset, step)
    assert found.norm().item() == pytest.approx(1e-3, rel=0.01)


def test_on_a_cpu_bfloat16_needs_no_scaler():
    assert not mixed_precision("cpu", torch.bfloat16)["scaler"].is_enabled()


# --- as it would be on other devices, which are not here


@pytest.fixture
def _asked(monkeypatch):
    """Instead of what torch makes, what it is asked for."""
    for owner, name in ((torch, "autocast"), (torch.amp, "GradScaler")):
        monkeypatch.setattr(owner, name, lambda *args, **how: (args, how))


@pytest.mark.parametrize(
    ("device", "dtype", "scaled"),
    [
        ("cpu", torch.bfloat16, False),
        ("cuda:1", torch.bfloat16, True),
        ("cuda", torch.float16, True),
        ("mps", torch.bfloat16, False),
        ("mps", torch.float16, True),
    ],
    ids=str,
)
@pytest.mark.usefixtures("_asked")
def test_each_device_gets_its_own(device, dtype, scaled):
    how = mixed_precision(device, dtype)
    kind = device.split(":")[0]
    assert how["autocast"] == ((kind, dtype), {})
    assert how["scaler"] == ((kind,), {"enabled": scaled})
