"""Write the shipped model for the page that reads reviews in the browser."""

import base64
import json
from pathlib import Path

import numpy as np

from imdbtutor.inference.classifier import SentimentClassifier

TARGET = Path(__file__).parents[1] / "_assets" / "try_it" / "model.js"
HEAD = (
    "// The shipped model. Made by `make tool NAME=try_it`; do not edit.\n"
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
    return f"{HEAD}const MODEL = {json.dumps(model)};\n"


if __name__ == "__main__":
    script = model_js(SentimentClassifier.pretrained())
    TARGET.write_text(script, encoding="utf-8")
    print(f"{TARGET}: {len(script) / 1e6:.1f} MB")
