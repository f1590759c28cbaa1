"""Learn from classes of which some have far fewer reviews than others."""

from collections.abc import Iterator

import numpy as np
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor
from torch.utils.data import DataLoader

from imdbtutor.data.batches import LengthBatches, pad_batch

BALANCES = ("weights", "sampling")


def check_balance(how: str | None) -> None:
    """Refuse a way to balance that there is not.

    Args:
        how: One of `BALANCES`, or `None`.

    Raises:
        ValueError: If it is neither.

    Used in chapter 15.
    """
    if how is not None and how not in BALANCES:
        raise ValueError(
            f"balance={how!r}: must be one of {BALANCES}, or None."
        )


def class_weights(labels: Tensor, classes: int) -> Tensor:
    """Return what a review of each class counts, so that classes count alike.

    The mean over all reviews is 1.

    Args:
        labels: int64, shape (reviews,); every class occurs.
        classes: How many classes there are.

    Returns:
        float32, shape (classes,).

    Built in chapter 15.
    """
    weights = compute_class_weight(
        "balanced", classes=np.arange(classes), y=labels.numpy()
    )
    return torch.from_numpy(weights).float()


class BalancedBatches(LengthBatches):
    """Draw as many reviews as there are, of each class about as many.

    Those of a rare class come several times an epoch, of a common one not
    all. Reviews of like length share a batch.

    Args:
        labels: int64, shape (reviews,); every class occurs.
        lengths: Tokens of each review, shape (reviews,).
        batch_size: Reviews in a batch; the last of a pool may be smaller.
        seed: The same seed draws the same reviews, epoch by epoch.

    Built in chapter 15.
    """

    def __init__(
        self, labels: Tensor, lengths: Tensor, batch_size: int, seed: int
    ) -> None:
        """Give every class the same chance."""
        super().__init__(lengths, batch_size, seed)
        self.chances = 1 / labels.bincount()[labels].double()

    def __iter__(self) -> Iterator[list[int]]:
        """Yield lists of row numbers; a row may come again."""
        rows = torch.multinomial(
            self.chances,
            len(self.chances),
            replacement=True,
            generator=self.generator,
        )
        batches = LengthBatches(self.lengths[rows], self.batch_size, seed=0)
        batches.generator = self.generator
        for places in batches:
            yield rows[places].tolist()


def balance(
    train: DataLoader, how: str | None, classes: int, seed: int
) -> tuple[DataLoader, Tensor | None]:
    """Return the loader and the weights with which classes count alike.

    Args:
        train: What `make_loader` returns, by length.
        how: One of `BALANCES`, or `None`: then nothing changes.
        classes: How many classes there are; each occurs.
        seed: Fixes which reviews every epoch draws.

    Raises:
        ValueError: If there is no such way.

    Used in chapter 15.
    """
    check_balance(how)
    data, size = train.dataset, train.batch_sampler.batch_size
    if how == "weights":
        return train, class_weights(data.labels, classes)
    if how == "sampling":
        sampler = BalancedBatches(data.labels, data.lengths, size, seed)
        train = DataLoader(data, batch_sampler=sampler, collate_fn=pad_batch)
    return train, None
