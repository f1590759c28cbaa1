"""Trainings of processes that share no folder, for tests with `torchrun`.

`torchrun ... apart.py FOLDER` trains in several ways, one after the other.
Each process keeps its checkpoints in `FOLDER/<rank>`, as two machines do, and
writes there, as `found.json`, what it saw.
"""

import itertools
import json
import sys
from functools import partial
from pathlib import Path

import endure
import pandas as pd
import torch
from torch.nn.parallel import DistributedDataParallel

from imdbtutor.data.reviews import Split
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.training import loop, recipe
from imdbtutor.training.checkpoint import find_order
from imdbtutor.training.distributed import (
    process_group,
    rank_and_count,
    share,
    shared_mean,
)
from imdbtutor.training.identity import fingerprint
from imdbtutor.training.loop import TrainingConfig, fit, validate
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.step import take_step

CALM = ModelConfig(0, 5, 4, dropout=0.0, word_dropout=0.0)
WILD = ModelConfig(0, 5, 4)
# Every which review is positive, and how that is balanced.
ALONE = {"calm": (2, None), "weighted": (4, "weights")}
ALIKE = ("train_loss", "train_accuracy", "validation_loss")


def make_split(every=2):
    """65 reviews to train on: one more than a batch."""
    labels = [int(n % every == every - 1) for n in range(85)]
    rows = [
        (f"A {('cold', 'warm')[label]} film of part {n}.", label)
        for n, label in enumerate(labels)
    ]
    table = pd.DataFrame(rows, columns=["text", "label"])
    return Split(table[:65], table[65:].reset_index(drop=True), None)


def tell(model, history):
    rows = [[row[name] for name in ALIKE] for row in history.rows]
    return {"weights": fingerprint(model.state_dict()), "rows": rows}


def train(config, checkpoint=None, split=None, how=recipe.RECIPE):
    model, _, history = recipe.train_model(
        split or make_split(), config, how, checkpoint=checkpoint
    )
    return tell(model, history)


def train_alike(case, _):
    """Train as one process can, too."""
    every, balance = ALONE[case]
    how = recipe.RECIPE._replace(balance=balance)
    return train(CALM, split=make_split(every), how=how)


def stop_in(epoch, run):
    """Run until an epoch's validation, which somebody stops by hand."""
    calls = itertools.count(1)

    def stopped(*args):
        if next(calls) == epoch:
            raise KeyboardInterrupt
        return validate(*args)

    loop.validate = stopped
    try:
        run()
    except KeyboardInterrupt as stop:
        return str(stop)
    finally:
        loop.validate = validate


def go_on(folder):
    """Only the first process finds its checkpoint, another has rubbish."""
    path = folder / "own" / "checkpoint.pt"
    said = stop_in(3, lambda: train(WILD, path))
    written = path.exists()
    if not written:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(b"rubbish")
    epochs = itertools.count()
    real = loop.train_epoch

    def counted(*args, **how):
        next(epochs)
        return real(*args, **how)

    loop.train_epoch = counted
    found = train(WILD, path)
    loop.train_epoch = real
    return found | {"said": said, "written": written, "then": next(epochs)}


def disagree(_):
    """To the second process, what is learned makes it worse."""
    split = make_split()
    if rank_and_count()[0] == 1:
        worse = split.validation.assign(label=1 - split.validation["label"])
        split = split._replace(validation=worse)
    return train(CALM, split=split)


def refuse(folder):
    """The first process has another run's file; the other none."""
    path = folder / "refused" / "checkpoint.pt"
    stop_in(2, lambda: train(WILD, path))
    try:
        train(CALM, path)
    except ValueError as error:
        return str(error).replace(str(folder), "")


def in_16_bits(folder):
    """A scaler that grows and a shared loss, whole and in two goes."""
    found = []
    for path, epoch in (
        (None, 0),
        (folder / "16.pt", 3),
        (folder / "16.pt", 0),
    ):
        found.append(None)
        stop_in(epoch, lambda path=path: found.append(mixed(path)))
    return [each for each in found if each]


def mixed(path):
    rank, count = rank_and_count()
    model, loader = endure.make_run(reviews=64)
    torch.manual_seed(rank)
    how = mixed_precision("cpu", torch.bfloat16)
    how["scaler"] = torch.amp.GradScaler("cpu", 4.0, growth_interval=3)
    history = fit(
        DistributedDataParallel(model),
        share(loader, rank, count),
        loader,
        TrainingConfig(epochs=4, patience=4),
        step=partial(take_step, reduction=shared_mean, **how),
        checkpoint=path,
        progress=False,
    )
    return tell(model, history) | {"scale": how["scaler"].get_scale()}


def look(_):
    """See what `train_model` gives to `fit` in each process."""
    seen = {}

    def see(model, train, validation, config, **how):
        place = find_order(train).get_state()
        seen["rows"] = list(train.batch_sampler)
        find_order(train).set_state(place)
        with torch.random.fork_rng():
            ids, lengths = torch.full((1, 9), 2), torch.tensor([9])
            seen["logits"] = model.train()(ids, lengths).tolist()
        seen["weights"] = fingerprint(model.state_dict())
        return fit(model, train, validation, config, **how)

    recipe.fit = see
    train(WILD)
    recipe.fit = fit
    return seen


CASES = {
    "calm": partial(train_alike, "calm"),
    "weighted": partial(train_alike, "weighted"),
    "wild": lambda _: train(WILD),
    "gone on": go_on,
    "disagreed": disagree,
    "refused": refuse,
    "16 bits": in_16_bits,
    "seen": look,
}


def main():
    torch.set_num_threads(1)
    with process_group(torch.device("cpu")):
        folder = Path(sys.argv[1]) / str(rank_and_count()[0])
        folder.mkdir()
        found = {name: case(folder) for name, case in CASES.items()}
    text = json.dumps(found)
    (folder / "found.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
