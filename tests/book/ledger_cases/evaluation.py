"""Measuring, and new reviews: S29 to S35, C64 to C80."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
import seaborn as sns
import torch
from sklearn.exceptions import UndefinedMetricWarning
from sklearn.metrics import (
    accuracy_score,
    classification_report,
    confusion_matrix,
    precision_recall_fscore_support,
    precision_score,
    recall_score,
)
from torch import nn

from imdbtutor.evaluation.plots import plot_confusion
from imdbtutor.evaluation.report import Report
from imdbtutor.inference.classifier import SentimentClassifier
from ledger_cases import run_cell
from ledger_cases.training import learn_by_heart

NAMES = ["negative", "positive"]
ONE_CLASS = np.zeros(8, dtype=int)


def four_cells():
    """Make 10,000 verdicts: 4,500 and 500, 400 and 4,600."""
    true = np.repeat([1, 1, 0, 0], [4_500, 500, 400, 4_600])
    predicted = np.repeat([1, 0, 1, 0], [4_500, 500, 400, 4_600])
    return true, predicted


def last_batch(size, batch_size=64):
    """Walk through labels as the testing loop does, and keep its names."""
    labels = torch.arange(size) * 2 // size  # class 0 first
    for target in labels.split(batch_size):
        predicted = 1 - target
        predicted[:2] = target[:2]
    return target, predicted


def noisy(size):
    """Class-ordered labels, and verdicts of which 84 in 100 are right."""
    rng = np.random.default_rng(0)
    true = np.arange(size) * 2 // size
    return true, np.where(rng.random(size) < 0.84, true, 1 - true)


def s29():
    """A batch of one class has no precision, and 64 reviews are few."""
    with pytest.raises(NameError, match="'model'"):
        run_cell("model.eval()")
    true, predicted = noisy(5_000)
    with pytest.warns(UndefinedMetricWarning):
        recall = recall_score(true[:64], predicted[:64])
    assert recall == precision_score(true[:64], predicted[:64]) == 0
    batches = np.random.default_rng(1).permutation(4_992).reshape(-1, 64)
    accuracies = (true == predicted)[batches].mean(axis=1)
    assert 0.04 < accuracies.std() < 0.05
    with pytest.raises(RuntimeError, match="requires grad"):
        nn.Linear(2, 2)(torch.ones(1, 2)).numpy()


def s30():
    """A batch of one class draws one cell; all verdicts draw four."""
    draw = "sns.heatmap(confusion_matrix(target, predicted), fmt='d')"
    with pytest.raises(NameError, match="'target'"):
        run_cell(draw, sns=sns, confusion_matrix=confusion_matrix)
    with pytest.warns(UserWarning, match="single label"):
        assert confusion_matrix(ONE_CLASS, ONE_CLASS).shape == (1, 1)
    ax = sns.heatmap(np.eye(2))
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["0", "1"]
    plt.close()
    report = Report(ONE_CLASS, np.zeros(8))
    assert report.confusion.shape == (2, 2)
    ax = plot_confusion(report.confusion)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == NAMES
    plt.close()


def s31():
    """Two names for one class are refused; `labels` puts it right."""
    line = "classification_report(target, predicted)"
    with pytest.raises(NameError, match="'target'"):
        run_cell(line, classification_report=classification_report)
    with pytest.raises(ValueError, match="does not match size of target_name"):
        classification_report(ONE_CLASS, ONE_CLASS, target_names=NAMES)
    text = classification_report(
        ONE_CLASS,
        ONE_CLASS,
        labels=[0, 1],
        target_names=NAMES,
        zero_division=0,
    )
    assert "positive" in text


def s32():
    """The loop is right, once it has a model and a loader."""
    for line in ("model.eval()", "for batch in test_dataloader: ..."):
        with pytest.raises(NameError):
            run_cell(line)
    true, predicted = noisy(100)
    right = total = 0
    for rows in np.split(np.arange(100), [64]):
        right += (true[rows] == predicted[rows]).sum()
        total += len(rows)
    assert right / total == accuracy_score(true, predicted)


def s33():
    """`eval` leaves the record of gradients running."""
    layer = nn.Linear(2, 2).eval()
    assert layer(torch.ones(1, 2)).requires_grad
    with torch.inference_mode():
        assert not layer(torch.ones(1, 2)).requires_grad


def s34():
    """After the loop, the names hold 8 of 5,000 reviews."""
    line = "confusion_matrix(target, predicted)"
    with pytest.raises(NameError, match="'target'"):
        run_cell(line, confusion_matrix=confusion_matrix)
    assert confusion_matrix(*last_batch(5_000)).sum() == 8
    true, predicted = noisy(5_000)
    assert confusion_matrix(true, predicted).sum() == 5_000


def s35():
    """The report is on 8 of 5,000 reviews, all of one class."""
    report = classification_report(
        *last_batch(5_000), labels=[0, 1], output_dict=True, zero_division=0
    )
    assert report["0"]["support"] == 0
    assert report["1"]["support"] == 8


def c64():
    """`numpy` belongs to the tensor."""
    with pytest.raises(AttributeError, match="no attribute 'numpy'"):
        _ = torch.numpy
    assert torch.tensor([1, 0]).numpy().tolist() == [1, 0]


def c65():
    """Batches of 64 differ by ten points and more."""
    true, predicted = noisy(5_000)
    batches = np.random.default_rng(1).permutation(4_992).reshape(-1, 64)
    accuracies = (true == predicted)[batches].mean(axis=1)
    assert accuracies.max() - accuracies.min() > 0.1
    assert abs(accuracies.mean() - (true == predicted).mean()) < 0.005


def c66():
    """The report is text, made by scikit-learn alone."""
    assert isinstance(classification_report([0, 1], [0, 1]), str)
    assert not plt.get_fignums()


def c67():
    """`eval` stops dropout, not the recording of gradients."""
    model = nn.Sequential(nn.Dropout(0.5), nn.Linear(2, 2)).eval()
    ones = torch.ones(1, 2)
    assert torch.equal(model(ones), model(ones))
    assert model(ones).requires_grad
    with torch.no_grad():
        assert not model(ones).requires_grad


def c69():
    """It has no loader to come from."""
    with pytest.raises(NameError, match="'test_dataloader'"):
        run_cell("len(test_dataloader)")


def c70():
    """Measured on what it was trained on, a parrot scores 1."""
    seen = {"fun": 1, "dull": 0, "odd": 1}
    loader = list(seen.items())
    assert all(seen.get(text, 0) == label for text, label in loader)
    fresh = [("warm", 1), ("cold", 0), ("sweet", 1)]
    assert sum(seen.get(text, 0) == label for text, label in fresh) == 1


def c71():
    """Training and test accuracy can be far apart."""
    old, fresh = learn_by_heart()
    assert old - fresh > 0.3


def c72():
    """A network does not take text; the classifier does."""
    with pytest.raises(TypeError):
        nn.Embedding(10, 4)("A joy.")
    classifier = SentimentClassifier.pretrained()
    assert classifier.predict(["A joy to watch."]).tolist() == [1]


def c73():
    """After the loop they are the last batch's: 40 of 25,000."""
    target, predicted = last_batch(25_000)
    assert len(target) == len(predicted) == 40


