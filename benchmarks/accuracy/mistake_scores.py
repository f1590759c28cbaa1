"""Ways to score the test reviews, done right and with a mistake.

A score is the probability of class 1, an array of shape (reviews,).
"""

from collections.abc import Callable, Iterable

import numpy as np
import torch
from torch import Tensor, nn

from benchmarks.accuracy.mistake_data import cut
from imdbtutor.data.batches import ReviewDataset, pad_batch
from imdbtutor.evaluation.report import evaluate
from imdbtutor.training.recipe import BATCH_SIZE

Score = Callable[[nn.Module, ReviewDataset], np.ndarray]


def score(model: nn.Module, dataset: ReviewDataset) -> np.ndarray:
    """Score whole reviews, as the book does."""
    return evaluate(model, dataset).probabilities


def score_cut(
    model: nn.Module, dataset: ReviewDataset, keep: Callable
) -> np.ndarray:
    """Score what is kept of each review."""
    return score(model, cut(dataset, keep))


@torch.inference_mode()
def score_as_it_is(
    model: nn.Module, dataset: ReviewDataset, batches: Iterable[Tensor]
) -> np.ndarray:
    """Score in the batches given, in the mode the model is in."""
    probabilities = torch.empty(len(dataset))
    for rows in batches:
        batch = pad_batch([dataset[row] for row in rows])
        logits = model(batch.token_ids, batch.lengths)
        probabilities[rows] = logits.softmax(dim=1)[:, 1]
    return probabilities.numpy()


def score_random_batches(
    model: nn.Module, dataset: ReviewDataset
) -> np.ndarray:
    """Score in random batches, most of which need padding."""
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(dataset), generator=generator)
    return score_as_it_is(model.eval(), dataset, order.split(BATCH_SIZE))


def score_without_eval(model: nn.Module, dataset: ReviewDataset) -> np.ndarray:
    """Score as training left the model: with dropout."""
    order = dataset.lengths.argsort(stable=True)
    probabilities = score_as_it_is(
        model.train(), dataset, order.split(BATCH_SIZE)
    )
    model.eval()
    return probabilities
