import numpy as np
import pytest
import torch
from torch import nn

from imdbtutor.data.tokens import tokenize
from imdbtutor.data.vocab import UNK_ID
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.explanation import (
    METHODS,
    integrated_gradients,
    score_vectors,
    weigh_by_leaving_out,
    weigh_tokens,
)

REVIEW = "I loved the story and the acting, not a dull minute!"


@torch.inference_mode()
def score(model, token_ids):
    """Score a review by its ids: positive logit minus negative."""
    lengths = torch.tensor([len(token_ids)])
    negative, positive = model(token_ids[None], lengths)[0]
    return (positive - negative).item()


def change(model, token_ids):
    """Say how far a review's score is from that of unknown words."""
    unknown = torch.full_like(token_ids, UNK_ID)
    return score(model, token_ids) - score(model, unknown)


@pytest.fixture
def ids(vocab):
    return torch.tensor(vocab(tokenize(REVIEW)))


class Stub(nn.Module):
    """A model whose logits are what a function makes of the mean vector."""

    def __init__(self, function):
        super().__init__()
        self.embedding = nn.Embedding(9, 3)
        self.function = function

    def classify(self, vectors, lengths):
        positive = self.function(vectors.sum(dim=1) / lengths[:, None])
        return torch.stack([-positive, positive], dim=1)

    def forward(self, token_ids, lengths):
        return self.classify(self.embedding(token_ids), lengths)


# --- weights add up to the score


@pytest.fixture(scope="session")
def validation_ids(split, pretrained):
    """Thirty real reviews from the shortest to the longest."""
    encoded = pretrained.encode(split.validation["text"])
    order = encoded.lengths.argsort(stable=True)
    places = np.linspace(0, len(order) - 1, 30).round()
    return [encoded.reviews[order[int(place)]] for place in places]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(30))
def test_weights_add_up_on_real_reviews(pretrained, validation_ids, number):
    token_ids = validation_ids[number]
    weights = integrated_gradients(pretrained.model, token_ids)
    expected = change(pretrained.model, token_ids)
    assert weights.sum().item() == pytest.approx(expected, rel=0.01, abs=1e-3)


@pytest.mark.parametrize("text", [REVIEW, "Superb.", "Awful"])
def test_weights_add_up_for_every_setting(any_classifier, text):
    model = any_classifier.model
    expected = change(model, any_classifier.encode([text]).reviews[0])
    total = any_classifier.explain(text)["weight"].sum()
    assert total == pytest.approx(expected, rel=0.01, abs=2e-4)


@pytest.mark.parametrize("steepness", [1, 50, 2_000])
@pytest.mark.parametrize("place", [0.001, 0.3, 0.77])
def test_weights_add_up_where_the_score_jumps(steepness, place):
    def jump(mean):
        return torch.tanh(steepness * (mean[:, 0] - place))

    model = Stub(jump)
    model.embedding.weight.data[1] = 0
    model.embedding.weight.data[2:] = 1
    token_ids = torch.tensor([2, 3, 4])
    weights = integrated_gradients(model, token_ids)
    expected = change(model, token_ids)
    assert weights.sum().item() == pytest.approx(expected, rel=0.01)


def test_weights_add_up_where_the_score_goes_there_and_back():
    def bump(mean):
        return torch.exp(-((100 * (mean[:, 0] - 0.4)) ** 2)) + mean[:, 1]

    model = Stub(bump)
    model.embedding.weight.data[1] = 0
    model.embedding.weight.data[2] = 1
    weights = integrated_gradients(model, torch.tensor([2]))
    assert weights.sum().item() == pytest.approx(2, rel=0.01)


def test_a_closer_sum_can_be_asked_for(pretrained, validation_ids):
    token_ids = validation_ids[3]
    weights = integrated_gradients(
        pretrained.model, token_ids, tolerance=0.001
    )
    expected = change(pretrained.model, token_ids)
    assert weights.sum().item() == pytest.approx(expected, rel=2e-3)


# --- who gets what


def test_jumps_that_cancel_out_are_both_seen():
    def jumps(mean):
        return torch.tanh(2_000 * (mean[:, :2] - 0.29)) @ signs

    signs = torch.tensor([1.0, -1])
    model = Stub(jumps)
    model.embedding.weight.data.zero_()
    model.embedding.weight.data[[2, 3], [0, 1]] = torch.tensor([2.0, 1])
    weights = integrated_gradients(model, torch.tensor([2, 3]))
    assert weights.tolist() == pytest.approx([4, -4], abs=0.1)


def test_weights_of_a_linear_score_are_exact():
    slope = torch.tensor([2.0, -1, 0.5])
    model = Stub(lambda mean: mean @ slope + 7)
    token_ids = torch.tensor([2, 5, 5, 1, 8])
    vectors = model.embedding.weight.detach()
    expected = 2 * (vectors[token_ids] - vectors[1]) @ slope / 5
    weights = integrated_gradients(model, token_ids)
    torch.testing.assert_close(weights, expected, rtol=1e-5, atol=1e-6)


