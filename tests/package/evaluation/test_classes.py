import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import (
    accuracy_score,
    confusion_matrix,
    precision_recall_fscore_support,
)

from imdbtutor.evaluation.classes import ClassReport
from imdbtutor.evaluation.report import Report

NAMES = ["billing", "delay", "other", "quality"]
METRICS = ["precision", "recall", "F1"]


def drawn(seed=0, texts=300):
    """Labels of four classes, of unlike size; two of three are found."""
    rng = np.random.default_rng(seed)
    true = rng.choice(NAMES, texts, p=[0.6, 0.25, 0.1, 0.05])
    guess = rng.choice(NAMES, texts)
    return true, np.where(rng.random(texts) < 0.67, true, guess)


@pytest.fixture
def report():
    return ClassReport(*drawn(), NAMES)


def test_the_metrics_of_a_class_are_scikit_learns(report):
    expected = precision_recall_fscore_support(*drawn(), labels=NAMES)[:3]
    found = report.by_class()["value"].unstack()[METRICS]
    np.testing.assert_allclose(found, np.transpose(expected))
    assert list(found.index) == NAMES


def test_the_averages_are_scikit_learns(report):
    found = report.averages()["value"]
    macro = precision_recall_fscore_support(*drawn(), average="macro")[:3]
    expected = [accuracy_score(*drawn()), *macro]
    np.testing.assert_allclose(found, expected)
    micro = precision_recall_fscore_support(*drawn(), average="micro")[:3]
    assert set(np.round(micro, 9)) == {round(found["accuracy"], 9)}


def test_the_confusion_is_scikit_learns(report):
    expected = confusion_matrix(*drawn(), labels=NAMES)
    assert np.array_equal(report.confusion, expected)
    assert list(report.confusion) == list(report.confusion.index) == NAMES


def test_of_two_classes_they_are_those_of_the_books_report():
    rng = np.random.default_rng(0)
    labels, chances = rng.integers(2, size=200), rng.random(200)
    book = Report(labels, chances)
    found = ClassReport(labels, book.predictions, [0, 1])
    positive = found.by_class().loc[1]
    for metric in METRICS:
        assert positive.loc[metric].tolist() == pytest.approx(
            book.metrics().loc[metric.lower() if metric != "F1" else "F1"],
            abs=5e-3,
        )
    accuracy = found.averages().loc["accuracy"]
    assert accuracy["value"] == book.accuracy


@pytest.mark.slow
def test_95_of_100_intervals_hold_the_truth():
    """The truth: what so many texts that chance does not matter say."""
    truth = ClassReport(*drawn(99, 400_000), NAMES)
    expected = truth.averages()["value"]
    held = []
    for seed in range(200):
        found = ClassReport(*drawn(seed, 1_000), NAMES).averages()
        held.append((found["low"] <= expected) & (expected <= found["high"]))
    shares = pd.DataFrame(held).mean()
    assert shares.between(0.89, 0.99).all(), shares


def test_the_pairs_most_confused_come_first(report):
    found = report.most_confused()
    confusion = report.confusion
    assert found["texts"].is_monotonic_decreasing
    for true, predicted, texts, share in found.itertuples(index=False):
        assert true != predicted
        assert texts == confusion.loc[true, predicted]
        assert share == texts / confusion.loc[true].sum()
    wrong = confusion.to_numpy().sum() - np.trace(confusion)
    assert found["texts"].sum() == wrong


def test_pairs_that_are_confused_as_often_stay_in_the_order_of_classes():
    true, found = list("aabbcc"), list("bcacab")
    pairs = ClassReport(true, found, ["c", "a", "b"]).most_confused()
    assert (pairs["true"] + pairs["predicted"]).tolist() == [
        *("ca", "cb", "ac", "ab", "bc", "ba"),
    ]
    assert (pairs["share"] == 0.5).all()


def test_where_all_is_right_nothing_is_confused():
    labels = ["a", "b", "c"]
    pairs = ClassReport(labels, labels, labels).most_confused()
    assert pairs.empty
    assert list(pairs) == ["true", "predicted", "texts", "share"]


def test_tables_say_what_stands_in_rows_and_columns(report):
    limits = ["value", "low", "high"]
    assert report.confusion.index.name == "true"
    assert list(report.by_class()) == list(report.averages()) == limits
    assert report.by_class().index.names == ["class", "metric"]
    assert list(report.averages().index) == [
        "accuracy",
        *(f"macro {metric}" for metric in METRICS),
    ]


def test_limits_are_those_of_draws_of_as_many_texts(report):
    """Of a share, they are about two standard errors to either side."""
    value, low, high = report.averages().loc["accuracy"]
    error = np.sqrt(value * (1 - value) / 300)
    assert [low, high] == pytest.approx(
        [value - 1.96 * error, value + 1.96 * error], abs=0.2 * error
    )


def test_a_class_that_is_never_met_divides_nothing_by_0():
    found = ClassReport(["a", "b"], ["a", "a"], ["a", "b", "c"])
    assert found.by_class().loc["c", "value"].tolist() == [0, 0, 0]
    assert found.averages().notna().all(axis=None)


@pytest.mark.parametrize(
    ("labels", "predictions", "message"),
    [
        ([], [], "no predictions"),
        (["a"], ["a", "b"], "2 reviews but 1 labels"),
        (["x", "b"], ["a", "b"], r"some of \['a', 'b'\], found \['x'\]"),
        (["a", "b"], ["a", None], r"found \[(None|nan)\]"),
    ],
)
def test_what_cannot_be_measured_is_named(labels, predictions, message):
    with pytest.raises(ValueError, match=message):
        ClassReport(labels, predictions, ["a", "b"])
