"""The record of how a training went."""

import math
from dataclasses import dataclass, field
from typing import NamedTuple

import pandas as pd


class Score(NamedTuple):
    """Mean loss and accuracy over some reviews.

    Built in chapter 8.
    """

    loss: float
    accuracy: float


def mean_score(loss: float, right: float, reviews: float) -> Score:
    """Divide what was added up over some reviews by their number.

    Args:
        loss: The losses of all reviews, added up.
        right: How many were judged rightly.
        reviews: How many there were.

    Raises:
        ValueError: If there were none.

    Built in chapter 8.
    """
    if not reviews:
        raise ValueError(
            "no reviews: there is nothing to learn from or to measure."
        )
    return Score(loss / reviews, right / reviews)


@dataclass
class History:
    """What happened in each epoch.

    Built in chapter 8.
    """

    rows: list[dict[str, float]] = field(default_factory=list)

    def add(self, train: Score, validation: Score, seconds: float) -> None:
        """Record how an epoch went, and how long it took.

        Raises:
            FloatingPointError: If a loss is not a finite number.
        """
        loss = train[0] + validation[0]
        if not math.isfinite(loss):
            raise FloatingPointError(
                f"the loss became {loss} in epoch {len(self.rows) + 1}; "
                "start again with a lower learning_rate."
            )
        row = {"train_loss": train[0], "train_accuracy": train[1]}
        row |= {"validation_loss": validation[0]}
        row |= {"validation_accuracy": validation[1], "seconds": seconds}
        self.rows.append(row)

    @property
    def frame(self) -> pd.DataFrame:
        """Return one row an epoch, numbered from 1."""
        frame = pd.DataFrame(self.rows, index=range(1, len(self.rows) + 1))
        return frame.rename_axis("epoch")

    @property
    def best_epoch(self) -> int:
        """Return the epoch with the lowest validation loss."""
        return int(self.frame["validation_loss"].idxmin())

    @property
    def so_far(self) -> str:
        """Return what a training that was stopped leaves behind."""
        if not self.rows:
            return "stopped in epoch 1; the weights are as they were before."
        return (
            f"stopped in epoch {len(self.rows) + 1}; the model has the "
            f"weights of epoch {self.best_epoch}, the best so far."
        )

    def is_over(self, epochs: int, patience: int) -> bool:
        """Tell whether all epochs are done, or patience has run out.

        Args:
            epochs: How many there may be.
            patience: How many may pass without a better validation loss.
        """
        done = len(self.rows)
        if done in (0, epochs):
            return done == epochs
        return done - self.best_epoch >= patience
