import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix
from torch.nn import functional as F

from imdbtutor.models.baselines import (
    AveragedEmbeddings,
    ConvClassifier,
    NBWeights,
    nb_logistic,
    nb_weighted,
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


def test_a_words_weight_is_its_logged_count_times_its_rarity():
    texts = ["good good good film", "good film", "bad film", "bad bad"]
    weights = tfidf_logistic()[0].fit_transform(texts).toarray()
    counts = np.array([[0, 1, 3], [0, 1, 1], [1, 1, 0], [2, 0, 0]])
    rarity = np.log(5 / (1 + np.array([2, 3, 2]))) + 1  # 4 reviews, plus 1
    logged = np.where(counts, 1 + np.log(np.maximum(counts, 1)), 0)
    expected = logged * rarity
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    assert np.allclose(weights, expected)


@pytest.mark.parametrize("make", [tfidf_logistic, nb_logistic])
def test_what_counts_are_the_books_tokens_in_two_reviews_or_more(make):
    phrases = make(2)[0].fit(["It's good.", "Good it isn't.", "it's GOOD!"])
    expected = ["'", "' s", ".", "good", "it", "it '", "s", "s good"]
    assert sorted(phrases.vocabulary_) == expected


@pytest.mark.parametrize(
    ("make", "phrases"),
    [(tfidf_logistic, {1}), (nb_logistic, {1, 2})],
    ids=["tfidf", "nb"],
)
def test_how_long_phrases_are_where_nothing_is_said(make, phrases):
    found = make()[0].fit(TEXTS).vocabulary_
    assert {len(phrase.split()) for phrase in found} == phrases


def test_a_word_counts_once_a_review_with_naive_bayes():
    pipeline = nb_logistic(1).fit(TEXTS, LABELS)
    once, often = pipeline.decision_function(["good", "good good good"])
    assert once == often


def test_the_logistic_regression_is_held_back_as_it_says():
    """Where the slope is 0, w = C * sum of (label - chance) * features."""
    pipeline = tfidf_logistic().fit(TEXTS, LABELS)
    features = pipeline[0].transform(TEXTS)
    missing = np.array(LABELS) - pipeline.predict_proba(TEXTS)[:, 1]
    expected = 4 * features.T @ missing
    assert np.allclose(pipeline[-1].coef_[0], expected, atol=1e-2)


@pytest.mark.parametrize(("words", "strength"), [((), 0.1), ((0.5,), 0.5)])
def test_naive_bayes_weights_are_held_back_as_it_says(words, strength):
    counts = csr_matrix([[1, 0, 1], [1, 1, 0], [0, 1, 1], [0, 1, 0]] * 3)
    labels = np.array([1, 1, 0, 0] * 3)
    pipeline = nb_weighted(*words).fit(counts, labels)
    features = pipeline[0].transform(counts)
    missing = labels - pipeline.predict_proba(counts)[:, 1]
    expected = strength * features.T @ missing
    assert np.allclose(pipeline[-1].coef_[0], expected, atol=1e-3)


def test_averaging_scores_the_mean_of_the_real_words():
    network = AveragedEmbeddings(11, 6).eval()
    vectors = network.embedding(torch.tensor([3, 7, 4]))
    expected = network.linear(vectors.mean(dim=0))
    logits = network(torch.tensor([[3, 7, 4, 0, 0]]), torch.tensor([3]))
    assert torch.allclose(logits[0], expected, atol=1e-6)


def test_the_cnn_takes_the_best_answer_to_each_phrase():
    network = ConvClassifier(11, 6).eval()
    words = network.embedding(torch.tensor([3, 7, 4, 2]))
    best = []
    for width, layer in zip((3, 4, 5), network.convolutions, strict=True):
        padded = F.pad(words, (0, 0, width - 1, width - 1))
        windows = padded.unfold(0, width, 1)  # (windows, embedding, width)
        answers = torch.einsum("tew,few->tf", windows, layer.weight)
        best.append((answers + layer.bias).relu().amax(dim=0))
    expected = network.linear(torch.cat(best))
    logits = network(torch.tensor([[3, 7, 4, 2, 0]]), torch.tensor([4]))
    assert torch.allclose(logits[0], expected, atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "numbers"), [(AveragedEmbeddings, 100), (ConvClassifier, 300)]
)
def test_the_sizes_left_out_are_those_of_chapter_11(kind, numbers):
    network = kind(11)
    assert network.embedding.weight.shape == (11, 100)
    assert network.linear.in_features == numbers


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
