import random
import shutil
import subprocess
import sys
import time
from functools import wraps

import endure
import numpy as np
import pytest
import torch

from imdbtutor.data.streams import ReviewStream
from imdbtutor.training import checkpoint
from imdbtutor.training.checkpoint import (
    Checkpoint,
    find_order,
    random_states,
    set_random_states,
)
from imdbtutor.training.loop import fit
from imdbtutor.training.step import take_step


def pytest_generate_tests(metafunc):
    if "moment" in metafunc.fixturenames:
        draw = random.Random(0)
        kills = 20 if metafunc.config.getoption("hard") else 3
        moments = [draw.random() for _ in range(kills)]
        metafunc.parametrize("moment", moments, ids="{:.3f}".format)


@pytest.fixture(scope="module")
def whole():
    """A run that nobody stops: weights, history and seconds."""
    started = time.perf_counter()
    weights, history = endure.train(None)
    return weights, history, time.perf_counter() - started


@pytest.fixture
def path(tmp_path):
    return tmp_path / "run" / "checkpoint.pt"


@pytest.fixture(scope="module")
def ended(tmp_path_factory):
    path = tmp_path_factory.mktemp("ended") / "checkpoint.pt"
    endure.train(path)
    return path


@pytest.fixture
def finished(ended, path):
    """The checkpoint of a run that is over."""
    path.parent.mkdir()
    return shutil.copy(ended, path)


@pytest.fixture
def stopped():
    """Stop a run, as Ctrl-C does, in an epoch counted from 1."""

    def stop(epoch, checkpoint):
        model, loader = endure.make_run()
        asked = 0

        @wraps(take_step)  # the name of its step is part of a run
        def step(*args):
            nonlocal asked
            asked += 1
            if asked > (epoch - 1) * len(loader) + 3:
                raise KeyboardInterrupt
            return take_step(*args)

        with pytest.raises(KeyboardInterrupt) as caught:
            fit(
                model,
                loader,
                loader,
                endure.CONFIG,
                step=step,
                checkpoint=checkpoint,
                progress=False,
            )
        return model.state_dict(), str(caught.value)

    return stop


def same(weights, expected):
    assert weights.keys() == expected.keys()
    return all(torch.equal(weights[name], expected[name]) for name in weights)


def start(checkpoint, weights):
    """Train in another process, which says when it begins."""
    command = [sys.executable, endure.__file__, checkpoint, weights]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, encoding="utf-8")
    assert child.stdout.readline() == "begins\n"
    return child


# --- killed


@pytest.mark.slow
@pytest.mark.kills
def test_a_run_that_is_killed_ends_as_if_it_had_not_been(
    moment, whole, path, tmp_path
):
    expected, _, seconds = whole
    with start(path, tmp_path / "never.pt") as child:
        time.sleep(moment * seconds)
        child.kill()
    with start(path, tmp_path / "weights.pt") as child:
        child.communicate()
    assert child.returncode == 0
    found = torch.load(tmp_path / "weights.pt", weights_only=True)
    assert same(found, expected)


# --- stopped by hand


@pytest.mark.slow
def test_a_run_that_is_stopped_ends_as_if_it_had_not_been(
    stopped, whole, path
):
    stopped(6, path)
    weights, history = endure.train(path)
    assert same(weights, whole[0])
    assert [row["train_loss"] for row in history.rows] == [
        row["train_loss"] for row in whole[1].rows
    ]


def test_who_stops_a_run_is_told_what_is_left_of_it(stopped):
    _, message = stopped(4, None)
    assert message == (
        "stopped in epoch 4; the model has the weights of epoch 3, the best "
        "so far."
    )


def test_a_run_stopped_in_its_first_epoch_leaves_the_model_alone(stopped):
    weights, message = stopped(1, None)
    assert "stopped in epoch 1; the weights are as they were" in message
    assert same(weights, endure.make_run()[0].state_dict())


# --- the file


@pytest.mark.slow
def test_a_run_that_is_over_does_not_train_again(finished, whole):
    changed = finished.stat().st_mtime_ns
    weights, history = endure.train(finished)
    assert same(weights, whole[0])
    assert len(history.rows) == len(whole[1].rows)
    assert finished.stat().st_mtime_ns == changed


