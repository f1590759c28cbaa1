import re

import torch
from torch.nn import functional as F

from imdbtutor.models.lstm import LSTMClassifier, ModelConfig


def by_lists(counts, known):
    running = list(counts.elements())
    return [
        sum(word in known for word in words) / len(words)
        for words in (list(counts), running)
    ]


def by_one_product(vectors, a, b, c):
    names = list(vectors)
    table = F.normalize(torch.stack(list(vectors.values())), dim=1)
    rows = [names.index(word) for word in (a, b, c)]
    target = table[rows[1]] - table[rows[0]] + table[rows[2]]
    likeness = F.cosine_similarity(table, target[None], dim=1)
    likeness[rows] = -torch.inf
    return names[int(likeness.argmax())]


def by_patterns(word, pieces):
    def alternatives(chosen):
        longest = sorted(chosen, key=len, reverse=True)
        return re.compile("|".join(map(re.escape, longest)) or "(?!)")

    first = alternatives(p for p in pieces if not p.startswith("##"))
    later = alternatives(p[2:] for p in pieces if p.startswith("##"))
    match = first.match(word)
    found = []
    while match:
        found.append("##" * bool(found) + match[0])
        if match.end() == len(word):
            return found
        match = later.match(word, match.end())
    return ["[UNK]"]


def by_counting(words, dim, hidden, frozen):
    config = ModelConfig(words, embedding_dim=dim, hidden_dim=hidden)
    model = LSTMClassifier(config)
    model.embedding.requires_grad_(not frozen)
    trained = [p for p in model.parameters() if p.requires_grad]
    return sum(map(torch.numel, trained))


RIGHT = {
    "16.1": [by_lists],
    "16.2": [by_one_product],
    "16.3": [by_patterns],
    "16.4": [by_counting],
}
