"""Measure a classifier, and write it together with how it was made.

Used in chapter 10.
"""

import json
from pathlib import Path

import pandas as pd

from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.evaluation.classes import ClassReport
from imdbtutor.evaluation.report import evaluate
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.parts import BINARY
from imdbtutor.runtime import whole_file


def measure(
    classifier: SentimentClassifier, reviews: pd.DataFrame
) -> pd.DataFrame:
    """Measure a model on labelled reviews.

    Args:
        classifier: The model.
        reviews: With `text` and `label`.

    Returns:
        A row a metric, with `value` and the ends of its interval.

    Used in chapter 10.
    """
    classes = classifier.classes_.tolist()
    if tuple(classes) != BINARY:
        predicted = classifier.predict(reviews["text"])
        report = ClassReport(reviews["label"], predicted, classes)
        each = report.by_class()
        each.index = [f"{metric} of {name}" for name, metric in each.index]
        return pd.concat([report.averages(), each])
    encoded = encode_reviews(reviews["text"], classifier.vocab)
    dataset = ReviewDataset(encoded, reviews["label"])
    return evaluate(classifier.model, dataset).metrics()


def write_model(
    folder: Path, classifier: SentimentClassifier, run: dict
) -> None:
    """Write a model and how it was made: both, or neither.

    Args:
        folder: Where to.
        classifier: The model.
        run: How it was made, as JSON can hold it.

    Used in chapter 10.
    """
    with whole_file(folder / "provenance.json") as partial:
        partial.write_text(json.dumps(run, indent=2) + "\n", encoding="utf-8")
        classifier.save(folder, half=True)
