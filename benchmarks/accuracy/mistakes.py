"""Train the book's model with one mistake switched on at a time.

Run `make mistakes`. Each finished run is kept in `results/runs/mistakes/`, so
you can stop at any time and go on later; to do a run again, delete its file.
At the end all of them become `results/mistakes.json`, which chapter 13 reads.

So that 48 runs take no more than an hour on two cores, training reviews are
cut at their first 200 tokens and read three times over. Test reviews are read
whole, unless the cut is the mistake. The models that go by their last state
train on the last 200 tokens, where that state is.
"""

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np
import pandas as pd
import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.accuracy.mistake_costs import (
    BATCH,
    flatter,
    lose,
    mean_of_means,
    miss,
    one_batch,
    pick_best_look,
)
from benchmarks.accuracy.runs import choose, console, read_runs, run_missing
from benchmarks.records import RESULTS, describe_runs, write_json
from imdbtutor.data.batches import Batch, ReviewDataset, make_loader, pad_batch
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.data.tokens import SUBSTITUTIONS, tokenize
from imdbtutor.data.vocab import PAD, UNK, Vocab, build_vocab_from_iterator
from imdbtutor.evaluation.report import evaluate
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import TrainingConfig, fit

RUNS = RESULTS / "runs" / "mistakes"
SEEDS = range(3)
TOKENS = 200  # of a training review
WORDS = 5_000  # in the vocabulary
LOOKS = 20
TRAINING = TrainingConfig(epochs=3)
UNCLIPPED = TrainingConfig(epochs=3, clip_norm=float("inf"))
ONE_DIRECTION = partial(ModelConfig, pooling="last", bidirectional=False)
KINDS = {
    "reference": "done right, for comparison",
    "harm": "right figure minus wrong: the model or its verdicts get worse",
    "flattery": "reported figure minus honest: too good to be true",
    "noise": "mean distance from the true figure; 95 % miss by the interval",
}
Score = Callable[[nn.Module, ReviewDataset], np.ndarray]


# --- models, as a learner would write them


class SoftmaxLSTM(LSTMClassifier):
    """Returns probabilities to a loss that takes logits."""

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch; each row sums to 1."""
        logits = super().forward(token_ids, lengths)
        return logits.softmax(dim=1)


class SigmoidLSTM(LSTMClassifier):
    """Squeezes each logit between 0 and 1 before the loss."""

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch; each number on its own."""
        logits = super().forward(token_ids, lengths)
        return logits.sigmoid()


