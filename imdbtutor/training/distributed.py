"""One training, shared by several processes."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor, distributed
from torch.nn import functional as F
from torch.utils.data import DataLoader, Sampler

from imdbtutor.data.batches import LengthBatches, pad_batch
from imdbtutor.training.step import Tally


@contextmanager
def process_group(device: torch.device) -> Iterator[None]:
    """Join the processes that `torchrun` has started, if it has.

    Args:
        device: Where this process computes: NCCL joins GPUs, gloo the rest.

    Used in chapter 14.
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        yield
        return
    on_gpu = device.type == "cuda"
    if on_gpu:  # each process has its own
        torch.cuda.set_device(int(os.environ["LOCAL_RANK"]))
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield
    finally:
        distributed.destroy_process_group()


def rank_and_count() -> tuple[int, int]:
    """Return this process's number, from 0, and how many there are.

    Built in chapter 14.
    """
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


class Shares(Sampler[list[int]]):
    """This process's rows of every batch.

    Args:
        batches: The batches of the whole training, the same in each process.
        rank: Number of this process, from 0.
        count: Processes.

    Raises:
        ValueError: If the last batch has not a row for every process.

    Built in chapter 14.
    """

    def __init__(self, batches: LengthBatches, rank: int, count: int) -> None:
        """Share the sampler's stream of random numbers."""
        last = len(batches.lengths) % batches.batch_size or batches.batch_size
        if last < count:
            raise ValueError(
                f"a batch of {last} reviews cannot be shared by {count} "
                "processes; take another batch size."
            )
        self.batches, self.rank, self.count = batches, rank, count
        self.generator = batches.generator

    def __len__(self) -> int:
        """Count the batches of one epoch."""
        return len(self.batches)

    def __iter__(self) -> Iterator[list[int]]:
        """Yield this process's row numbers, batch by batch."""
        for rows in self.batches:
            yield rows[self.rank :: self.count]


def share(train: DataLoader, rank: int, count: int) -> DataLoader:
    """Deal out this process's share of every batch.

    Args:
        train: What `make_loader` returns, by length.
        rank: Number of this process, from 0.
        count: Processes.

    Built in chapter 14.
    """
    shares = Shares(train.batch_sampler, rank, count)
    return DataLoader(
        train.dataset, batch_sampler=shares, collate_fn=pad_batch
    )


def shared_mean(logits: Tensor, labels: Tensor) -> tuple[Tensor, Tally]:
    """Reduce as `batch_mean` does, over the shares of all processes.

    DistributedDataParallel averages the processes' gradients. Shares may
    differ by a review, so each adds its losses up, and divides by what makes
    the average the mean over all reviews of the batch.

    Args:
        logits: Of this process's share, float32, shape (share, 2).
        labels: int64, shape (share,).

    Returns:
        This process's part of the loss; loss, hits and reviews of the whole
        batch.

    Built in chapter 14.
    """
    loss = F.cross_entropy(logits, labels, reduction="sum")
    right = (logits.argmax(dim=1) == labels).sum()
    tally = torch.stack([loss.detach(), right, labels.new_tensor(len(labels))])
    distributed.all_reduce(tally)
    mean = loss * distributed.get_world_size() / tally[2]
    return mean, Tally(*tally.tolist())
