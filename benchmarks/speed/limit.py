"""How near training comes to what the processor could do at best."""

import time
from functools import partial
from itertools import islice

import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile

from benchmarks.speed.batching import CUT, SIZE, Trainer, load, make_model
from benchmarks.speed.timing import in_turn, row, tidy
from imdbtutor.data.batches import make_loader
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import keep_freed_memory
from imdbtutor.training.loop import TrainingConfig, make_optimizer
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.step import take_step

ROUNDS = 5
STEPS = 20
PARTS = {  # the profiler's names, by what they are for; the first that fits
    "lstm": ("mkldnn_rnn_layer",),
    "dropout": ("bernoulli",),
    "turning": ("index_select", "index_add"),
    "optimizer": (
        "Optimizer",
        "_foreach",
        "addcdiv_",
        "addcmul_",
        "lerp_",
        "sqrt",
        "linalg_vector_norm",
    ),
    "embedding": ("embedding",),
    "pooling": ("masked_fill", "amax", "aten::eq", "aten::where"),
    "copying": ("copy_", "aten::cat", "fill_"),
    "multiplying": ("aten::mul", "aten::div", "aten::add"),
}


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
    best = float("inf")
    for _ in range(8):
        started = time.perf_counter()
        torch.mm(a, b, out=out)
        best = min(best, time.perf_counter() - started)
    return 2 * size**3 / best


def lstm_rate(hidden: int, time_steps: int = 250) -> float:
    """Return the operations a second of `nn.LSTM` alone, there and back."""
    width = hidden if hidden > 100 else 100
    lstm = nn.LSTM(width, hidden, batch_first=True)
    values = torch.randn(SIZE, time_steps, width, requires_grad=True)
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        states, _ = lstm(values)
        states.sum().backward()
        best = min(best, time.perf_counter() - started)
    config = ModelConfig(2, width, hidden, bidirectional=False)
    return arithmetic(config) * SIZE * time_steps / best


SHARES = {
    "lstm": "the LSTM, both directions",
    "dropout": "random numbers for dropout",
    "turning": "turning reviews round",
    "optimizer": "clipping and AdamW",
    "embedding": "looking up vectors",
    "pooling": "pooling",
    "copying": "copying and joining",
    "multiplying": "multiplying, adding",
    "rest": "all else",
}


class Variant(Trainer):
    """A trainer with something changed that might make it faster."""

    def __init__(
        self,
        data: object,
        *,
        size: int = SIZE,
        mixed: bool = False,
        fused: bool = False,
        hidden: int = 64,
    ) -> None:
        """Keep what is changed."""
        self.steps = STEPS * SIZE // size
        self.loader = make_loader(data, size)
        self.model = make_model(packed=False)
        if hidden != 64:
            self.model = LSTMClassifier(ModelConfig(5_000, hidden, hidden))
            self.steps = 4
        self.optimizer, _ = make_optimizer(self.model, TrainingConfig(), 1_000)
        if fused:
            self.optimizer = torch.optim.AdamW(
                self.model.parameters(), lr=2e-3, fused=True
            )
        self.step = take_step
        if mixed:
            self.step = partial(
                take_step, **mixed_precision("cpu", torch.bfloat16)
            )
        self.batches = self._forever()
        self._take()

    def _take(self) -> int:
        batch = next(self.batches)
        self.step(self.model, batch, self.optimizer, 1.0)
        return batch.lengths.sum().item()


VARIANTS = {
    "bfloat16": ("In 16 bits (bfloat16)", {"mixed": True}),
    "fused": ("With a fused AdamW", {"fused": True}),
    "batch_256": ("With 256 reviews in a batch", {"size": 256}),
}


def shares(trainer: Trainer) -> dict[str, float]:
    """Return which share of a step's time goes where."""
    batches = list(islice(trainer.batches, STEPS))
    with profile(activities=[ProfilerActivity.CPU]) as found:
        started = time.perf_counter()
        for batch in batches:
            take_step(trainer.model, batch, trainer.optimizer, 1.0)
        whole = 1e6 * (time.perf_counter() - started)
    spent = dict.fromkeys(PARTS, 0.0)
    for event in found.key_averages():
        for part, names in PARTS.items():
            if any(name in event.key for name in names):
                spent[part] += event.self_cpu_time_total
                break
    return {part: time / whole for part, time in spent.items()}


def measure() -> list[dict]:
    """Measure the limit, what is reached of it, and what might help."""
    keep_freed_memory()
    data = load(CUT)
    ours = Trainer(data, "ours")
    others = {id_: Variant(data, **how) for id_, (_, how) in VARIANTS.items()}
    wide = Variant(data, hidden=256)
    each = arithmetic(ours.model.config)
    each_wide = arithmetic(wide.model.config)
    works = {
        "matmul": matmul_rate,
        "ours": ours.rate,
        **{id_: other.rate for id_, other in others.items()},
        "lstm": lambda: lstm_rate(64),
        "lstm_wide": lambda: lstm_rate(256),
        "wide": wide.rate,
    }
    found = in_turn(works, ROUNDS)

    def of_limit(name: str, operations: int = 1) -> list[float]:
        pairs = zip(found[name], found["matmul"], strict=True)
        return [operations * rate / most for rate, most in pairs]

    plain = ("The book's training step", found["ours"])
    rows = [
        row(
            "limit.matmul",
            "Large matrix products, 32 bits",
            [rate / 1e9 for rate in found["matmul"]],
            "billion operations/s",
        ),
        row("limit.arithmetic", "The LSTM's arithmetic", [each], "op/token"),
        row(
            "limit.step",
            "The book's whole training step",
            of_limit("ours", each),
            "share of the limit",
            goal="median >= 0.6",
        ),
        row(
            "limit.lstm",
            "nn.LSTM alone, one direction, state of 64",
            of_limit("lstm"),
            "share of the limit",
        ),
        row(
            "limit.lstm_wide",
            "nn.LSTM alone, one direction, state of 256",
            of_limit("lstm_wide"),
            "share of the limit",
        ),
        row(
            "limit.wide",
            "The whole training step, state and vectors of 256",
            of_limit("wide", each_wide),
            "share of the limit",
        ),
    ]
    for id_, (what, _) in VARIANTS.items():
        rows.append(
            row(f"limit.{id_}", what, found[id_], "tokens/s", against=plain)
        )
    spent = shares(ours)
    spent["rest"] = 1 - sum(spent.values())
    for part, share in spent.items():
        rows.append(
            row(
                f"limit.share.{part}",
                SHARES[part],
                [tidy(share)],
                "share of a step",
            )
        )
    return rows
