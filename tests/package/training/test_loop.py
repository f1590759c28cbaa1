import copy
import math

import numpy as np
import pytest
import torch

from imdbtutor.data import batches
from imdbtutor.data.batches import ReviewDataset, make_loader, pad_batch
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import seed_everything
from imdbtutor.training import loop
from imdbtutor.training.loop import (
    TrainingConfig,
    fit,
    make_optimizer,
    train_epoch,
    validate,
)

FAST = TrainingConfig(epochs=20, learning_rate=0.05, patience=20)


@pytest.fixture
def loader(dataset):
    return make_loader(dataset, 4)


@pytest.fixture
def contrary(dataset):
    """The same reviews with the wrong labels: learning makes it worse."""
    return make_loader(ReviewDataset(dataset.reviews, 1 - dataset.labels), 4)


@pytest.fixture
def one_batch(dataset):
    return [pad_batch(list(dataset))]


def run_epoch(model, batches, learning_rate=1.0, clip_norm=1e9):
    """Train with the plainest optimizer: a step is rate times gradient."""
    optimizer = torch.optim.SGD(model.parameters(), lr=learning_rate)
    return train_epoch(
        model,
        batches,
        optimizer=optimizer,
        schedule=torch.optim.lr_scheduler.ConstantLR(optimizer, factor=1),
        clip_norm=clip_norm,
    )


def weights(model):
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def step_length(model, batches, clip_norm):
    before = weights(model)
    run_epoch(model, batches, clip_norm=clip_norm)
    return (weights(model) - before).norm().item()


def copied(model):
    return {name: w.clone() for name, w in model.state_dict().items()}


# --- fit


def test_eight_reviews_are_learned_by_heart(small_model, loader):
    history = fit(small_model, loader, loader, FAST, progress=False)
    assert history.frame["train_accuracy"].iloc[-1] == 1
    assert validate(small_model, loader)[1] == 1


def test_eight_reviews_are_learned_with_dropout(trained_model, loader):
    assert trained_model.config.dropout == 0.5
    assert validate(trained_model, loader)[1] == 1


def seeded_run(vocab, dataset, seed):
    seed_everything(seed)
    model = LSTMClassifier(ModelConfig(len(vocab), 8, 6))
    loader = make_loader(dataset, 3, seed=seed)
    config = TrainingConfig(epochs=3, patience=3)
    history = fit(model, loader, loader, config, progress=False)
    return model, history.frame.drop(columns="seconds")


def test_two_runs_with_one_seed_end_with_equal_weights(vocab, dataset):
    first, _ = seeded_run(vocab, dataset, seed=5)
    second, _ = seeded_run(vocab, dataset, seed=5)
    assert torch.equal(weights(first), weights(second))


def test_two_runs_with_one_seed_have_equal_histories(vocab, dataset):
    _, first = seeded_run(vocab, dataset, seed=5)
    _, second = seeded_run(vocab, dataset, seed=5)
    assert first.equals(second)


def test_another_seed_gives_another_history(vocab, dataset):
    _, first = seeded_run(vocab, dataset, seed=5)
    _, second = seeded_run(vocab, dataset, seed=6)
    assert not first.equals(second)


def test_the_best_weights_are_the_ones_kept(small_model, loader, contrary):
    history = fit(small_model, loader, contrary, FAST, progress=False)
    best = history.frame.loc[history.best_epoch]
    assert history.best_epoch < len(history.frame)
    assert validate(small_model, contrary) == pytest.approx(
        (best["validation_loss"], best["validation_accuracy"]), abs=1e-6
    )


@pytest.fixture
def losses(monkeypatch, small_model):
    """Make the validation losses known; remember the weights they saw."""
    planned, seen = [], []

    def measured(model, batches):
        seen.append(copied(model))
        return planned[len(seen) - 1], 0.5

    monkeypatch.setattr(loop, "validate", measured)
    return planned, seen


