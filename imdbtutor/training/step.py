"""One optimizer step, plain, in 16 bits or shared by several processes."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.parallel import DistributedDataParallel

from imdbtutor.data.batches import Batch

AS_IT_IS = nullcontext()  # neither of these changes anything
UNSCALED = torch.amp.GradScaler("cpu", enabled=False)


class Tally(NamedTuple):
    """What a step saw: the loss added up, right reviews, all reviews.

    Used in chapter 14.
    """

    loss: float
    right: float
    reviews: float


Reduction = Callable[[Tensor, Tensor], tuple[Tensor, Tally]]
Step = Callable[[nn.Module, Batch, torch.optim.Optimizer, float], Tally]


def scaler_of(step: Step) -> torch.amp.GradScaler:
    """Return the scaler that a step was given, or the one that does nothing.

    Args:
        step: `take_step`, perhaps as a `partial`.

    Used in chapter 14.
    """
    return getattr(step, "keywords", {}).get("scaler", UNSCALED)


def unwrap(model: nn.Module) -> nn.Module:
    """Find the model inside what PyTorch has put around it.

    `torch.compile`, DistributedDataParallel and DataParallel each give the
    weights other names, in the same order.

    Used in chapter 14.
    """
    while True:
        if hasattr(model, "_orig_mod"):  # compiled
            model = model._orig_mod
        elif isinstance(model, DistributedDataParallel | nn.DataParallel):
            model = model.module
        else:
            return model


def batch_mean(
    logits: Tensor, labels: Tensor, weights: Tensor | None = None
) -> tuple[Tensor, Tally]:
    """Return the mean loss of a batch, and what the step notes of it.

    Args:
        logits: float32, shape (batch, classes).
        labels: int64, shape (batch,).
        weights: What the loss of a review of each class is multiplied with.

    Used in chapter 14.
    """
    loss = F.cross_entropy(logits, labels, weights, reduction="sum")
    loss = loss / len(labels)
    right = (logits.argmax(dim=1) == labels).sum().item()
    return loss, Tally(loss.item() * len(labels), right, len(labels))


def take_step(
    model: nn.Module,
    batch: Batch,
    optimizer: torch.optim.Optimizer,
    clip_norm: float,
    *,
    autocast: AbstractContextManager = AS_IT_IS,
    scaler: torch.amp.GradScaler = UNSCALED,
    reduction: Reduction = batch_mean,
) -> Tally:
    """Move the weights once, down the loss of one batch.

    With `mixed_precision` it computes in 16 bits, with `shared_mean` it
    takes one process's part of a common step, with both it does both.

    Args:
        model: The classifier, in training mode.
        batch: Some reviews, on the model's device.
        optimizer: Holds the model's parameters.
        clip_norm: The longest gradient allowed.
        autocast: Where the model computes.
        scaler: Keeps small gradients from becoming 0.
        reduction: From logits and labels to the loss.

    Returns:
        Loss and hits from before the step, and how many reviews there were.

    Built in chapter 8.
    """
    token_ids, lengths, labels = batch
    optimizer.zero_grad()
    with autocast:
        logits = model(token_ids, lengths)  # (batch, 2)
    loss, tally = reduction(logits.float(), labels)
    scaler.scale(loss).backward()
    scaler.unscale_(optimizer)
    nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    scaler.step(optimizer)
    scaler.update()
    return tally
