"""Write the shipped model and a bag of words for pages that judge reviews."""

import base64
import json
from pathlib import Path

import numpy as np
from sklearn.pipeline import Pipeline

from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.models.baselines import tfidf_logistic

FOLDER = Path(__file__).parents[1] / "_assets" / "try_it"
TARGET = FOLDER / "model.js"
BAG = FOLDER / "bag_weights.js"
HEAD = (
    "// {what}. Made by `make tool NAME=try_it`; do not edit.\n"
    "// Each row of a matrix is 16-bit integers times one scale.\n"
)


def pack(matrix: np.ndarray) -> dict:
    """Write a matrix as 16-bit integers and a scale for each row, as text.

    Eight bits would halve the page, but change some reviews' probability by
    more than 0.002, which a test forbids.

    Args:
        matrix: Shape (rows, columns); a vector is one row.
    """
    matrix = np.atleast_2d(matrix)
    scales = np.abs(matrix).max(axis=1, keepdims=True) / 32767
    scales = np.maximum(scales, np.finfo(np.float32).tiny).astype("<f4")
    integers = np.rint(matrix / scales).astype("<i2")

    def text(array: np.ndarray) -> str:
        return base64.b64encode(array.tobytes()).decode()

    rows, columns = matrix.shape
    shape = {"rows": rows, "columns": columns}
    return shape | {"integers": text(integers), "scales": text(scales)}


def model_js(classifier: SentimentClassifier) -> str:
    """Write a script that sets `MODEL`: the vocabulary and the weights."""
    tensors = {
        name: pack(weight.numpy())
        for name, weight in classifier.model.state_dict().items()
    }
    model = {"vocab": classifier.vocab.get_itos(), "tensors": tensors}
    head = HEAD.format(what="The shipped model")
    return f"{head}const MODEL = {json.dumps(model)};\n"


def fit_bag(classifier: SentimentClassifier) -> Pipeline:
    """Fit chapter 11's TF-IDF on the training reviews, with the same words.

    Args:
        classifier: Whose vocabulary the bag shall have, `<pad>` and `<unk>`
            left out.
    """
    words = classifier.vocab.get_itos()[2:]
    bag = tfidf_logistic().set_params(tfidfvectorizer__vocabulary=words)
    train = split_reviews(load_reviews()).train
    return bag.fit(train["text"], train["label"])


def bag_js(bag: Pipeline) -> str:
    """Write a script that sets `BAG`: each word's rarity and weight."""
    words, logistic = bag
    rows = np.stack([words.idf_, logistic.coef_[0]])
    weights = {"bias": float(logistic.intercept_[0]), "words": pack(rows)}
    head = HEAD.format(what="A bag of words")
    return f"{head}const BAG = {json.dumps(weights)};\n"


if __name__ == "__main__":
    shipped = SentimentClassifier.pretrained()
    scripts = {TARGET: model_js(shipped), BAG: bag_js(fit_bag(shipped))}
    for path, script in scripts.items():
        path.write_text(script, encoding="utf-8")
        print(f"{path}: {len(script) / 1e3:,.0f} kB")
