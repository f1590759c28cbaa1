"""A training that several processes share, for tests that start `torchrun`.

`torchrun ... together.py FOLDER DROPOUT` writes a checkpoint, the history and
the final weights into the folder.
"""

import json
import os
import sys
from pathlib import Path

import endure
import torch
from torch.nn.parallel import DistributedDataParallel

from imdbtutor.training.distributed import (
    process_group,
    rank_and_count,
    share,
    shared_step,
)
from imdbtutor.training.loop import fit, take_step


def train(folder, dropout):
    model, loader = endure.make_run(dropout=dropout, reviews=255)
    step, (rank, count) = take_step, rank_and_count()
    validation = loader
    if count > 1:
        torch.manual_seed(rank)
        train, step = share(loader, rank, count), shared_step
        model = DistributedDataParallel(model)
    else:
        train = loader
    return model, fit(
        model,
        train,
        validation,
        endure.CONFIG,
        step=step,
        checkpoint=folder / "checkpoint.pt",
        progress=False,
    )


def main():
    torch.set_num_threads(1)
    folder, dropout = Path(sys.argv[1]), float(sys.argv[2])
    with process_group(torch.device("cpu")):
        rank, _ = rank_and_count()
        pid = folder / f"{rank}.pid"
        pid.write_text(str(os.getpid()), encoding="utf-8")
        model, history = train(folder, dropout)
        if rank == 0:
            torch.save(model.state_dict(), folder / "weights.pt")
            text = json.dumps(history.rows)
            (folder / "history.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
