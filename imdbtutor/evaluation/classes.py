"""Measure a model of any number of classes, class by class."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from imdbtutor.data.arguments import number_labels
from imdbtutor.evaluation.report import bootstrap_counts


@dataclass(frozen=True)
class ClassReport:
    """True classes and predictions of a whole dataset, and their figures.

    Args:
        labels: The true classes, shape (texts,).
        predictions: The predicted ones, shape (texts,).
        classes: All classes, in order.

    Raises:
        ValueError: If there are none, not as many of both, or one is none of
            the classes.

    Used in chapter 15.
    """

    labels: np.ndarray
    predictions: np.ndarray
    classes: Sequence

    def __post_init__(self) -> None:
        """Refuse what no figure could be computed from."""
        if not len(self.predictions):
            raise ValueError("there is nothing to measure: no predictions.")
        for name in ("labels", "predictions"):
            given = getattr(self, name)
            number_labels(given, len(self.predictions), self.classes)

    @property
    def confusion(self) -> pd.DataFrame:
        """Return the counts, true classes in rows, predicted in columns."""
        counts = confusion_matrix(
            np.asarray(self.labels),
            np.asarray(self.predictions),
            labels=np.asarray(self.classes),
        )
        names = pd.Index(self.classes)
        return pd.DataFrame(counts, names.rename("true"), names)

    def by_class(self) -> pd.DataFrame:
        """Return precision, recall and F1 of each class, with intervals.

        Returns:
            One row a class and metric; columns `value`, `low` and `high`,
            from 0 to 1: the limits of 95 of 100 draws of as many texts.
        """
        return self._measure(class_metrics)

    def averages(self) -> pd.DataFrame:
        """Return accuracy and the classes' mean metrics, with intervals.

        Accuracy is what the micro averages of precision, recall and F1 all
        come to, as each text has one class. A macro average counts every
        class the same, however rare it is.

        Returns:
            One row a metric; columns as of `by_class`.
        """
        return self._measure(average_metrics)

    def most_confused(self) -> pd.DataFrame:
        """Return which classes are taken for which, the most often first.

        Returns:
            Columns `true`, `predicted`, `texts` and `share`, of the texts
            of the true class; pairs that never occur are left out.
        """
        counts = self.confusion.to_numpy()
        of_class = counts.sum(axis=1)
        rows = [
            (self.classes[i], self.classes[j], counts[i, j])
            for i, j in zip(*np.nonzero(counts), strict=True)
            if i != j
        ]
        found = pd.DataFrame(rows, columns=["true", "predicted", "texts"])
        places = pd.Index(self.classes).get_indexer(found["true"])
        found["share"] = found["texts"] / of_class[places]
        order = found["texts"].sort_values(ascending=False, kind="stable")
        return found.loc[order.index].reset_index(drop=True)

    def _measure(self, metrics) -> pd.DataFrame:
        counts = self.confusion.to_numpy()
        drawn = bootstrap_counts(counts.ravel()).reshape(-1, *counts.shape)
        values = metrics(counts[None], self.classes).iloc[0]
        limits = metrics(drawn, self.classes).quantile([0.025, 0.975])
        low, high = limits.to_numpy()
        return pd.DataFrame({"value": values, "low": low, "high": high})


def class_metrics(counts: np.ndarray, classes: Sequence) -> pd.DataFrame:
    """Work out precision, recall and F1 of every class.

    Args:
        counts: Confusion counts, true classes in rows, shape (matrices,
            classes, classes).
        classes: Their names.

    Returns:
        One row a matrix, a column for each class and metric; 0 where a
        metric would divide by 0.

    Used in chapter 15.
    """
    right = counts.diagonal(axis1=1, axis2=2).astype(float)
    true, predicted = counts.sum(axis=2), counts.sum(axis=1)
    shares = {
        "precision": right / np.maximum(predicted, 1),
        "recall": right / np.maximum(true, 1),
        "F1": 2 * right / np.maximum(true + predicted, 1),
    }
    columns = {
        (name, metric): found[:, number]
        for number, name in enumerate(classes)
        for metric, found in shares.items()
    }
    found = pd.DataFrame(columns)
    found.columns.names = ["class", "metric"]
    return found


def average_metrics(counts: np.ndarray, classes: Sequence) -> pd.DataFrame:
    """Work out accuracy and the mean over the classes of every metric.

    Args:
        counts: As for `class_metrics`.
        classes: Likewise.

    Returns:
        Columns accuracy, macro precision, macro recall, macro F1.

    Used in chapter 15.
    """
    each = class_metrics(counts, range(len(classes)))
    right = counts.diagonal(axis1=1, axis2=2).sum(axis=1)
    averages = {"accuracy": right / np.maximum(counts.sum(axis=(1, 2)), 1)}
    for metric in ("precision", "recall", "F1"):
        of_metric = each.xs(metric, axis=1, level="metric")
        averages[f"macro {metric}"] = of_metric.mean(axis=1)
    return pd.DataFrame(averages)