@pytest.mark.parametrize(
    ("patience", "epochs"), [(1, 3), (2, 4), (3, 7), (9, 8)]
)
def test_training_stops_when_patience_is_over(
    small_model, loader, losses, patience, epochs
):
    losses[0][:] = [0.7, 0.5, 0.6, 0.6, 0.4, 0.6, 0.6, 0.6]
    if patience == 3:
        losses[0][:] = [0.7, 0.6, 0.8, 0.5, 0.6, 0.6, 0.6, 0.4]
    config = TrainingConfig(epochs=8, patience=patience)
    history = fit(small_model, loader, loader, config, progress=False)
    assert len(history.rows) == epochs


def test_the_weights_of_the_lowest_loss_are_put_back(
    small_model, loader, losses
):
    losses[0][:] = [0.7, 0.5, 0.6, 0.55]
    config = TrainingConfig(epochs=4, patience=4)
    fit(small_model, loader, loader, config, progress=False)
    for name, weight in small_model.state_dict().items():
        assert torch.equal(weight, losses[1][1][name])


def test_an_equal_loss_is_not_a_better_one(small_model, loader, losses):
    losses[0][:] = [0.5, 0.5, 0.5]
    config = TrainingConfig(epochs=3, patience=1)
    history = fit(small_model, loader, loader, config, progress=False)
    assert history.best_epoch == 1
    assert len(history.rows) == 2


@pytest.fixture
def rates(monkeypatch):
    """Collect the learning rate of every step."""
    collected = []
    step = torch.optim.AdamW.step

    def spy(optimizer, *args):
        collected.append(optimizer.param_groups[0]["lr"])
        return step(optimizer, *args)

    monkeypatch.setattr(torch.optim.AdamW, "step", spy)
    return collected


