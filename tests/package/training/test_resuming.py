"""Runs that are stopped and go on, as users have them."""

import itertools
from functools import partial

import endure
import pytest
import torch
from torch.utils.data import DataLoader, RandomSampler

from imdbtutor.data.batches import make_loader, pad_batch
from imdbtutor.models.lstm import LSTMClassifier
from imdbtutor.training import loop
from imdbtutor.training.checkpoint import Checkpoint, random_states
from imdbtutor.training.distributed import shared_mean
from imdbtutor.training.identity import fingerprint
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.step import batch_mean, take_step

CONFIG = TrainingConfig(epochs=4, patience=4)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "checkpoint.pt"


@pytest.fixture
def loader():
    return endure.make_run(reviews=64)[1]


def run(path=None, *, loaders=None, wrap=None, config=CONFIG, **how):
    """Train for four epochs; return the weights and what was measured."""
    model, loader = endure.make_run(reviews=64)
    train, validation = loaders() if loaders else (loader, loader)
    history = fit(
        wrap(model) if wrap else model,
        train,
        validation,
        config,
        checkpoint=path,
        progress=False,
        **how,
    )
    return model.state_dict(), history.frame.drop(columns="seconds")


@pytest.fixture
def stopped(path, monkeypatch):
    """Run until stopped by hand in the third epoch."""

    def run_and_stop(**how):
        calls, real = itertools.count(1), loop.validate

        def validate(*args):
            if next(calls) == 3:
                raise KeyboardInterrupt
            return real(*args)

        with monkeypatch.context() as patched:
            patched.setattr(loop, "validate", validate)
            with pytest.raises(KeyboardInterrupt, match="epoch 3"):
                run(path, **how)
        return path

    return run_and_stop


def same(weights, expected):
    assert weights.keys() == expected.keys()
    return all(torch.equal(weights[name], expected[name]) for name in weights)


# --- whatever is trained on, the run ends as if it had not been stopped


def data():
    return endure.make_run(reviews=64)[1].dataset


def shuffled():
    """What PyTorch deals out: in an order of its global random numbers."""
    return DataLoader(data(), 16, shuffle=True, collate_fn=pad_batch)


def sampled():
    sampler = RandomSampler(data(), generator=torch.Generator())
    return DataLoader(data(), 16, sampler=sampler, collate_fn=pad_batch)


def listed():
    return list(make_loader(data(), 16))


LOADERS = {
    "by length": lambda: (make_loader(data(), 16), make_loader(data(), 7)),
    "random": lambda: [make_loader(data(), 16, by_length=False)] * 2,
    "shuffled": lambda: (shuffled(), shuffled()),
    "sampled": lambda: (sampled(), make_loader(data(), 7)),
    "listed": lambda: (listed(), listed()),
}


@pytest.mark.parametrize("kind", LOADERS)
def test_whatever_deals_the_reviews_goes_on_where_it_was(stopped, kind):
    loaders = LOADERS[kind]
    expected, figures = run(loaders=loaders)
    found, again = run(stopped(loaders=loaders), loaders=loaders)
    assert same(found, expected)
    assert again.equals(figures)  # the validation losses, too


def compiled(model):
    return torch.compile(model, backend="eager")


@pytest.mark.slow
@pytest.mark.filterwarnings("default")  # torch.compile looks at all it meets
@pytest.mark.parametrize(
    ("first", "then"),
    [(None, compiled), (compiled, None), (compiled, compiled)],
    ids=["then compiled", "first compiled", "compiled"],
)
def test_a_compiled_model_and_a_plain_one_are_one_run(stopped, first, then):
    found, figures = run(stopped(wrap=first), wrap=then)
    expected, _ = run()
    assert len(figures) == 4
    for name, weight in expected.items():
        torch.testing.assert_close(found[name], weight)


# --- in 16 bits


def in_16_bits(**more):
    return partial(take_step, **mixed_precision("cpu", torch.bfloat16) | more)


def growing():
    """A scaler that changes at every other step."""
    return torch.amp.GradScaler("cpu", init_scale=4.0, growth_interval=2)


