"""Train other people's recipes on the book's split.

Run `make measure WHAT=other_recipes` for the packed recipe. Its own vectors
(GloVe) are two gigabytes from elsewhere; those of chapter 12 take their place,
so this is not what the recipe can do: `PUBLISHED` is. How long an epoch lasts
is not asked: it is trained with dense batches, which give the same numbers,
and in mixed precision. Stop at any time and go on later. The epochs go to
`results/recipes.json`. The part `time_to_accuracy` of
`make measure WHAT=speed` trains two others as they are: Keras's, and that of
Dive into Deep Learning, which starts from GloVe's real vectors.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.utils.data import DataLoader

from benchmarks.records import RESULTS, describe_machine, write_json
from benchmarks.speed.glove import glove_vectors
from benchmarks.speed.recipe_models import (
    BorrowedLSTM,
    FilledLSTM,
    as_dense,
    fill,
    make_packed,
)
from imdbtutor.data.batches import (
    Batch,
    ReviewDataset,
    make_loader,
    pad_batch,
    split_by_length,
)
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.data.vocab import Vocab
from imdbtutor.runtime import cache_dir, keep_freed_memory, seed_everything
from imdbtutor.training.checkpoint import Checkpoint
from imdbtutor.training.history import History
from imdbtutor.training.loop import TrainingConfig, train_epoch, validate
from imdbtutor.training.recipe import BATCH_SIZE
from imdbtutor.training.step import Step, take_step

TARGET = RESULTS / "recipes.json"
# What the packed recipe's author reached, on another validation part: the
# last epoch that the notebook shows, and about what all of them took.
PUBLISHED = {
    "source": "https://github.com/bentrevett/pytorch-sentiment-analysis",
    "notebook": "2 - Recurrent Neural Networks.ipynb",
    "commit": "8ec35d806d6e435fa761c494ee2a4241b9a3664a",
    "vectors": "GloVe",
    "machine": "a GPU",
    "epoch": 10,
    "validation_accuracy": 0.884,
    "seconds": 75,
}


@dataclass(frozen=True)
class Recipe:
    """How somebody else trains an LSTM on these reviews.

    Args:
        name: Whose recipe it is.
        words: How the vocabulary is cut, as `build_vocab` takes it.
        cut: What is left of a review's ids.
        make_model: From the vocabulary and the training reviews' ids.
        collate: Makes a batch.
        batch_size: Reviews in a batch, drawn at random.
        learning_rate: Adam's, always the same.
        epochs: Passes over the training reviews.
    """

    name: str
    words: dict
    cut: Callable[[Tensor], Tensor]
    make_model: Callable[[Vocab, list[Tensor]], nn.Module]
    collate: Callable[[list], Batch]
    batch_size: int
    learning_rate: float
    epochs: int


PACKED = Recipe(
    "bentrevett/pytorch-sentiment-analysis, chapter 2",
    {"min_freq": 5},
    lambda ids: ids[:256],
    make_packed,
    pad_batch,
    batch_size=512,
    learning_rate=5e-4,
    epochs=10,
)
FILLED = Recipe(
    "Keras, Bidirectional LSTM on IMDB",
    {"max_tokens": 20_000},
    lambda ids: ids[-200:],
    lambda vocab, _: FilledLSTM(len(vocab)),
    partial(fill, 200, "left"),
    batch_size=32,
    learning_rate=1e-3,
    epochs=2,
)
BORROWED = Recipe(
    "Dive into Deep Learning, chapter 16.2",
    {"min_freq": 5},
    lambda ids: ids[:500],
    lambda vocab, _: BorrowedLSTM(glove_vectors(list(vocab))),
    partial(fill, 500, "right"),
    batch_size=64,
    learning_rate=0.01,
    epochs=5,
)


@dataclass
class Prepared:
    """What a recipe trains, and what with."""

    model: nn.Module
    train: DataLoader
    validation: DataLoader
    optimizer: torch.optim.Optimizer
    schedule: torch.optim.lr_scheduler.LRScheduler
    step: Step = take_step

    def epoch(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Train once over all; return the losses and accuracies."""
        learned = train_epoch(
            self.model,
            self.train,
            optimizer=self.optimizer,
            schedule=self.schedule,
            clip_norm=float("inf"),
            step=self.step,
        )
        return learned, validate(self.model, self.validation)


