"""How near training comes to what the processor could do at best."""

from functools import partial
from typing import NamedTuple

import torch
from torch import nn

from benchmarks.speed.batching import RATE, WAYS, Trainer, load, make_model
from benchmarks.speed.step_profile import STEPS, share_rows
from benchmarks.speed.timing import Measured, in_turn, make_row, seconds
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import keep_freed_memory
from imdbtutor.training.loop import TrainingConfig, make_optimizer
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.recipe import BATCH_SIZE, MAX_LENGTH, MAX_TOKENS
from imdbtutor.training.step import take_step

ROUNDS = 5
LIMIT = "share of the limit"


def arithmetic(config: ModelConfig) -> int:
    """Count a training step's operations in the LSTM, for one token.

    Four gates, each a row of weights times the token's vector and the state
    before, a multiplication and an addition a weight; the way back takes
    twice the way there. Sigmoids and the like are not counted.

    Returns:
        Floating-point operations a token.
    """
    ways, width, total = 1 + config.bidirectional, config.embedding_dim, 0
    for _ in range(config.num_layers):
        weights = 4 * config.hidden_dim * (width + config.hidden_dim)
        total += ways * 2 * weights
        width = ways * config.hidden_dim
    return 3 * total


def matmul_rate(size: int = 2048) -> float:
    """Return the operations a second of a large matrix product, float32."""
    a, b = torch.randn(size, size), torch.randn(size, size)
    out = torch.empty(size, size)
    best = min(seconds(lambda: torch.mm(a, b, out=out)) for _ in range(8))
    return 2 * size**3 / best


def lstm_rate(hidden: int, length: int = 250) -> float:
    """Return the operations a second of `nn.LSTM` alone, there and back."""
    width = hidden if hidden > 100 else 100
    lstm = nn.LSTM(width, hidden, batch_first=True)
    values = torch.randn(BATCH_SIZE, length, width, requires_grad=True)
    best = min(
        seconds(lambda: lstm(values)[0].sum().backward()) for _ in range(5)
    )
    config = ModelConfig(2, width, hidden, bidirectional=False)
    return arithmetic(config) * BATCH_SIZE * length / best


class ChangedTrainer(Trainer):
    """A trainer with something changed that might make it faster."""

    def __init__(
        self,
        data: ReviewDataset,
        *,
        size: int = BATCH_SIZE,
        mixed: bool = False,
        fused: bool = False,
        hidden: int = ModelConfig.hidden_dim,
    ) -> None:
        """Keep what is changed."""
        self.steps = STEPS * BATCH_SIZE // size
        self.loader = make_loader(data, size)
        self.model = make_model(packed=False)
        if hidden != ModelConfig.hidden_dim:
            self.model = LSTMClassifier(
                ModelConfig(MAX_TOKENS, hidden, hidden)
            )
            self.steps = 4
        self.optimizer, _ = make_optimizer(self.model, TrainingConfig(), 1_000)
        if fused:
            self.optimizer = torch.optim.AdamW(
                self.model.parameters(), lr=2e-3, fused=True
            )
        self.step = take_step
        if mixed:
            how = mixed_precision("cpu", torch.bfloat16)
            self.step = partial(take_step, **how)
        self.batches = self._forever()
        self._take()

    def _take(self) -> int:
        batch = next(self.batches)
        self.step(self.model, batch, self.optimizer, 1.0)
        return batch.lengths.sum().item()


class Change(NamedTuple):
    """What might make training faster, as `ChangedTrainer` takes it."""

    name: str
    how: dict


CHANGES = {
    "bfloat16": Change("In 16 bits (bfloat16)", {"mixed": True}),
    "fused": Change("With a fused AdamW", {"fused": True}),
    "batch_256": Change("With 256 reviews in a batch", {"size": 256}),
}
REACHED = {
    "step": "The book's whole training step",
    "lstm": "nn.LSTM alone, one direction, state of 64",
    "lstm_wide": "nn.LSTM alone, one direction, state of 256",
    "wide": "The whole training step, state and vectors of 256",
}


def make_rows() -> list[dict]:
    """Measure the limit, what is reached of it, and what might help."""
    keep_freed_memory()
    data = load(MAX_LENGTH)
    ours, wide = Trainer(data, WAYS["ours"]), ChangedTrainer(data, hidden=256)
    changed = {
        id_: ChangedTrainer(data, **change.how)
        for id_, change in CHANGES.items()
    }
    works = {
        "matmul": matmul_rate,
        "step": ours.rate,
        **{id_: trainer.rate for id_, trainer in changed.items()},
        "lstm": lambda: lstm_rate(64),
        "lstm_wide": lambda: lstm_rate(256),
        "wide": wide.rate,
    }
    found = in_turn(works, ROUNDS)
    operations = {
        "step": arithmetic(ours.model.config),
        "lstm": 1,  # they are operations a second already
        "lstm_wide": 1,
        "wide": arithmetic(wide.model.config),
    }
    rows = limit_rows(found, operations) + change_rows(found)
    return rows + share_rows(ours)


def limit_rows(
    found: dict[str, list[float]], operations: dict[str, int]
) -> list[dict]:
    """Make the rows of the limit, and of what is reached of it.

    Args:
        found: By name, rates; that of "matmul" is the limit.
        operations: By name, how many make one of what is counted.
    """
    limit = found["matmul"]
    products = Measured(
        "Large matrix products, 32 bits", [rate / 1e9 for rate in limit]
    )
    each = Measured("The LSTM's arithmetic", [operations["step"]])
    rows = [
        make_row("limit.matmul", products, "billion operations/s"),
        make_row("limit.arithmetic", each, "op/token"),
    ]
    for id_, name in REACHED.items():
        pairs = zip(found[id_], limit, strict=True)
        shares = [operations[id_] * rate / most for rate, most in pairs]
        goal = "median >= 0.6" if id_ == "step" else None
        reached = Measured(name, shares)
        rows.append(make_row(f"limit.{id_}", reached, LIMIT, goal=goal))
    return rows


def change_rows(found: dict[str, list[float]]) -> list[dict]:
    """Make a row of each change, against the book's own step."""
    plain = Measured("The book's training step", found["step"])
    return [
        make_row(
            f"limit.{id_}",
            Measured(change.name, found[id_]),
            RATE,
            against=plain,
        )
        for id_, change in CHANGES.items()
    ]
