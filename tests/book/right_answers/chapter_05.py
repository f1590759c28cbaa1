import itertools
from collections import Counter, defaultdict

import numpy as np


def numbered(lists, size):
    counts = Counter(itertools.chain.from_iterable(lists))
    numbers = defaultdict(lambda: 1, {"<pad>": 0, "<unk>": 1})
    for word, _ in sorted(counts.items(), key=lambda p: (-p[1], p[0])):
        if len(numbers) < size:
            numbers[word] = len(numbers)
    return numbers


def top_unknown(lists, known, n):
    unknown = [t for tokens in lists for t in tokens if t not in known]
    words, counts = np.unique(unknown, return_counts=True)
    return words[np.argsort(-counts, kind="stable")][:n]


RIGHT = {
    "05.2": [numbered],
    "05.3": [
        lambda lists, known: np.mean(
            [t not in known for r in lists for t in r]
        )
    ],
    "05.4": [top_unknown],
}