def test_words_that_change_nothing_share_nothing_of_a_jump():
    model = Stub(lambda mean: torch.tanh(500 * (mean[:, 0] - 0.2)))
    model.embedding.weight.data[1] = 0
    model.embedding.weight.data[2] = torch.tensor([1.0, 0, 0])
    model.embedding.weight.data[3] = torch.tensor([0.0, 1, 1])
    weights = integrated_gradients(model, torch.tensor([3, 2, 3]))
    assert weights[[0, 2]].tolist() == [0, 0]


def test_an_unknown_word_has_no_weight(any_classifier):
    weights = any_classifier.explain("a dodo film, a dull dodo")
    unknown = weights["token"] == "dodo"
    assert (weights.loc[unknown, "weight"] == 0).all()
    assert (weights.loc[~unknown, "weight"] != 0).any()


def test_a_review_of_unknown_words_has_no_weights(any_classifier):
    weights = any_classifier.explain("dodo quagga")["weight"]
    assert weights.tolist() == [0, 0]


def test_it_does_not_matter_which_unknown_word_it_is(any_classifier):
    first = any_classifier.explain("a dodo, dull")["weight"]
    second = any_classifier.explain("a quagga, dull")["weight"]
    assert first.equals(second)


@pytest.mark.parametrize(
    "method", [integrated_gradients, weigh_by_leaving_out]
)
def test_swapped_logits_turn_every_weight_around(trained_model, ids, method):
    expected = -method(trained_model.eval(), ids)
    for parameter in trained_model.linear.parameters():
        parameter.data = parameter.data.flip(0)
    swapped = method(trained_model, ids)
    torch.testing.assert_close(swapped, expected, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("how", ["gradients", "leave_one_out"])
def test_weights_do_not_depend_on_training_mode(trained_model, vocab, how):
    classifier = SentimentClassifier.from_parts(trained_model, vocab)
    expected = classifier.explain(REVIEW, how=how)
    classifier.model.train()
    assert classifier.explain(REVIEW, how=how).equals(expected)


@pytest.mark.parametrize(
    "method", [integrated_gradients, weigh_by_leaving_out]
)
def test_explaining_leaves_no_gradients(trained_model, ids, method):
    weights = method(trained_model.eval(), ids)
    assert not weights.requires_grad
    assert {p.grad for p in trained_model.parameters()} == {None}


def test_the_score_of_vectors_is_that_of_their_words(any_model, ids):
    pair = torch.stack([ids, ids.flip(0)])
    with torch.no_grad():
        scores = score_vectors(any_model, any_model.embedding(pair))
    expected = [score(any_model, row) for row in pair]
    assert scores.tolist() == pytest.approx(expected, abs=1e-5)


# --- without the word


def test_a_word_left_out_is_a_shorter_review(any_classifier):
    def log_odds(text):
        negative, positive = any_classifier.predict_proba([text])[0]
        return np.log(positive / negative)

    words = tokenize(REVIEW)
    shorter = [words[:i] + words[i + 1 :] for i in range(len(words))]
    expected = [log_odds(REVIEW) - log_odds(" ".join(s)) for s in shorter]
    weights = any_classifier.explain(REVIEW, how="leave_one_out")["weight"]
    np.testing.assert_allclose(weights, expected, rtol=0, atol=1e-5)


def test_a_word_that_is_alone_is_read_as_unknown(any_classifier):
    weights = any_classifier.explain("superb", how="leave_one_out")["weight"]
    token_ids = any_classifier.encode(["superb"]).reviews[0]
    expected = change(any_classifier.model, token_ids)
    assert weights.tolist() == pytest.approx([expected], abs=1e-5)


def test_of_a_word_that_stands_twice_each_is_left_out_alone(any_classifier):
    pair = any_classifier.explain("dull dull", how="leave_one_out")["weight"]
    assert pair[0] == pytest.approx(pair[1], abs=1e-5)


def test_both_ways_say_the_same_of_a_word_that_is_alone(any_classifier):
    gradients = any_classifier.explain("superb")["weight"][0]
    left_out = any_classifier.explain("superb", how="leave_one_out")["weight"]
    assert gradients == pytest.approx(left_out[0], rel=0.01, abs=2e-4)


# --- on another device


class Noted:
    """Weights that note in which order they are moved and converted."""

    def __init__(self):
        self.steps = []

    def cpu(self):
        self.steps.append("cpu")
        return self

    def double(self):
        self.steps.append("double")
        return self


def test_weights_come_to_the_cpu_before_they_get_64_bits(
    trained_model, ids, monkeypatch
):
    """Apple's GPU has no numbers of 64 bits."""
    seen, weights = [], Noted()

    def method(model, token_ids, target):
        seen.append(token_ids.device.type)
        return weights

    monkeypatch.setitem(METHODS, "gradients", method)
    weigh_tokens(trained_model.to("meta"), ids, "gradients")
    assert weights.steps == ["cpu", "double"]
    assert seen == ["meta"]


def test_gradients_are_computed_where_the_model_is(trained_model, ids):
    """Without numbers the first look at one is as far as it gets."""
    model = trained_model.eval().to("meta")
    with pytest.raises(RuntimeError, match=r"item\(\) cannot be called on me"):
        integrated_gradients(model, ids.to("meta"))
