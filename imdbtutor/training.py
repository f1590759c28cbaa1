"""Fit a model, and keep the record of how it went."""

import copy
import math
import sys
import time
from collections.abc import Iterable
from dataclasses import dataclass, field

import pandas as pd
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader
from tqdm import tqdm

from imdbtutor.batches import Batch
from imdbtutor.runtime import keep_freed_memory


@dataclass(frozen=True)
class TrainingConfig:
    """How to train.

    Args:
        epochs: Passes over the training reviews, at most.
        learning_rate: The first step size; it falls evenly to 0.
        weight_decay: How strongly AdamW pulls weights towards 0.
        clip_norm: The longest gradient allowed, as a norm over all weights.
        patience: Epochs without a better validation loss before stopping.

    Built in chapter 8.
    """

    epochs: int = 5
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    clip_norm: float = 1.0
    patience: int = 2


@dataclass
class History:
    """What happened in each epoch.

    Built in chapter 8.
    """

    rows: list[dict[str, float]] = field(default_factory=list)

    def add(
        self,
        train: tuple[float, float],
        validation: tuple[float, float],
        seconds: float,
    ) -> None:
        """Record an epoch's loss and accuracy, and how long it took.

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


def train_epoch(
    model: nn.Module,
    batches: Iterable[Batch],
    *,
    optimizer: torch.optim.Optimizer,
    schedule: torch.optim.lr_scheduler.LRScheduler,
    clip_norm: float,
) -> tuple[float, float]:
    """Take one optimizer step per batch.

    Args:
        model: The classifier; it is left in training mode.
        batches: The training batches of one epoch.
        optimizer: Holds the model's parameters.
        schedule: Sets the learning rate, one step a batch.
        clip_norm: The longest gradient allowed.

    Returns:
        Mean loss and accuracy over the epoch's reviews, each measured
        before the step it led to.

    Built in chapter 8.
    """
    model.train()
    device = next(model.parameters()).device
    total, right, seen = 0.0, 0, 0
    for batch in batches:
        token_ids, lengths, labels = batch.to(device)
        optimizer.zero_grad()
        logits = model(token_ids, lengths)  # (batch, 2)
        loss = F.cross_entropy(logits, labels)
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        optimizer.step()
        schedule.step()
        total += loss.item() * len(labels)
        right += (logits.argmax(dim=1) == labels).sum().item()
        seen += len(labels)
    return total / seen, right / seen


@torch.inference_mode()
def measure(model: nn.Module, batches: Iterable[Batch]) -> tuple[float, float]:
    """Measure a model on all batches, without training it.

    Args:
        model: The classifier; it is left in evaluation mode.
        batches: The batches to score.

    Returns:
        Mean loss and accuracy over the reviews.

    Built in chapter 8.
    """
    model.eval()
    device = next(model.parameters()).device
    total, right, seen = 0.0, 0, 0
    for batch in batches:
        token_ids, lengths, labels = batch.to(device)
        logits = model(token_ids, lengths)
        total += F.cross_entropy(logits, labels, reduction="sum").item()
        right += (logits.argmax(dim=1) == labels).sum().item()
        seen += len(labels)
    return total / seen, right / seen


def make_optimizer(
    model: nn.Module, config: TrainingConfig, steps: int
) -> tuple[torch.optim.Optimizer, torch.optim.lr_scheduler.LRScheduler]:
    """Create AdamW and a schedule that walks its learning rate down to 0.

    Args:
        model: What to train.
        config: Learning rate and weight decay.
        steps: Steps until the learning rate is 0.

    Returns:
        The optimizer and its schedule.

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
    progress: bool = True,
) -> History:
    """Train a model and leave it with its best epoch's weights.

    Stopped by hand or by an error, the model still gets those weights. On
    Linux, the process keeps freed memory from here on (`keep_freed_memory`).

    Args:
        model: The classifier, on the device to train on.
        train: The training batches, in a new order each epoch.
        validation: Batches for choosing the best epoch, never trained on.
        config: How to train.
        progress: Whether to show a bar for each epoch.

    Returns:
        The record of every epoch.

    Raises:
        FloatingPointError: If the loss is no longer a number.

    Built in chapter 8.
    """
    keep_freed_memory()
    steps = config.epochs * len(train)
    optimizer, schedule = make_optimizer(model, config, steps)
    history, best = History(), copy.deepcopy(model.state_dict())
    try:
        for epoch in range(1, config.epochs + 1):
            started = time.perf_counter()
            with progress_bar(train, f"epoch {epoch}", progress) as batches:
                learned = train_epoch(
                    model,
                    batches,
                    optimizer=optimizer,
                    schedule=schedule,
                    clip_norm=config.clip_norm,
                )
            held_out = measure(model, validation)
            history.add(learned, held_out, time.perf_counter() - started)
            if history.best_epoch == epoch:
                best = copy.deepcopy(model.state_dict())
            elif epoch - history.best_epoch >= config.patience:
                break
    finally:  # also when you stop it by hand
        model.load_state_dict(best)
    return history


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
