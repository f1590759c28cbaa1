"""The mistakes of chapter 13: what each one is, and how its cost counts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from benchmarks.accuracy.mistake_costs import (
    flatter,
    lose,
    mean_of_means,
    miss,
    one_batch,
    pick_best_look,
)
from benchmarks.accuracy.mistake_data import (
    both_ends,
    deal_at_random,
    deal_in_order,
    first_tokens,
    keep_breaks,
    keep_case,
    last_tokens,
    split_at_random,
)
from benchmarks.accuracy.mistake_models import (
    ColumnsLSTM,
    LastColumnLSTM,
    SigmoidLSTM,
    SoftmaxLSTM,
)
from benchmarks.accuracy.mistake_runs import Recipe
from benchmarks.accuracy.mistake_scores import (
    score,
    score_cut,
    score_random_batches,
    score_without_eval,
)
from imdbtutor.data.vocab import PAD
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.training.loop import TrainingConfig

SEEDS = range(3)
LOOKS = 20
UNCLIPPED = TrainingConfig(epochs=3, clip_norm=float("inf"))
ONE_DIRECTION = partial(ModelConfig, pooling="last", bidirectional=False)
KINDS = {
    "reference": "done right, for comparison",
    "harm": (
        "right accuracy minus wrong: the model or its predictions get worse"
    ),
    "flattery": "reported accuracy minus honest: too good to be true",
    "noise": (
        "mean distance from the true accuracy; 95 % miss by the interval"
    ),
}


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Args:
        id: The mistake in a word.
        name: The mistake in a few words.
        kind: One of `KINDS`.
        cost: From right predictions and those of the reference to a cost.
        recipe: How to train for it; left out, the base's runs will do.
        against: The id of the reference.
        scored: Which of the scores of its runs to take.
        seeds: One run each.
    """

    id: str
    name: str
    kind: str = "harm"
    cost: Callable[[np.ndarray, np.ndarray], dict] = lose
    recipe: Recipe | None = None
    against: str = "base"
    scored: str = "test"
    seeds: Sequence[int] = SEEDS


BASE = Recipe(
    scores={
        "test": score,
        "first": partial(score_cut, keep=first_tokens),
        "dropout": score_without_eval,
    },
    looks=LOOKS,
)
LAST = Recipe(config=ONE_DIRECTION, deal=deal_at_random, keep=last_tokens)
LAST_COLUMN = Recipe(
    model=LastColumnLSTM,
    config=ONE_DIRECTION,
    deal=deal_at_random,
    keep=last_tokens,
    scores={"test": score_random_batches},
)
ENDS = Recipe(
    keep=last_tokens, scores={"test": partial(score_cut, keep=last_tokens)}
)
BOTH = Recipe(
    keep=both_ends, scores={"test": partial(score_cut, keep=both_ends)}
)
ROWS = [
    Row("base", "no mistake", "reference", recipe=BASE),
    Row("last", "no mistake, last state", "reference", recipe=LAST),
    Row(
        "softmax",
        "softmax before the loss",
        recipe=Recipe(model=SoftmaxLSTM),
    ),
    Row(
        "sigmoid",
        "sigmoid before the loss",
        recipe=Recipe(model=SigmoidLSTM),
    ),
    Row(
        "padding",
        "last state read after the padding",
        recipe=LAST_COLUMN,
        against="last",
    ),
    Row(
        "batch-first",
        "batch_first forgotten",
        recipe=Recipe(model=ColumnsLSTM),
    ),
    Row(
        "pad-unk", "one id for <pad> and <unk>", recipe=Recipe(specials=[PAD])
    ),
    Row(
        "no-unk",
        "unknown words left out",
        recipe=Recipe(specials=[PAD], skip_unknown=True),
    ),
    Row(
        "vocabulary",
        "vocabulary from the test reviews too",
        "flattery",
        flatter,
        recipe=Recipe(counted=["train", "test"]),
    ),
    Row(
        "no-shuffle",
        "not shuffled, class after class",
        recipe=Recipe(deal=deal_in_order),
    ),
    Row(
        "random-split",
        "split at random",
        "flattery",
        partial(flatter, paired=False),
        recipe=Recipe(split=split_at_random),
    ),
    Row("breaks", "<br /> left in", recipe=Recipe(tokenize=keep_breaks)),
    Row("case", "capital letters kept", recipe=Recipe(tokenize=keep_case)),
    Row(
        "first-200",
        "only the first 200 tokens read",
        cost=partial(lose, shared=True),
        scored="first",
    ),
    Row("last-200", "only the last 200 tokens read", recipe=ENDS),
    Row("both-ends", "only 100 tokens from each end read", recipe=BOTH),
    Row("no-clip", "gradients not clipped", recipe=Recipe(training=UNCLIPPED)),
    Row(
        "no-eval",
        "eval() forgotten",
        cost=partial(lose, shared=True),
        scored="dropout",
    ),
    Row(
        "one-batch",
        "accuracy of one batch of 64",
        "noise",
        partial(miss, metric=one_batch),
    ),
    Row(
        "batch-means",
        "mean of the batches' means",
        "noise",
        partial(miss, metric=mean_of_means),
    ),
    Row(
        "looks",
        "best of 20 looks at the test reviews",
        "flattery",
        pick_best_look,
        scored="looks",
    ),
]
