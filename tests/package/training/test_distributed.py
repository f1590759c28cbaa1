import json
import os
import re
import signal
import subprocess
import sys

import apart
import pandas as pd
import pytest
import together
import torch

from imdbtutor.data.batches import LengthBatches, make_loader
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.training import recipe
from imdbtutor.training.distributed import (
    Shares,
    own_device,
    process_group,
    rank_and_count,
    share,
)

TORCHRUN = [sys.executable, "-m", "torch.distributed.run", "--standalone"]


def launch(*words, count=2, **streams):
    return subprocess.Popen(
        [*TORCHRUN, f"--nproc-per-node={count}", *map(str, words)],
        encoding="utf-8",
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stderr=subprocess.PIPE,
        **streams,
    )


def end(run, timeout=300):
    """Wait for all processes; return what they printed."""
    with run:
        try:
            said, complaints = run.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            run.terminate()  # torchrun ends its processes, too
            raise
    assert run.returncode == 0, complaints
    return said


def start(folder, dropout=0.5, bits=32):
    folder.mkdir(exist_ok=True)
    return launch(together.__file__, folder, dropout, bits)


def finish(folder, **how):
    end(start(folder, **how))
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
    with start(folder) as run:
        while not (folder / "checkpoint.pt").exists():
            assert run.poll() is None
        os.kill(int((folder / "1.pid").read_text("utf-8")), signal.SIGKILL)
        _, complaints = run.communicate(timeout=120)
    assert run.returncode != 0
    assert "Signal 9 (SIGKILL)" in complaints
    assert not (folder / "weights.pt").exists()
    found = finish(folder)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


# --- two machines, which share no folder


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What each of two processes saw in the trainings of `apart.py`."""
    folder = tmp_path_factory.mktemp("machines")
    end(launch(apart.__file__, folder))
    return [
        json.loads((folder / f"{rank}/found.json").read_text("utf-8"))
        for rank in range(2)
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "case", [*apart.ALONE, "wild", "disagreed", "16 bits"]
)
def test_all_processes_end_with_one_model_and_one_history(found, case):
    assert found[0][case] == found[1][case]


@pytest.mark.slow
@pytest.mark.parametrize("case", apart.ALONE)
def test_65_reviews_are_shared_by_two(found, case):
    """They are learned as one process learns one batch of 65."""
    every, balance = apart.ALONE[case]
    whole = recipe.Recipe(batch_size=65, balance=balance)
    split = apart.make_split(every)
    _, _, history = recipe.train_model(split, apart.CALM, whole)
    expected = [[row[name] for name in apart.ALIKE] for row in history.rows]
    difference = torch.tensor(found[0][case]["rows"]) - torch.tensor(expected)
    assert difference.abs().max() < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_without_a_shared_folder_a_run_goes_on(found, rank):
    """Only the first process has a checkpoint, after two of five epochs."""
    gone_on, whole = found[rank]["gone on"], found[rank]["wild"]
    assert "stopped in epoch 3" in gone_on["said"]
    assert gone_on["written"] == (rank == 0)
    assert gone_on["then"] == 3
    assert gone_on["weights"] == whole["weights"]
    assert gone_on["rows"] == whole["rows"]


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_the_first_process_decides_which_epoch_is_the_best(found, rank):
    """By the second one's reviews, patience would run out earlier."""
    assert found[rank]["disagreed"] == found[0]["calm"]


@pytest.mark.slow
@pytest.mark.parametrize("rank", [0, 1])
def test_what_the_first_process_refuses_is_refused_by_all(found, rank):
    assert "checkpoint.pt' is of another run" in found[rank]["refused"]


@pytest.mark.slow
def test_in_16_bits_a_shared_run_goes_on_where_it_was(found):
    whole, gone_on = found[0]["16 bits"]
    assert gone_on == whole
    assert whole["scale"] > 4.0


@pytest.mark.slow
def test_train_model_shares_its_batches_out(found):
    first, second = (each["seen"]["rows"] for each in found)
    assert [len(rows) for rows in first] == [33]
    assert [len(rows) for rows in second] == [32]
    assert sorted(first[0] + second[0]) == list(range(65))


@pytest.mark.slow
def test_each_process_has_its_own_dropout(found):
    first, second = (each["seen"] for each in found)
    assert first["weights"] == second["weights"]
    assert first["logits"] != second["logits"]


# --- the command