def test_a_run_in_16_bits_goes_on_where_it_was(stopped):
    expected, figures = run(step=in_16_bits())
    found, again = run(stopped(step=in_16_bits()), step=in_16_bits())
    assert same(found, expected)
    assert again.equals(figures)


def test_the_scale_goes_on_where_it_was(stopped):
    scalers = growing(), growing(), growing()
    whole, first, then = (in_16_bits(scaler=scaler) for scaler in scalers)
    expected, _ = run(step=whole)
    found, _ = run(stopped(step=first), step=then)
    assert scalers[0].get_scale() == scalers[2].get_scale() > 4.0
    assert same(found, expected)


def test_the_scaler_of_one_run_may_serve_another(stopped):
    """As in a notebook, where `step` is made once."""
    step = in_16_bits(scaler=growing())
    path = stopped(step=step)
    run(path, step=step)


# --- what is another run


@pytest.fixture
def ended(path):
    run(path)
    return path


def refuse(path, **how):
    before = path.read_bytes()
    with pytest.raises(ValueError, match=r"checkpoint\.pt' is of another run"):
        run(path, **how)
    assert path.read_bytes() == before


def other_ids(which):
    """The same reviews, but one token of one of them is another word."""

    def loaders():
        pair = [make_loader(data(), 32), make_loader(data(), 32)]
        review = pair[which].dataset.reviews[5]
        review[0] = 1 + (review[0] + 1) % 48
        return pair

    return loaders


def other_labels(which):
    def loaders():
        pair = [make_loader(data(), 32), make_loader(data(), 32)]
        pair[which].dataset.labels[:2] = 1 - pair[which].dataset.labels[:2]
        return pair

    return loaders


@pytest.mark.parametrize("which", [0, 1], ids=["train", "validation"])
@pytest.mark.parametrize("change", [other_ids, other_labels])
def test_other_reviews_are_another_run(path, change, which):
    run(path, loaders=lambda: [make_loader(data(), 32) for _ in range(2)])
    refuse(path, loaders=change(which))


@pytest.mark.parametrize(
    "step",
    [
        in_16_bits(),
        partial(take_step, scaler=growing()),
        partial(take_step, reduction=shared_mean),
        lambda *args: take_step(*args),
    ],
    ids=["16 bits", "scaled", "shared", "another"],
)
def test_another_step_is_another_run(ended, step):
    refuse(ended, step=step)


def test_32_bits_do_not_go_on_from_16(path):
    run(path, step=in_16_bits())
    refuse(path)


@pytest.mark.parametrize(
    "change",
    [
        {"epochs": 5},
        {"learning_rate": 1e-3},
        {"weight_decay": 0.1},
        {"clip_norm": 0.5},
        {"patience": 3},
    ],
    ids=lambda change: next(iter(change)),
)
def test_other_settings_are_another_run(ended, change):
    settings = {"epochs": 4, "patience": 4} | change
    refuse(ended, config=TrainingConfig(**settings))


@pytest.mark.parametrize("size", [16, 31, 64])
def test_another_batch_size_is_another_run(ended, size):
    refuse(ended, loaders=lambda: [make_loader(data(), size)] * 2)


# --- another machine


def change(path, **parts):
    state = torch.load(path, weights_only=True)
    torch.save(state | parts, path)


@pytest.mark.parametrize("kind", ["mps", "cuda"])
def test_a_run_of_a_machine_with_gpus_goes_on_without(stopped, kind):
    """On Apple's GPU, or on one machine of eight CUDA GPUs."""
    expected, _ = run()
    path = stopped()
    (states,) = torch.load(path, weights_only=True)["random"]
    states[kind] = torch.zeros(16, dtype=torch.uint8)
    if kind == "cuda":
        states[kind] = [states[kind]] * 8
    change(path, random=[states])
    found, _ = run(path)
    assert same(found, expected)


# --- a file that is damaged where nobody sees it at once


