"""Fit a model, and keep the record of how it went."""

import copy
import math
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from numbers import Integral, Real
from operator import length_hint
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from tqdm import tqdm

from imdbtutor.data.batches import Batch, fitting_parts
from imdbtutor.runtime import keep_freed_memory
from imdbtutor.training.checkpoint import Checkpoint
from imdbtutor.training.distributed import first_says
from imdbtutor.training.history import History, Score, mean_score
from imdbtutor.training.step import Step, take_step

Watcher = Callable[[dict], object]  # given an epoch's number and figures
Preparation = Callable[..., tuple]  # as `make_optimizer` does


@dataclass(frozen=True)
class TrainingConfig:
    """How to train.

    Args:
        epochs: Passes over the training reviews, at most.
        learning_rate: The first step size; it falls evenly to 0.
        weight_decay: How strongly AdamW pulls weights towards 0.
        clip_norm: The longest gradient allowed, as a norm over all weights.
        patience: Epochs without a better validation loss before stopping.

    Raises:
        ValueError: If one of them is nothing to train with.

    Built in chapter 8.
    """

    epochs: int = 5
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    patience: int = 2

    def __post_init__(self) -> None:
        """Refuse what is nothing to train with."""
        for name in ("epochs", "patience"):
            value = getattr(self, name)
            if not isinstance(value, Integral) or value < 1:
                raise ValueError(
                    f"{name}={value!r}: must be a whole number, 1 or more."
                )
        for name in ("learning_rate", "weight_decay", "clip_norm"):
            value = getattr(self, name)
            if name == "clip_norm" and value == math.inf:  # clips nothing
                continue
            if not isinstance(value, Real) or not 0 <= value < math.inf:
                raise ValueError(
                    f"{name}={value!r}: must be a number, 0 or more."
                )


def train_epoch(
    model: nn.Module,
    batches: Iterable[Batch],
    *,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    clip_norm: float,
    step: Step = take_step,
) -> Score:
    """Take one optimizer step per batch.

    Args:
        model: The classifier; it is left in training mode.
        batches: The training batches of one epoch.
        optimizer: Holds the model's parameters.
        schedule: Sets the learning rate, anew after each step taken.
        clip_norm: The longest gradient allowed.
        step: What to do with a batch.

    Returns:
        Of the epoch's reviews, each measured before the step it led to.

    Built in chapter 8.
    """
    model.train()
    device = next(model.parameters()).device
    tally = np.zeros(3)  # loss, hits, reviews
    taken = []
    with optimizer.register_step_post_hook(lambda *_: taken.append(True)):
        for batch in batches:
            taken.clear()
            tally += step(model, batch.to(device), optimizer, clip_norm)
            if taken:  # in 16 bits, a step may be left out
                schedule.step()
    return mean_score(*tally.tolist())


@torch.inference_mode()
def validate(model: nn.Module, batches: Iterable[Batch]) -> Score:
    """Score a model on all batches, without training it.

    Args:
        model: The classifier; it is left in evaluation mode.
        batches: The batches to score.

    Built in chapter 8.
    """
    model.eval()
    device = next(model.parameters()).device
    total, right, seen = 0.0, 0, 0
    for part in (p for batch in batches for p in fitting_parts(batch)):
        token_ids, lengths, labels = part.to(device)
        logits = model(token_ids, lengths)
        total += F.cross_entropy(logits, labels, reduction="sum").item()
        right += (logits.argmax(dim=1) == labels).sum().item()
        seen += len(labels)
    return mean_score(total, right, seen)


def make_optimizer(
    model: nn.Module, config: TrainingConfig, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Create AdamW and a schedule that walks its learning rate down to 0.

    Args:
        model: What to train.
        config: Learning rate and weight decay.
        steps: Steps until the learning rate is 0.

    Built in chapter 8.
    """
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=config.learning_rate,
        weight_decay=config.weight_decay,
    )
    schedule = torch.optim.lr_scheduler.LinearLR(
        optimizer, start_factor=1.0, end_factor=0.0, total_iters=steps
    )
    return optimizer, schedule


def fit(
    model: nn.Module,
    train: DataLoader,
    validation: Iterable[Batch],
    config: TrainingConfig,
    *,
    step: Step = take_step,
    prepare: Preparation = make_optimizer,
    checkpoint: Path | None = None,
    progress: bool = True,
    on_epoch: Watcher | None = None,
) -> History:
    """Train a model and leave it with its best epoch's weights.

    Stopped by hand or by an error, the model still gets those weights. On
    Linux, the process keeps freed memory from here on (`keep_freed_memory`).

    Args:
        model: The classifier, on the device to train on.
        train: The training batches, in a new order each epoch.
        validation: Batches for choosing the best epoch, never trained on.
        config: How to train.
        step: What to do with a batch.
        prepare: What makes optimizer and schedule.
        checkpoint: A file to write after every epoch; where it stands
            already, training goes on from there.
        progress: Whether to show a bar for each epoch.
        on_epoch: Is told of each epoch when it is over, and kept.

    Returns:
        The record of every epoch.

    Raises:
        FloatingPointError: If the loss is no longer a number.
        ValueError: If there are no batches, or the checkpoint is damaged or
            of another run.

    Built in chapter 8.
    """
    keep_freed_memory()
    check_batches(train, validation)
    optimizer, schedule = prepare(model, config, config.epochs * len(train))
    history, best = History(), copy.deepcopy(model.state_dict())
    parts, loaders = (model, optimizer, schedule), (train, validation)
    run = Checkpoint(checkpoint, parts, loaders, config, step=step)
    history.rows, best = run.load() or (history.rows, best)
    how = {"optimizer": optimizer, "schedule": schedule, "step": step}
    try:
        while not history.is_over(config.epochs, config.patience):
            started = time.perf_counter()
            name = f"epoch {len(history.rows) + 1}"
            with progress_bar(train, name, progress) as batches:
                learned = train_epoch(
                    model, batches, clip_norm=config.clip_norm, **how
                )
            scores = first_says((learned, validate(model, validation)))
            history.add(*scores, time.perf_counter() - started)
            if history.best_epoch == len(history.rows):
                best = copy.deepcopy(model.state_dict())
            run.save(history.rows, best)
            if on_epoch is not None:
                on_epoch({"epoch": len(history.rows)} | history.rows[-1])
    except KeyboardInterrupt:
        raise KeyboardInterrupt(history.so_far) from None
    finally:  # also when you stop it by hand
        model.load_state_dict(best)
    return history


def check_batches(train: DataLoader, validation: Iterable[Batch]) -> None:
    """Refuse to train on nothing, or to validate on nothing.

    Raises:
        ValueError: If there are no batches of one of them.

    Used in chapter 8.
    """
    for name, batches in (("train", train), ("validation", validation)):
        if length_hint(batches, 1) == 0:  # some do not know their length
            raise ValueError(f"there are no {name} batches: no reviews?")


def progress_bar(batches: DataLoader, name: str, show: bool) -> tqdm:
    """Wrap batches in a bar on standard output that shows no speed.

    Built in chapter 8.
    """
    return tqdm(
        batches,
        desc=name,
        file=sys.stdout,
        bar_format="{desc} |{bar:30}| {n_fmt}/{total_fmt} batches",
        disable=not show,
    )
