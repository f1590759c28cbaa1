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
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import pick_device, seed_everything
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
CONFIG = TrainingConfig(epochs=2, patience=2)


def prepare(device: torch.device) -> tuple[nn.Module, DataLoader]:
    """Return a fresh model and its training batches."""
    train = split_reviews(load_reviews()).train.sample(REVIEWS, random_state=0)
    vocab = build_vocab(train["text"], max_tokens=MAX_TOKENS)
    ids = encode_reviews(train["text"], vocab)
    seed_everything(0)
    model = LSTMClassifier(ModelConfig(len(vocab))).to(device)
    data = ReviewDataset(ids, train["label"], MAX_LENGTH)
    return model, make_loader(data, BATCH_SIZE)


def train(way: str) -> None:
    """Train one way, and print how each epoch went."""
    step = take_step
    with process_group(pick_device()) as device:
        model, batches = prepare(device)
        if way == "bfloat16":
            how = mixed_precision(device, torch.bfloat16)
            step = partial(take_step, **how)
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


def run(way: str) -> list[dict]:
    """Train in another process, or in two."""
    command, env = [sys.executable], dict(os.environ)
    if way == "two":
        command += ["-m", "torch.distributed.run", "--standalone"]
        command += ["--nproc-per-node=2"]
        env["OMP_NUM_THREADS"] = "1"
    command += ["-m", "benchmarks.speed.scaling", way]
    done = subprocess.run(
        command, cwd=ROOT, env=env, stdout=subprocess.PIPE, check=True
    )
    return json.loads(done.stdout)


def ways_on(device: torch.device) -> list[str]:
    """Name the ways that can be measured on a device.

    Two processes share a CPU; of GPUs, each needs one of its own.
    """
    shared = device.type == "cpu" or torch.cuda.device_count() > 1
    return [way for way in WAYS if way != "two" or shared]


def main() -> None:
    """Measure every way in turn, and write the medians down."""
    ways = ways_on(pick_device())
    for way in WAYS.keys() - ways:
        print(f"{way}: left out, as it needs a second GPU")
    runs = {way: [] for way in ways}
    for _ in range(ROUNDS):
        for way, found in runs.items():
            found.append(run(way))
            seconds = [round(row["seconds"], 1) for row in found[-1]]
            print(f"{way}: {seconds} s", flush=True)
    rows = [
        {
            "id": way,
            "name": WAYS[way],
            "first_seconds": median(found, 0, "seconds"),
            "seconds": median(found, 1, "seconds"),
            "spread": spread(found),
            "train_loss": median(found, 1, "train_loss"),
        }
        for way, found in runs.items()
    ]
    found = describe_machine() | {"device": str(pick_device())}
    write_json(RESULTS / "scaling.json", found | {"rows": rows})


def median(runs: list[list[dict]], epoch: int, name: str) -> float:
    """Return the median of one number over the rounds."""
    return round(statistics.median(run[epoch][name] for run in runs), 4)


def spread(runs: list[list[dict]]) -> list[float]:
    """Return the quickest and the slowest second epoch."""
    seconds = sorted(run[1]["seconds"] for run in runs)
    return [round(seconds[0], 4), round(seconds[-1], 4)]


if __name__ == "__main__":
    if len(sys.argv) > 1:
        train(sys.argv[1])
    else:
        main()
