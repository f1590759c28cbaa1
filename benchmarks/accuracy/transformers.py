"""Train classifiers from a pretrained transformer, or on what it says.

A run is kept within an epoch, too: stopped, it goes on from the last part.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial

import numpy as np
import torch
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from torch import Tensor, nn
from torch.utils.data import DataLoader, Sampler

from benchmarks.accuracy.runs import Texts, Trained, fit_network
from imdbtutor.data.batches import (
    Batch,
    LengthBatches,
    ReviewDataset,
    pad_batch,
)
from imdbtutor.data.minilm import fetch_minilm, load_cutter
from imdbtutor.data.reviews import Split
from imdbtutor.data.word_pieces import HEAD, TAIL, encode_pieces
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.models.encoder import Encoder, load_minilm
from imdbtutor.models.fine_tuned import FineTuned, LayerMeans
from imdbtutor.runtime import cache_dir, seed_everything
from imdbtutor.training.history import History
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.warm_up import WARM_UP, warm_up

BATCH_SIZE = 16
RATE = 1e-4
PARTS = 4  # of an epoch, each kept when it is over


class In16Bits(FineTuned):
    """The same, computed in 16 bits wherever it is asked."""

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch: logits, float32, shape (batch, classes)."""
        with torch.autocast(token_ids.device.type, torch.bfloat16):
            return super().forward(token_ids, lengths).float()


class Parts(Sampler[list[int]]):
    """Deal an epoch's batches out in parts, as if each were an epoch.

    Which part comes next stands in the generator's seed: a checkpoint keeps
    generators, so a run that goes on takes the part that it had come to.

    Args:
        whole: Deals out a whole epoch; its seed fixes the order of each.
        parts: How many parts an epoch has.
    """

    def __init__(self, whole: LengthBatches, parts: int = PARTS) -> None:
        """Begin with the first part of the first epoch."""
        self.whole, self.parts = whole, parts
        self.seed = whole.generator.initial_seed()
        self.generator = torch.Generator().manual_seed(self.seed)

    def __len__(self) -> int:
        """Count the batches of the first part; others may have one less."""
        return -(-len(self.whole) // self.parts)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the batches of the next part."""
        number = self.generator.initial_seed() - self.seed
        self.generator.manual_seed(self.seed + number + 1)
        epoch, part = divmod(number, self.parts)
        self.whole.generator.manual_seed(self.seed + epoch)
        batches = list(self.whole)
        yield from batches[part :: self.parts]


def fit_in_parts(
    model: nn.Module,
    train: DataLoader,
    validation: Iterable[Batch],
    config: TrainingConfig,
    *,
    name: str,
    share: float = WARM_UP,
    parts: int = PARTS,
    keep: bool = False,
    progress: bool = False,
) -> History:
    """Fit as `fit` does, warmed up, and keep each part of an epoch.

    Args:
        model: The classifier.
        train: The training batches of an epoch, dealt out in parts.
        validation: For choosing the best part.
        config: How to train; epochs are whole ones.
        name: Of the checkpoint.
        share: Of the steps, how many the learning rate rises.
        parts: How many parts an epoch has, if it has so many batches.
        keep: Whether the checkpoint stays when the run is over; the same
            run, called again, is then over at once.
        progress: Whether to show a bar for each part.
    """
    path = cache_dir() / f"{name}.pt"
    parts = min(parts, len(train))
    loader = DataLoader(
        train.dataset,
        batch_sampler=Parts(train.batch_sampler, parts),
        collate_fn=pad_batch,
    )
    epochs = config.epochs * parts
    history = fit(
        model,
        loader,
        validation,
        TrainingConfig(epochs, config.learning_rate, patience=epochs),
        prepare=partial(warm_up, share=share),
        checkpoint=path,
        progress=progress,
    )
    if not keep:
        path.unlink()
    return history


def piece_reader(
    head: int = HEAD, tail: int = TAIL
) -> Callable[[Texts], list[Tensor]]:
    """Return what turns texts into word pieces."""
    cutter = load_cutter(fetch_minilm())
    return partial(encode_pieces, cutter=cutter, head=head, tail=tail)


def read_minilm(dropout: float = 0.0) -> Encoder:
    """Load the encoder, without dropout if it is not asked for."""
    return load_minilm(fetch_minilm(), dropout=dropout)


def train_minilm(
    split: Split,
    seed: int,
    *,
    name: str = "minilm",
    fixed: int = 0,
    epochs: int = 2,
    batch_size: int = BATCH_SIZE,
    rate: float = RATE,
    share: float = WARM_UP,
    parts: int = PARTS,
    keep: bool = False,
    ends: tuple[int, int] = (HEAD, TAIL),
    make: Callable[[], Encoder] = read_minilm,
) -> Trained:
    """Fine-tune MiniLM, as chapter 18 does.

    Args:
        split: The reviews.
        seed: Of the linear layer and the batches.
        name: Of the checkpoint, before the seed.
        fixed: Blocks that stay as they are; see `FineTuned`.
        epochs: Passes over the training reviews.
        batch_size: Reviews in a batch.
        rate: The highest learning rate.
        share: Of the steps, how many it rises.
        parts: How many parts an epoch has.
        keep: Whether the checkpoint stays; see `fit_in_parts`.
        ends: Pieces to keep of a review's beginning and of its end.
        make: Makes the encoder.
    """
    seed_everything(seed)
    read = piece_reader(*ends)
    how = {"name": f"{name}-{seed}", "share": share, "parts": parts}
    how |= {"keep": keep}
    return fit_network(
        In16Bits(make(), fixed=fixed),
        ReviewDataset(read(split.train["text"]), split.train["label"]),
        split,
        seed,
        read,
        TrainingConfig(epochs, rate),
        batch_size,
        fit=partial(fit_in_parts, **how),
    )


def read_frozen(encoder: Encoder, texts: Texts) -> np.ndarray:
    """Describe each text by the means of all seven layers, side by side."""
    dataset = ReviewDataset(piece_reader()(texts), [0] * len(texts))
    with torch.autocast("cpu", torch.bfloat16):
        means = predict_logits(LayerMeans(encoder), dataset)
    return means.flatten(1).numpy()


def train_frozen(split: Split, _: int) -> Trained:
    """Learn a logistic regression of MiniLM's vectors, which stay fixed."""
    pipeline = make_pipeline(
        StandardScaler(), LogisticRegression(C=0.01, max_iter=2_000)
    )
    encoder = read_minilm()
    read = partial(read_frozen, encoder)
    pipeline.fit(read(split.train["text"]), split.train["label"])
    parameters = sum(p.numel() for p in encoder.parameters())
    return Trained(
        lambda texts: pipeline.predict_proba(read(texts))[:, 1],
        parameters + pipeline[-1].coef_.size,
    )
