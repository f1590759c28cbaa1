"""Train every rung of the ladder, from guessing to the best LSTM.

Each finished run is kept in `results/runs/ladder/`, so you can stop at any
time and go on later; to do a run again, delete its file. At the end all of
them become `results/ladder.json`, which the book's pages read.
"""

import os
import sys
from collections.abc import Sequence
from functools import partial
from itertools import pairwise

import nltk
import numpy as np
import vaderSentiment
from scipy.stats import sem
from scipy.stats import t as student
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.metrics import f1_score
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

from benchmarks.accuracy.ablations import book_lstm, train_informed
from benchmarks.accuracy.intervals import compare
from benchmarks.accuracy.runs import (
    SEEDS,
    Rung,
    Texts,
    Trained,
    choose,
    console,
    pipeline_rung,
    read_runs,
    run,
    run_missing,
    train_network,
)
from benchmarks.records import RESULTS, describe_runs, write_json
from imdbtutor.data.reviews import Split, load_reviews, split_reviews
from imdbtutor.evaluation.report import bootstrap_mean
from imdbtutor.models.baselines import (
    COUNTING,
    AveragedEmbeddings,
    ConvClassifier,
    nb_logistic,
    tfidf_logistic,
)
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.training.loop import TrainingConfig

RUNS = RESULTS / "runs" / "ladder"


def word_counts() -> Pipeline:
    """Multinomial naive Bayes on how often each word occurs."""
    return make_pipeline(CountVectorizer(**COUNTING), MultinomialNB())


def ask_vader() -> Trained:
    """NLTK's VADER: a list of 7,500 words with valences, and some rules.

    NLTK would download the list; the package vaderSentiment carries it.
    """
    from nltk.sentiment.vader import SentimentIntensityAnalyzer

    nltk.data.path.insert(0, os.path.dirname(vaderSentiment.__file__))
    vader = SentimentIntensityAnalyzer("vader_lexicon.txt")

    def score(texts: Texts) -> np.ndarray:
        found = [vader.polarity_scores(text)["compound"] for text in texts]
        return (1 + np.array(found)) / 2

    return Trained(score, 0)


def original_lstm(vocab_size: int) -> LSTMClassifier:
    """Two layers, one direction, the last real state."""
    config = ModelConfig(
        vocab_size,
        hidden_dim=50,
        num_layers=2,
        bidirectional=False,
        pooling="last",
        dropout=0.0,
        word_dropout=0.0,
    )
    return LSTMClassifier(config)


RUNGS = [
    pipeline_rung(
        "majority",
        "the commoner class",
        lambda: make_pipeline(
            CountVectorizer(max_features=1), DummyClassifier()
        ),
    ),
    Rung("vader", "VADER, a word list", "bag", lambda *_: ask_vader()),
    pipeline_rung("nb", "naive Bayes, words", word_counts),
    pipeline_rung("tfidf-1", "TF-IDF, words", tfidf_logistic),
    pipeline_rung(
        "tfidf-2", "TF-IDF, words and pairs", lambda: tfidf_logistic(2)
    ),
    pipeline_rung("nb-2", "NB-weighted, to pairs", nb_logistic),
    pipeline_rung("nb-3", "NB-weighted, to triples", lambda: nb_logistic(3)),
    Rung(
        "average",
        "averaged embeddings",
        "neural",
        partial(
            train_network,
            make_model=AveragedEmbeddings,
            training=TrainingConfig(epochs=10),
        ),
        SEEDS,
    ),
    Rung(
        "cnn",
        "CNN",
        "neural",
        partial(train_network, make_model=ConvClassifier),
        SEEDS,
    ),
    Rung(
        "original",
        "the original's LSTM, put right",
        "lstm",
        partial(
            train_network,
            make_model=original_lstm,
            training=TrainingConfig(epochs=10, learning_rate=1e-3, patience=3),
            max_tokens=10_000,
        ),
        SEEDS,
    ),
    Rung(
        "book",
        "the book's LSTM",
        "lstm",
        partial(train_network, make_model=book_lstm),
        SEEDS,
    ),
    Rung("best", "the informed LSTM", "lstm", train_informed, SEEDS),
]


