"""Try word vectors from elsewhere in the book's LSTM, for few labels and many.

Run `make measure WHAT=borrowed`. Each finished run is kept in
`results/runs/borrowed/`, so you can stop at any time and go on later; at the
end all become `results/borrowed.json`, which chapter 16 reads. No test review
is scored; a network is scored on the validation reviews that chose its epoch.
GloVe's vectors come from where `fetch_glove` finds them.
"""

import sys
from collections.abc import Sequence
from functools import cache, partial

import numpy as np
import pandas as pd
from torch import Tensor

from benchmarks.accuracy.intervals import compare
from benchmarks.accuracy.runs import (
    Rung,
    Texts,
    Trained,
    choose,
    fit_network,
    judge_runs,
    run,
    run_missing,
    write_when_done,
)
from benchmarks.records import RESULTS, describe_runs
from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.minilm import fetch_minilm
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.data.word_vectors import (
    align,
    fetch_glove,
    read_pieces,
    read_vectors,
)
from imdbtutor.models.borrowed import borrow, shorten
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.models.vectors import count_neighbours, word_vectors
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import TrainingConfig
from imdbtutor.training.recipe import MAX_LENGTH, MAX_TOKENS

RUNS = RESULTS / "runs" / "borrowed"
SEEDS = range(3)
DIM = 100
WIDE = 20_000  # words of the wider vocabulary, whose labels nobody needs
# Reviews with a label, and how to learn from so many: batch size, epochs.
SIZES = {500: (16, 20), 2_000: (16, 8), 17_971: (64, 5)}
SOURCES = {
    "own": "counted in all training reviews",
    "pieces": "MiniLM's word pieces",
    "glove": "GloVe",
}


def some(split: Split, size: int, seed: int) -> pd.DataFrame:
    """Take `size` training reviews, or all, evenly; by seed, others."""
    count = len(split.train)
    size = min(size, count)
    places = (np.arange(size) + seed / 10) * count / size
    return split.train.iloc[np.minimum(places.astype(int), count - 1)]


@cache
def read_source(source: str, texts: tuple[str, ...]) -> dict[str, Tensor]:
    """Return a vector for each word of these texts, where there is one."""
    if source == "own":
        return count_in(texts)
    words = build_vocab(texts).get_itos()[2:]
    if source == "glove":
        return read_vectors(fetch_glove(), set(words), dim=DIM)
    return read_pieces(fetch_minilm(), words)


def count_in(texts: tuple[str, ...]) -> dict[str, Tensor]:
    """Make vectors from the neighbours in these texts; no label is used."""
    vocab = build_vocab(texts, max_tokens=WIDE)
    encoded = encode_reviews(texts, vocab, cache=False)
    counted = word_vectors(count_neighbours(encoded, len(vocab)), DIM)
    return dict(zip(vocab.get_itos()[2:], counted[2:], strict=True))


def train(
    split: Split,
    seed: int,
    *,
    size: int,
    source: str | None,
    frozen: bool = False,
    wide: bool = False,
    scale: float = 0.1,
) -> Trained:
    """Train the book's LSTM on some of the labels.

    Args:
        split: The reviews.
        seed: Of the weights, the batches, and which reviews have a label.
        size: How many have one.
        source: Where the vectors come from; None, at random.
        frozen: Whether training leaves them as they are.
        wide: Whether the vocabulary is of all training texts.
        scale: The vectors' standard deviation at the start.
    """
    part = some(split, size, seed)
    seed_everything(seed)
    texts = split.train["text"] if wide else part["text"]
    vocab = build_vocab(texts, max_tokens=WIDE if wide else MAX_TOKENS)
    model = LSTMClassifier(ModelConfig(len(vocab)))
    if source is not None:
        found = read_source(source, tuple(split.train["text"]))
        vectors, known = align(vocab.get_itos(), found)
        if source == "pieces":
            vectors = shorten(vectors, known, DIM)
        borrow(model.embedding, vectors, known, scale=scale, frozen=frozen)

    def read(texts: Texts) -> list[Tensor]:
        return encode_reviews(texts, vocab, cache=False)

    batch_size, epochs = SIZES[size]
    dataset = ReviewDataset(read(part["text"]), part["label"], MAX_LENGTH)
    training = TrainingConfig(epochs=epochs, patience=epochs)
    return fit_network(model, dataset, split, seed, read, training, batch_size)


def rung(id_: str, name: str, size: int, **how: object) -> Rung:
    """Make a rung; its kind is the number of labels."""
    make = partial(train, size=size, **how)
    return Rung(f"{id_}-{size}", name, str(size), make, SEEDS)


def rungs(size: int) -> list[Rung]:
    """Make the rungs of a number of labels."""
    found = [
        rung("random", "at random", size, source=None),
        rung("own-tuned", f"{SOURCES['own']}, tuned", size, source="own"),
    ]
    for source in ("pieces", "glove"):
        name = SOURCES[source]
        fixed = partial(rung, size=size, source=source, frozen=True)
        found += [
            rung(f"{source}-tuned", f"{name}, tuned", size, source=source),
            fixed(f"{source}-frozen", f"{name}, fixed"),
        ]
        if size < max(SIZES):  # all reviews with labels know most words
            more = f"{name}, fixed, more words"
            found.append(fixed(f"{source}-wide", more, wide=True))
    return found


def scales() -> list[Rung]:
    """Make the rungs that differ in the vectors' size alone."""
    return [
        rung(
            f"pieces-scale-{scale}",
            f"{SOURCES['pieces']}, tuned, deviation {scale}",
            2_000,
            source="pieces",
            scale=scale,
        )
        for scale in (0.01, 1.0, 3.0)
    ]


RUNGS = scales() + [each for size in SIZES for each in rungs(size)]


def coverage(split: Split) -> dict[str, dict[str, float]]:
    """Say which share of two vocabularies has a vector, by source."""
    texts = tuple(split.train["text"])
    words = build_vocab(texts, max_tokens=WIDE).get_itos()
    found = {}
    for source in ("pieces", "glove"):
        vectors = read_source(source, texts)
        for size in (MAX_TOKENS, WIDE):  # the commonest words come first
            share = np.mean([word in vectors for word in words[2:size]])
            found.setdefault(SOURCES[source], {})[str(size)] = round(share, 4)
    return found


def sum_up(split: Split) -> dict:
    """Turn the runs into rows, compared with random vectors or scale 0.1."""
    labels = split.validation["label"].to_numpy()
    rows, all_runs, right = [], [], {}
    for each in RUNGS:
        runs, right[each.id], row = judge_runs(RUNS, each, labels)
        all_runs += runs
        rows.append(row | {"size": int(each.kind)})
    for row in rows:
        base = f"random-{row['size']}"
        if "scale" in row["id"]:  # differ in nothing else
            base = f"pieces-tuned-{row['size']}"
        if row["id"] != base:
            # Of one seed, both have learned from the same reviews.
            gain = compare(right[base], right[row["id"]], shared=True)
            row["gain"] = np.round(gain, 4).tolist()
    return describe_runs(all_runs) | {
        "reviews": len(labels),
        "coverage": coverage(split),
        "rows": rows,
    }


def main(chosen: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        chosen: Ids of ways, to do only these now; if empty, all.
    """
    now = choose(chosen, RUNGS)
    split = split_reviews(load_reviews())
    run_missing(now, RUNS, partial(run, split=split, part="validation"))
    target = RESULTS / "borrowed.json"
    write_when_done(RUNGS, RUNS, target, lambda: sum_up(split))


if __name__ == "__main__":
    main(sys.argv[1:])
