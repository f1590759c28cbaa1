"""Ways to train that other people swear by, each with its own switch."""

import copy
from collections.abc import Iterable

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import DataLoader

from imdbtutor.data.batches import Batch
from imdbtutor.training.loop import TrainingConfig, make_optimizer, validate


def tricked_loss(
    model: nn.Module, batch: Batch, smoothing: float, push: float
) -> Tensor:
    """Return the loss of a batch, as `fit_with_tricks` is told to."""
    token_ids, lengths, labels = batch
    values = model.embed(token_ids)
    logits = model.classify(values, lengths)
    loss = F.cross_entropy(logits, labels, label_smoothing=smoothing)
    if not push:
        return loss
    (slope,) = torch.autograd.grad(loss, values, retain_graph=True)
    away = push * F.normalize(slope.flatten(1)).view_as(slope)
    logits = model.classify(values + away, lengths)
    return loss + F.cross_entropy(logits, labels)


def fit_with_tricks(
    model: nn.Module,
    train: DataLoader,
    validation: Iterable[Batch],
    config: TrainingConfig,
    *,
    smoothing: float = 0.0,
    push: float = 0.0,
    average: float = 0.0,
    progress: bool = False,
) -> None:
    """Train as `fit` does, and leave the model with its best weights.

    Args:
        model: Has `embed` and `classify`, as `ChunkedLSTM`.
        train: The training batches.
        validation: Batches for choosing the epoch.
        config: How to train; its patience is not used.
        smoothing: Share of each label that is given to both classes alike
            (label smoothing; Szegedy and others, 2016).
        push: How far to push each review's vectors, as a norm, to where the
            loss grows fastest; the pushed review is learned too (adversarial
            training; Miyato and others, 2017).
        average: What the running mean of the weights keeps of itself at each
            step; 0 for the last weights alone (Polyak and Juditsky, 1992).
        progress: Not used: no bar is shown.
    """
    steps = config.epochs * len(train)
    optimizer, schedule = make_optimizer(model, config, steps)
    mean = AveragedModel(model, multi_avg_fn=get_ema_multi_avg_fn(average))
    best, lowest = copy.deepcopy(model.state_dict()), float("inf")
    for _ in range(config.epochs):
        model.train()
        for batch in train:
            optimizer.zero_grad()
            tricked_loss(model, batch, smoothing, push).backward()
            nn.utils.clip_grad_norm_(model.parameters(), config.clip_norm)
            optimizer.step()
            schedule.step()
            mean.update_parameters(model)
        loss, _ = validate(mean.module, validation)
        if loss < lowest:
            best, lowest = copy.deepcopy(mean.module.state_dict()), loss
    model.load_state_dict(best)
