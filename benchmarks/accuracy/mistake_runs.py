"""Train and score once, by a recipe that may have a mistake in it."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
import pandas as pd
from torch import Tensor, nn
from torch.utils.data import DataLoader

from benchmarks.accuracy.mistake_data import (
    cut,
    deal_by_length,
    first_tokens,
)
from benchmarks.accuracy.mistake_scores import Score, score
from imdbtutor.data.batches import Batch, ReviewDataset
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import Split, split_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.data.vocab import PAD, UNK, Vocab, build_vocab_from_iterator
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.recipe import MAX_TOKENS

TRAINING = TrainingConfig(epochs=3)


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


class Fitted(NamedTuple):
    """A trained model, the looks, and the seconds without them."""

    model: nn.Module
    looks: Looks
    seconds: float


def number_words(recipe: Recipe, split: Split) -> Vocab:
    """Number the commonest words of the parts that are counted."""
    texts = pd.concat([getattr(split, part) for part in recipe.counted])
    vocab = build_vocab_from_iterator(
        map(recipe.tokenize, texts["text"]),
        specials=list(recipe.specials),
        max_tokens=MAX_TOKENS,
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
) -> Fitted:
    """Train once.

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
    seconds = time.perf_counter() - started - looks.seconds
    return Fitted(model, looks, seconds)


def run(recipe: Recipe, seed: int, reviews: pd.DataFrame) -> dict:
    """Train and score once; return which test reviews it got right.

    Returns:
        `train_seconds`, and `right`: for each way to score a string with 1
        for a right prediction and 0 for a wrong one; for the looks a list.
    """
    split = recipe.split(reviews)
    vocab = number_words(recipe, split)
    parts = [encode(recipe, vocab, part) for part in split]
    model, looks, seconds = train(recipe, seed, parts, len(vocab))
    labels = parts[2].labels.numpy()

    def spell(probabilities: np.ndarray) -> str:
        right = (probabilities > 0.5) == labels
        return "".join(map(str, right.astype(int)))

    right = {
        name: spell(by(model, parts[2])) for name, by in recipe.scores.items()
    }
    if looks.found:
        right["looks"] = [spell(found) for found in looks.found]
    return {"seed": seed, "train_seconds": round(seconds, 1), "right": right}
