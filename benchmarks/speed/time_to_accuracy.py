"""How right each way to learn is on the validation reviews, second by second.

All learn from the same texts in turn, in 32 bits, an epoch at a time, each
with its own clock, to the end of their recipes. Reading the vectors that one
of them borrows is timed, fetching them is not. What is compared is the
curves: the seconds at a height that both reach.
"""

from collections.abc import Callable, Iterator

import torch
from sklearn.pipeline import Pipeline

from benchmarks.speed.glove import fetch_glove
from benchmarks.speed.other_recipes import (
    BORROWED,
    FILLED,
    Recipe,
    prepare,
)
from benchmarks.speed.timing import Measured, make_row, tidy, timed
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.models.baselines import nb_logistic, tfidf_logistic
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

Accuracies = Iterator[float]  # after each epoch, on validation
SHARE = "of validation reviews"
NAMES = {
    "ours": "The book's recipe",
    "filled": f"The recipe of {FILLED.name}, in PyTorch",
    "borrowed": f"The recipe of {BORROWED.name}, with GloVe's vectors",
    "tfidf": "TF-IDF, words",
    "tfidf_pairs": "TF-IDF, words and pairs",
    "nb_pairs": "NB-weighted, to pairs",
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


def other(recipe: Recipe, split: Split) -> Accuracies:
    """Train somebody else's recipe, as it is."""
    run = prepare(recipe, split)
    for _ in range(recipe.epochs):
        yield run.epoch()[1][1]


def bag(split: Split, make: Callable[[int], Pipeline], n: int) -> Accuracies:
    """Train a bag of n-grams of up to `n` words."""
    pipeline = make(n)
    pipeline.fit(split.train["text"], split.train["label"])
    held_out = split.validation
    yield pipeline.score(held_out["text"], held_out["label"])


class Race:
    """One way to learn, advanced an epoch at a time, with its own clock.

    Args:
        accuracies: Learns an epoch more for each accuracy that is taken.
    """

    def __init__(self, accuracies: Accuracies) -> None:
        """Start at zero."""
        self.accuracies, self.seconds = accuracies, 0.0
        self.curve, self.over = [], False

    def advance(self) -> None:
        """Learn for an epoch more, unless there is nothing left to do."""
        found, spent = timed(lambda: next(self.accuracies, None))
        if found is None:
            self.over = True
            return
        self.seconds += spent
        self.curve.append([tidy(self.seconds), tidy(found)])


def recipe_rows(recipe: str, curve: list[list[float]]) -> list[dict]:
    """Make the rows of a recipe: its seconds, and its best accuracy.

    Args:
        recipe: One of `NAMES`.
        curve: Seconds so far and accuracy, after each epoch.
    """
    id_ = f"time_to_accuracy.{recipe}"
    spent = Measured(NAMES[recipe], [curve[-1][0]])
    best = Measured(NAMES[recipe], [max(accuracy for _, accuracy in curve)])
    return [
        make_row(id_, spent, "s") | {"recipe": recipe, "curve": curve},
        make_row(f"{id_}.accuracy", best, SHARE) | {"recipe": recipe},
    ]


def make_rows() -> list[dict]:
    """Let all learn in turn, epoch by epoch, each with its own clock."""
    keep_freed_memory()
    torch.set_flush_denormal(True)  # other_recipes says why
    fetch_glove()
    split = split_reviews(load_reviews())
    races = {
        "ours": Race(ours(split)),
        "filled": Race(other(FILLED, split)),
        "borrowed": Race(other(BORROWED, split)),
        "tfidf": Race(bag(split, tfidf_logistic, 1)),
        "tfidf_pairs": Race(bag(split, tfidf_logistic, 2)),
        "nb_pairs": Race(bag(split, nb_logistic, 2)),
    }
    while not all(race.over for race in races.values()):
        for name, race in races.items():
            if not race.over:
                race.advance()
                print(f"{name}: {race.curve[-1]}", flush=True)
    return [
        row
        for recipe, race in races.items()
        for row in recipe_rows(recipe, race.curve)
    ]
