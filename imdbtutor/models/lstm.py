"""The classifier."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from imdbtutor.data.vocab import PAD_ID

POOLINGS = ("last", "max", "mean", "max_mean")


@dataclass(frozen=True)
class ModelConfig:
    """The sizes and choices that, with the weights, make up a model.

    Args:
        vocab_size: Rows of the embedding table.
        embedding_dim: Size of a token's vector.
        hidden_dim: Size of an LSTM's state, per direction.
        num_layers: LSTM layers on top of each other.
        bidirectional: Whether a second LSTM reads from the end.
        pooling: How the states of a review become one vector: "last",
            "max", "mean" or "max_mean".
        dropout: Share of numbers set to 0 in training, between the layers.
        word_dropout: Share of words left out whole in training.
        num_classes: How many classes there are, and so logits.

    Raises:
        ValueError: If `pooling` is none of the four.

    Built in chapter 7.
    """

    vocab_size: int
    embedding_dim: int = 100
    hidden_dim: int = 64
    num_layers: int = 1
    bidirectional: bool = True
    pooling: str = "max"
    dropout: float = 0.5
    word_dropout: float = 0.2
    num_classes: int = 2

    def __post_init__(self) -> None:
        """Refuse a pooling that does not exist."""
        if self.pooling not in POOLINGS:
            raise ValueError(
                f"pooling={self.pooling!r} is unknown; use one of {POOLINGS}."
            )


def reverse_reviews(values: Tensor, lengths: Tensor) -> Tensor:
    """Turn each review back to front within its own length.

    The padding stays where it is, at the end. Doing it twice undoes it.

    Args:
        values: Shape (batch, time, features).
        lengths: Real tokens of each review, int64, shape (batch,).

    Returns:
        Shape (batch, time, features).

    Built in chapter 7.
    """
    count, time = values.shape[:2]
    starts = time * torch.arange(count, device=values.device)
    steps = torch.arange(time, device=values.device)
    mirrored = lengths[:, None] - 1 - steps  # (batch, time)
    places = torch.where(mirrored >= 0, mirrored, steps)
    rows = (starts[:, None] + places).flatten()
    return values.flatten(0, 1).index_select(0, rows).view_as(values)


def last_real_state(states: Tensor, lengths: Tensor) -> Tensor:
    """Pick each review's state at its last real token.

    Reading `states[:, -1]` instead would read what the LSTM made of the
    padding.

    Args:
        states: State after every token, shape (batch, time, hidden).
        lengths: Real tokens of each review, int64, shape (batch,).

    Returns:
        Shape (batch, hidden).

    Built in chapter 7.
    """
    rows = torch.arange(len(lengths), device=states.device)
    return states[rows, lengths - 1]  # (batch, hidden)


def pool_states(states: Tensor, lengths: Tensor, how: str) -> Tensor:
    """Sum up a review's states in one vector, the padding left out.

    Args:
        states: State after every token, shape (batch, time, hidden).
        lengths: Real tokens of each review, int64, shape (batch,).
        how: "max", "mean" or "max_mean" (both, side by side).

    Returns:
        Shape (batch, hidden), or (batch, 2 * hidden) for "max_mean".

    Raises:
        ValueError: If `how` is none of the three.

    Built in chapter 7.
    """
    if how not in ("max", "mean", "max_mean"):
        raise ValueError(f"how={how!r} is unknown: use max, mean or max_mean.")
    steps = torch.arange(states.shape[1], device=states.device)
    padding = (steps >= lengths[:, None])[:, :, None]  # (batch, time, 1)
    pooled = []
    if "max" in how:
        pooled.append(states.masked_fill(padding, -torch.inf).amax(dim=1))
    if "mean" in how:
        total = states.masked_fill(padding, 0).sum(dim=1)
        pooled.append(total / lengths[:, None])
    return torch.cat(pooled, dim=1)


def last_states(states: Tensor, lengths: Tensor, hidden_dim: int) -> Tensor:
    """Take what each direction knew when it had read the whole review.

    The forward LSTM has then read the last real token, the backward one (if
    there is one, in the second half of the features) the first.

    Args:
        states: State after every token, shape (batch, time, features).
        lengths: Real tokens of each review, int64, shape (batch,).
        hidden_dim: Features of one direction.

    Returns:
        Shape (batch, features).

    Built in chapter 7.
    """
    forward = last_real_state(states[:, :, :hidden_dim], lengths)
    backward = states[:, 0, hidden_dim:]
    return torch.cat([forward, backward], dim=1)


class LSTMLayer(nn.Module):
    """Read padded reviews, from the start and perhaps also from the end.

    Each direction is an `nn.LSTM` of its own that reads the padded batch as
    it is; `pack_padded_sequence` gives the same numbers and is many times
    slower on a CPU.

    Args:
        width: Features of each token.
        hidden_dim: Size of the state, per direction.
        bidirectional: Whether a second LSTM reads from the end.

    Built in chapter 7.
    """

    def __init__(
        self, width: int, hidden_dim: int, bidirectional: bool
    ) -> None:
        """Create one `nn.LSTM`, or two."""
        super().__init__()
        self.forward_lstm = nn.LSTM(width, hidden_dim, batch_first=True)
        self.backward_lstm = None
        if bidirectional:
            self.backward_lstm = nn.LSTM(width, hidden_dim, batch_first=True)

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Return the state after every token.

        Args:
            values: Shape (batch, time, width).
            lengths: Real tokens of each review, int64, shape (batch,).

        Returns:
            Shape (batch, time, hidden), or (batch, time, 2 * hidden).
        """
        states, _ = self.forward_lstm(values)  # (batch, time, hidden)
        if self.backward_lstm is None:
            return states
        mirrored, _ = self.backward_lstm(reverse_reviews(values, lengths))
        return torch.cat([states, reverse_reviews(mirrored, lengths)], dim=2)


