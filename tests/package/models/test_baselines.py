import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from imdbtutor.models.baselines import (
    AveragedEmbeddings,
    ConvClassifier,
    NBWeights,
    nb_logistic,
    tfidf_logistic,
)

TEXTS = ["Good, very good.", "A good film.", "Bad film.", "Very bad."] * 3
LABELS = [1, 1, 0, 0] * 3
NETWORKS = [AveragedEmbeddings, ConvClassifier]


@pytest.fixture(params=NETWORKS, ids=lambda kind: kind.__name__)
def network(request):
    return request.param(11, 6).eval()


@pytest.mark.parametrize("make", [tfidf_logistic, nb_logistic])
@pytest.mark.parametrize("longest", [1, 2, 3])
def test_a_bag_learns_what_the_words_say(make, longest):
    pipeline = make(longest).fit(TEXTS, LABELS)
    assert pipeline.predict(["so good!", "so bad!"]).tolist() == [1, 0]


@pytest.mark.parametrize("make", [tfidf_logistic, nb_logistic])
def test_words_alone_do_not_know_their_order(make):
    pipeline = make(1).fit(TEXTS, LABELS)
    chances = pipeline.predict_proba(["good bad film", "film good bad"])
    assert np.allclose(chances[0], chances[1])


def test_pairs_tell_what_words_cannot():
    texts = ["not good but bad", "not bad but good"] * 4
    labels = [0, 1] * 4
    assert nb_logistic(1).fit(texts, labels).score(texts, labels) == 0.5
    assert nb_logistic(2).fit(texts, labels).score(texts, labels) == 1


@pytest.mark.parametrize("make", [tfidf_logistic, nb_logistic])
@pytest.mark.parametrize(
    "names",
    [("negative", "positive"), (False, True), (-1, 1), (1, 2), (0.0, 1.0)],
    ids=str,
)
def test_classes_may_have_any_names(make, names):
    expected = make().fit(TEXTS, LABELS)
    named = make().fit(TEXTS, [names[label] for label in LABELS])
    assert named.classes_.tolist() == list(names)
    chances = expected.predict_proba(["so good!", "so bad!", "a film"])
    assert np.array_equal(
        named.predict_proba(["so good!", "so bad!", "a film"]), chances
    )


@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([1] * 12, r"two classes are needed, found \[1\]"),
        ([0, 1, 2] * 4, r"found \[0 1 2\]"),
        ([0, 1] * 5, r"inconsistent .*\[12, 10\]"),
        ([0.9, 0.1] * 6, "continuous"),
        ([1, float("nan")] * 6, "NaN"),
    ],
)
def test_what_names_no_two_classes_is_refused(labels, words):
    with pytest.raises(ValueError, match=words):
        nb_logistic().fit(TEXTS, labels)


def test_the_ratio_is_that_of_naive_bayes():
    counts = csr_matrix([[1, 0, 1], [1, 0, 0], [0, 1, 1]], dtype=float)
    ratio = NBWeights().fit(counts, [1, 1, 0]).ratio_
    positive, negative = np.array([3, 1, 2]) / 6, np.array([1, 2, 2]) / 5
    assert np.allclose(ratio, np.log(positive / negative))


def test_padding_does_not_change_a_networks_score(network):
    token_ids = torch.tensor([[3, 7, 4, 2, 9]])
    padded = torch.nn.functional.pad(token_ids, (0, 4))
    lengths = torch.tensor([5])
    alone, wide = network(token_ids, lengths), network(padded, lengths)
    assert torch.allclose(alone, wide, atol=1e-6)


def test_a_review_of_one_word_is_scored(network):
    logits = network(torch.tensor([[5], [6]]), torch.tensor([1, 1]))
    assert logits.shape == (2, 2)
    assert logits.isfinite().all()


def test_averaging_loses_the_order_and_the_cnn_keeps_it():
    ids = torch.tensor([[3, 7, 4, 2, 9, 5]])
    lengths = torch.tensor([6])
    for kind, kept in zip(NETWORKS, (False, True), strict=True):
        network = kind(11, 6).eval()
        there, back = network(ids, lengths), network(ids.flip(1), lengths)
        assert torch.allclose(there, back, atol=1e-6) != kept


def test_a_network_computes_where_its_weights_are(network):
    ids, lengths = (torch.ones(2, 7, dtype=torch.int64), torch.tensor([7, 3]))
    logits = network.to("meta")(ids.to("meta"), lengths.to("meta"))
    assert (logits.device.type, logits.shape) == ("meta", (2, 2))


def test_averages_and_filters_are_dropped_in_training(network):
    seen = []
    network.linear.register_forward_pre_hook(
        lambda layer, inputs: seen.append(inputs[0])
    )
    batch = torch.randint(2, 11, (50, 9)), torch.full((50,), 9)
    for training in (False, True):
        network.train(training)(*batch)
    zeros = [(values == 0).float().mean().item() for values in seen]
    assert zeros[1] == pytest.approx((1 + zeros[0]) / 2, abs=0.08)
