"""Which share of a training step's time goes where."""

from itertools import islice
from typing import NamedTuple

from torch.profiler import ProfilerActivity, profile

from benchmarks.speed.batching import Trainer
from benchmarks.speed.timing import Measured, make_row, seconds, tidy
from imdbtutor.training.step import take_step

STEPS = 20
UNIT = "share of a step"


class Operation(NamedTuple):
    """What a step spends time on, and the profiler's names for it."""

    name: str
    events: tuple[str, ...]


OPERATIONS = {  # the first that fits
    "lstm": Operation("the LSTM, both directions", ("mkldnn_rnn_layer",)),
    "dropout": Operation("random numbers for dropout", ("bernoulli",)),
    "turning": Operation(
        "turning reviews round", ("index_select", "index_add")
    ),
    "optimizer": Operation(
        "clipping and AdamW",
        (
            "Optimizer",
            "_foreach",
            "addcdiv_",
            "addcmul_",
            "lerp_",
            "sqrt",
            "linalg_vector_norm",
        ),
    ),
    "embedding": Operation("looking up vectors", ("embedding",)),
    "pooling": Operation(
        "pooling", ("masked_fill", "amax", "aten::eq", "aten::where")
    ),
    "copying": Operation(
        "copying and joining", ("copy_", "aten::cat", "fill_")
    ),
    "multiplying": Operation(
        "multiplying, adding", ("aten::mul", "aten::div", "aten::add")
    ),
}


def shares(trainer: Trainer) -> dict[str, float]:
    """Return which share of the time each of `OPERATIONS` takes."""
    batches = list(islice(trainer.batches, STEPS))

    def take_all() -> None:
        for batch in batches:
            take_step(trainer.model, batch, trainer.optimizer, 1.0)

    with profile(activities=[ProfilerActivity.CPU]) as found:
        whole = 1e6 * seconds(take_all)
    spent = dict.fromkeys(OPERATIONS, 0.0)
    for event in found.key_averages():
        for id_, operation in OPERATIONS.items():
            if any(name in event.key for name in operation.events):
                spent[id_] += event.self_cpu_time_total
                break
    return {id_: time / whole for id_, time in spent.items()}


def share_rows(trainer: Trainer) -> list[dict]:
    """Make a row of each operation, and one of all that is left."""
    spent = shares(trainer)
    spent["rest"] = 1 - sum(spent.values())
    names = {id_: each.name for id_, each in OPERATIONS.items()}
    names["rest"] = "all else"
    return [
        make_row(
            f"limit.share.{id_}", Measured(names[id_], [tidy(share)]), UNIT
        )
        | {"operation": id_}
        for id_, share in spent.items()
    ]
