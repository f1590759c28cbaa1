"""How long it takes to be right on 88 of 100 validation reviews."""

import json
import statistics
from collections.abc import Iterator
from typing import NamedTuple

import torch

from benchmarks.speed.other_recipes import (
    FILLED,
    GOAL,
    PACKED,
    TARGET,
    Recipe,
    epoch_of_goal,
    prepare,
)
from benchmarks.speed.timing import Measured, make_row, seconds, timed
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.models.baselines import tfidf_logistic
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import keep_freed_memory, seed_everything
from imdbtutor.training.loop import make_optimizer, train_epoch
from imdbtutor.training.loop import validate as score
from imdbtutor.training.recipe import (
    BATCH_SIZE,
    MAX_LENGTH,
    MAX_TOKENS,
    TRAINING,
)
from imdbtutor.training.step import take_step

Accuracies = Iterator[float]  # after each epoch, on validation
SHARE = "of validation reviews"
NAMES = {
    "ours": "The book's recipe",
    "filled": f"The recipe of {FILLED.name}, in PyTorch",
    "tfidf": "TF-IDF, words",
    "tfidf_pairs": "TF-IDF, words and pairs",
}


def ours(split: Split) -> Accuracies:
    """Train as chapter 8 does; after each epoch, yield the accuracy."""
    vocab = build_vocab(split.train["text"], max_tokens=MAX_TOKENS)

    def deal(part: object, cut: int | None) -> object:
        ids = encode_reviews(part["text"], vocab, cache=False)
        return make_loader(ReviewDataset(ids, part["label"], cut), BATCH_SIZE)

    train = deal(split.train, MAX_LENGTH)
    held_out = deal(split.validation, None)
    seed_everything(0)
    model = LSTMClassifier(ModelConfig(len(vocab)))
    steps = TRAINING.epochs * len(train)
    optimizer, schedule = make_optimizer(model, TRAINING, steps)
    for _ in range(TRAINING.epochs):
        train_epoch(
            model,
            train,
            optimizer=optimizer,
            schedule=schedule,
            clip_norm=TRAINING.clip_norm,
        )
        yield score(model, held_out)[1]


def filled(split: Split) -> Accuracies:
    """Train the recipe that reads the padding."""
    run = prepare(FILLED, split)
    for _ in range(FILLED.epochs):
        yield run.epoch()[1][1]


def bag(split: Split, longest: int) -> Accuracies:
    """Train a bag of words."""
    pipeline = tfidf_logistic(longest)
    pipeline.fit(split.train["text"], split.train["label"])
    held_out = split.validation
    yield pipeline.score(held_out["text"], held_out["label"])


class Race:
    """One way to learn, advanced an epoch at a time, with its own clock."""

    def __init__(self, accuracies: Accuracies) -> None:
        """Start at zero."""
        self.accuracies, self.seconds, self.best = accuracies, 0.0, 0.0
        self.reached = self.over = False

    def advance(self) -> None:
        """Learn for an epoch more, unless there is nothing left to do."""
        if self.over:
            return
        found, spent = timed(lambda: next(self.accuracies, None))
        if found is None:
            self.over = True
            return
        self.seconds += spent
        self.best = max(self.best, found)
        self.reached = self.over = found >= GOAL


class PackedSteps:
    """Single steps of the packed recipe: an epoch of them takes too long."""

    def __init__(self, recipe: Recipe, split: Split) -> None:
        """Prepare it, and count what an epoch reads."""
        self.run = prepare(recipe, split)
        self.tokens = self.run.train.dataset.lengths.sum().item()
        self.batches = iter(self.run.train)

    def epoch_seconds(self) -> float:
        """Take one step; return what an epoch would take at that rate."""
        batch = next(self.batches)
        model, optimizer = self.run.model, self.run.optimizer
        spent = seconds(
            lambda: take_step(model, batch, optimizer, float("inf"))
        )
        return spent * self.tokens / batch.lengths.sum().item()


class Outcome(NamedTuple):
    """How a recipe ended.

    Args:
        what: The recipe, and how it ended, for the page.
        seconds: Until the goal, or until its end.
        best: Its best accuracy on validation.
        reached: Whether that is the goal.
    """

    what: str
    seconds: float
    best: float
    reached: bool


def end_of(recipe: str, race: Race) -> Outcome:
    """Say how a race ended."""
    what = NAMES[recipe]
    if not race.reached:
        what += ", which does not get there"
    return Outcome(what, race.seconds, race.best, race.reached)


def end_of_packed(epoch_seconds: list[float]) -> Outcome:
    """Work out what all epochs of the packed recipe would take.

    How many there are was counted by `other_recipes`.
    """
    rows = json.loads(TARGET.read_text(encoding="utf-8"))["rows"]
    epochs, ending = epoch_of_goal(rows), "when it gets there"
    reached = epochs is not None
    if not reached:
        epochs, ending = len(rows), "and it does not get there"
    what = f"The recipe of {PACKED.name}: {epochs} epochs, {ending}"
    best = max(row["validation_accuracy"] for row in rows[:epochs])
    whole = epochs * statistics.median(epoch_seconds)
    return Outcome(what, whole, best, reached)


def recipe_rows(
    recipe: str, end: Outcome, against: Measured | None = None
) -> list[dict]:
    """Make the rows of a recipe: its seconds, and its best accuracy."""
    columns, id_ = {"recipe": recipe}, f"time_to_accuracy.{recipe}"
    goal = "ratio >= 10" if recipe == "ours" else None
    spent = Measured(end.what, [end.seconds])
    best = Measured(end.what, [end.best])
    return [
        make_row(id_, spent, "s", against=against, goal=goal)
        | columns
        | {"reached": end.reached},
        make_row(f"{id_}.accuracy", best, SHARE) | columns,
    ]


def make_rows() -> list[dict]:
    """Let all learn in turn, epoch by epoch, each with its own clock."""
    keep_freed_memory()
    torch.set_flush_denormal(True)  # other_recipes says why
    split = split_reviews(load_reviews())
    races = {
        "ours": Race(ours(split)),
        "filled": Race(filled(split)),
        "tfidf": Race(bag(split, 1)),
        "tfidf_pairs": Race(bag(split, 2)),
    }
    packed, epochs = PackedSteps(PACKED, split), []
    while not all(race.over for race in races.values()):
        for name, race in races.items():
            race.advance()
            print(f"{name}: {race.seconds:.0f} s, {race.best:.3f}")
        epochs.append(packed.epoch_seconds())
        print(f"packed: {epochs[-1]:,.0f} s an epoch")
    if not races["ours"].reached:
        raise RuntimeError(f"the book's recipe did not reach {GOAL}.")
    end = end_of_packed(epochs)
    epoch = Measured(f"{PACKED.name}: an epoch", epochs)
    rows = [make_row("time_to_accuracy.packed_epoch", epoch, "s")]
    rows += recipe_rows("packed", end)
    against = Measured(end.what, [end.seconds])
    for recipe, race in races.items():
        rows += recipe_rows(recipe, end_of(recipe, race), against)
    return rows
