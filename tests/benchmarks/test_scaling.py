"""What `make measure WHAT=scaling` measures where."""

import json

import pytest
import torch

from benchmarks.speed import gpu, scaling


@pytest.fixture
def gpus(monkeypatch):
    return lambda count: monkeypatch.setattr(
        torch.cuda, "device_count", lambda: count
    )


@pytest.mark.parametrize(
    ("device", "count", "shared"),
    [
        ("cpu", 0, True),
        ("cuda", 1, False),
        ("cuda", 2, True),
        ("mps", 0, False),
    ],
)
def test_two_processes_need_a_cpu_or_two_gpus(gpus, device, count, shared):
    gpus(count)
    found = scaling.ways_on(torch.device(device))
    ways = scaling.GPU_WAYS if device == "cuda" else scaling.WAYS
    assert found == [way for way in ways if way != "two" or shared]


def test_on_one_gpu_the_rest_is_measured_and_it_is_said(
    gpus, monkeypatch, capsys
):
    gpus(1)
    epochs = [{"seconds": 2.0, "train_loss": 0.5}] * 2
    written = {}
    monkeypatch.setattr(scaling, "pick_device", lambda: torch.device("cuda"))
    monkeypatch.setattr(scaling, "run", lambda *_: epochs)
    monkeypatch.setattr(
        scaling, "write_json", lambda path, found: written.update(found)
    )
    scaling.main()
    assert "two: left out, as it needs a second GPU" in capsys.readouterr().out
    ids = [row["id"] for row in written["rows"]]
    assert ids == [way for way in scaling.GPU_WAYS if way != "two"]


@pytest.mark.slow
@pytest.mark.parametrize("way", ["packed", "bfloat16", "packed_bfloat16"])
def test_each_way_trains(capsys, way):
    """Those that a CPU can train, too; on sixty-four reviews."""
    scaling.train(way, 64)
    epochs = json.loads(capsys.readouterr().out)
    assert len(epochs) == 2
    assert all(0.5 < row["train_loss"] < 0.9 for row in epochs)  # of a coin


def test_without_a_gpu_nothing_is_measured(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(SystemExit, match="no CUDA device"):
        gpu.main()


@pytest.mark.slow
def test_the_tests_of_a_gpu_are_counted():
    counted = gpu.run_tests()
    assert sum(counted.values()) >= 25
    assert counted["failures"] == counted["errors"] == 0
