import json
import os
import signal
import subprocess
import sys

import pytest
import together
import torch

from imdbtutor.data.batches import LengthBatches
from imdbtutor.training.distributed import Shares, rank_and_count

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone"]


def start(folder, dropout=0.5, count=2, bits=32, **streams):
    folder.mkdir(exist_ok=True)
    command = [*TORCHRUN, f"--nproc-per-node={count}", together.__file__]
    return subprocess.Popen(
        [*command, folder, str(dropout), str(bits)],
        encoding="utf-8",
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        **streams,
    )


def finish(folder, **how):
    with start(folder, stderr=subprocess.PIPE, **how) as run:
        try:
            _, complaints = run.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            run.terminate()  # torchrun ends its processes, too
            raise
    assert run.returncode == 0, complaints
    return torch.load(folder / "weights.pt", weights_only=True)


def losses(rows):
    names = ("train_loss", "validation_loss")
    return torch.tensor([[row[name] for name in names] for row in rows])


# --- two processes


@pytest.mark.slow
def test_two_processes_learn_as_one_does(tmp_path):
    """Batches of 32 shared by two; without dropout nothing is random."""
    _, history = together.train(tmp_path / "one", dropout=0.0)
    finish(tmp_path / "two", dropout=0.0)
    found = json.loads((tmp_path / "two/history.json").read_text("utf-8"))
    difference = losses(found) - losses(history.rows)
    assert difference.abs().max() < 1e-5
    assert losses(found)[0, 0] - losses(found)[-1, 0] > 0.03  # it learned


@pytest.mark.slow
def test_two_processes_learn_in_16_bits_as_one_does(tmp_path):
    _, history = together.train(tmp_path / "one", dropout=0.0, bits=16)
    finish(tmp_path / "two", dropout=0.0, bits=16)
    found = json.loads((tmp_path / "two/history.json").read_text("utf-8"))
    difference = losses(found) - losses(history.rows)
    assert difference.abs().max() < 0.01
    assert losses(found)[0, 0] - losses(found)[-1, 0] > 0.03  # it learned


@pytest.mark.slow
def test_16_bits_are_not_32(tmp_path):
    _, plain = together.train(tmp_path / "32", dropout=0.0)
    _, mixed = together.train(tmp_path / "16", dropout=0.0, bits=16)
    assert (losses(mixed.rows) != losses(plain.rows)).any()


@pytest.mark.slow
@pytest.mark.kills
def test_a_dead_process_ends_the_job_and_the_next_goes_on(tmp_path):
    expected = finish(tmp_path / "whole")
    folder = tmp_path / "killed"
    with start(folder, stderr=subprocess.PIPE) as run:
        while not (folder / "checkpoint.pt").exists():
            assert run.poll() is None
        os.kill(int((folder / "1.pid").read_text("utf-8")), signal.SIGKILL)
        _, complaints = run.communicate(timeout=120)
    assert run.returncode != 0
    assert "Signal 9 (SIGKILL)" in complaints
    assert not (folder / "weights.pt").exists()
    found = finish(folder)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


# --- shares


@pytest.fixture
def batches():
    return LengthBatches(torch.arange(1, 23), batch_size=5, seed=3)


def test_the_shares_of_a_batch_are_the_batch(batches):
    state = batches.generator.get_state()
    whole = [sorted(rows) for rows in batches]
    dealt = []
    for rank in range(2):
        batches.generator.set_state(state)
        dealt.append(list(Shares(batches, rank, 2)))
    assert [sorted(a + b) for a, b in zip(*dealt, strict=True)] == whole


def test_no_share_is_more_than_a_review_larger(batches):
    state = batches.generator.get_state()
    sizes = []
    for rank in range(2):
        batches.generator.set_state(state)
        sizes.append([len(rows) for rows in Shares(batches, rank, 2)])
    assert all(0 <= a - b <= 1 for a, b in zip(*sizes, strict=True))


def test_a_batch_that_leaves_a_process_without_work_is_refused(batches):
    with pytest.raises(ValueError, match=r"2 reviews .* 3 processes"):
        Shares(batches, 0, 3)


def test_alone_a_process_is_the_first_of_one():
    assert rank_and_count() == (0, 1)
