"""The rungs of the ladder, from guessing to a transformer."""

import os
from functools import partial

import nltk
import numpy as np
import vaderSentiment
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import Pipeline, make_pipeline

from benchmarks.accuracy import borrowed
from benchmarks.accuracy.ablation_models import book_lstm, train_informed
from benchmarks.accuracy.runs import (
    SEEDS,
    Rung,
    Texts,
    Trained,
    pipeline_rung,
    train_network,
)
from benchmarks.accuracy.taught import train_taught
from benchmarks.accuracy.transformers import train_frozen, train_minilm
from imdbtutor.models.attention import AttentiveLSTM
from imdbtutor.models.baselines import (
    COUNTING,
    AveragedEmbeddings,
    ConvClassifier,
    nb_logistic,
    tfidf_logistic,
)
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.training.loop import TrainingConfig


def word_counts() -> Pipeline:
    """Multinomial naive Bayes on how often each word occurs."""
    return make_pipeline(CountVectorizer(**COUNTING), MultinomialNB())


def ask_vader() -> Trained:
    """NLTK's VADER: a list of 7,500 words with valences, and some rules.

    NLTK would download the list while it measures; the package
    vaderSentiment, which its authors made, carries it. Neither changes any
    more: this rung is what needed no training in 2014.
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


def attentive_lstm(vocab_size: int) -> AttentiveLSTM:
    """Make the model of chapter 17."""
    return AttentiveLSTM(ModelConfig(vocab_size))


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
    Rung(
        "borrowed",
        "LSTM with borrowed vectors",
        "lstm",
        partial(borrowed.train, size=max(borrowed.SIZES), source="pieces"),
        SEEDS,
    ),
    Rung(
        "attention",
        "LSTM with attention",
        "lstm",
        partial(train_network, make_model=attentive_lstm),
        SEEDS,
    ),
    Rung("frozen", "MiniLM, frozen", "transformer", train_frozen),
    Rung(
        "minilm",
        "MiniLM, fine-tuned",
        "transformer",
        # A second epoch was tried with one seed: no better, twice as long.
        partial(train_minilm, epochs=1, batch_size=32),
        range(3),
    ),
    Rung("best", "the informed LSTM", "lstm", train_informed, SEEDS),
    Rung("taught", "the informed LSTM, taught", "lstm", train_taught, SEEDS),
]