def make_embedding(vocab_size: int, embedding_dim: int) -> nn.Embedding:
    """Create a table of small random vectors, with zeros for `<pad>`.

    Args:
        vocab_size: Rows of the table.
        embedding_dim: Size of a token's vector.

    Built in chapter 7.
    """
    table = nn.Embedding(vocab_size, embedding_dim, padding_idx=PAD_ID)
    table.weight.data.mul_(0.1)
    return table


class LSTMClassifier(nn.Module):
    """Embedding, LSTM layers, pooling, linear layer: token ids to logits.

    Args:
        config: Sizes and choices.

    Built in chapter 7.
    """

    def __init__(self, config: ModelConfig) -> None:
        """Create the layers with fresh random weights."""
        super().__init__()
        self.config = config
        width = config.embedding_dim
        self.embedding = make_embedding(config.vocab_size, width)
        self.layers = nn.ModuleList()
        for _ in range(config.num_layers):
            layer = LSTMLayer(width, config.hidden_dim, config.bidirectional)
            self.layers.append(layer)
            width = (1 + config.bidirectional) * config.hidden_dim
        self.word_dropout = nn.Dropout1d(config.word_dropout)
        self.dropout = nn.Dropout(config.dropout)
        pools = 2 if config.pooling == "max_mean" else 1
        self.linear = nn.Linear(pools * width, config.num_classes)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch of reviews.

        Args:
            token_ids: Padded token ids, int64, shape (batch, time).
            lengths: Real tokens of each review, int64, shape (batch,).

        Returns:
            Logits, shape (batch, classes); of two, negative and positive.
        """
        return self.classify(self.embedding(token_ids), lengths)

    def classify(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Score reviews given as word vectors, (batch, time, embedding)."""
        values = self.word_dropout(values)
        for layer in self.layers:
            values = layer(self.dropout(values), lengths)
        if self.config.pooling == "last":
            pooled = last_states(values, lengths, self.config.hidden_dim)
        else:
            pooled = pool_states(values, lengths, self.config.pooling)
        return self.linear(self.dropout(pooled))  # (batch, classes)
