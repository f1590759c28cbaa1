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


def own_device(device: torch.device) -> torch.device:
    """Give a process that `torchrun` has started a GPU of its own.

    Args:
        device: Where all processes were told to compute.

    Returns:
        The GPU of this process' number on its machine. A process that is
        alone there has the GPU it was told; a CPU is shared.

    Raises:
        ValueError: If there are fewer GPUs than processes, or the device is
            one that processes cannot share a training on.

    Used in chapter 14.
    """
    rank = int(os.environ["LOCAL_RANK"])
    here = int(os.environ.get("LOCAL_WORLD_SIZE", rank + 1))
    count = int(os.environ.get("WORLD_SIZE", here))
    if device.type not in ("cpu", "cuda") and count > 1:
        raise ValueError(
            f"processes cannot share a training on {device.type!r}; add "
            "--device cpu, or start one process without torchrun."
        )
    if device.type != "cuda":
        return device
    gpus = torch.cuda.device_count()
    if 0 < gpus < here:
        raise ValueError(
            f"{here} processes on a machine with {gpus} GPU(s); start "
            f"--nproc-per-node {gpus}, or add --device cpu."
        )
    return torch.device("cuda", rank if here > 1 else device.index or 0)


@contextmanager
def process_group(device: torch.device) -> Iterator[torch.device]:
    """Join the processes that `torchrun` has started, if it has.

    Args:
        device: Where to compute: NCCL joins GPUs, gloo the rest.

    Yields:
        Where this process computes, as `own_device` says.

    Used in chapter 14.
    """
    if "TORCHELASTIC_RUN_ID" not in os.environ:
        yield device
        return
    device = own_device(device)
    on_gpu = device.type == "cuda"
    if on_gpu:
        torch.cuda.set_device(device)
    distributed.init_process_group("nccl" if on_gpu else "gloo")
    try:
        yield device
    finally:
        distributed.destroy_process_group()


def rank_and_count() -> tuple[int, int]:
    """Return this process's number, from 0, and how many there are.

    Built in chapter 14.
    """
    if distributed.is_available() and distributed.is_initialized():
        return distributed.get_rank(), distributed.get_world_size()
    return 0, 1


def first_says(found: object) -> object:
    """Replace what each process has found by what the first one has.

    Two machines may round differently, or see different files; what decides
    how a training goes on must be one thing for all. Alone, it changes
    nothing.

    Args:
        found: What `pickle` can send.

    Used in chapter 8.
    """
    said = [found]
    if rank_and_count()[1] > 1:
        distributed.broadcast_object_list(said)
    return said[0]


class Shares(Sampler[list[int]]):
    """This process's rows of every batch.

    A last batch with fewer rows than processes joins another one, so that
    nobody is without work while the others wait.

    Args:
        batches: The batches of the whole training, the same in each process.
        rank: Number of this process, from 0.
        count: Processes.

    Raises:
        ValueError: If a batch has not a row for every process.

    Built in chapter 14.
    """

    def __init__(self, batches: LengthBatches, rank: int, count: int) -> None:
        """Share the sampler's stream of random numbers."""
        reviews, size = len(batches.lengths), batches.batch_size
        if min(reviews, size) < count:
            raise ValueError(
                f"a batch of {min(reviews, size)} reviews cannot be shared "
                f"by {count} processes; start fewer."
            )
        self.batches, self.rank, self.count = batches, rank, count
        self.generator = batches.generator
        self.joins = 0 < reviews % size < count

    def __len__(self) -> int:
        """Count the batches of one epoch."""
        return len(self.batches) - self.joins

    def __iter__(self) -> Iterator[list[int]]:
        """Yield this process's row numbers, batch by batch."""
        batches = list(self.batches)
        if self.joins:
            rest = min(batches, key=len)
            batches.remove(rest)
            batches[-1] += rest
        for rows in batches:
            yield rows[self.rank :: self.count]


def share(train: DataLoader, rank: int, count: int) -> DataLoader:
    """Deal out this process's share of every batch.

    Args:
        train: What `make_loader` returns, by length.
        rank: Number of this process, from 0.
        count: Processes.

    Raises:
        ValueError: If the batches are not by length, or too small.

    Built in chapter 14.
    """
    if not isinstance(train.batch_sampler, LengthBatches):
        raise ValueError("only make_loader's batches by length are shared.")
    shares = Shares(train.batch_sampler, rank, count)
    return DataLoader(
        train.dataset, batch_sampler=shares, collate_fn=pad_batch
    )


def shared_mean(
    logits: Tensor, labels: Tensor, weights: Tensor | None = None
) -> tuple[Tensor, Tally]:
    """Reduce as `batch_mean` does, over the shares of all processes.

    DistributedDataParallel averages the processes' gradients. Shares may
    differ by a review, so each adds its losses up, and divides by what makes
    the average the mean over all reviews of the batch.

    Args:
        logits: Of this process's share, float32, shape (share, classes).
        labels: int64, shape (share,).
        weights: As for `batch_mean`.

    Returns:
        This process's part of the loss; loss, hits and reviews of the whole
        batch.

    Built in chapter 14.
    """
    loss = F.cross_entropy(logits, labels, weights, reduction="sum")
    right = (logits.argmax(dim=1) == labels).sum()
    tally = torch.stack([loss.detach(), right, labels.new_tensor(len(labels))])
    distributed.all_reduce(tally)
    mean = loss * distributed.get_world_size() / tally[2]
    return mean, Tally(*tally.tolist())