class LastColumnLSTM(LSTMClassifier):
    """Reads the state in the last column, whatever stands there."""

    def classify(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Score reviews given as word vectors, (batch, time, embedding)."""
        values = self.dropout(self.word_dropout(values))
        states = self.layers[0](values, lengths)
        return self.linear(self.dropout(states[:, -1]))


class ColumnsLSTM(LSTMClassifier):
    """Its LSTMs take the first axis, the reviews, for time."""

    def __init__(self, config: ModelConfig) -> None:
        """Create the layers; something is missing."""
        super().__init__(config)
        width, hidden_dim = config.embedding_dim, config.hidden_dim
        self.layers[0].forward_lstm = nn.LSTM(width, hidden_dim)
        self.layers[0].backward_lstm = nn.LSTM(width, hidden_dim)


# --- words, splits and batches


def keep_case(text: str) -> list[str]:
    """Split into words as they are spelt, "Great" apart from "great"."""
    for old, new in SUBSTITUTIONS:
        text = text.replace(old, new)
    return text.split()


def keep_breaks(text: str) -> list[str]:
    """Split into words, the web page's line breaks among them."""
    text = text.lower()
    for old, new in SUBSTITUTIONS:
        if old != "<br />":
            text = text.replace(old, new)
    return text.split()


def split_at_random(reviews: pd.DataFrame) -> Split:
    """Shuffle, then cut where `split_reviews` cuts."""
    mixed = reviews.sample(frac=1, random_state=0)
    first, second = 72 * len(mixed) // 100, 80 * len(mixed) // 100
    parts = mixed[:first], mixed[first:second], mixed[second:]
    return Split(*(part.reset_index(drop=True) for part in parts))


def first_tokens(token_ids: Tensor) -> Tensor:
    """Keep the beginning of a review."""
    return token_ids[:TOKENS]


def last_tokens(token_ids: Tensor) -> Tensor:
    """Keep the end of a review."""
    return token_ids[-TOKENS:]


def both_ends(token_ids: Tensor) -> Tensor:
    """Keep beginning and end, together no longer than either above."""
    if len(token_ids) <= TOKENS:
        return token_ids
    half = TOKENS // 2
    return torch.cat([token_ids[:half], token_ids[-half:]])


def cut(dataset: ReviewDataset, keep: Callable) -> ReviewDataset:
    """Cut every review of a dataset."""
    return ReviewDataset(list(map(keep, dataset.reviews)), dataset.labels)


def deal_by_length(dataset: ReviewDataset, seed: int) -> DataLoader:
    """Deal batches of like length, as the book does."""
    return make_loader(dataset, BATCH, seed=seed)


def deal_at_random(dataset: ReviewDataset, seed: int) -> DataLoader:
    """Deal random batches, most of which need padding."""
    return make_loader(dataset, BATCH, seed=seed, by_length=False)


def deal_in_order(dataset: ReviewDataset, seed: int) -> DataLoader:
    """Deal the reviews as they stand in the file, class after class."""
    return DataLoader(dataset, batch_size=BATCH, collate_fn=pad_batch)


# --- scores: probabilities of class 1, shape (reviews,)


def score(model: nn.Module, dataset: ReviewDataset) -> np.ndarray:
    """Score whole reviews, as the book does."""
    return evaluate(model, dataset).probabilities


def score_cut(
    model: nn.Module, dataset: ReviewDataset, keep: Callable
) -> np.ndarray:
    """Score what is kept of each review."""
    return score(model, cut(dataset, keep))


@torch.inference_mode()
def score_as_it_is(
    model: nn.Module, dataset: ReviewDataset, batches: Iterable[Tensor]
) -> np.ndarray:
    """Score in the batches given, in the mode the model is in."""
    chances = torch.empty(len(dataset))
    for rows in batches:
        batch = pad_batch([dataset[row] for row in rows])
        logits = model(batch.token_ids, batch.lengths)
        chances[rows] = logits.softmax(dim=1)[:, 1]
    return chances.numpy()


def score_random_batches(
    model: nn.Module, dataset: ReviewDataset
) -> np.ndarray:
    """Score in random batches, most of which need padding."""
    generator = torch.Generator().manual_seed(0)
    order = torch.randperm(len(dataset), generator=generator)
    return score_as_it_is(model.eval(), dataset, order.split(BATCH))


def score_without_eval(model: nn.Module, dataset: ReviewDataset) -> np.ndarray:
    """Score as training left the model: with dropout."""
    order = dataset.lengths.argsort(stable=True)
    chances = score_as_it_is(model.train(), dataset, order.split(BATCH))
    model.eval()
    return chances


# --- one run


@dataclass(frozen=True)
class Recipe:
    """How reviews become a model; what is left out is done right.

    Args:
        model: The class of the classifier.
        config: From the size of the vocabulary to the model's sizes.
        training: How to train.
        split: From all reviews to three parts.
        tokenize: From text to tokens.
        counted: The parts whose words are counted for the vocabulary.
        specials: The first tokens; the last of them is for unknown words.
        skip_unknown: Whether unknown words are left out instead.
        keep: What training and validation read of each review.
        deal: From dataset and seed to batches.
        scores: Ways to score the test reviews, by name.
        looks: How often to look at the test reviews while training.
    """

    model: Callable[[ModelConfig], LSTMClassifier] = LSTMClassifier
    config: Callable[[int], ModelConfig] = ModelConfig
    training: TrainingConfig = TRAINING
    split: Callable[[pd.DataFrame], Split] = split_reviews
    tokenize: Callable[[str], list[str]] = tokenize
    counted: Sequence[str] = ("train",)
    specials: Sequence[str] = (PAD, UNK)
    skip_unknown: bool = False
    keep: Callable[[Tensor], Tensor] = first_tokens
    deal: Callable[[ReviewDataset, int], DataLoader] = deal_by_length
    scores: Mapping[str, Score] = field(
        default_factory=lambda: {"test": score}
    )
    looks: int = 0


class Looks:
    """Batches that pause now and then for a look at the test reviews.

    Args:
        loader: The training batches of one epoch.
        look: What to do; its results are kept in `found`.
        often: How many looks there shall be.
        steps: In how many steps, over all epochs.
    """

    def __init__(
        self,
        loader: DataLoader,
        look: Callable[[], np.ndarray],
        *,
        often: int,
        steps: int,
    ) -> None:
        """Start with no look taken."""
        self.loader, self.look = loader, look
        self.often, self.steps = often, steps
        self.step, self.seconds, self.found = 0, 0.0, []

    def __len__(self) -> int:
        """Count the batches of one epoch."""
        return len(self.loader)

    def __iter__(self) -> Iterator[Batch]:
        """Yield each batch, and look after the steps whose turn it is."""
        for batch in self.loader:
            yield batch
            self.step += 1
            while len(self.found) < self.step * self.often // self.steps:
                started = time.perf_counter()
                self.found.append(self.look())
                self.seconds += time.perf_counter() - started


def number_words(recipe: Recipe, split: Split) -> Vocab:
    """Number the commonest words of the parts that are counted."""
    texts = pd.concat([getattr(split, part) for part in recipe.counted])
    vocab = build_vocab_from_iterator(
        map(recipe.tokenize, texts["text"]),
        specials=list(recipe.specials),
        max_tokens=WORDS,
    )
    vocab.set_default_index(vocab[recipe.specials[-1]])
    return vocab


def encode(recipe: Recipe, vocab: Vocab, part: pd.DataFrame) -> ReviewDataset:
    """Turn one part of the reviews into token ids, whole."""

    def words(text: str) -> list[str]:
        found = recipe.tokenize(text)
        if recipe.skip_unknown:
            return [word for word in found if word in vocab]
        return found

    encoded = encode_reviews(part["text"], vocab, tokenize=words, cache=False)
    return ReviewDataset(encoded, part["label"])


def train(
    recipe: Recipe, seed: int, parts: Sequence[ReviewDataset], size: int
) -> tuple[nn.Module, Looks, float]:
    """Train once; return the model, the looks, and the seconds without them.

    Args:
        recipe: What to do.
        seed: Where all random numbers start.
        parts: Training, validation and test reviews, whole.
        size: Words in the vocabulary.
    """
    seed_everything(seed)
    model = recipe.model(recipe.config(size))
    loader = recipe.deal(cut(parts[0], recipe.keep), seed)
    looks = Looks(
        loader,
        lambda: score(model, parts[2]),
        often=recipe.looks,
        steps=recipe.training.epochs * len(loader),
    )
    held_out = recipe.deal(cut(parts[1], recipe.keep), 0)
    started = time.perf_counter()
    fit(model, looks, held_out, recipe.training, progress=False)
    return model, looks, time.perf_counter() - started - looks.seconds


def run(recipe: Recipe, seed: int, reviews: pd.DataFrame) -> dict:
    """Train and score once; return which test reviews it got right.

    Returns:
        `train_seconds`, and `right`: for each way to score a string with 1
        for a right verdict and 0 for a wrong one; for the looks a list.
    """
    split = recipe.split(reviews)
    vocab = number_words(recipe, split)
    parts = [encode(recipe, vocab, part) for part in split]
    model, looks, seconds = train(recipe, seed, parts, len(vocab))
    labels = parts[2].labels.numpy()

    def spell(chances: np.ndarray) -> str:
        right = (chances > 0.5) == labels
        return "".join(map(str, right.astype(int)))

    right = {
        name: spell(by(model, parts[2])) for name, by in recipe.scores.items()
    }
    if looks.found:
        right["looks"] = [spell(chances) for chances in looks.found]
    return {"seed": seed, "train_seconds": round(seconds, 1), "right": right}


# --- the table


@dataclass(frozen=True)
class Row:
    """A line of the table.

    Args:
        id: The mistake in a word.
        name: The mistake in a few words.
        kind: One of `KINDS`.
        measure: From right verdicts and those of the reference to figures.
        recipe: How to train for it; left out, the base's runs will do.
        against: The id of the reference.
        scored: Which of the scores of its runs to take.
        seeds: One run each.
    """

    id: str
    name: str
    kind: str = "harm"
    measure: Callable[[np.ndarray, np.ndarray], dict] = lose
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
    Row("first-200", "only the first 200 tokens read", scored="first"),
    Row("last-200", "only the last 200 tokens read", recipe=ENDS),
    Row("both-ends", "only 100 tokens from each end read", recipe=BOTH),
    Row("no-clip", "gradients not clipped", recipe=Recipe(training=UNCLIPPED)),
    Row("no-eval", "eval() forgotten", scored="dropout"),
    Row(
        "one-batch",
        "accuracy of one batch of 64",
        "noise",
        partial(miss, figure=one_batch),
    ),
    Row(
        "batch-means",
        "mean of the batches' means",
        "noise",
        partial(miss, figure=mean_of_means),
    ),
    Row(
        "looks",
        "best of 20 looks at the test reviews",
        "flattery",
        pick_best_look,
        scored="looks",
    ),
]


