"""Measure what mixed precision, compiling and two processes do to an epoch.

Run `make measure WHAT=scaling`. Each way trains the book's model for two
epochs on the same 3,200 reviews, in a process of its own, in turn and three
times over; `results/scaling.json` has the seconds. Two processes on GPUs need
two of them; where there is one, this way is left out.
"""

import json
import os
import statistics
import subprocess
import sys
from functools import partial

import torch
from torch import nn
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader

from benchmarks.records import RESULTS, ROOT, describe_machine, write_json
from benchmarks.speed.batching import make_model
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.runtime import pick_device
from imdbtutor.training.distributed import (
    process_group,
    rank_and_count,
    share,
    shared_mean,
)
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.recipe import BATCH_SIZE, MAX_LENGTH, MAX_TOKENS
from imdbtutor.training.step import take_step

REVIEWS, ROUNDS = 3_200, 3
WAYS = {
    "float32": "32 bits",
    "bfloat16": "16 bits (bfloat16)",
    "compiled": "32 bits, compiled",
    "two": "32 bits, two processes of one thread",
}
# On a GPU. TF32 multiplies 32-bit numbers of which it reads 19 bits.
GPU_WAYS = WAYS | {
    "tf32": "32 bits, multiplied as TF32",
    "float16": "16 bits (float16), scaled",
    "packed": "32 bits, packed",
    "packed_bfloat16": "16 bits (bfloat16), packed",
}
CONFIG = TrainingConfig(epochs=2, patience=2)


def prepare(
    device: torch.device, reviews: int, packed: bool
) -> tuple[nn.Module, DataLoader]:
    """Return a fresh model and its training batches."""
    train = split_reviews(load_reviews()).train
    train = train.sample(min(reviews, len(train)), random_state=0)
    vocab = build_vocab(train["text"], max_tokens=MAX_TOKENS)
    ids = encode_reviews(train["text"], vocab)
    model = make_model(packed).to(device)
    data = ReviewDataset(ids, train["label"], MAX_LENGTH)
    return model, make_loader(data, BATCH_SIZE)


def train(way: str, reviews: int) -> None:
    """Train one way, and print how each epoch went."""
    step = take_step
    torch.backends.cudnn.allow_tf32 = way == "tf32"
    with process_group(pick_device()) as device:
        model, batches = prepare(device, reviews, way.startswith("packed"))
        if way.endswith("float16"):
            dtype = getattr(torch, way.removeprefix("packed_"))
            step = partial(take_step, **mixed_precision(device, dtype))
        if way == "compiled":
            model = torch.compile(model, dynamic=True)
        rank, count = rank_and_count()
        if count > 1:
            batches = share(batches, rank, count)
            step = partial(take_step, reduction=shared_mean)
            model = DistributedDataParallel(model)
        nothing = [next(iter(batches))]
        history = fit(
            model, batches, nothing, CONFIG, step=step, progress=False
        )
        if rank == 0:
            print(json.dumps(history.rows))


def run(way: str, reviews: int) -> list[dict]:
    """Train in another process, or in two."""
    command, env = [sys.executable], dict(os.environ)
    if way == "two":
        command += ["-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node=2"]
        env["OMP_NUM_THREADS"] = "1"
    command += ["-m", "benchmarks.speed.scaling", way, str(reviews)]
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def ways_on(device: torch.device) -> list[str]:
    """Name the ways that can be measured on a device.

    Two processes share a CPU; of GPUs, each needs one of its own.
    """
    ways = GPU_WAYS if device.type == "cuda" else WAYS
    shared = device.type == "cpu" or torch.cuda.device_count() > 1
    return [way for way in ways if way != "two" or shared]


def measure(
    device: torch.device, rounds: int = ROUNDS, reviews: int = REVIEWS
) -> list[dict]:
    """Measure every way in turn; return a row of medians for each."""
    ways = ways_on(device)
    if "two" not in ways:
        print("two: left out, as it needs a second GPU")
    runs = {way: [] for way in ways}
    for _ in range(rounds):
        for way, found in runs.items():
            found.append(run(way, reviews))
            seconds = [round(row["seconds"], 1) for row in found[-1]]
            print(f"{way}: {seconds} s", flush=True)
    return [
        {
            "id": way,
            "name": GPU_WAYS[way],
            "first_seconds": median(found, 0, "seconds"),
            "seconds": median(found, 1, "seconds"),
            "spread": spread(found),
            "train_loss": median(found, 1, "train_loss"),
        }
        for way, found in runs.items()
    ]


def main() -> None:
    """Measure where this machine computes, and write it down."""
    device = pick_device()
    found = {"device": str(device), "rows": measure(device)}
    write_json(RESULTS / "scaling.json", describe_machine() | found)


def median(runs: list[list[dict]], epoch: int, name: str) -> float:
    """Return the median of one number over the rounds."""
    return round(statistics.median(run[epoch][name] for run in runs), 4)


def spread(runs: list[list[dict]]) -> list[float]:
    """Return the quickest and the slowest second epoch."""
    seconds = sorted(run[1]["seconds"] for run in runs)
    return [round(seconds[0], 4), round(seconds[-1], 4)]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        train(sys.argv[1], int(sys.argv[2]))
    else:
        main()
