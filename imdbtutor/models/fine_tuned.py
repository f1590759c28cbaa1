"""A pretrained encoder as a classifier, or as a reader that stays as it is."""

import torch
from torch import Tensor, nn

from imdbtutor.models.encoder import Encoder
from imdbtutor.models.lstm import pool_states


class FineTuned(nn.Module):
    """Encoder, mean over the real pieces, linear layer: pieces to logits.

    Args:
        encoder: Its weights are trained further; it is not copied.
        num_classes: How many classes there are.
        fixed: Blocks, counted from below, that training leaves as they are,
            and with them the tables below; 0 trains all.

    Raises:
        ValueError: If there are not so many blocks.

    Built in chapter 18.
    """

    def __init__(
        self, encoder: Encoder, *, num_classes: int = 2, fixed: int = 0
    ) -> None:
        """Put a fresh linear layer on the encoder."""
        super().__init__()
        self.encoder = encoder
        self.dropout = nn.Dropout(encoder.config.dropout)
        self.linear = nn.Linear(encoder.config.width, num_classes)
        if not 0 <= fixed <= len(encoder.blocks):
            raise ValueError(
                f"fixed={fixed}: there are {len(encoder.blocks)} blocks."
            )
        encoder.requires_grad_(not fixed)
        encoder.blocks[fixed:].requires_grad_(True)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch of texts.

        Args:
            token_ids: Padded word pieces, int64, shape (batch, time).
            lengths: Real pieces of each text, int64, shape (batch,).

        Returns:
            Logits, shape (batch, classes).
        """
        states = self.encoder(token_ids, lengths)  # (batch, time, width)
        pooled = pool_states(states, lengths, "mean")
        return self.linear(self.dropout(pooled))


class LayerMeans(nn.Module):
    """The mean of each layer's vectors, as features of a whole text.

    Args:
        encoder: It stays as it is.

    Built in chapter 18.
    """

    def __init__(self, encoder: Encoder) -> None:
        """Keep the encoder."""
        super().__init__()
        self.encoder = encoder

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Return features, shape (batch, layers + 1, width)."""
        layers = self.encoder.layers(token_ids, lengths)
        means = [pool_states(states, lengths, "mean") for states in layers]
        return torch.stack(means, dim=1)
