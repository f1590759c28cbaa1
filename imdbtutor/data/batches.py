"""Token ids to padded tensors."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence
from torch.utils.data import DataLoader, Dataset, Sampler

from imdbtutor.data.arguments import check_labels
from imdbtutor.data.vocab import PAD_ID

MOST_TOKENS = 400_000  # scored at once, the padding among them: about 1 GB
READABLE = ((1, torch.int64), (2, torch.float32))  # dimensions, numbers


class Batch(NamedTuple):
    """Some reviews as tensors: rows of equal length, padded at the end.

    `token_ids` is int64 of shape (batch, time), `lengths` and `labels` are
    int64 of shape (batch,).

    Built in chapter 6.
    """

    token_ids: Tensor
    lengths: Tensor
    labels: Tensor

    def to(self, device: torch.device) -> "Batch":
        """Return the batch with all three tensors on the device."""
        return Batch(*(tensor.to(device) for tensor in self))


class ReviewDataset(Dataset):
    """Encoded reviews and their labels, each cut to its first tokens.

    Args:
        encoded: One int64 tensor of token ids for each review; or what an
            `InformedReader` reads, float32 of shape (tokens, features).
        labels: 0 or 1 for each review.
        max_length: Tokens to keep of each review; `None` keeps all.
        classes: How many classes there are; labels count them from 0.

    Raises:
        ValueError: If there are not as many labels as reviews, a label is
            of no class, a review is something else, or nothing would be left
            of it.

    Built in chapter 6.
    """

    def __init__(
        self,
        encoded: Sequence[Tensor],
        labels: Sequence[int],
        max_length: int | None = None,
        *,
        classes: int = 2,
    ) -> None:
        """Keep the reviews, cut to `max_length`."""
        checked = check_labels(labels, len(encoded), classes=classes)
        if max_length is not None and max_length < 1:
            raise ValueError(f"max_length={max_length}: must be 1 or more.")
        for number, review in enumerate(encoded):
            _check_review(review, number)
        self.reviews = [token_ids[:max_length] for token_ids in encoded]
        self.labels = torch.from_numpy(checked)
        self.lengths = torch.tensor([len(review) for review in self.reviews])

    def __len__(self) -> int:
        """Count the reviews."""
        return len(self.reviews)

    def __getitem__(self, index: int) -> tuple[Tensor, Tensor]:
        """Return one review's token ids and its label."""
        return self.reviews[index], self.labels[index]


def _check_review(review: Tensor, number: int) -> None:
    kind = type(review).__name__
    if isinstance(review, Tensor):
        kind = f"{review.dtype} of shape {tuple(review.shape)}"
        if (review.ndim, review.dtype) in READABLE and len(review):
            return
    raise ValueError(
        f"review {number} must be its token ids, torch.int64 of shape "
        f"(tokens,), one token or more; got {kind}."
    )


def pad_batch(examples: Sequence[tuple[Tensor, Tensor]]) -> Batch:
    """Stack reviews of different lengths, filling the gaps with `<pad>`.

    Args:
        examples: Pairs of token ids (int64, any length above 0) and label.

    Returns:
        A `Batch` as wide as its longest review.

    Built in chapter 6.
    """
    reviews, labels = zip(*examples, strict=True)
    return Batch(
        pad_sequence(reviews, batch_first=True, padding_value=PAD_ID),
        torch.tensor([len(review) for review in reviews]),
        torch.stack(labels),
    )


class LengthBatches(Sampler[list[int]]):
    """Group reviews of like length, in a new random order each epoch.

    The reviews are shuffled, cut into pools of 50 batches, sorted by length
    within each pool and dealt out; then the batches are shuffled.

    Args:
        lengths: Tokens of each review, shape (reviews,).
        batch_size: Reviews in a batch; the last of a pool may be smaller.
        seed: The same seed gives the same orders, epoch by epoch.

    Built in chapter 6.
    """

    def __init__(self, lengths: Tensor, batch_size: int, seed: int) -> None:
        """Start the sampler's own stream of random numbers."""
        self.lengths = lengths
        self.batch_size = batch_size
        self.generator = torch.Generator().manual_seed(seed)

    def __len__(self) -> int:
        """Count the batches of one epoch."""
        return -(-len(self.lengths) // self.batch_size)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield lists of row numbers, each row once an epoch."""
        order = torch.randperm(len(self.lengths), generator=self.generator)
        batches = []
        for pool in order.split(50 * self.batch_size):
            by_length = pool[self.lengths[pool].argsort(stable=True)]
            batches += by_length.split(self.batch_size)
        for place in torch.randperm(len(batches), generator=self.generator):
            yield batches[place].tolist()


def split_by_length(lengths: Tensor, batch_size: int) -> Iterator[Tensor]:
    """Group reviews of like length for scoring, few where they are long.

    Every review of a batch takes the room of the longest. Of 128 reviews,
    one of a million words would make 128 of them.

    Args:
        lengths: Tokens of each review, shape (reviews,).
        batch_size: Reviews in a batch at most.

    Yields:
        Row numbers, each row once, the shortest reviews first.

    Used in chapter 9.
    """
    order = lengths.argsort(stable=True)
    while len(order):
        longest = lengths[order[:batch_size]]  # of the first, the first two...
        counts = torch.arange(1, len(longest) + 1, device=longest.device)
        padded = longest * counts
        fitting = max(1, int((padded <= MOST_TOKENS).sum()))
        yield order[:fitting]
        order = order[fitting:]


def fitting_parts(batch: Batch) -> Iterator[Batch]:
    """Yield a batch as it is or, where it is too large to score, in parts.

    Args:
        batch: Some reviews.

    Used in chapter 8.
    """
    token_ids, lengths, labels = batch
    count, time = token_ids.shape[:2]
    if count * time <= MOST_TOKENS:
        yield batch
        return
    for rows in split_by_length(lengths, len(lengths)):
        longest = int(lengths[rows].max())
        yield Batch(token_ids[rows, :longest], lengths[rows], labels[rows])


def make_loader(
    dataset: ReviewDataset,
    batch_size: int,
    *,
    seed: int = 0,
    by_length: bool = True,
) -> DataLoader:
    """Deal a dataset out in padded batches, shuffled anew each epoch.

    Args:
        dataset: The encoded reviews.
        batch_size: Reviews in a batch.
        seed: Fixes the order of every epoch.
        by_length: Whether reviews of like length share a batch; if not,
            batches are random.

    Returns:
        A loader that yields `Batch`.

    Built in chapter 6.
    """
    if by_length:
        sampler = LengthBatches(dataset.lengths, batch_size, seed)
        return DataLoader(dataset, batch_sampler=sampler, collate_fn=pad_batch)
    return DataLoader(
        dataset,
        batch_size=batch_size,
        shuffle=True,
        generator=torch.Generator().manual_seed(seed),
        collate_fn=pad_batch,
    )
