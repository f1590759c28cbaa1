import pytest
import torch
from torch import nn

from imdbtutor.data.batches import make_loader
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.warm_up import Ramp, warm_up

CONFIG = TrainingConfig(learning_rate=0.5, weight_decay=0.25)


def rates(steps, **how):
    """The learning rate of each step, and the one after the last."""
    optimizer, schedule = warm_up(nn.Linear(2, 2), CONFIG, steps, **how)
    found = []
    for _ in range(steps + 1):
        found.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        schedule.step()
    return torch.tensor(found)


def test_the_rate_rises_evenly_to_its_height_and_falls_evenly_to_0():
    found = rates(100, share=0.2)
    assert found.argmax() == 20
    assert found.max() == pytest.approx(0.5)
    assert found[-1] == 0
    rise, fall = found[:21].diff(), found[20:].diff()
    assert torch.allclose(rise, torch.full((20,), 0.5 / 21))
    assert torch.allclose(fall, torch.full((80,), -0.5 / 80))


def test_no_step_is_lost():
    assert (rates(100)[:-1] > 0).all()


def test_without_warm_up_the_first_step_is_the_largest():
    found = rates(10, share=0.0)
    assert found[0] == pytest.approx(0.5)
    assert (found.diff() < 0).all()


def test_of_few_steps_none_is_a_warm_up():
    assert rates(3)[0] == pytest.approx(0.5)


def test_decay_is_that_of_the_settings():
    optimizer, _ = warm_up(nn.Linear(2, 2), CONFIG, 5)
    assert isinstance(optimizer, torch.optim.AdamW)
    assert optimizer.param_groups[0]["weight_decay"] == 0.25


def test_a_run_that_goes_on_has_the_ramp_it_had():
    ramp = Ramp(up=3, steps=9)
    layer = nn.Linear(1, 1)
    _, schedule = warm_up(layer, CONFIG, 9, share=3 / 9)
    _, other = warm_up(layer, CONFIG, 20, share=0.5)
    other.load_state_dict(schedule.state_dict())
    assert other.lr_lambdas == [ramp]


def test_fit_prepares_with_it(dataset, small_model):
    loader = make_loader(dataset, 4)
    made = []

    def prepare(*args):
        made.append(warm_up(*args))
        return made[-1]

    config = TrainingConfig(epochs=2, patience=2)
    fit(small_model, loader, loader, config, prepare=prepare, progress=False)
    ((optimizer, schedule),) = made
    assert schedule.lr_lambdas == [Ramp(up=0, steps=4)]
    assert schedule.last_epoch == 4
    assert optimizer.param_groups[0]["lr"] == 0
