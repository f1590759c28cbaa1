"""Measure a trained model."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
import torch
from sklearn.metrics import classification_report, confusion_matrix
from torch import Tensor

from imdbtutor.data.arguments import CLASSES, check_labels
from imdbtutor.data.batches import ReviewDataset, pad_batch, split_by_length
from imdbtutor.models.lstm import LSTMClassifier


@torch.inference_mode()
def predict_logits(
    model: LSTMClassifier, dataset: ReviewDataset, *, batch_size: int = 128
) -> Tensor:
    """Score every review of a dataset, in the dataset's order.

    Args:
        model: The classifier, on the device to compute on. It is switched
            to evaluation mode for the time and then back.
        dataset: The encoded reviews.
        batch_size: Reviews scored at once at most; changes the speed, not
            the result.

    Returns:
        Logits on the CPU, float32, shape (reviews, classes).

    Built in chapter 9.
    """
    device = next(model.parameters()).device
    order, logits, was_training = [], [], model.training
    model.eval()
    for rows in split_by_length(dataset.lengths, batch_size):
        batch = pad_batch([dataset[row] for row in rows]).to(device)
        logits.append(model(batch.token_ids, batch.lengths).float().cpu())
        order.append(rows)
    model.train(was_training)
    return torch.cat(logits)[torch.cat(order).argsort()]


@dataclass(frozen=True)
class Report:
    """True labels and predictions of a whole dataset, and their figures.

    Args:
        labels: The true labels, 0 or 1, shape (reviews,).
        probabilities: The model's probability of class 1, shape (reviews,).

    Raises:
        ValueError: If there are none, not as many of both, or a label or a
            probability is none.

    Built in chapter 9.
    """

    labels: np.ndarray
    probabilities: np.ndarray

    def __post_init__(self) -> None:
        """Refuse what no figure could be computed from."""
        found = np.asarray(self.probabilities, dtype=float)
        if found.ndim != 1 or not len(found):
            raise ValueError(
                "probabilities must be one number for each review, that of "
                f"class 1, and not none: got the shape {found.shape}."
            )
        possible = (found >= 0) & (found <= 1)  # not a number is not
        if not possible.all():
            raise ValueError(
                "probabilities must be from 0 to 1, found "
                f"{found[~possible][0]}."
            )
        checked = check_labels(self.labels, len(found))
        object.__setattr__(self, "labels", checked)
        object.__setattr__(self, "probabilities", found)

    @property
    def predictions(self) -> np.ndarray:
        """Return the likelier class of each review, int64, (reviews,)."""
        return (self.probabilities > 0.5).astype(np.int64)

    @property
    def confusion(self) -> np.ndarray:
        """Return the counts, true classes in rows, predicted in columns."""
        return confusion_matrix(self.labels, self.predictions, labels=[0, 1])

    @property
    def accuracy(self) -> float:
        """Return the share of reviews that are classified right."""
        return float(self.confusion.trace() / len(self.labels))

    def by_class(self) -> str:
        """Return scikit-learn's classification report, as text."""
        return classification_report(
            self.labels,
            self.predictions,
            labels=[0, 1],
            target_names=CLASSES,
            digits=3,
            zero_division=0,
        )

    def metrics(self) -> pd.DataFrame:
        """Return accuracy, precision, recall and F1 with 95 % intervals.

        Returns:
            One row a metric, positive being the class that is looked for;
            columns `value`, `low` and `high` from 0 to 1.
        """
        counts = self.confusion.ravel()
        values = confusion_metrics(counts[None, :]).iloc[0]
        resampled = confusion_metrics(bootstrap_counts(counts))
        low, high = resampled.quantile([0.025, 0.975]).to_numpy()
        return pd.DataFrame({"value": values, "low": low, "high": high})

    def mistakes(self) -> pd.DataFrame:
        """Return the wrongly classified rows, the most confident first.

        Returns:
            Index: the row in the dataset. Columns: `label` and
            `probability`, the model's probability of class 1.
        """
        table = pd.DataFrame(
            {"label": self.labels, "probability": self.probabilities}
        )
        wrong = table[self.predictions != self.labels]
        doubt = (wrong["probability"] - 0.5).abs()
        return wrong.loc[doubt.sort_values(ascending=False).index]


def confusion_metrics(counts: np.ndarray) -> pd.DataFrame:
    """Work out the four metrics from confusion counts.

    Args:
        counts: Columns TN, FP, FN, TP; shape (matrices, 4).

    Returns:
        Columns accuracy, precision, recall, F1, one row a matrix; 0 where a
        metric would divide by 0.

    Used in chapter 9.
    """
    tn, fp, fn, tp = np.asarray(counts, dtype=float).T
    shares = {
        "accuracy": (tn + tp, tn + fp + fn + tp),
        "precision": (tp, tp + fp),
        "recall": (tp, tp + fn),
        "F1": (2 * tp, 2 * tp + fp + fn),
    }
    return pd.DataFrame(
        {
            name: part / np.maximum(all_, 1)
            for name, (part, all_) in shares.items()
        }
    )


def bootstrap_counts(
    counts: np.ndarray, repeats: int = 10_000, seed: int = 0
) -> np.ndarray:
    """Draw counts of kinds as if the same number of reviews came anew.

    Drawing reviews with replacement (the bootstrap of Efron, 1979) is
    drawing the counts of their kinds from a multinomial distribution.

    Args:
        counts: Reviews of each kind, such as TN, FP, FN, TP; shape (kinds,).
        repeats: How many times to draw.
        seed: Fixes the draw.

    Returns:
        Counts, int64, shape (repeats, kinds).

    Built in chapter 9.
    """
    rng = np.random.default_rng(seed)
    return rng.multinomial(counts.sum(), counts / counts.sum(), size=repeats)


def bootstrap_mean(
    values: np.ndarray, repeats: int = 10_000, seed: int = 0
) -> tuple[float, float, float]:
    """Return a mean over reviews and its 95 % interval.

    With `values` saying whether a model is right on each review, it is the
    accuracy; with differences between two models it is the paired bootstrap
    (Efron and Tibshirani, 1993).

    Args:
        values: One number a review, shape (reviews,); few different ones.
        repeats: How many sets of reviews to draw.
        seed: Fixes the draw.

    Returns:
        The mean, and the limits that 95 % of the drawn means lie between.

    Built in chapter 11.
    """
    kinds, counts = np.unique(values, return_counts=True)
    drawn = bootstrap_counts(counts, repeats, seed)
    low, high = np.quantile(drawn @ kinds / len(values), [0.025, 0.975])
    return float(np.mean(values)), float(low), float(high)


def evaluate(
    model: LSTMClassifier, dataset: ReviewDataset, *, batch_size: int = 128
) -> Report:
    """Score a dataset and keep what every figure is computed from.

    Args:
        model: The classifier.
        dataset: The encoded reviews and their labels.
        batch_size: Reviews scored at once.

    Returns:
        The report.

    Raises:
        ValueError: If a token id is not in the model's table.

    Built in chapter 9.
    """
    try:
        logits = predict_logits(model, dataset, batch_size=batch_size)
    except IndexError as error:
        raise ValueError(
            "a token id is not in the model's table: encode the reviews "
            "with the vocabulary it was trained with."
        ) from error
    return Report(
        labels=dataset.labels.numpy(),
        probabilities=logits.double().softmax(dim=1)[:, 1].numpy(),
    )