def test_only_the_whole_file_is_left(ended):
    assert [path.name for path in ended.parent.iterdir()] == [ended.name]


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"reviews": 255}, {"dropout": 0.0}]
)
def test_a_checkpoint_of_another_run_is_refused(finished, change):
    with pytest.raises(ValueError, match=r"checkpoint\.pt' is of another run"):
        endure.train(finished, **change)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 0.999])
def test_a_checkpoint_that_was_cut_off_is_refused(finished, share):
    raw = finished.read_bytes()
    finished.write_bytes(raw[: int(share * len(raw))])
    with pytest.raises(ValueError, match=r"no checkpoint .* Delete it"):
        endure.train(finished)


def test_what_could_not_be_read_is_said(finished):
    finished.write_bytes(b"hello")
    with pytest.raises(ValueError, match=r"can be read: KeyError"):
        endure.train(finished)


def test_a_checkpoint_runs_no_code(path, tmp_path):
    path.parent.mkdir()
    torch.save({"run": Trap(tmp_path / "sprung")}, path)
    with pytest.raises(ValueError, match="no checkpoint"):
        endure.train(path)
    assert not (tmp_path / "sprung").exists()


class Trap:
    """Makes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (str(self.path), "w"))


# --- which run it is


def begin(path, *, config=None):
    """A run of one layer, which may have a configuration."""
    model = torch.nn.Linear(2, 2)
    torch.nn.init.ones_(model.weight)
    torch.nn.init.zeros_(model.bias)
    model.config = config
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    schedule = torch.optim.lr_scheduler.ConstantLR(optimizer)
    return Checkpoint(path, (model, optimizer, schedule), (), endure.CONFIG)


def test_what_a_model_was_made_with_counts(path):
    assert begin(path, config="a").run == begin(path, config="a").run
    assert begin(path, config="a").run != begin(path, config="b").run


def test_the_number_of_processes_counts(path, monkeypatch):
    alone = begin(path).run
    monkeypatch.setattr(checkpoint, "rank_and_count", lambda: (0, 2))
    assert begin(path).run != alone


@pytest.mark.parametrize("rank", [0, 1])
def test_the_first_process_writes(path, monkeypatch, rank):
    run = begin(path)
    monkeypatch.setattr(
        checkpoint.distributed, "all_gather_object", lambda *args: None
    )
    monkeypatch.setattr(checkpoint, "rank_and_count", lambda: (rank, 2))
    run.save([], run.model.state_dict())
    assert path.exists() == (rank == 0)


def test_best_weights_of_another_shape_are_refused(path):
    run = begin(path)
    run.save([], {name: torch.ones(3) for name in run.model.state_dict()})
    with pytest.raises(ValueError, match=r"no checkpoint .* Delete it"):
        run.load()


def test_of_a_run_that_is_not_kept_nothing_is_looked_at():
    assert Checkpoint(None, (), (), None).load() is None


# --- random numbers


def draw():
    return random.random(), np.random.rand(), torch.rand(1).item()


def test_random_numbers_go_on_where_they_stood():
    states = random_states()
    expected = draw()
    assert draw() != expected
    set_random_states(states)
    assert draw() == expected


@pytest.mark.parametrize("by_length", [True, False])
def test_the_order_of_reviews_goes_on_where_it_stood(path, by_length):
    _, loader = endure.make_run(by_length=by_length)
    order = find_order(loader)
    state = order.get_state()
    first = [batch.labels.tolist() for batch in loader]
    second = [batch.labels.tolist() for batch in loader]
    assert first != second
    order.set_state(state)
    assert [batch.labels.tolist() for batch in loader] == first


def test_the_order_is_found_wherever_a_loader_keeps_it(write, vocab):
    path = write("reviews.csv", "text,label\nWarm.,1\nCold.,0\n")
    stream = ReviewStream(path, vocab, 2)
    loader = torch.utils.data.DataLoader(stream, batch_size=None)
    assert find_order(loader) is stream.generator
    assert find_order(stream) is stream.generator  # as a learner's own
    assert find_order([]) is None
