"""How long it takes to be right on 88 of 100 validation reviews."""

import json
import statistics
import time
from collections.abc import Iterator

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
from benchmarks.speed.timing import row
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

Steps = Iterator[float]
SHARE = "of validation reviews"
NAMES = {
    "ours": "The book's recipe",
    "filled": f"The recipe of {FILLED.name}, in PyTorch",
    "tfidf": "TF-IDF, words",
    "tfidf_pairs": "TF-IDF, words and pairs",
}


def ours(split: Split) -> Steps:
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


def filled(split: Split) -> Steps:
    """Train the recipe that reads the padding."""
    run = prepare(FILLED, split)
    for _ in range(FILLED.epochs):
        yield run.epoch()[1][1]


def bag(split: Split, longest: int) -> Steps:
    """Train a bag of words."""
    pipeline = tfidf_logistic(longest)
    pipeline.fit(split.train["text"], split.train["label"])
    held_out = split.validation
    yield pipeline.score(held_out["text"], held_out["label"])


class Race:
    """One way to learn, advanced an epoch at a time, with its own clock."""

    def __init__(self, steps: Steps) -> None:
        """Start at zero."""
        self.steps, self.seconds, self.best = steps, 0.0, 0.0
        self.reached = self.over = False

    def advance(self) -> None:
        """Learn for an epoch more, unless there is nothing left to do."""
        if self.over:
            return
        started = time.perf_counter()
        found = next(self.steps, None)
        if found is None:
            self.over = True
            return
        self.seconds += time.perf_counter() - started
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
        optimizer, _ = self.run.steps
        started = time.perf_counter()
        take_step(self.run.model, batch, optimizer, float("inf"))
        spent = time.perf_counter() - started
        return spent * self.tokens / batch.lengths.sum().item()


def whole_time(epoch_seconds: list[float]) -> tuple[str, float, float]:
    """Work out what all epochs of the packed recipe would take.

    How many there are was counted by `recipes.py`.

    Returns:
        A description, the seconds, and the best accuracy.
    """
    rows = json.loads(TARGET.read_text(encoding="utf-8"))["rows"]
    epochs, ending = epoch_of_goal(rows), "when it gets there"
    if epochs is None:
        epochs, ending = len(rows), "and it does not get there"
    what = f"The recipe of {PACKED.name}: {epochs} epochs, {ending}"
    best = max(row["validation_accuracy"] for row in rows[:epochs])
    return what, epochs * statistics.median(epoch_seconds), best


def measure() -> list[dict]:
    """Let all learn in turn, epoch by epoch, each with its own clock."""
    keep_freed_memory()
    torch.set_flush_denormal(True)  # the packed recipe needs it: recipes.py
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
    what, whole, best = whole_time(epochs)
    rows = [
        row("time.packed_epoch", f"{PACKED.name}: an epoch", epochs, "s"),
        row("time.packed", what, [whole], "s"),
        row("time.packed.accuracy", what, [best], SHARE),
    ]
    other = (what, [whole])
    for id_, race in races.items():
        name = NAMES[id_]
        if not race.reached:
            name += ", which does not get there"
        goal = "ratio >= 10" if id_ == "ours" else None
        spent, best = [race.seconds], [race.best]
        rows += [
            row(f"time.{id_}", name, spent, "s", against=other, goal=goal),
            row(f"time.{id_}.accuracy", name, best, SHARE),
        ]
    return rows
