"""Learning from a teacher: labels that are probabilities."""

from collections.abc import Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from imdbtutor.data.batches import ReviewDataset
from imdbtutor.training.step import Tally


class SoftDataset(ReviewDataset):
    """Encoded texts, each with the probability that it is of class 1.

    Args:
        encoded: One int64 tensor of token ids for each text.
        probabilities: A teacher's, between 0 and 1, one for each text.
        max_length: Tokens to keep of each text; `None` keeps all.

    Raises:
        ValueError: If there are not as many, or one is no probability.

    Built in chapter 18.
    """

    def __init__(
        self,
        encoded: Sequence[Tensor],
        probabilities: Sequence[float],
        max_length: int | None = None,
    ) -> None:
        """Keep the texts, cut to `max_length`."""
        soft = torch.as_tensor(probabilities, dtype=torch.float32)
        if not ((soft >= 0) & (soft <= 1)).all():
            raise ValueError("a probability must be between 0 and 1.")
        super().__init__(encoded, (soft > 0.5).long().tolist(), max_length)
        self.labels = soft


def soft_mean(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tally]:
    """Return the mean cross-entropy against a teacher's probabilities.

    With probabilities of 0 and 1 alone it is `batch_mean`
    (Hinton, Vinyals and Dean, 2015).

    Args:
        logits: float32, shape (batch, 2).
        labels: Probabilities of class 1, float32, shape (batch,).

    Returns:
        The loss, and what a step notes of it; right is who is on the
        teacher's side.

    Built in chapter 18.
    """
    targets = torch.stack([1 - labels, labels], dim=1)
    loss = F.cross_entropy(logits, targets)
    right = (logits.argmax(dim=1) == (labels > 0.5)).sum().item()
    return loss, Tally(loss.item() * len(labels), right, len(labels))