def test_the_learning_rate_falls_evenly_to_0(small_model, loader, rates):
    config = TrainingConfig(epochs=4, learning_rate=0.8, patience=4)
    fit(small_model, loader, loader, config, progress=False)
    expected = [0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert rates == pytest.approx(expected)


def test_weight_decay_is_passed_on(small_model):
    config = TrainingConfig(weight_decay=0.25)
    optimizer, _ = make_optimizer(small_model, config, steps=1)
    assert optimizer.defaults["weight_decay"] == 0.25


def test_broken_weights_end_the_training_with_advice(small_model, loader):
    with torch.no_grad():
        small_model.linear.bias.fill_(torch.nan)
    with pytest.raises(FloatingPointError, match=r"nan.*lower learning_rate"):
        fit(small_model, loader, loader, FAST, progress=False)


def test_the_bar_is_written_to_standard_output(small_model, loader, capsys):
    fit(small_model, loader, loader, TrainingConfig(epochs=2))
    written = capsys.readouterr()
    assert "epoch 1" in written.out
    assert "2/2 batches" in written.out
    assert written.err == ""


def test_the_bar_shows_no_speed(small_model, loader, capsys):
    fit(small_model, loader, loader, TrainingConfig(epochs=1))
    shown = capsys.readouterr().out
    assert "2/2 batches" in shown
    assert not any(sign in shown for sign in ("it/s", "s/it", "<", "?", ":"))


def test_somebody_may_watch_each_epoch(small_model, dataset, tmp_path):
    """Told once an epoch is kept: also of those after a stop, and no other."""

    def make_loaders():
        return [make_loader(dataset, 4) for _ in range(2)]

    seen, path = [], tmp_path / "checkpoint.pt"
    config = TrainingConfig(epochs=3, patience=3)
    how = {"checkpoint": path, "progress": False}

    def watch(row):
        assert path.exists()
        seen.append(row)
        if len(seen) == 2:
            raise RuntimeError("the tracker is away")

    again = copy.deepcopy(small_model), *make_loaders()
    with pytest.raises(RuntimeError, match="tracker"):
        fit(small_model, *make_loaders(), config, on_epoch=watch, **how)
    history = fit(*again, config, on_epoch=watch, **how)
    assert [row["epoch"] for row in seen] == [1, 2, 3]
    rows = history.frame.reset_index().to_dict("records")
    assert [dict(row) for row in rows] == seen


def test_the_bar_can_be_switched_off(small_model, loader, capsys):
    config = TrainingConfig(epochs=1)
    fit(small_model, loader, loader, config, progress=False)
    written = capsys.readouterr()
    assert written.out + written.err == ""


# --- what is nothing to train with


@pytest.mark.parametrize("name", ["epochs", "patience"])
@pytest.mark.parametrize("value", [0, -1, 2.5, math.nan, "3", None])
def test_epochs_and_patience_are_counted(name, value):
    with pytest.raises(ValueError, match=f"{name}=.*whole number, 1 or more"):
        TrainingConfig(**{name: value})


@pytest.mark.parametrize(
    "name", ["learning_rate", "weight_decay", "clip_norm"]
)
@pytest.mark.parametrize("value", [-1e-9, -math.inf, math.nan, "3", None, 1j])
def test_the_other_settings_are_numbers(name, value):
    with pytest.raises(ValueError, match=f"{name}=.*a number, 0 or more"):
        TrainingConfig(**{name: value})


@pytest.mark.parametrize("name", ["learning_rate", "weight_decay"])
def test_a_step_has_an_end(name):
    with pytest.raises(ValueError, match=f"{name}=inf"):
        TrainingConfig(**{name: math.inf})


def test_settings_may_come_from_numpy_and_clip_nothing():
    config = TrainingConfig(np.int64(3), np.float32(0.5), 0, math.inf)
    assert config == TrainingConfig(3, 0.5, 0.0, math.inf)


@pytest.mark.parametrize("name", ["train", "validation"])
@pytest.mark.parametrize("kind", ["loader", "list"])
def test_without_batches_nothing_is_trained(small_model, loader, name, kind):
    nothing = [] if kind == "list" else make_loader(ReviewDataset([], []), 4)
    parts = {"train": loader, "validation": loader, name: nothing}
    before = copied(small_model)
    with pytest.raises(ValueError, match=f"no {name} batches"):
        fit(small_model, *parts.values(), FAST, progress=False)
    found = small_model.state_dict()
    assert all(torch.equal(found[name], before[name]) for name in before)


def test_what_can_be_read_once_is_no_validation(small_model, loader):
    once = iter(list(loader))
    with pytest.raises(ValueError, match="no reviews"):
        fit(small_model, loader, once, FAST, progress=False)


def test_no_batches_are_not_measured(small_model):
    with pytest.raises(ValueError, match="no reviews"):
        validate(small_model, [])


def test_no_batches_are_not_learned_from(small_model):
    with pytest.raises(ValueError, match="no reviews"):
        run_epoch(small_model, [])


# --- one epoch


@pytest.mark.parametrize("clip_norm", [1e-4, 1e-3, 1e-2])
def test_no_step_is_longer_than_the_gradient_allowed(
    small_model, one_batch, clip_norm
):
    length = step_length(small_model, one_batch, clip_norm)
    assert length == pytest.approx(clip_norm, rel=1e-2)


def test_a_short_gradient_is_not_clipped(small_model, one_batch):
    token_ids, lengths, labels = one_batch[0]
    logits = small_model(token_ids, lengths)
    torch.nn.functional.cross_entropy(logits, labels).backward()
    gradient = torch.cat([p.grad.flatten() for p in small_model.parameters()])
    length = step_length(small_model, one_batch, clip_norm=1e9)
    assert length == pytest.approx(gradient.norm().item(), rel=1e-4)


def test_a_fit_clips_gradients(small_model, loader, monkeypatch):
    norms = []
    monkeypatch.setattr(
        torch.nn.utils,
        "clip_grad_norm_",
        lambda parameters, limit: norms.append(limit),
    )
    config = TrainingConfig(epochs=1, clip_norm=0.125)
    fit(small_model, loader, loader, config, progress=False)
    assert norms == [0.125, 0.125]


def test_gradients_do_not_pile_up_over_batches(small_model, one_batch):
    """With a rate of 0 every batch must see the same gradient."""
    run_epoch(small_model, one_batch, learning_rate=0)
    once = small_model.linear.weight.grad.clone()
    run_epoch(small_model, one_batch * 3, learning_rate=0)
    torch.testing.assert_close(small_model.linear.weight.grad, once)


def test_a_step_lowers_the_loss(small_model, one_batch):
    before, _ = validate(small_model, one_batch)
    run_epoch(small_model, one_batch, learning_rate=0.1)
    assert validate(small_model, one_batch)[0] < before


def test_the_pad_row_stays_zero(trained_model):
    assert trained_model.embedding.weight[0].abs().max() == 0


@pytest.mark.parametrize("batch_size", [1, 3, 8])
def test_training_figures_count_every_review_once(
    small_model, dataset, batch_size
):
    """With a rate of 0, training only measures."""
    loader = make_loader(dataset, batch_size)
    figures = run_epoch(small_model, loader, learning_rate=0)
    assert figures == pytest.approx(validate(small_model, loader), abs=1e-6)


def test_an_epoch_leaves_training_mode(small_model, loader):
    run_epoch(small_model.eval(), loader)
    assert small_model.training


# --- validate


@pytest.mark.parametrize("batch_size", [1, 3, 8])
def test_measuring_does_not_depend_on_the_batch_size(
    trained_model, dataset, one_batch, batch_size
):
    loader = make_loader(dataset, batch_size, by_length=False)
    expected = validate(trained_model, one_batch)
    assert validate(trained_model, loader) == pytest.approx(expected, abs=1e-6)


def test_measuring_takes_a_large_batch_in_parts(
    trained_model, one_batch, monkeypatch
):
    """A review of a million words made 64 of them: 26 GB."""
    expected, rooms = validate(trained_model, one_batch), []
    trained_model.register_forward_pre_hook(
        lambda model, inputs: rooms.append(inputs[0].numel())
    )
    monkeypatch.setattr(batches, "MOST_TOKENS", 20)
    found = validate(trained_model, one_batch)
    assert found == pytest.approx(expected, abs=1e-6)
    assert len(rooms) > 1
    assert max(rooms) <= 20


def test_reviews_are_measured_where_the_model_is(small_model, loader):
    """Without numbers the first look at one is as far as it gets."""
    with pytest.raises(RuntimeError, match=r"item\(\) cannot be called on me"):
        validate(small_model.to("meta"), loader)


def test_measuring_leaves_evaluation_mode(small_model, loader):
    validate(small_model.train(), loader)
    assert not small_model.training


def test_measuring_changes_no_weight(small_model, loader):
    before = weights(small_model)
    validate(small_model, loader)
    assert torch.equal(weights(small_model), before)


def test_an_undecided_model_has_the_loss_of_a_coin(small_model, loader):
    with torch.no_grad():
        small_model.linear.weight.zero_()
        small_model.linear.bias.zero_()
    loss, accuracy = validate(small_model, loader)
    assert loss == pytest.approx(math.log(2))
    assert accuracy == 0.5


# --- stopped by hand


def test_stopping_by_hand_keeps_the_best_weights(
    small_model, dataset, monkeypatch
):
    loader = make_loader(dataset, 4)
    kept, real = [], loop.validate

    def stop_in_the_second_epoch(model, batches):
        if kept:
            raise KeyboardInterrupt
        kept.append(copy.deepcopy(model.state_dict()))
        return real(model, batches)

    monkeypatch.setattr(loop, "validate", stop_in_the_second_epoch)
    with pytest.raises(KeyboardInterrupt):
        fit(small_model, loader, loader, TrainingConfig(), progress=False)
    assert all(
        map(torch.equal, small_model.state_dict().values(), kept[0].values())
    )
