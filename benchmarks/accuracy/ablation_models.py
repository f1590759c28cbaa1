"""What chapter 12 tried: the models, and how the informed one is trained."""

from dataclasses import replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from benchmarks.accuracy.runs import Trained, fit_network
from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split
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
    make_embedding,
    pool_states,
)
from imdbtutor.models.vectors import count_neighbours, word_vectors
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import TrainingConfig

BUCKETS = 100_000


class ChunkedLSTM(nn.Module):
    """The book's LSTM, but in chunks of 64, and with two ways of pooling."""

    def __init__(self, vocab_size: int) -> None:
        """Create the layers."""
        super().__init__()
        self.embedding = make_embedding(vocab_size, 100)
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


def make_table(
    encoded: list[Tensor], vocab_size: int, dim: int, vectors: str
) -> Tensor:
    """Make the word vectors, as `train_informed` is told to."""
    if not dim:
        return torch.zeros(vocab_size, 1)
    if vectors == "random":  # as small as chapter 7's
        return 0.1 / VECTOR_SCALE * torch.randn(vocab_size, dim)
    return word_vectors(count_neighbours(encoded, vocab_size), dim)


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
    table = make_table(encoded, len(vocab), dim, vectors)
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
