"""What a step and a score should be, said once more for chapter 8."""

import copy
from collections.abc import Callable, Sequence

import torch
from torch import Tensor
from torch.nn import functional as F

from imdbtutor.checks.values import whole
from imdbtutor.data.batches import Batch, pad_batch
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig


def small_model(dropout: float = 0.0) -> LSTMClassifier:
    """Make a model that is scored within a millisecond.

    Used in chapter 8.
    """
    config = ModelConfig(
        20, embedding_dim=4, hidden_dim=3, dropout=dropout, word_dropout=0.0
    )
    return LSTMClassifier(config)


def draw_batch(size: int) -> Batch:
    """Draw reviews and labels that are new at every call.

    Used in chapter 8.
    """
    reviews = [whole(1, 20, n) for n in whole(1, 6, size).tolist()]
    return pad_batch(list(zip(reviews, whole(0, 2, size), strict=True)))


def flat(model: LSTMClassifier) -> Tensor:
    """Put all weights of a model into one row.

    Used in chapter 8.
    """
    return torch.cat([p.detach().flatten() for p in model.parameters()])


def batch_losses(
    model: LSTMClassifier, batches: Sequence[Batch]
) -> list[tuple[Tensor, int]]:
    """Score each batch: its mean loss, and how many reviews it has.

    Used in chapter 8.
    """
    return [
        (F.cross_entropy(model(token_ids, lengths), labels), len(labels))
        for token_ids, lengths, labels in batches
    ]


def mean_over_all(found: list[tuple[Tensor, int]]) -> Tensor:
    """Weigh the mean of each batch by its reviews.

    Used in chapter 8.
    """
    return sum(n * loss for loss, n in found) / sum(n for _, n in found)


def sum_of_means(found: list[tuple[Tensor, int]]) -> Tensor:
    """Forget that batches differ in size.

    Used in chapter 8.
    """
    return sum(loss for loss, _ in found)


def moved(
    model: LSTMClassifier,
    batches: Sequence[Batch],
    combine: Callable[[list[tuple[Tensor, int]]], Tensor] = mean_over_all,
    *,
    old: float = 0.0,
) -> Tensor:
    """Take one step of SGD, of rate 0.5, and return the weights.

    Args:
        model: Stays as it is.
        batches: What the step is taken on.
        combine: Makes one loss of those of the batches.
        old: What has been left in every gradient.

    Used in chapter 8.
    """
    model = copy.deepcopy(model)
    model.zero_grad()
    combine(batch_losses(model, batches)).backward()
    gradient = torch.cat([p.grad.flatten() for p in model.parameters()])
    return flat(model) - 0.5 * (gradient + old)


@torch.no_grad()
def losses_by_class(
    model: LSTMClassifier, batches: Sequence[Batch]
) -> list[list[Tensor]]:
    """Score every review, without dropout.

    Returns:
        For each class, the losses of its reviews in each batch.

    Used in chapter 8.
    """
    model.eval()
    found = [[], []]
    for token_ids, lengths, labels in batches:
        logits = model(token_ids, lengths)
        each = F.cross_entropy(logits, labels, reduction="none")
        for label, of_class in enumerate(found):
            of_class.append(each[labels == label])
    return found


def stop_after(losses: list[float], patience: int, slip: str = "") -> int:
    """Stop when the lowest loss is `patience` epochs old, or with a slip.

    Args:
        losses: Validation losses, epoch by epoch.
        patience: How old the lowest may get.
        slip: "before" compares with the epoch before, "ties" takes an equal
            loss for a lower one, "total" never starts counting again.

    Returns:
        After which epoch training stops.

    Used in chapter 8.
    """
    best = since = 0
    for place, loss in enumerate(losses):
        lowest = losses[place - 1] if slip == "before" else losses[best]
        better = place == 0 or loss < lowest
        better = better or (slip == "ties" and loss == lowest)
        if better:
            best = place
        since = 0 if better and slip != "total" else since + (not better)
        if since >= patience:
            return place + 1
    return len(losses)