def c74():
    """A row is a true class: it holds more than true positives."""
    matrix = confusion_matrix(*four_cells(), labels=[1, 0])
    assert matrix[0].tolist() == [4_500, 500]
    assert matrix[0].sum() == (four_cells()[0] == 1).sum()


def c75():
    """Scikit-learn prints class 0 first."""
    tn, fp, fn, tp = confusion_matrix(*four_cells()).ravel()
    assert (tn, fp, fn, tp) == (4_600, 400, 500, 4_500)


def c76():
    """Of 10,000 reviews, the code would have counted 16."""
    assert confusion_matrix(*last_batch(10_000)).sum() == 16
    assert confusion_matrix(*four_cells()).sum() == 10_000


def c77():
    """From the matrix come the two columns the other way round."""
    precision, recall, _, _ = precision_recall_fscore_support(*four_cells())
    assert precision.round(2).tolist() == [0.9, 0.92]
    assert recall.round(2).tolist() == [0.92, 0.9]


def c78():
    """There are five rows, and four columns of numbers."""
    report = classification_report(*four_cells(), output_dict=True)
    averages = ["accuracy", "macro avg", "weighted avg"]
    assert list(report) == ["0", "1", *averages]
    assert len(report["0"]) == 4


def c79():
    """Support counts what was evaluated, and nothing else."""
    data = [0] * 900 + [1] * 100
    evaluated = data[890:910]
    report = classification_report(evaluated, evaluated, output_dict=True)
    assert report["0"]["support"] == report["1"]["support"] == 10
    assert sum(data) == 100


def c80():
    """Where a class is missing, a fourth argument is needed."""
    with pytest.raises(ValueError, match="Try specifying the labels"):
        classification_report(ONE_CLASS, ONE_CLASS, target_names=NAMES)
    report = classification_report(
        ONE_CLASS,
        ONE_CLASS,
        labels=[0, 1],
        output_dict=True,
        zero_division=0,
    )
    assert report["1"]["support"] == 0
