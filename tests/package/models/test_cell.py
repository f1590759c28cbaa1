import pytest
import torch
from torch import nn

from imdbtutor.models.cell import LSTMCell

EXACTLY = {"rtol": 0, "atol": 1e-12}


@pytest.fixture
def ours():
    return LSTMCell(3, 4).double()


@pytest.fixture
def inputs():
    """Five steps of two reviews, as (time, batch, embedding)."""
    return torch.randn(5, 2, 3, dtype=torch.float64, requires_grad=True)


@pytest.fixture
def state():
    """A state in the middle of a review, not the zeros of its start."""
    return torch.randn(2, 2, 4, dtype=torch.float64).unbind()


@pytest.fixture
def theirs(ours):
    cell = nn.LSTMCell(3, 4, dtype=torch.float64)
    cell.load_state_dict(ours.state_dict())
    return cell


@pytest.fixture
def their_lstm(ours):
    lstm = nn.LSTM(3, 4, dtype=torch.float64)
    weights = ours.state_dict().items()
    lstm.load_state_dict({f"{name}_l0": value for name, value in weights})
    return lstm


def run(cell, inputs, state):
    """Take all steps and return every hidden state, and the last memory."""
    shown = []
    for x in inputs:
        state = cell(x, state)
        shown.append(state[0])
    return torch.stack(shown), state[1]


def test_one_step_equals_that_of_torchs_cell(ours, theirs, inputs, state):
    expected = theirs(inputs[0], state)
    torch.testing.assert_close(ours(inputs[0], state), expected, **EXACTLY)


def test_many_steps_equal_those_of_torchs_lstm(
    ours, their_lstm, inputs, state
):
    h, c = state
    expected, (_, last_c) = their_lstm(inputs, (h[None], c[None]))
    shown, memory = run(ours, inputs, state)
    torch.testing.assert_close(shown, expected, **EXACTLY)
    torch.testing.assert_close(memory, last_c[0], **EXACTLY)


@pytest.mark.parametrize(
    "name", ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
)
def test_gradients_of_the_weights_equal_torchs(
    ours, their_lstm, inputs, state, name
):
    run(ours, inputs, state)[0].square().sum().backward()
    h, c = state
    their_lstm(inputs, (h[None], c[None]))[0].square().sum().backward()
    expected = getattr(their_lstm, f"{name}_l0").grad
    torch.testing.assert_close(getattr(ours, name).grad, expected, **EXACTLY)


def test_gradients_of_the_inputs_equal_torchs(ours, theirs, inputs, state):
    (our_grad,) = torch.autograd.grad(
        run(ours, inputs, state)[1].sum(), inputs
    )
    expected = torch.autograd.grad(run(theirs, inputs, state)[1].sum(), inputs)
    torch.testing.assert_close(our_grad, expected[0], **EXACTLY)


def test_weights_are_drawn_within_their_bound_on_both_sides_of_0():
    weights = torch.cat([p.flatten() for p in LSTMCell(9, 16).parameters()])
    assert -0.25 <= weights.min() < -0.24
    assert 0.24 < weights.max() <= 0.25


def test_one_review_does_not_change_another(ours, inputs, state):
    h, c = state
    alone, _ = ours(inputs[0, :1], (h[:1], c[:1]))
    together, _ = ours(inputs[0], state)
    torch.testing.assert_close(together[:1], alone, **EXACTLY)


def test_a_cell_computes_where_its_weights_are():
    cell = LSTMCell(3, 4).to("meta")
    x = torch.ones(2, 3, device="meta")
    state = torch.zeros(2, 2, 4, device="meta").unbind()
    assert {new.device.type for new in cell(x, state)} == {"meta"}
