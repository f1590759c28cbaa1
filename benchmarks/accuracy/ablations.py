"""Try what might improve the book's LSTM, on the validation reviews alone.

Each finished run is kept in `results/runs/ablations/`; at the end all become
`results/ablations.json`, which chapter 12 reads. No test review is scored; a
network is scored on the reviews that chose its epoch.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import torch
from sklearn.pipeline import Pipeline
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.accuracy.intervals import compare
from benchmarks.accuracy.runs import (
    BOOK_TRAINING,
    Rung,
    Trained,
    fit_network,
    pipeline_rung,
    read_runs,
    run,
    run_missing,
    train_network,
)
from benchmarks.accuracy.training_tricks import fit_with_tricks
from benchmarks.records import RESULTS, describe_runs, write_json
from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.models.baselines import nb_logistic
from imdbtutor.models.informed import (
    VECTOR_SCALE,
    InformedLSTM,
    learn_to_read,
    read_in_chunks,
)
from imdbtutor.models.lstm import (
    LSTMClassifier,
    LSTMLayer,
    ModelConfig,
    pool_states,
)
from imdbtutor.models.vectors import count_neighbours, word_vectors
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import TrainingConfig

RUNS = RESULTS / "runs" / "ablations"
SEEDS = range(2)
BUCKETS = 100_000


class ChunkedLSTM(nn.Module):
    """The book's LSTM, but in chunks of 64, and with two ways of pooling."""

    def __init__(self, vocab_size: int) -> None:
        """Create the layers."""
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 100, padding_idx=0)
        self.embedding.weight.data.mul_(0.1)
        self.layer = LSTMLayer(100, 64, bidirectional=True)
        self.word_dropout = nn.Dropout1d(0.2)
        self.dropout = nn.Dropout(0.5)
        self.linear = nn.Linear(4 * 64, 2)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch: (batch, time) ids to (batch, 2) logits."""
        return self.classify(self.embed(token_ids), lengths)

    def classify(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Score (batch, time, 100) word vectors: (batch, 2) logits."""
        values = self.word_dropout(values)
        states = read_in_chunks(self.layer, self.dropout(values), lengths, 64)
        pooled = pool_states(states, lengths, "max_mean")
        return self.linear(self.dropout(pooled))

    def embed(self, token_ids: Tensor) -> Tensor:
        """Look the words up, (batch, time, 100)."""
        return self.embedding(token_ids)


class PairsLSTM(ChunkedLSTM):
    """As before, and each word's vector is told the word before it.

    Pairs share 100,000 vectors, each pair's found by a hash: two pairs may
    share one. They start at zero: a pair never met says nothing.
    """

    def __init__(self, vocab_size: int) -> None:
        """Create the layers and the table of pairs."""
        super().__init__(vocab_size)
        self.pairs = nn.Embedding(BUCKETS, 100, padding_idx=0)
        nn.init.zeros_(self.pairs.weight)

    def embed(self, token_ids: Tensor) -> Tensor:
        """Add the pair's vector to the word's, (batch, time, 100)."""
        before = F.pad(token_ids, (1, 0))[:, :-1]
        bucket = 1 + (before * 1_000_003 + token_ids * 7_919) % (BUCKETS - 1)
        bucket = bucket.masked_fill((before == 0) | (token_ids == 0), 0)
        return self.embedding(token_ids) + self.pairs(bucket)


def train_informed(
    split: Split,
    seed: int,
    *,
    hidden_dim: int = 64,
    dim: int = 100,
    vectors: str = "neighbours",
    tuned: bool = False,
    weights: str = "held out",
    epochs: int = 8,
) -> Trained:
    """Train the informed LSTM, or one that lacks a part.

    Args:
        split: The reviews.
        seed: Fixes all that is random.
        hidden_dim: Size of the state.
        dim: Size of a word vector; 0 leaves the vectors out.
        vectors: Where they come from: "neighbours" or "random".
        tuned: Whether they are trained with the rest.
        weights: "held out", "seen" (learned on the same reviews) or "none".
        epochs: Passes over the training reviews.
    """
    seed_everything(seed)
    vocab = build_vocab(split.train["text"], min_freq=2)
    encoded = encode_reviews(split.train["text"], vocab, cache=False)
    table = torch.zeros(len(vocab), 1)
    if dim and vectors == "random":  # as small as chapter 7's
        table = 0.1 / VECTOR_SCALE * torch.randn(len(vocab), dim)
    elif dim:
        table = word_vectors(count_neighbours(encoded, len(vocab)), dim)
    labels = split.train["label"].to_numpy()
    reader, training = learn_to_read(encoded, labels, vocab)
    if weights == "none":
        reader = replace(reader, weights=torch.zeros_like(reader.weights))
    if weights != "held out":
        training = reader.read(split.train["text"])
    model = InformedLSTM(table, hidden_dim=hidden_dim)
    model.embedding.weight.requires_grad_(tuned)
    trained = fit_network(
        model,
        ReviewDataset(training, labels),
        split,
        seed,
        reader.read,
        TrainingConfig(epochs=epochs, learning_rate=1e-3, patience=epochs),
        batch_size=32,
    )
    trained.parameters += len(reader.ngrams)
    return trained


def book_lstm(vocab_size: int) -> LSTMClassifier:
    """Make the model of chapter 7."""
    return LSTMClassifier(ModelConfig(vocab_size))


