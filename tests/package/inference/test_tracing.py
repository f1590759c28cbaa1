"""What is traced is what the network itself computes."""

import pytest
import torch
from torch import nn

from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.tracing import (
    trace_lstm,
    trace_reading,
    verdict_by_word,
)
from imdbtutor.models.cell import LSTMCell

REVIEW = "I expected a great film, and it was a waste of my time."


@pytest.fixture(scope="module")
def classifier():
    return SentimentClassifier.pretrained()


@pytest.fixture(scope="module")
def ids(classifier):
    return classifier.encode([REVIEW]).reviews[0]


@pytest.fixture
def lstm():
    return nn.LSTM(5, 4)


def test_after_each_word_the_verdict_is_that_on_the_words_so_far(
    classifier, ids
):
    tokens = classifier.tokenize(REVIEW)
    starts = [" ".join(tokens[: n + 1]) for n in range(len(tokens))]
    expected = classifier.predict_proba(starts)[:, 1]
    found = verdict_by_word(classifier.model, ids)
    torch.testing.assert_close(found, torch.tensor(expected))


def test_states_and_memory_are_pytorchs(lstm):
    vectors = torch.randn(7, 5)
    trace = trace_lstm(lstm, vectors)
    states, (_, memory) = lstm(vectors)
    torch.testing.assert_close(trace["h"], states)
    torch.testing.assert_close(trace["c"][-1:], memory)


@pytest.mark.parametrize(("gate", "place"), [("i", 0), ("f", 1), ("o", 3)])
def test_gates_stand_where_the_cell_of_chapter_7_has_them(lstm, gate, place):
    """Shut by a bias of -50 in the gate's rows, it is 0, the others not."""
    shut = slice(4 * place, 4 * place + 4)
    lstm.bias_ih_l0.data[shut] = -50
    trace = trace_lstm(lstm, torch.randn(3, 5))
    assert trace[gate].max() < 1e-9
    assert min(trace[other].min() for other in {*"ifo"} - {gate}) > 1e-3


def test_the_cell_of_chapter_7_takes_the_same_steps(lstm):
    cell, vectors = LSTMCell(5, 4), torch.randn(6, 5)
    weights = lstm.state_dict().items()
    cell.load_state_dict({n.removesuffix("_l0"): w for n, w in weights})
    state = torch.zeros(1, 4), torch.zeros(1, 4)
    trace = trace_lstm(lstm, vectors)
    for place, x in enumerate(vectors):
        state = cell(x[None], state)
        torch.testing.assert_close(trace["h"][place], state[0][0])
        torch.testing.assert_close(trace["c"][place], state[1][0])


def test_all_shares_and_the_bias_add_up_to_the_score(classifier, ids):
    with torch.no_grad():
        logits = classifier.model(ids[None], torch.tensor([len(ids)]))[0]
        negative, positive = classifier.model.linear.bias
    traced = trace_reading(classifier.model, ids, units=64)
    shares = sum(sum(trace["share"]) for trace in traced.values())
    score = (logits[1] - logits[0]).item()
    assert shares + (positive - negative).item() == pytest.approx(score)


def test_backward_rows_stand_below_the_words_they_are_of(classifier, ids):
    """At the first word, the backward LSTM has read the whole review."""
    model = classifier.model
    trace = trace_reading(model, ids)["backward"]
    with torch.no_grad():
        turned = model.embedding(ids).flip(0)
        _, (last, _) = model.layers[0].backward_lstm(turned)
    found = torch.tensor([row[0] for row in trace["h"]])
    torch.testing.assert_close(found, last[0][trace["units"]])


@pytest.mark.parametrize("units", [1, 2, 7])
def test_the_units_kept_are_the_ends_of_all(classifier, ids, units):
    everything = trace_reading(classifier.model, ids, units=64)["forward"]
    kept = trace_reading(classifier.model, ids, units)["forward"]
    order = everything["share"]
    half = (units + 1) // 2
    assert order == sorted(order, reverse=True)
    assert kept["share"] == order[:half] + order[64 - units + half :]
    assert all(len(kept[name]) == units for name in "ifoch")
