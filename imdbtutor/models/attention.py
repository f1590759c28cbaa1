"""Attention: a mean whose weights say what matters here."""

import math

import torch
from torch import Tensor, nn

from imdbtutor.models.lstm import LSTMLayer, ModelConfig, make_embedding


def attend(
    query: Tensor, key: Tensor, value: Tensor, real: Tensor
) -> tuple[Tensor, Tensor]:
    """Mix values by how well their keys match a query.

    The formula is Vaswani and others' (2017), as is dividing by the root.

    Args:
        query: Shape (..., queries, features).
        key: Shape (..., time, features).
        value: Shape (..., time, width).
        real: Which places are no padding, bool, (..., 1, time) or alike.

    Returns:
        A mean of the values for each query, (..., queries, width), and its
        weights, which sum to 1, (..., queries, time).

    Built in chapter 17.
    """
    scores = query @ key.transpose(-2, -1) / math.sqrt(key.shape[-1])
    weights = scores.masked_fill(~real, -torch.inf).softmax(dim=-1)
    return weights @ value, weights


class AttentiveLSTM(nn.Module):
    """The book's LSTM, its states pooled by attention, not by their maximum.

    One learned query asks every state how much it matters. It begins at
    random: from zeros, all words would weigh the same for thousands of steps.

    Args:
        config: Sizes; one layer is read, and `pooling` is not.

    Built in chapter 17.
    """

    def __init__(self, config: ModelConfig) -> None:
        """Create the layers with fresh random weights."""
        super().__init__()
        width, hidden_dim = config.embedding_dim, config.hidden_dim
        self.embedding = make_embedding(config.vocab_size, width)
        self.layer = LSTMLayer(width, hidden_dim, config.bidirectional)
        states = (1 + config.bidirectional) * hidden_dim
        self.query = nn.Parameter(torch.randn(1, states))
        self.word_dropout = nn.Dropout1d(config.word_dropout)
        self.dropout = nn.Dropout(config.dropout)
        self.linear = nn.Linear(states, config.num_classes)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch of reviews: logits, shape (batch, classes)."""
        pooled, _ = self.look(self.embedding(token_ids), lengths)
        return self.linear(self.dropout(pooled))

    def look(self, values: Tensor, lengths: Tensor) -> tuple[Tensor, Tensor]:
        """Pool the states of reviews given as word vectors.

        Args:
            values: Shape (batch, time, embedding).
            lengths: Real tokens of each review, int64, shape (batch,).

        Returns:
            Shape (batch, states), and each token's weight, (batch, time).
        """
        values = self.dropout(self.word_dropout(values))
        states = self.layer(values, lengths)
        steps = torch.arange(states.shape[1], device=states.device)
        real = (steps < lengths[:, None])[:, None]  # (batch, 1, time)
        # What is learned has the length it needs: undo attend's division.
        query = self.query * math.sqrt(states.shape[2])
        pooled, weights = attend(query, states, states, real)
        return pooled[:, 0], weights[:, 0]
