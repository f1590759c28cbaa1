"""Measure encoding, and training with dense and with packed batches.

Run `make bench`. It prints a table and writes `results/speed.json`. Compare
the ratios, which were measured in one run; the times belong to the machine.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nltk
import torch
from rich.console import Console
from rich.table import Table
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from imdbtutor.batches import Batch, ReviewDataset, make_loader
from imdbtutor.encoding import build_vocab, encode_reviews
from imdbtutor.model import LSTMClassifier, ModelConfig
from imdbtutor.reviews import load_reviews, split_reviews
from imdbtutor.runtime import keep_freed_memory, seed_everything
from imdbtutor.vocab import Vocab

RESULTS = Path(__file__).parent.parent / "results" / "speed.json"
BATCHES = 24
REPEATS = 3


class PackedLayer(nn.Module):
    """The same reading as `LSTMLayer`, by way of `pack_padded_sequence`."""

    def __init__(self, width: int, hidden_dim: int) -> None:
        """Create one `nn.LSTM` with two directions."""
        super().__init__()
        self.lstm = nn.LSTM(
            width, hidden_dim, batch_first=True, bidirectional=True
        )

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Return the state after every token, (batch, time, 2 * hidden)."""
        packed = pack_padded_sequence(
            values, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return states


def seconds(work: Callable) -> float:
    """Return how long a piece of work takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def encode_from_text(texts: list[str], train: list[str]) -> Vocab:
    """Go from text to ids with nothing prepared: vocabulary, then ids."""
    vocab = build_vocab(train, max_tokens=5_000)
    encode_reviews(texts, vocab)
    return vocab


def measure_encoding() -> tuple[dict, ReviewDataset]:
    """Time 25,000 reviews from text to ids, cold and warm, and NLTK."""
    reviews = load_reviews()
    texts, split = reviews["text"].tolist(), split_reviews(reviews)
    train = split.train["text"].tolist()
    start = time.perf_counter()
    vocab = encode_from_text(texts, train)
    cold = time.perf_counter() - start
    warm = min(seconds(lambda: encode_reviews(texts, vocab)) for _ in range(3))
    sample = texts[::50]
    nltk_sample = seconds(
        lambda: [nltk.word_tokenize(t, preserve_line=True) for t in sample]
    )
    dataset = ReviewDataset(
        encode_reviews(train, vocab), split.train["label"], max_length=600
    )
    return {
        "cold_seconds": round(cold, 2),
        "warm_seconds": round(warm, 3),
        "nltk_preserve_line_seconds": round(
            nltk_sample * len(texts) / len(sample), 1
        ),
    }, dataset


def tokens_per_second(model: nn.Module, batches: list[Batch]) -> float:
    """Train on the batches and count the real tokens read in a second."""
    optimizer = torch.optim.AdamW(model.parameters())
    start = time.perf_counter()
    for token_ids, lengths, labels in batches:
        optimizer.zero_grad()
        F.cross_entropy(model(token_ids, lengths), labels).backward()
        optimizer.step()
    total = sum(batch.lengths.sum().item() for batch in batches)
    return total / (time.perf_counter() - start)


def measure_training(dataset: ReviewDataset) -> dict:
    """Compare dense batches by length with packed random ones, in turn."""
    seed_everything(0)
    keep_freed_memory()
    dense = LSTMClassifier(ModelConfig(5_000))
    packed = LSTMClassifier(dense.config)
    config = packed.config
    packed.layers[0] = PackedLayer(config.embedding_dim, config.hidden_dim)
    by_length, at_random = (
        [
            b
            for b, _ in zip(
                make_loader(dataset, 64, by_length=way),
                range(BATCHES),
                strict=False,
            )
        ]
        for way in (True, False)
    )
    speeds = {"dense": [], "packed": []}
    for _ in range(REPEATS):
        speeds["dense"].append(tokens_per_second(dense, by_length))
        speeds["packed"].append(tokens_per_second(packed, at_random))
    best = {name: round(max(found)) for name, found in speeds.items()}
    ratios = [
        a / b for a, b in zip(speeds["dense"], speeds["packed"], strict=True)
    ]
    return {
        "dense_tokens_per_second": best["dense"],
        "packed_tokens_per_second": best["packed"],
        "ratio_median": round(sorted(ratios)[REPEATS // 2], 1),
    }


def main() -> None:
    """Measure, show and write down."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IMDBTUTOR_CACHE"] = folder
        encoding, dataset = measure_encoding()
    found = encoding | measure_training(dataset)
    found["threads"] = torch.get_num_threads()
    table = Table("what", "measured")
    for name, value in found.items():
        table.add_row(name.replace("_", " "), f"{value:,}")
    Console().print(table)
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
