"""The arithmetic that the limit is worked out from."""

import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.speed import limit
from benchmarks.speed.limit import arithmetic, matmul_rate
from imdbtutor.models.cell import LSTMCell
from imdbtutor.models.lstm import ModelConfig

pytestmark = pytest.mark.slow  # what counts operations takes long to import


@pytest.mark.parametrize("both", [False, True])
def test_the_arithmetic_is_that_of_the_step_by_hand(both):
    config = ModelConfig(9, 12, 8, bidirectional=both)
    cell = LSTMCell(12, 8)
    state = torch.zeros(1, 8), torch.zeros(1, 8)
    with FlopCounterMode(display=False) as counter:
        cell(torch.zeros(1, 12), state)
    ways = 1 + both
    assert arithmetic(config) == 3 * ways * counter.get_total_flops()


def test_layers_and_directions_add_their_arithmetic():
    two = arithmetic(ModelConfig(9, 16, 8, num_layers=2))
    assert two == 2 * arithmetic(ModelConfig(9, 16, 8))


def test_the_limit_is_the_quickest_of_eight_products(monkeypatch):
    times, counted = [4.0, 3.0, 2.0, 8.0, 5.0, 6.0, 7.0, 9.0], []

    def seconds(work):
        with FlopCounterMode(display=False) as counter:
            work()
        counted.append(counter.get_total_flops())
        return times[len(counted) - 1]

    monkeypatch.setattr(limit, "seconds", seconds)
    assert matmul_rate(16) == counted[0] / 2.0
    assert len(counted) == 8
