"""Train the book's LSTM on what teachers say: the model that ships.

It also learns from made sentences whose verdicts a grammar knows, as teachers
are poor at denials.

Run `make measure WHAT=students`, after `WHAT=teachers`. Each finished run is
kept in `results/runs/students/`; at the end they become
`results/students.json`. Given a folder, as by `make train`, it trains one
student and writes it there. About the test reviews, the last snippets and the
probes only finished students are asked.
"""

import sys
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from torch import Tensor

from benchmarks.accuracy.intervals import compare
from benchmarks.accuracy.lessons import (
    KNOWN,
    LABEL_SHARE,
    RULE_SHARE,
    SURE,
    WORDS_SHARE,
    add_sentences,
    what_to_tell,
)
from benchmarks.accuracy.runs import (
    Rung,
    Texts,
    all_seconds,
    read_runs,
    run_missing,
    write_when_done,
)
from benchmarks.accuracy.teachers import RUNS as TEACHER_RUNS
from benchmarks.accuracy.teachers import (
    TEACHER,
    Asked,
    fingerprint,
    known_texts,
    texts_to_ask,
)
from benchmarks.records import RESULTS, describe_runs
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.measuring import measure, write_model
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import cache_dir, seed_everything
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.recipe import (
    BATCH_SIZE,
    MAX_LENGTH,
    MAX_TOKENS,
    Recipe,
    Trained,
    provenance,
    train_model,
)
from imdbtutor.training.soft_labels import SoftDataset, soft_mean
from imdbtutor.training.step import take_step

SEEDS = range(3)
RUNS = RESULTS / "runs" / "students"
DROPOUT = 0.25  # half as much as chapter 8: there are many more texts
WORD_DROPOUT = 0.05  # where a *not* is one word of six, 0.2 would be too much
# Whose words are the vocabulary; spans are parts of reviews.
COUNTED = ["span", "snippet", "made"]
TRAINING = TrainingConfig(epochs=4, patience=4)


def train_student(
    split: Split, seed: int, *, asked: Asked, told: np.ndarray
) -> Trained:
    """Train the LSTM of chapter 7 on what is told of many texts.

    Its checkpoint stays in the cache: `make train` is quick after
    `WHAT=students`.

    Args:
        split: The epoch is chosen on its validation reviews and on the
            snippets of `asked.validation`.
        seed: Fixes all that is random.
        asked: The texts. The vocabulary is that of the short texts: many of
            their words are too rare in reviews.
        told: The probability that the student is told of each.
    """
    of = fingerprint([*asked.texts["text"], *told.astype(str)])
    counted = asked.texts["kind"].isin(COUNTED)
    vocab = build_vocab(asked.texts["text"][counted], max_tokens=MAX_TOKENS)

    def read(texts: Texts) -> list[Tensor]:
        return encode_reviews(texts, vocab, cache=False)

    held_out = pd.concat([split.validation, asked.validation])
    train = SoftDataset(read(asked.texts["text"]), told, MAX_LENGTH)
    validation = ReviewDataset(read(held_out["text"]), held_out["label"])
    seed_everything(seed)
    config = ModelConfig(
        len(vocab), dropout=DROPOUT, word_dropout=WORD_DROPOUT
    )
    model = LSTMClassifier(config)
    history = fit(
        model,
        make_loader(train, BATCH_SIZE, seed=seed),
        make_loader(validation, BATCH_SIZE),
        TRAINING,
        step=partial(take_step, reduction=soft_mean),
        checkpoint=cache_dir() / f"student-{seed}-{of[:12]}.pt",
        progress=False,
    )
    return Trained(model.eval(), vocab, history)


def train_on_labels(split: Split, seed: int) -> Trained:
    """Train the LSTM of chapter 7 as chapter 8 does."""
    return train_model(split, ModelConfig(0), seed=seed)


def as_shipped(trained: Trained) -> SentimentClassifier:
    """Make a classifier with the weights as they are saved, in 16 bits."""
    model = trained.model.half().float()
    return SentimentClassifier.from_parts(model, trained.vocab)


def score(trained: Trained, texts: Texts) -> list[float]:
    """Return the probability of praise, for each text, as it is shipped."""
    probabilities = as_shipped(trained).predict_proba(texts)[:, 1]
    return probabilities.round(4).tolist()