def summarise(runs: list[dict], labels: np.ndarray) -> tuple[dict, np.ndarray]:
    """Sum up a rung's runs; also return who is right, (runs, reviews)."""
    verdicts = [np.array(run["chances"]) > 0.5 for run in runs]
    right = np.stack([verdict == labels for verdict in verdicts])
    accuracy = right.mean(axis=1)
    mean, low, high = bootstrap_mean(right.mean(axis=0).round(6))
    row = {
        "accuracy": accuracy.round(4).tolist(),
        "f1": [
            round(float(f1_score(labels, verdict)), 4) for verdict in verdicts
        ],
        "mean": round(mean, 4),
        "reviews_interval": [round(low, 4), round(high, 4)],
        "seeds_interval": seeds_interval(accuracy),
        "parameters": runs[0]["parameters"],
        "train_seconds": [run["train_seconds"] for run in runs],
        "reviews_per_second": round(
            float(np.median([run["reviews_per_second"] for run in runs]))
        ),
    }
    return row, right


def seeds_interval(accuracy: np.ndarray) -> list[float] | None:
    """Return Student's 95 % interval for the mean over seeds."""
    if len(accuracy) < 2:
        return None
    error = sem(accuracy) * student.ppf(0.975, len(accuracy) - 1)
    mean = accuracy.mean()
    return [round(float(mean - error), 4), round(float(mean + error), 4)]


def vote(runs: list[dict]) -> dict:
    """Average the probabilities of several runs into one."""
    chances = np.mean([run["chances"] for run in runs], axis=0)
    seconds = sum(1 / run["reviews_per_second"] for run in runs)
    return {
        "chances": chances.tolist(),
        "parameters": sum(run["parameters"] for run in runs),
        "train_seconds": round(sum(run["train_seconds"] for run in runs), 1),
        "reviews_per_second": round(1 / seconds),
    }


def step(lower: np.ndarray, upper: np.ndarray) -> dict:
    """Say how far `upper` is above `lower`, both as `summarise` returns."""
    difference, low, high = (round(x, 4) for x in compare(lower, upper))
    return {"difference": difference, "interval": [low, high]}


def sum_up(split: Split) -> dict:
    """Turn the runs that there are into the ladder."""
    labels = split.test["label"].to_numpy()
    rows, right, all_runs = [], {}, []
    for rung in RUNGS:
        runs = read_runs(RUNS, rung)
        all_runs += runs
        entries = [(rung.id, rung.name, rung.kind, runs)]
        if rung.id == "best":
            name = f"{len(runs)} informed LSTMs together"
            entries.append(("together", name, "ensemble", [vote(runs)]))
        for id_, name, kind, found in entries:
            row, right[id_] = summarise(found, labels)
            rows.append({"id": id_, "name": name, "kind": kind} | row)
    rows.sort(key=lambda row: row["mean"])
    counts = dict(zip(split._fields, map(len, split), strict=True))
    return describe_runs(all_runs) | {
        "reviews": counts,
        "rows": rows,
        "steps": [
            {"from": one, "to": other} | step(right[one], right[other])
            for one, other in pairwise(row["id"] for row in rows)
        ],
        "against_book": [
            {"id": row["id"]} | step(right["book"], right[row["id"]])
            for row in rows
            if row["id"] != "book"
        ],
    }


def main(chosen: Sequence[str]) -> None:
    """Do the runs that are missing, then sum up all that are there.

    Args:
        chosen: Ids of rungs, to do only these now; if empty, all.
    """
    now = choose(chosen, RUNGS)
    split = split_reviews(load_reviews())
    run_missing(now, RUNS, lambda rung, seed: run(rung, seed, split))
    if all(len(read_runs(RUNS, rung)) == len(rung.seeds) for rung in RUNGS):
        write_json(RESULTS / "ladder.json", sum_up(split))
        console.print("== Done: results/ladder.json ==")


if __name__ == "__main__":
    main(sys.argv[1:])
