import numpy as np
import pytest
import torch
from scipy.stats import binomtest
from sklearn import metrics
from torch import nn
from torch.testing import assert_close

from imdbtutor.data.batches import ReviewDataset
from imdbtutor.evaluation.report import (
    Report,
    bootstrap_counts,
    bootstrap_mean,
    confusion_metrics,
    evaluate,
    predict_logits,
)

SCORES = {
    "accuracy": metrics.accuracy_score,
    "precision": metrics.precision_score,
    "recall": metrics.recall_score,
    "F1": metrics.f1_score,
}


def random_report(reviews, seed=0):
    """A model that is right about three times in four."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, reviews)
    signal = np.where(labels == 1, 0.7, -0.7)
    return Report(labels, 1 / (1 + np.exp(-signal - rng.normal(size=reviews))))


@pytest.fixture
def report():
    return random_report(400)


@pytest.fixture
def by_hand():
    """TN 1, FP 2, FN 1, TP 2; the mistakes are rows 1, 2 and 5."""
    labels = np.array([0, 0, 0, 1, 1, 1])
    return Report(labels, np.array([0.2, 0.6, 0.9, 0.7, 0.8, 0.05]))


# --- logits


def test_logits_come_in_the_datasets_order(trained_model, dataset):
    logits = predict_logits(trained_model, dataset, batch_size=3)
    trained_model.eval()
    for row, (token_ids, _) in enumerate(dataset):
        length = torch.tensor([len(token_ids)])
        alone = trained_model(token_ids[None], length)
        assert_close(logits[row], alone[0].detach(), rtol=0, atol=1e-5)


@pytest.mark.parametrize("batch_size", [1, 3, 8, 99])
def test_the_batch_size_does_not_change_logits(
    trained_model, dataset, batch_size
):
    expected = predict_logits(trained_model, dataset)
    logits = predict_logits(trained_model, dataset, batch_size=batch_size)
    assert_close(logits, expected, rtol=0, atol=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_scoring_leaves_the_mode_as_it_was(small_model, dataset, training):
    small_model.train(training)
    predict_logits(small_model, dataset)
    assert small_model.training is training


def test_dropout_is_off_while_scoring(trained_model, dataset):
    trained_model.train()
    first = predict_logits(trained_model, dataset)
    assert torch.equal(first, predict_logits(trained_model, dataset))


def test_logits_are_float32_whatever_the_model(small_model, dataset):
    logits = predict_logits(small_model.double(), dataset)
    assert logits.dtype == torch.float32
    assert logits.shape == (8, 2)


class Elsewhere(nn.Module):
    """A model on a device without numbers; it notes where its input is."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(1, device="meta"))
        self.seen = set()

    def forward(self, token_ids, lengths):
        self.seen |= {token_ids.device.type, lengths.device.type}
        return torch.zeros(len(token_ids), 2)


def test_reviews_are_scored_where_the_model_is(dataset):
    model = Elsewhere()
    assert predict_logits(model, dataset).device.type == "cpu"
    assert model.seen == {"meta"}


# --- a report


def test_evaluating_keeps_the_labels(trained_model, dataset, labels):
    report = evaluate(trained_model, dataset)
    assert report.labels.tolist() == labels


def test_a_trained_model_is_right_about_what_it_learned(
    trained_model, dataset
):
    assert evaluate(trained_model, dataset).accuracy == 1


def test_probabilities_are_the_softmax_of_the_logits(trained_model, dataset):
    logits = predict_logits(trained_model, dataset).double().numpy()
    odds = np.exp(logits[:, 1] - logits[:, 0])
    report = evaluate(trained_model, dataset)
    np.testing.assert_allclose(report.probabilities, odds / (1 + odds))


def test_predictions_are_the_larger_logit(small_model, dataset):
    logits = predict_logits(small_model, dataset)
    report = evaluate(small_model, dataset)
    assert report.predictions.tolist() == logits.argmax(dim=1).tolist()


@pytest.mark.parametrize("name", SCORES)
@pytest.mark.parametrize("seed", range(3))
def test_figures_equal_those_of_scikit_learn(name, seed):
    report = random_report(50, seed)
    expected = SCORES[name](report.labels, report.predictions)
    assert report.metrics().loc[name, "value"] == pytest.approx(expected)


def test_accuracy_is_the_same_wherever_it_is_read(report):
    assert report.accuracy == report.metrics().loc["accuracy", "value"]


def test_the_report_by_class_is_that_of_scikit_learn(report):
    assert report.by_class() == metrics.classification_report(
        report.labels,
        report.predictions,
        target_names=["negative", "positive"],
        digits=3,
    )


def test_confusion_has_true_classes_in_rows(by_hand):
    assert by_hand.confusion.tolist() == [[1, 2], [1, 2]]


def test_confusion_adds_up(report):
    assert report.confusion.sum() == 400
    assert report.confusion.sum(axis=1).tolist() == [
        (report.labels == 0).sum(),
        (report.labels == 1).sum(),
    ]
    assert report.confusion.sum(axis=0)[1] == report.predictions.sum()


@pytest.mark.parametrize(
    "labels", [[2, 1], [0.9, 0.1], ["0", "1"], [0, np.nan], [1], [[0], [1]]]
)
def test_labels_that_are_none_are_not_measured(trained_model, labels):
    """Two reviews judged rightly once had an accuracy of 0."""
    reviews = [torch.tensor([2]), torch.tensor([3])]
    with pytest.raises(ValueError, match="labels"):
        Report(labels, np.array([0.2, 0.6]))
    with pytest.raises(ValueError, match="labels"):
        evaluate(trained_model, ReviewDataset(reviews, labels))


