"""A training that several processes share, for tests that start `torchrun`.

`torchrun ... together.py FOLDER DROPOUT BITS` writes a checkpoint, the history
and the final weights into the folder; BITS are 32 or 16.
"""

import json
import os
import sys
from functools import partial
from pathlib import Path

import endure
import torch
from torch.nn.parallel import DistributedDataParallel

from imdbtutor.training.distributed import (
    process_group,
    rank_and_count,
    share,
    shared_mean,
)
from imdbtutor.training.loop import fit
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.step import take_step


def train(folder, dropout, bits=32):
    model, loader = endure.make_run(dropout=dropout, reviews=255)
    how, (rank, count) = {}, rank_and_count()
    if bits == 16:
        how = mixed_precision("cpu", torch.bfloat16)
    validation = loader
    if count > 1:
        torch.manual_seed(rank)
        train = share(loader, rank, count)
        how["reduction"] = shared_mean
        model = DistributedDataParallel(model)
    else:
        train = loader
    return model, fit(
        model,
        train,
        validation,
        endure.CONFIG,
        step=partial(take_step, **how),
        checkpoint=folder / "checkpoint.pt",
        progress=False,
    )


def main():
    torch.set_num_threads(1)
    folder, dropout = Path(sys.argv[1]), float(sys.argv[2])
    bits = int(sys.argv[3])
    with process_group(torch.device("cpu")):
        rank, _ = rank_and_count()
        pid = folder / f"{rank}.pid"
        pid.write_text(str(os.getpid()), encoding="utf-8")
        model, history = train(folder, dropout, bits)
        if rank == 0:
            torch.save(model.state_dict(), folder / "weights.pt")
            text = json.dumps(history.rows)
            (folder / "history.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