def step_by_length(
    model: nn.Module,
    batch: Batch,
    optimizer: torch.optim.Optimizer,
    clip_norm: float,
) -> tuple[float, int, int]:
    """Take the step of a large batch in mixed precision, piece by piece.

    A piece holds reviews of like lengths; the gradients of all add up to
    those of the whole batch.
    """
    optimizer.zero_grad()
    total, right, size = 0.0, 0, len(batch.labels)
    for rows in split_by_length(batch.lengths, BATCH_SIZE):
        token_ids, lengths, labels = (part[rows] for part in batch)
        with torch.autocast(token_ids.device.type, torch.bfloat16):
            logits = model(token_ids[:, : lengths.max()], lengths)
        loss = F.cross_entropy(logits.float(), labels, reduction="sum")
        (loss / size).backward()
        total += loss.item()
        right += (logits.argmax(dim=1) == labels).sum().item()
    nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
    optimizer.step()
    return total, right, size


def prepare(recipe: Recipe, split: Split, *, dense: bool = False) -> Prepared:
    """Do all that comes before the first epoch.

    Args:
        recipe: Whose.
        split: The book's.
        dense: Whether to put the dense model in the packed one's place.
    """
    seed_everything(0)
    vocab = build_vocab(split.train["text"], **recipe.words)

    def read(part: object) -> ReviewDataset:
        ids = encode_reviews(part["text"], vocab, cache=False)
        return ReviewDataset(list(map(recipe.cut, ids)), part["label"])

    train, validation = read(split.train), read(split.validation)
    model = recipe.make_model(vocab, train.reviews)
    if dense:
        model = as_dense(model)
    train = make_loader(train, recipe.batch_size, by_length=False)
    train.collate_fn = recipe.collate
    validation = DataLoader(validation, BATCH_SIZE, collate_fn=recipe.collate)
    optimizer = torch.optim.Adam(model.parameters(), recipe.learning_rate)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda _: 1.0)
    step = step_by_length if dense else take_step
    return Prepared(model, train, validation, optimizer, schedule, step)


def sum_up(history: History) -> dict:
    """Turn the epochs into what goes to the file; no clock was running."""
    rows = [
        {
            name: round(value, 4)
            for name, value in row.items()
            if name != "seconds"
        }
        for row in history.rows
    ]
    return {
        "recipe": PACKED.name,
        "vectors": "of the same reviews, as in chapter 12",
        "machine": "two CPU cores, in 16 bits",
        "published": PUBLISHED,
        "rows": rows,
    }


def main() -> None:
    """Train the packed recipe's epochs."""
    keep_freed_memory()
    # Far from the end, the gradient of a last state falls below 1e-38, where
    # a processor is slow: without this, a step took nine times as long.
    torch.set_flush_denormal(True)
    run = prepare(PACKED, split_reviews(load_reviews()), dense=True)
    history = History()
    path = cache_dir() / "recipe-packed.pt"
    config = TrainingConfig(epochs=PACKED.epochs)
    parts = run.model, run.optimizer, run.schedule
    loaders = run.train, run.validation
    checkpoint = Checkpoint(path, parts, loaders, config, step=run.step)
    history.rows, _ = checkpoint.load() or (history.rows, {})
    while len(history.rows) < PACKED.epochs:
        history.add(*run.epoch(), 0.0)
        checkpoint.save(history.rows, run.model.state_dict())
        print(history.frame.tail(1).to_string(header=False), flush=True)
        write_json(TARGET, describe_machine() | sum_up(history))


if __name__ == "__main__":
    main()