def sum_up_row(row: Row, runs: Mapping[str, list[dict]]) -> dict:
    """Turn the runs of a row and of its reference into its figures."""

    def verdicts(id_: str, scored: str) -> np.ndarray:
        found = np.array([run["right"][scored] for run in runs[id_]])
        return found.view("U1").reshape(*found.shape, -1) == "1"

    def seconds(id_: str) -> list[float]:
        return [run["train_seconds"] for run in runs[id_]]

    source = row.id if row.recipe else "base"
    found = {"id": row.id, "name": row.name, "kind": row.kind}
    right = verdicts(source, row.scored)
    if row.kind == "reference":
        found["accuracy"] = right.mean(axis=1).round(4).tolist()
        return found | {"train_seconds": seconds(source)}
    found["against"] = row.against
    found |= row.measure(right, verdicts(row.against, "test"))
    longer = np.mean(seconds(source)) - np.mean(seconds(row.against))
    found["train_seconds"] = seconds(source)
    return found | {"cost_seconds": round(float(longer), 1)}


def sum_up(runs: Mapping[str, list[dict]]) -> dict:
    """Turn all runs into the table."""
    all_runs = [run for found in runs.values() for run in found]
    return describe_runs(all_runs) | {
        "setup": {
            "training_tokens": TOKENS,
            "epochs": TRAINING.epochs,
            "words": WORDS,
            "batch_size": BATCH,
            "looks": LOOKS,
            "test_reviews": len(runs["base"][0]["right"]["test"]),
        },
        "kinds": KINDS,
        "rows": [sum_up_row(row, runs) for row in ROWS],
    }


def main(chosen: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        chosen: Ids of mistakes, to do only these now; if empty, all.
    """
    trained = [row for row in ROWS if row.recipe]
    now = choose(chosen, trained)
    reviews = load_reviews()
    run_missing(now, RUNS, lambda row, seed: run(row.recipe, seed, reviews))
    runs = {row.id: read_runs(RUNS, row) for row in trained}
    if all(len(runs[row.id]) == len(row.seeds) for row in trained):
        write_json(RESULTS / "mistakes.json", sum_up(runs))
        console.print("== Done: results/mistakes.json ==")


if __name__ == "__main__":
    main(sys.argv[1:])