@pytest.mark.parametrize(
    ("probabilities", "words"),
    [
        ([0.2, np.nan], "from 0 to 1, found nan"),
        ([0.2, 1.01], r"from 0 to 1, found 1\.01"),
        ([-0.01, 0.2], r"from 0 to 1, found -0\.01"),
        ([[0.2, 0.8], [0.6, 0.4]], r"one number .* shape \(2, 2\)"),
        ([], r"not none: got the shape \(0,\)"),
    ],
)
def test_probabilities_that_are_none_are_not_measured(probabilities, words):
    with pytest.raises(ValueError, match=words):
        Report([0, 1], probabilities)


def test_a_model_that_answers_no_number_is_not_measured(small_model, dataset):
    small_model.linear.bias.data.fill_(torch.nan)
    with pytest.raises(ValueError, match="from 0 to 1, found nan"):
        evaluate(small_model, dataset)


@pytest.mark.parametrize("hold", [list, tuple, torch.tensor])
def test_how_labels_and_probabilities_are_held_does_not_matter(by_hand, hold):
    labels, chances = by_hand.labels, by_hand.probabilities
    report = Report(hold(labels.tolist()), hold(chances.tolist()))
    assert report.accuracy == report.metrics().loc["accuracy", "value"] == 0.5
    assert list(report.mistakes().index) == [5, 2, 1]


@pytest.mark.parametrize("token_id", [99, -1])
def test_reviews_of_another_vocabulary_are_not_measured(
    trained_model, token_id
):
    ids = torch.tensor([2, token_id])
    with pytest.raises(ValueError, match="vocabulary it was trained with"):
        evaluate(trained_model, ReviewDataset([ids], [1]))


# --- intervals


def test_an_interval_holds_its_value(report):
    table = report.metrics()
    assert (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()


@pytest.mark.parametrize("name", SCORES)
def test_more_reviews_make_the_interval_narrower(name):
    few = random_report(100).metrics().loc[name]
    many = random_report(10_000).metrics().loc[name]
    width = many["high"] - many["low"]
    # a hundred times as many reviews: a tenth of the width
    assert width == pytest.approx((few["high"] - few["low"]) / 10, rel=0.35)


@pytest.mark.parametrize("reviews", [400, 5_000])
def test_the_accuracys_interval_is_close_to_wilsons(reviews):
    report = random_report(reviews)
    right = int((report.labels == report.predictions).sum())
    wilson = binomtest(right, reviews).proportion_ci(method="wilson")
    found = report.metrics().loc["accuracy", ["low", "high"]]
    width = wilson.high - wilson.low
    np.testing.assert_allclose(found, wilson, rtol=0, atol=0.06 * width)


def test_intervals_are_the_same_every_time(report):
    assert report.metrics().equals(report.metrics())


def test_drawn_counts_have_the_right_size_and_mean():
    counts = np.array([10, 20, 30, 40])
    drawn = bootstrap_counts(counts, repeats=5_000)
    assert (drawn.sum(axis=1) == 100).all()
    np.testing.assert_allclose(drawn.mean(axis=0), counts, atol=0.3)


def test_metrics_that_would_divide_by_zero_are_0():
    nothing_found = confusion_metrics(np.array([[5, 0, 3, 0]])).iloc[0]
    assert nothing_found.to_dict() == {
        "accuracy": 0.625,
        "precision": 0,
        "recall": 0,
        "F1": 0,
    }


# --- mistakes


def test_mistakes_are_the_wrong_ones_the_most_confident_first(by_hand):
    assert list(by_hand.mistakes().index) == [5, 2, 1]


def test_mistakes_are_all_wrong(report):
    found = report.mistakes()
    assert ((found["probability"] > 0.5) != (found["label"] == 1)).all()


def test_no_mistake_is_left_out(report):
    wrong = np.flatnonzero(report.labels != report.predictions)
    assert sorted(report.mistakes().index) == list(wrong)


def test_mistakes_are_sorted_by_confidence(report):
    doubt = (report.mistakes()["probability"] - 0.5).abs()
    assert doubt.is_monotonic_decreasing


def test_mistakes_point_to_their_rows(report):
    found = report.mistakes()
    expected = report.probabilities[found.index]
    np.testing.assert_array_equal(found["probability"], expected)


# --- one class only; a warning would be an error here


@pytest.mark.parametrize("label", [0, 1])
@pytest.mark.parametrize("probability", [0.1, 0.9])
def test_reviews_of_one_class_can_be_reported(label, probability):
    report = Report(np.full(5, label), np.full(5, probability))
    right = float(label == (probability > 0.5))
    assert report.metrics().loc["accuracy"].tolist() == [right] * 3
    assert report.confusion.sum() == 5
    assert "positive" in report.by_class()
    assert len(report.mistakes()) == 5 * (1 - right)


def test_reviews_of_one_class_can_be_evaluated(trained_model, dataset):
    praise = ReviewDataset(dataset.reviews[:4], dataset.labels[:4])
    assert evaluate(trained_model, praise).metrics().loc["F1", "value"] == 1


def test_the_bootstrap_of_a_mean_agrees_with_drawing_reviews():
    rng = np.random.default_rng(1)
    values = rng.choice([0.0, 0.4, 1.0], size=300)
    mean, low, high = bootstrap_mean(values)
    drawn = values[rng.integers(0, 300, (10_000, 300))].mean(axis=1)
    plain = np.quantile(drawn, [0.025, 0.975])
    assert mean == pytest.approx(values.mean())
    assert [low, high] == pytest.approx(plain, abs=0.003)


def test_equal_models_have_an_interval_of_nothing():
    assert bootstrap_mean(np.zeros(50)) == (0, 0, 0)