@pytest.fixture
def begun(loader, path):
    """A run before its first step, and a checkpoint of it."""
    model, _ = endure.make_run(reviews=64)
    optimizer, schedule = loop.make_optimizer(model, CONFIG, 8)
    parts = model, optimizer, schedule
    found = Checkpoint(path, parts, (loader, loader), CONFIG)
    found.save([], model.state_dict())
    return found


def place(run):
    """Digest all that loading could have changed."""
    parts = [part.state_dict() for part in run.parts.values()]
    orders = [order.get_state() for order in run.orders]
    return fingerprint(parts, orders, random_states())


PARTS = ["model", "optimizer", "schedule", "orders", "random", "best"]


@pytest.mark.parametrize("name", PARTS)
@pytest.mark.parametrize("found", [None, [], {}, 5, "x", [torch.zeros(3)]])
def test_all_of_a_file_is_put_back_or_nothing(begun, path, name, found):
    with torch.no_grad():
        begun.parts["model"].linear.weight += 1
    before = place(begun)
    change(path, **{name: found})
    with pytest.raises(ValueError, match=r"no checkpoint .* Delete it"):
        begun.load()
    assert place(begun) == before


@pytest.mark.parametrize("name", [*PARTS, "run", "rows"])
def test_a_file_that_lacks_a_part_is_refused(begun, path, name):
    state = torch.load(path, weights_only=True)
    del state[name]
    torch.save(state, path)
    with pytest.raises(ValueError, match=r"no checkpoint .* Delete it"):
        begun.load()


def test_weights_of_another_shape_are_refused(begun, path):
    weights = begun.parts["model"].state_dict()
    narrow = {name: weight[:1] for name, weight in weights.items()}
    change(path, model=narrow)
    with pytest.raises(ValueError, match=r"no checkpoint .* Delete it"):
        begun.load()


# --- writing


def test_a_file_is_not_written_in_place(begun, path, monkeypatch):
    whole = path.read_bytes()

    def fill_the_disk(target, raw):
        with target.open("wb") as file:
            file.write(raw[:20])
        assert path.read_bytes() == whole
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(path), "write_bytes", fill_the_disk)
    with pytest.raises(OSError, match="No space left"):
        begun.save([], begun.parts["model"].state_dict())
    assert path.read_bytes() == whole
    assert [found.name for found in path.parent.iterdir()] == [path.name]


# --- a step that the scaler leaves out


@pytest.fixture
def rates(monkeypatch):
    """The learning rate at each step that was taken."""
    found, real = [], torch.optim.AdamW.step

    def spy(optimizer, *args):
        found.append(optimizer.param_groups[0]["lr"])
        return real(optimizer, *args)

    monkeypatch.setattr(torch.optim.AdamW, "step", spy)
    return found


def loud(logits, labels):
    """A loss whose gradients overflow under a large scale."""
    loss, tally = batch_mean(logits, labels)
    return 1e4 * loss, tally


def test_the_schedule_counts_the_steps_that_were_taken(rates):
    """Of eight steps, the first ones overflow, until the scale is small."""
    scaler = torch.amp.GradScaler("cpu", 2.0**127, backoff_factor=2.0**-12)
    step = partial(take_step, scaler=scaler, reduction=loud)
    run(step=step, config=TrainingConfig(4, learning_rate=0.8, patience=4))
    assert 0 < len(rates) < 8
    assert rates == pytest.approx([0.8, 0.7, 0.6, 0.5, 0.4, 0.3][: len(rates)])


def test_steps_left_out_are_left_out_again(stopped):
    def step():
        scaler = torch.amp.GradScaler("cpu", 2.0**127, backoff_factor=2.0**-9)
        return partial(take_step, scaler=scaler, reduction=loud)

    expected, figures = run(step=step())
    found, again = run(stopped(step=step()), step=step())
    assert same(found, expected)
    assert again.equals(figures)


def test_a_model_of_another_kind_is_another_run(ended, monkeypatch):
    class Reversed(LSTMClassifier):
        def classify(self, values, lengths):
            return -super().classify(values, lengths)

    monkeypatch.setattr(endure, "LSTMClassifier", Reversed)
    refuse(ended)