def wide_lstm(vocab_size: int) -> LSTMClassifier:
    """Make the model of chapter 7, its states twice as long."""
    return LSTMClassifier(ModelConfig(vocab_size, hidden_dim=128))


def step(id_: str, name: str, train: Callable, **how: object) -> Rung:
    """Make a rung of a way to train and its settings."""
    return Rung(id_, name, "lstm", partial(train, **how), SEEDS)


def trick(
    id_: str,
    name: str,
    training: TrainingConfig = BOOK_TRAINING,
    **switches: float,
) -> Rung:
    """Make a rung of `ChunkedLSTM`, trained with a trick."""
    return step(
        id_,
        name,
        train_network,
        make_model=ChunkedLSTM,
        training=training,
        fit=partial(fit_with_tricks, **switches),
    )


def frame(id_: str, name: str, epochs: int = 4, **how: object) -> Rung:
    """Make a rung of `InformedLSTM`, in half the epochs of the ladder's."""
    return step(id_, name, train_informed, epochs=epochs, **how)


def bag(id_: str, name: str, longest: int, strength: float) -> Rung:
    """Make a rung of NB-weighted phrases of up to `longest` words."""

    def make() -> Pipeline:
        pipeline = nb_logistic(longest)
        return pipeline.set_params(logisticregression__C=strength)

    return pipeline_rung(id_, name, make)


STEPS = [
    bag("bag", "NB-weighted, to pairs", 2, 0.1),
    bag("bag-0.03", "NB-weighted, to pairs, C of 0.03", 2, 0.03),
    bag("bag-0.3", "NB-weighted, to pairs, C of 0.3", 2, 0.3),
    bag("bag-3", "NB-weighted, to triples", 3, 0.1),
    step("book", "the book's LSTM", train_network, make_model=book_lstm),
    step(
        "words",
        "book, 20,000 words",
        train_network,
        make_model=book_lstm,
        max_tokens=20_000,
    ),
    step(
        "hidden",
        "book, states twice as long",
        train_network,
        make_model=wide_lstm,
    ),
    step(
        "chunks",
        "chunks, maximum and mean",
        train_network,
        make_model=ChunkedLSTM,
    ),
    trick(
        "decay",
        "chunks, weight decay 0.3",
        TrainingConfig(weight_decay=0.3),
    ),
    trick("smoothing", "chunks, labels smoothed by 0.1", smoothing=0.1),
    trick("average", "chunks, running mean of the weights", average=0.99),
    trick("push", "chunks, adversarial step of 1.0", push=1.0),
    step(
        "pairs",
        "chunks, a vector for each pair",
        train_network,
        make_model=PairsLSTM,
    ),
    frame(
        "random",
        "frame, vectors learned from the start",
        vectors="random",
        tuned=True,
        weights="none",
    ),
    frame(
        "tuned",
        "frame, vectors from neighbours, trained on",
        tuned=True,
        weights="none",
    ),
    frame("vectors", "frame, vectors from neighbours, fixed", weights="none"),
    frame("weights", "frame, weights alone", dim=0),
    frame("seen", "frame, vectors, weights that saw labels", weights="seen"),
    frame("informed", "frame, vectors, held-out weights"),
    frame("informed-8", "the same, 8 epochs", epochs=8),
    frame("informed-128", "the same, states twice as long", hidden_dim=128),
    frame("informed-300", "the same, vectors of 300 numbers", dim=300),
]


# What the chapter's tables compare with what.
CHANGES = {
    "book": ["words", "hidden", "chunks", "bag"],
    "chunks": ["pairs", "decay", "smoothing", "average", "push"],
    "random": ["tuned", "vectors"],
    "informed": [
        "seen",
        "weights",
        "vectors",
        "bag-3",
        "informed-8",
        "informed-128",
        "informed-300",
    ],
}


def sum_up(split: Split) -> dict:
    """Turn the runs into a list of steps, and how far they are apart."""
    labels = split.validation["label"].to_numpy()
    rows, losses, all_runs = [], {}, []
    for rung in STEPS:
        runs = read_runs(RUNS, rung)
        all_runs += runs
        chances = np.array([run["chances"] for run in runs])
        right = (chances > 0.5) == labels  # (runs, reviews)
        of_label = np.where(labels == 1, chances, 1 - chances)
        losses[rung.id] = -np.log(of_label.clip(1e-4))  # they are rounded
        rows.append(
            {
                "id": rung.id,
                "name": rung.name,
                "accuracy": right.mean(axis=1).round(4).tolist(),
                "loss": losses[rung.id].mean(axis=1).round(4).tolist(),
            }
        )
    changes = [
        {"from": one, "to": other}
        | {"loss": np.round(compare(losses[one], losses[other]), 4).tolist()}
        for one, others in CHANGES.items()
        for other in others
    ]
    return describe_runs(all_runs) | {"rows": rows, "changes": changes}


def main() -> None:
    """Do the runs that are missing, then sum up."""
    split = split_reviews(load_reviews())

    def measure(rung: Rung, seed: int) -> dict:
        return run(rung, seed, split, part="validation")

    run_missing(STEPS, RUNS, measure)
    write_json(RESULTS / "ablations.json", sum_up(split))


if __name__ == "__main__":
    main()
