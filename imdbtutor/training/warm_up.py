"""A learning rate that rises before it falls."""

from dataclasses import dataclass

import torch
from torch import nn
from torch.optim.lr_scheduler import LambdaLR, LRScheduler

from imdbtutor.training.loop import TrainingConfig

WARM_UP = 0.06  # of all steps


@dataclass(frozen=True)
class Ramp:
    """Which share of the learning rate a step gets: up to 1, then down to 0.

    Args:
        up: Steps on the way up.
        steps: All steps.

    Built in chapter 18.
    """

    up: int
    steps: int

    def __call__(self, step: int) -> float:
        """Return the share of the step with this number, from 0 on."""
        if step < self.up:
            return (step + 1) / (self.up + 1)
        return (self.steps - step) / (self.steps - self.up)


def warm_up(
    model: nn.Module,
    config: TrainingConfig,
    steps: int,
    *,
    share: float = WARM_UP,
) -> tuple[torch.optim.Optimizer, LRScheduler]:
    """Create AdamW and a schedule that rises first, and then falls to 0.

    The first steps come from a linear layer that knows nothing yet: small
    ones do no harm to what the encoder knows.

    Args:
        model: What to train.
        config: The highest learning rate, and the weight decay.
        steps: Steps until the learning rate is 0.
        share: How many of them it rises.

    Returns:
        As `make_optimizer` does, for `fit(..., prepare=warm_up)`.

    Built in chapter 18.
    """
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=config.learning_rate,
        weight_decay=config.weight_decay,
    )
    return optimizer, LambdaLR(optimizer, Ramp(int(share * steps), steps))