def kept_apart(asked: Asked, split: Split) -> dict[str, pd.DataFrame]:
    """Return all that finished students are asked about, by name."""
    return known_texts(asked, split) | {"test": split.test}


def try_out(
    rung: Rung, seed: int, *, split: Split, apart: dict[str, pd.DataFrame]
) -> dict:
    """Train one model, and ask it about all that is kept apart."""
    started = time.perf_counter()
    trained = rung.train(split, seed)
    seconds = time.perf_counter() - started  # or all epochs, after a stop
    seconds = max(seconds, all_seconds(trained.history))
    return {
        "id": rung.id,
        "seed": seed,
        "train_seconds": round(seconds, 1),
        "probabilities": {
            name: score(trained, table["text"])
            for name, table in apart.items()
        },
    }


def make_rungs(asked: Asked, told: np.ndarray) -> list[Rung]:
    """Return what is compared: labels, teachers, and the sentences, too."""
    more, verdicts = add_sentences(asked, told)
    taught = partial(train_student, asked=asked, told=told)
    student = partial(train_student, asked=more, told=verdicts)
    return [
        Rung("labels", "chapter 8's", "lstm", train_on_labels, SEEDS),
        Rung("teachers", "taught by teachers", "lstm", taught, SEEDS),
        Rung("student", "and by a grammar", "lstm", student, SEEDS),
    ]


def sum_up(rungs: list[Rung], apart: dict[str, pd.DataFrame]) -> dict:
    """Say how often each was right, compared with the first of them."""
    rows, all_runs, first = [], [], {}
    for rung in rungs:
        runs = read_runs(RUNS, rung)
        all_runs += runs
        row = {"id": rung.id, "name": rung.name}
        for name, table in apart.items():
            said = np.array([run["probabilities"][name] for run in runs])
            right = (said > 0.5) == table["label"].to_numpy()
            accuracy = right.mean(axis=1)
            row[name] = {
                "mean": round(accuracy.mean(), 4),
                "runs": accuracy.round(4).tolist(),
            }
            if rung is rungs[0]:
                first[name] = right
            else:
                gain = compare(first[name], right)
                row[name]["gain"] = np.round(gain, 4).tolist()
        row["train_seconds"] = [run["train_seconds"] for run in runs]
        rows.append(row)
    counts = {name: len(table) for name, table in apart.items()}
    return describe_runs(all_runs) | {"texts": counts, "rows": rows}


def ship(folder: Path, trained: Trained, asked: Asked, split: Split) -> None:
    """Write a student as the package reads it, and how it was made."""
    classifier = as_shipped(trained)
    parts = {"validation": split.validation, "snippets": asked.validation}
    classifier.metrics_ = {
        name: measure(classifier, table).round(4).to_dict("index")
        for name, table in parts.items()
    }
    counts = asked.texts["kind"].value_counts().to_dict()
    run = {"command": "make train", "seed": 0, "texts": counts}
    run["teachers"] = [
        each["machine"]["commit"] for each in read_runs(TEACHER_RUNS, TEACHER)
    ]
    run |= {
        "label_share": LABEL_SHARE,
        "words_share": WORDS_SHARE,
        "rule_share": RULE_SHARE,
        "sure": SURE,
        "known": KNOWN,
        "dropout": DROPOUT,
        "word_dropout": WORD_DROPOUT,
    }
    run |= provenance(split, trained.history, Recipe(training=TRAINING))
    write_model(folder, classifier, run)


def main(words: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        words: A folder, to write one student there and nothing else.
    """
    split = split_reviews(load_reviews())
    asked = texts_to_ask(split, load_reviews("snippets"))
    told = what_to_tell(asked.texts)
    if words:
        more, verdicts = add_sentences(asked, told)
        student = train_student(split, 0, asked=more, told=verdicts)
        ship(Path(words[0]), student, more, split)
        return
    rungs, apart = make_rungs(asked, told), kept_apart(asked, split)
    run_missing(rungs, RUNS, partial(try_out, split=split, apart=apart))
    target = RESULTS / "students.json"
    write_when_done(rungs, RUNS, target, lambda: sum_up(rungs, apart))


if __name__ == "__main__":
    main(sys.argv[1:])
