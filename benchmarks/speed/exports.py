"""Measure the shipped model after its export, whole and in 8 bits.

Run `make measure WHAT=exports`. It takes a minute and writes
`results/exports.json`, from which the page of results has its table.
"""

import tempfile
from functools import partial
from pathlib import Path

import numpy as np
import onnxruntime
import torch

from benchmarks.records import RESULTS, describe_machine, write_json
from benchmarks.speed.timing import timed
from imdbtutor.data.batches import ReviewDataset, pad_batch
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.inference.classifier import SentimentClassifier


def run_onnx(path: Path, data: ReviewDataset) -> torch.Tensor:
    """Score reviews with onnxruntime, in batches of like length."""
    session = onnxruntime.InferenceSession(path)
    logits = torch.empty(len(data), 2)
    for rows in data.lengths.argsort(stable=True).split(128):
        token_ids, lengths, _ = pad_batch([data[row] for row in rows])
        feed = {"token_ids": token_ids.numpy(), "lengths": lengths.numpy()}
        logits[rows] = torch.from_numpy(session.run(None, feed)[0])
    return logits


def describe(
    logits: torch.Tensor, expected: torch.Tensor, labels: np.ndarray
) -> dict:
    """Say how good the logits are, and how far from PyTorch's."""
    predictions = logits.argmax(dim=1)
    return {
        "accuracy": round(float((predictions.numpy() == labels).mean()), 4),
        "turned": int((predictions != expected.argmax(dim=1)).sum()),
        "logit_difference": float((logits - expected).abs().max()),
    }


def main() -> None:
    """Measure PyTorch and both exports on the test reviews."""
    classifier = SentimentClassifier.pretrained()
    test = split_reviews(load_reviews()).test
    labels = test["label"].to_numpy()
    encoded = encode_reviews(test["text"], classifier.vocab)
    data = ReviewDataset(encoded, labels)
    expected = predict_logits(classifier.model, data)
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        classifier.save(folder)
        paths = {
            "PyTorch": Path(folder) / "model.safetensors",
            "ONNX": classifier.export_onnx(folder),
            "ONNX, 8 bits": classifier.export_onnx(folder, quantize=True),
        }
        for name, path in paths.items():
            if name == "PyTorch":
                score = partial(predict_logits, classifier.model, data)
            else:
                score = partial(run_onnx, path, data)
            logits, spent = timed(score)
            row = {"name": name, "bytes": path.stat().st_size}
            row |= describe(logits, expected, labels)
            rows.append(row | {"reviews_per_second": round(len(data) / spent)})
    found = {"reviews": len(data), "rows": rows}
    write_json(RESULTS / "exports.json", describe_machine() | found)


if __name__ == "__main__":
    main()
