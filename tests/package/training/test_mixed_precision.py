import copy

import pytest
import torch

from imdbtutor.data.batches import pad_batch
from imdbtutor.training.loop import take_step
from imdbtutor.training.mixed_precision import MixedStep


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
    mixed = MixedStep("cpu", torch.bfloat16)
    found, mixed_told = one_step(small_model, dataset, mixed)
    likeness = torch.cosine_similarity(found, expected, dim=0)
    assert likeness > 0.99
    assert not torch.equal(found, expected)  # it did compute in 16 bits
    assert mixed_told[0] == pytest.approx(told[0], rel=0.01)
    assert mixed_told[2] == told[2] == len(dataset)


def test_the_weights_stay_in_32_bits(small_model, dataset):
    found, _ = one_step(small_model, dataset, MixedStep("cpu", torch.bfloat16))
    assert found.dtype == torch.float32


def test_gradients_are_clipped_in_16_bits_too(small_model, dataset):
    mixed = MixedStep("cpu", torch.bfloat16)

    def step(model, batch, optimizer, _):
        return mixed(model, batch, optimizer, 1e-3)

    found, _ = one_step(small_model, dataset, step)
    assert found.norm().item() == pytest.approx(1e-3, rel=0.01)


def test_float16_on_a_cpu_is_refused():
    with pytest.raises(ValueError, match="use bfloat16"):
        MixedStep("cpu", torch.float16)
