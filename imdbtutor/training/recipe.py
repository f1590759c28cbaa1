"""The book's way from labelled reviews to a trained model."""

import platform
from dataclasses import asdict, replace
from functools import partial
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import torch
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from imdbtutor import __version__
from imdbtutor.data.arguments import check_labels
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split
from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.data.vocab import Vocab
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import seed_everything
from imdbtutor.training.balance import balance
from imdbtutor.training.distributed import rank_and_count, share, shared_mean
from imdbtutor.training.history import History
from imdbtutor.training.loop import (
    TrainingConfig,
    Watcher,
    fit,
)
from imdbtutor.training.step import Step, batch_mean, take_step

MAX_TOKENS = 5_000
MAX_LENGTH = 600  # tokens of a training review; others are read whole
BATCH_SIZE = 64
TRAINING = TrainingConfig()


class Recipe(NamedTuple):
    """How to get from texts to a trained model; as it is, as chapter 8 does.

    Args:
        max_tokens: Words of the vocabulary, the two special ones included.
        max_length: Tokens of a training review; others are read whole.
        batch_size: Reviews a batch.
        training: How to train.
        balance: How rare classes are made to count like common ones: by
            `"weights"` of the loss, by `"sampling"` their reviews more
            often, or not at all. The epoch is chosen by the plain loss.

    Used in chapter 10.
    """

    max_tokens: int = MAX_TOKENS
    max_length: int | None = MAX_LENGTH
    batch_size: int = BATCH_SIZE
    training: TrainingConfig = TRAINING
    balance: str | None = None


RECIPE = Recipe()


class Trained(NamedTuple):
    """What training makes of labelled reviews.

    Used in chapter 10.
    """

    model: LSTMClassifier
    vocab: Vocab
    history: History


def train_model(
    split: Split,
    config: ModelConfig,
    recipe: Recipe = RECIPE,
    *,
    seed: int = 0,
    device: torch.device | str = "cpu",
    checkpoint: Path | None = None,
    progress: bool = False,
    tokenize: Tokenizer = tokenize,
    on_epoch: Watcher | None = None,
) -> Trained:
    """Train a model from scratch, as chapter 8 does.

    In a process group (chapter 14), every process takes its share of each
    batch, and all end with the same model.

    Args:
        split: Training and validation reviews; the test part is not used.
        config: The model's sizes; those of the vocabulary are found anew.
        recipe: How to train it.
        seed: Fixes all that is random.
        device: Where to train.
        checkpoint: A file to write after every epoch, and to go on from
            where it stands already.
        progress: Whether to show a bar for each epoch.
        tokenize: Text to tokens.
        on_epoch: As `fit` takes it; of several processes, the first tells.

    Returns:
        The model, in evaluation mode, with the weights of its best epoch;
        its vocabulary; how each epoch went.

    Raises:
        ValueError: If a class is missing in a part, a label is of none, or a
            text has no words.

    Used in chapter 10.
    """
    texts, classes = split.train["text"], config.num_classes
    vocab = build_vocab(texts, max_tokens=recipe.max_tokens, tokenize=tokenize)

    def deal(part: pd.DataFrame, cut: int | None) -> DataLoader:
        ids = encode_reviews(
            part["text"], vocab, tokenize=tokenize, cache=False
        )
        check_labels(part["label"], len(ids), each=1, classes=classes)
        data = ReviewDataset(ids, part["label"], cut, classes=classes)
        return make_loader(data, recipe.batch_size, seed=seed)

    train = deal(split.train, recipe.max_length)
    validation = deal(split.validation, None)
    train, weights = balance(train, recipe.balance, classes, seed)
    seed_everything(seed)
    model = LSTMClassifier(replace(config, vocab_size=len(vocab))).to(device)
    whole, (rank, count) = model, rank_and_count()
    if count > 1:
        torch.manual_seed(seed + rank)  # each its own dropout
        train = share(train, rank, count)
        whole = DistributedDataParallel(model)
    history = fit(
        whole,
        train,
        validation,
        recipe.training,
        step=_make_step(count, weights, device),
        checkpoint=checkpoint,
        progress=progress and rank == 0,
        on_epoch=None if rank else on_epoch,
    )
    return Trained(model.eval(), vocab, history)


def _make_step(
    processes: int, weights: Tensor | None, device: torch.device | str
) -> Step:
    """Choose how the losses of a batch become one."""
    reduction = shared_mean if processes > 1 else batch_mean
    if weights is not None:
        reduction = partial(reduction, weights=weights.to(device))
    if reduction is batch_mean:
        return take_step
    return partial(take_step, reduction=reduction)


def provenance(
    split: Split, history: History, recipe: Recipe = RECIPE
) -> dict:
    """Say how a model of `train_model` was made.

    Returns:
        Versions, machine, numbers of reviews, settings and epochs, as JSON
        can hold them.

    Used in chapter 10.
    """
    epochs = history.frame.round(4).reset_index()
    return {
        "imdbtutor": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "machine": platform.machine(),
        "threads": torch.get_num_threads(),
        "reviews": dict(zip(split._fields, map(len, split), strict=True)),
        "training": asdict(recipe.training)
        | {"batch_size": recipe.batch_size, "max_length": recipe.max_length}
        | {"balance": recipe.balance},
        "history": epochs.to_dict("records"),
    }
