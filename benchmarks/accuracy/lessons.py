"""What a student is told of each text: teachers, words, labels, a grammar."""

import re

import numpy as np
import pandas as pd

from benchmarks.accuracy.grammar import make_sentences
from benchmarks.accuracy.runs import read_runs
from benchmarks.accuracy.teachers import (
    FOLDS,
    RUNS,
    TEACHER,
    Asked,
    fingerprint,
)
from imdbtutor.models.baselines import nb_logistic

WORDS_SHARE = 0.4  # of what is said of a review; the rest is a teacher's
LABEL_SHARE = 0.5  # of what is told of a text with a label
RULE_SHARE = 0.8  # of what is told of a denial; the rest is a teacher's
SURE = 0.8  # a probability, of either class, that is worth to be denied
SHORT = 10  # words of a sentence that is denied as a whole, at most
NOT = re.compile(r"\bnot\b|n't\b|\bnever\b", re.I)
NO_DENIAL = re.compile(  # "Do not miss it", "could not be better", ...
    r"\bnot (?:only|just|even|to|sure)\b|\bno\b|\bdo(?: not|n't)\b"
    r"|\b(?:better|worse|more|less)\b|\?",
    re.I,
)
MADE = 200_000  # sentences of the grammar
KNOWN = 0.95  # the probability of a verdict that the grammar knows


def what_teachers_say(texts: pd.DataFrame) -> np.ndarray:
    """Return a probability for each text, of the teacher that had not seen it.

    Raises:
        ValueError: If answers are missing, or are about other texts.
    """
    runs = read_runs(RUNS, TEACHER)
    if len(runs) < FOLDS:
        raise ValueError(
            "the teachers have not said all: WHAT=teachers first."
        )
    said = np.full(len(texts), np.nan)
    for run in runs:
        here = (texts["part"] == run["teacher"]).to_numpy()
        if run["unseen"] != fingerprint(texts["text"][here]):
            raise ValueError("the teachers were asked about other texts.")
        said[here] = run["probabilities"]["unseen"]
    return said


def what_words_say(texts: pd.DataFrame) -> np.ndarray:
    """Return what counted words say of reviews that they have not seen.

    The model is `nb_logistic` to triples; of other texts it says nothing, NaN.
    """
    said = np.full(len(texts), np.nan)
    reviews = (texts["kind"] == "review").to_numpy()
    for part in range(FOLDS):
        here = (texts["part"] == part).to_numpy()
        bag = nb_logistic(3)
        known = texts[reviews & ~here]
        bag.fit(known["text"], known["label"])
        asked = texts["text"][reviews & here]
        said[reviews & here] = bag.predict_proba(asked)[:, 1]
    return said


def what_denials_say(texts: pd.DataFrame, said: np.ndarray) -> np.ndarray:
    """Correct what is said of short denials: the opposite without their *not*.

    Teachers are good at "It is dull." and poor at "It is not dull."

    Args:
        texts: As `texts_to_ask` makes them.
        said: What teachers say of each.

    Returns:
        The same, changed where one short sentence of a pair denies the
        other, of which the teacher is sure.
    """
    denies = texts["text"].str.contains(NOT)
    short = texts["text"].str.split().str.len() <= SHORT
    odd = texts["text"].str.contains(NO_DENIAL)
    plain = texts[["pair"]].assign(plain=said)[~denies & ~odd].dropna()
    without = texts["pair"].map(plain.set_index("pair")["plain"])
    told = said + RULE_SHARE * (1 - without - said)
    sure = without.where(without > 0.5, 1 - without) >= SURE
    here = denies & short & ~odd & sure
    return np.where(here, told, said)


def what_to_tell(texts: pd.DataFrame) -> np.ndarray:
    """Return the probability that a student is told, for each text."""
    said, words = what_teachers_say(texts), what_words_say(texts)
    said = what_denials_say(texts, said)
    blended = said + WORDS_SHARE * (words - said)
    said = np.where(np.isnan(words), said, blended)
    labels = texts["label"].to_numpy()
    told = said + LABEL_SHARE * (labels - said)
    return np.where(labels < 0, said, told)


def add_sentences(asked: Asked, told: np.ndarray) -> tuple[Asked, np.ndarray]:
    """Add made sentences to what a student learns from.

    How many was chosen with a part of the grammar held out. Now that it is
    chosen, they are drawn from all of it.

    Args:
        asked: The texts that teachers were asked about.
        told: The probability that the student is told of each.

    Returns:
        The same with the sentences behind the other texts, as kind "made".
    """
    made = make_sentences(MADE).assign(kind="made")
    texts = pd.concat([asked.texts, made], ignore_index=True)
    verdicts = np.where(made["label"] == 1, KNOWN, 1 - KNOWN)
    return asked._replace(texts=texts), np.concatenate([told, verdicts])
