"""Words, splits, cuts and batches, done right and with a mistake."""

from collections.abc import Callable

import pandas as pd
import torch
from torch import Tensor
from torch.utils.data import DataLoader

from imdbtutor.data.batches import ReviewDataset, make_loader, pad_batch
from imdbtutor.data.reviews import Split
from imdbtutor.data.tokens import SUBSTITUTIONS
from imdbtutor.training.recipe import BATCH_SIZE

TOKENS = 200  # of a training review


def keep_case(text: str) -> list[str]:
    """Split into words as they are spelt, "Great" apart from "great"."""
    for old, new in SUBSTITUTIONS:
        text = text.replace(old, new)
    return text.split()


def keep_breaks(text: str) -> list[str]:
    """Split into words, the web page's line breaks among them."""
    text = text.lower()
    for old, new in SUBSTITUTIONS:
        if old != "<br />":
            text = text.replace(old, new)
    return text.split()


def split_at_random(reviews: pd.DataFrame) -> Split:
    """Shuffle, then cut where `split_reviews` cuts."""
    mixed = reviews.sample(frac=1, random_state=0)
    first, second = 72 * len(mixed) // 100, 80 * len(mixed) // 100
    parts = mixed[:first], mixed[first:second], mixed[second:]
    return Split(*(part.reset_index(drop=True) for part in parts))


def first_tokens(token_ids: Tensor) -> Tensor:
    """Keep the beginning of a review."""
    return token_ids[:TOKENS]


def last_tokens(token_ids: Tensor) -> Tensor:
    """Keep the end of a review."""
    return token_ids[-TOKENS:]


def both_ends(token_ids: Tensor) -> Tensor:
    """Keep beginning and end, together no longer than either above."""
    if len(token_ids) <= TOKENS:
        return token_ids
    half = TOKENS // 2
    return torch.cat([token_ids[:half], token_ids[-half:]])


def cut(dataset: ReviewDataset, keep: Callable) -> ReviewDataset:
    """Cut every review of a dataset."""
    return ReviewDataset(list(map(keep, dataset.reviews)), dataset.labels)


def deal_by_length(dataset: ReviewDataset, seed: int) -> DataLoader:
    """Deal batches of like length, as the book does."""
    return make_loader(dataset, BATCH_SIZE, seed=seed)


def deal_at_random(dataset: ReviewDataset, seed: int) -> DataLoader:
    """Deal random batches, most of which need padding."""
    return make_loader(dataset, BATCH_SIZE, seed=seed, by_length=False)


def deal_in_order(dataset: ReviewDataset, seed: int) -> DataLoader:
    """Deal the reviews as they stand in the file, class after class."""
    return DataLoader(dataset, batch_size=BATCH_SIZE, collate_fn=pad_batch)
