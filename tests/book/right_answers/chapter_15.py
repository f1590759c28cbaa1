from itertools import pairwise

import numpy as np
from sklearn.metrics import recall_score


def by_scikit_learn(confusion):
    classes = range(len(confusion))
    pairs = [(i, j) for i in classes for j in classes]
    counts = [int(confusion[pair]) for pair in pairs]
    true, predicted = np.repeat(pairs, counts, axis=0).T
    return recall_score(
        true, predicted, average="macro", labels=np.unique(true)
    )


def text_by_text(labels, weights):
    shares = [0.0] * len(weights)
    for label in labels:
        shares[label] += weights[label]
    whole = sum(weights[label] for label in labels)
    return [share / whole for share in shares]


def by_thresholds(p, miss, alarm, ask):
    praise = p > miss / (miss + alarm)
    price = miss * (1 - p) if praise else alarm * p
    return np.minimum(price, ask)


def pair_by_pair(rates, losses):
    falls = [before - after for before, after in pairwise(losses)]
    return dict(zip(falls, rates, strict=False))[max(falls)]


RIGHT = {
    "15.1": [by_scikit_learn],
    "15.2": [text_by_text],
    "15.3": [by_thresholds],
    "15.4": [pair_by_pair],
}