def train_command(folder, source, count=2):
    """Start `imdbtutor train` on the CPU, in several processes."""
    words = ("train", folder, "--source", source, "--device", "cpu")
    return launch(
        "-m", "imdbtutor", *words, count=count, stdout=subprocess.PIPE
    )


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    """Reviews of which 65 are for training: one more than a batch."""
    rows = [
        (f"A {word} film of part {n}.", label)
        for label, (word, count) in enumerate([("cold", 44), ("warm", 45)])
        for n in range(count)
    ]
    path = tmp_path_factory.mktemp("own") / "mine.csv"
    pd.DataFrame(rows, columns=["text", "label"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="module")
def commanded(source, tmp_path_factory):
    """A model that the command trained in two processes, and its words."""
    folder = tmp_path_factory.mktemp("model") / "mine"
    return folder, end(train_command(folder, source))


@pytest.mark.slow
def test_the_command_trains_one_model_in_two_processes(commanded):
    folder, said = commanded
    record = json.loads((folder / "provenance.json").read_text("utf-8"))
    assert record["reviews"]["train"] == 65
    assert said.count("The best of") == 1
    assert len(re.findall(r"epoch 1 \| +\| 0/1", said)) == 1  # one bar
    assert not (folder / "checkpoint.pt").exists()
    assert SentimentClassifier.load(folder).predict(["A film."]).shape == (1,)


@pytest.mark.slow
@pytest.mark.kills
def test_the_command_goes_on_when_a_process_was_killed(
    commanded, source, tmp_path
):
    with train_command(tmp_path, source) as run:
        while not (tmp_path / "checkpoint.pt").exists():
            assert run.poll() is None
        run.terminate()
        run.communicate(timeout=60)
    said = end(train_command(tmp_path, source))
    assert "epoch 1 " not in said
    for name in ("model.safetensors", "vocab.json"):
        expected = (commanded[0] / name).read_bytes()
        assert (tmp_path / name).read_bytes() == expected


@pytest.mark.slow
def test_two_trainings_into_one_folder_end_well(source, tmp_path):
    """Not shared: two people who start the same command."""
    words = ("train", tmp_path, "--source", source, "--device", "cpu")
    command = [sys.executable, "-m", "imdbtutor", *map(str, words)]
    pipes = {"stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    runs = [subprocess.Popen(command, **pipes) for _ in range(2)]
    complaints = [run.communicate(timeout=120)[1] for run in runs]
    assert [run.returncode for run in runs] == [0, 0], complaints
    assert "checkpoint.pt" not in [path.name for path in tmp_path.iterdir()]
    assert SentimentClassifier.load(tmp_path).predict(["A film."]).shape == (
        1,
    )


# --- devices


@pytest.fixture
def on_machine(monkeypatch):
    """Pretend to be a process that torchrun has started, beside GPUs."""

    def pretend(rank=0, here=1, gpus=2, world=None):
        counts = {"LOCAL_RANK": rank, "LOCAL_WORLD_SIZE": here}
        counts["WORLD_SIZE"] = world or here
        for name, count in counts.items():
            monkeypatch.setenv(name, str(count))
        monkeypatch.setattr(torch.cuda, "device_count", lambda: gpus)

    return pretend


@pytest.mark.parametrize("rank", [0, 1])
@pytest.mark.parametrize("asked", ["cuda", "cuda:0"])
def test_each_process_has_a_gpu_of_its_own(on_machine, rank, asked):
    on_machine(rank, here=2)
    assert own_device(torch.device(asked)) == torch.device("cuda", rank)


def test_alone_on_a_machine_a_process_has_the_gpu_it_asked_for(on_machine):
    on_machine(world=2)
    assert own_device(torch.device("cuda:1")) == torch.device("cuda:1")
    assert own_device(torch.device("cuda")) == torch.device("cuda:0")


def test_a_cpu_is_shared(on_machine):
    on_machine(1, here=2, gpus=0)
    assert own_device(torch.device("cpu")) == torch.device("cpu")


def test_more_processes_than_gpus_are_told_so(on_machine):
    on_machine(1, here=2, gpus=1)
    with pytest.raises(ValueError, match=r"2 processes .* --nproc-per-node 1"):
        own_device(torch.device("cuda"))


def test_apples_gpu_is_not_shared(on_machine):
    on_machine(1, here=2, gpus=0)
    with pytest.raises(ValueError, match=r"'mps'; add --device cpu"):
        own_device(torch.device("mps"))
    on_machine(here=1)
    assert own_device(torch.device("mps")) == torch.device("mps")


def test_without_torchrun_a_process_computes_where_it_is_told():
    with process_group(torch.device("cuda:1")) as device:
        assert device == torch.device("cuda:1")
        assert rank_and_count() == (0, 1)


def test_a_process_joins_on_its_own_gpu(on_machine, monkeypatch):
    on_machine(1, here=2)
    monkeypatch.setenv("TORCHELASTIC_RUN_ID", "a")
    done = []
    monkeypatch.setattr(torch.cuda, "set_device", done.append)
    for name in ("init_process_group", "destroy_process_group"):
        monkeypatch.setattr(
            torch.distributed, name, lambda *words: done.extend(words)
        )
    with process_group(torch.device("cuda:0")) as device:
        assert device == torch.device("cuda:1")
    assert done == [torch.device("cuda:1"), "nccl"]


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


@pytest.mark.parametrize("reviews", [6, 7, 11, 12, 22, 251, 499])
@pytest.mark.parametrize("count", [2, 3, 5])
def test_no_process_is_ever_without_a_row(reviews, count):
    """Whatever remains: each review once, and all take as many steps."""
    shares = [
        Shares(LengthBatches(torch.arange(reviews), 5, seed=3), rank, count)
        for rank in range(count)
    ]
    dealt = [list(share) for share in shares]
    assert [len(rows) for rows in dealt] == [len(share) for share in shares]
    assert len({len(rows) for rows in dealt}) == 1
    assert min(len(rows) for share in dealt for rows in share) >= 1
    everything = [row for share in dealt for rows in share for row in rows]
    assert sorted(everything) == list(range(reviews))


@pytest.mark.parametrize("count", [6, 23])
def test_more_processes_than_rows_of_a_batch_are_refused(batches, count):
    with pytest.raises(ValueError, match=rf"5 .* {count} processes; start f"):
        Shares(batches, 0, count)


def test_more_processes_than_reviews_are_refused():
    batches = LengthBatches(torch.arange(1, 3), batch_size=64, seed=0)
    with pytest.raises(ValueError, match=r"2 reviews .* 3 processes"):
        Shares(batches, 0, 3)


def test_batches_that_are_not_by_length_are_not_shared(dataset):
    with pytest.raises(ValueError, match="by length"):
        share(make_loader(dataset, 4, by_length=False), 0, 2)


def test_shares_deal_in_a_new_order_each_epoch(batches):
    shares = Shares(batches, 0, 3)
    assert list(shares) != list(shares)


def test_alone_a_process_is_the_first_of_one():
    assert rank_and_count() == (0, 1)
