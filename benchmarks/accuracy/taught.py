"""Train the informed LSTM of chapter 12 on what teachers say."""

from functools import partial

import numpy as np
import pandas as pd
from torch import Tensor

from benchmarks.accuracy.ablation_models import make_table
from benchmarks.accuracy.lessons import what_to_tell
from benchmarks.accuracy.runs import Trained, fit_network
from benchmarks.accuracy.teachers import texts_to_ask
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split, load_reviews
from imdbtutor.data.vocab import Vocab
from imdbtutor.models.informed import InformedLSTM, InformedReader
from imdbtutor.models.ngrams import (
    NgramTable,
    attach_weights,
    count_ngrams,
    held_out_weights,
    learn_weights,
)
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.soft_labels import SoftDataset, soft_mean
from imdbtutor.training.step import take_step

TRAINING = TrainingConfig(epochs=8, learning_rate=1e-3, patience=8)


def read_with(
    encoded: list[Tensor],
    labels: np.ndarray,
    vocab: Vocab,
    spans: list[Tensor],
    reviews: np.ndarray,
) -> tuple[InformedReader, list[Tensor]]:
    """Learn what n-grams say, and read reviews and their spans with it.

    As `learn_to_read` of chapter 12, but spans are read, too, each with the
    weights that had not seen the review which it was cut from.

    Args:
        encoded: Token ids of the training reviews.
        labels: 0 or 1 for each of them.
        vocab: The vocabulary they were encoded with.
        spans: Token ids of the spans.
        reviews: The place of each span's review.

    Returns:
        The reader for other texts, and reviews and spans as it would read
        them, the reviews first.
    """
    ngrams = NgramTable(encoded, len(vocab))
    numbers = ngrams.number(encoded)
    counts = count_ngrams(numbers, len(ngrams))
    part, held_out = held_out_weights(counts, labels)
    read = attach_weights(
        [*encoded, *spans],
        [*numbers, *ngrams.number(spans)],
        [held_out[p] for p in [*part, *part[reviews]]],
    )
    return InformedReader(vocab, ngrams, learn_weights(counts, labels)), read


def train_taught(split: Split, seed: int) -> Trained:
    """Train the informed LSTM on what is told of reviews and of their spans.

    Its epoch is chosen on the validation reviews.
    """
    asked = texts_to_ask(split, load_reviews("snippets")).texts
    told = pd.Series(what_to_tell(asked))
    of_review, of_span = (asked["kind"] == kind for kind in ("review", "span"))
    spans = asked[of_span]
    seed_everything(seed)
    vocab = build_vocab(split.train["text"], min_freq=2)
    encoded, cut = (
        encode_reviews(texts, vocab, cache=False)
        for texts in (split.train["text"], spans["text"])
    )
    table = make_table(encoded, len(vocab), 100, "neighbours")
    labels = split.train["label"].to_numpy()
    places = spans["review"].to_numpy(int)
    reader, read = read_with(encoded, labels, vocab, cut, places)
    model = InformedLSTM(table)
    model.embedding.weight.requires_grad_(False)
    trained = fit_network(
        model,
        SoftDataset(read, pd.concat([told[of_review], told[of_span]])),
        split,
        seed,
        reader.read,
        TRAINING,
        batch_size=32,
        fit=partial(fit, step=partial(take_step, reduction=soft_mean)),
    )
    trained.parameters += len(reader.ngrams)
    return trained
