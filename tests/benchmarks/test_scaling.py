"""What `make measure WHAT=scaling` measures where."""

import pytest
import torch

from benchmarks.speed import scaling


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
    assert found == [way for way in scaling.WAYS if way != "two" or shared]


def test_on_one_gpu_the_rest_is_measured_and_it_is_said(
    gpus, monkeypatch, capsys
):
    gpus(1)
    epochs = [{"seconds": 2.0, "train_loss": 0.5}] * 2
    written = {}
    monkeypatch.setattr(scaling, "pick_device", lambda: torch.device("cuda"))
    monkeypatch.setattr(scaling, "run", lambda way: epochs)
    monkeypatch.setattr(
        scaling, "write_json", lambda path, found: written.update(found)
    )
    scaling.main()
    assert "two: left out, as it needs a second GPU" in capsys.readouterr().out
    ids = [row["id"] for row in written["rows"]]
    assert ids == ["float32", "bfloat16", "compiled"]
