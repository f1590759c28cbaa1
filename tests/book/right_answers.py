"""Answers that look unlike the solution and are as right."""

import itertools
import math
import os
import re
from collections import Counter, defaultdict

import numpy as np
import pandas as pd
import torch
from torch import nn
from torch.nn import functional as F


class OwnParameters(nn.Module):
    """Two layers without `nn.Linear`, weights as (inputs, outputs)."""

    def __init__(self, words, hidden):
        super().__init__()
        self.w = nn.Parameter(0.1 * torch.randn(words, hidden))
        self.b = nn.Parameter(torch.randn(hidden))
        self.v = nn.Parameter(0.1 * torch.randn(hidden, 2))
        self.c = nn.Parameter(torch.randn(1, 2))

    def forward(self, counts):
        return (counts @ self.w + self.b).clamp(min=0) @ self.v + self.c


class AsSequential(nn.Sequential):
    def __init__(self, words, hidden):
        super().__init__(
            nn.Linear(words, hidden), nn.ReLU(), nn.Linear(hidden, 2)
        )


class InAModuleList(nn.Module):
    def __init__(self, words, hidden):
        super().__init__()
        sizes = [(words, hidden), (hidden, 2)]
        self.layers = nn.ModuleList(nn.Linear(*size) for size in sizes)

    def forward(self, counts):
        first, second = self.layers
        return second(F.relu(first(counts)))


def of_the_page(logits, labels):
    chances = logits.softmax(dim=1)
    rows = range(len(labels))
    picked = [chances[row, labels[row]] for row in rows]
    return torch.stack([-chance.log() for chance in picked]).mean()


def with_optimizer(weights, rate):
    torch.optim.SGD([weights], lr=rate).step()
    weights.grad.zero_()
    return weights


def zero_and_replace(weights, rate):
    weights.data = weights.data - rate * weights.grad
    weights.grad = torch.zeros_like(weights)
    return weights


def by_letters(text):
    """Find marks without a regular expression."""
    *numbers, _ = text.split("/10")
    ends = [part[:1] for part in text.split("/10")[1:]]
    for number, end in zip(numbers, ends, strict=True):
        start = number.rstrip("0123456789")
        whole = start != number and not start.endswith((".", "/"))
        if whole and (not end or end not in "0123456789/"):
            return True
    return False


def without_copies(train, test):
    known = set(test["text"])
    return train[[text not in known for text in train["text"]]]


def split_with_groups(reviews, train, validation):
    ends = [0, train, train + validation, len(reviews)]
    groups = [group for _, group in reviews.groupby("label")]
    return tuple(
        pd.concat([g.iloc[a:b] for g in groups]).loc[
            lambda part: [i for i in reviews.index if i in part.index]
        ]
        for a, b in itertools.pairwise(ends)
    )


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


def stacked_step(x, h, c, W, U, b):
    gates = F.linear(x.double(), W.double(), b.double())
    i, f, g, o = (gates + h.double() @ U.double().T).chunk(4, dim=1)
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    return torch.stack([torch.sigmoid(o) * torch.tanh(c), c])


def padding_first(token_ids, lengths):
    turned = token_ids.flip(1)
    width = token_ids.shape[1]
    for row, length in enumerate(lengths):
        turned[row, width - length :] = token_ids[row, :length]
    return turned


def step_on_joined(model, batches, optimizer):
    """Add up one loss over all batches, and walk back once."""
    seen = sum(len(labels) for *_, labels in batches)
    model.zero_grad(set_to_none=False)
    loss = sum(
        F.cross_entropy(model(ids, lengths), labels) * len(labels)
        for ids, lengths, labels in batches
    )
    (loss / seen).backward()
    optimizer.step()
    return loss.item() / seen


def loss_by_class(model, batches):
    mode = model.training
    model.eval()
    with torch.inference_mode():
        logits = [model(batch.token_ids, batch.lengths) for batch in batches]
    model.train(mode)
    log_chances = torch.cat(logits).double().log_softmax(dim=1)
    labels = torch.cat([batch.labels for batch in batches])
    return np.array(
        [-log_chances[labels == y][:, y].mean().item() for y in (0, 1)]
    )


def clip_in_place(gradients, max_norm):
    norm = torch.cat([g.flatten() for g in gradients]).double().norm()
    for gradient in gradients:
        gradient *= min(1.0, max_norm / max(norm, 1e-12))
    return tuple(gradients)


def log_ratios(positive, negative):
    words = sorted({w for review in positive + negative for w in review})
    table = np.array(
        [
            [sum(w in review for review in reviews) + 1 for w in words]
            for reviews in (positive, negative)
        ]
    )
    shares = table / table.sum(axis=1, keepdims=True)
    return dict(zip(words, np.log(shares[0] / shares[1]), strict=True))


def least_gained(n):
    """Add up the tosses of a coin oneself."""
    for gained in range(n // 2 + 1, n + 1):
        tail = sum(math.comb(n, k) for k in range(gained, n + 1)) / 2**n
        if 2 * tail < 0.05:
            return np.int64(gained)
    return n + 1


def parts_of_films(films, folds):
    names = pd.Series(films).drop_duplicates().tolist()
    parts = np.array_split(names, folds)
    found = {film: p for p, part in enumerate(parts) for film in part}
    return np.array([found[film] for film in films])


def words_in_reach(lengths, chunk):
    rows = torch.zeros(len(lengths), int(lengths.max()), dtype=torch.int64)
    for row, length in zip(rows, lengths.tolist(), strict=True):
        for piece in row[:length].split(chunk):
            piece += len(piece) - 1
    return rows


def with_rename(path, make_text):
    text = make_text()
    partial = path.with_name("partial")
    with open(partial, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        os.fsync(file.fileno())
    os.rename(partial, path)  # on Windows, `os.replace`
    return str(path) and path


def row_by_row(rows, size):
    piece = []
    for row in rows:
        piece.append(row)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece


RIGHT = {
    "01.1": [torch.long],
    "01.2": [
        lambda reviews, width: torch.tensor(
            [(review + [0] * width)[:width] for review in reviews]
        ),
    ],
    "01.3": [
        lambda scores: scores - scores.double().mean(1, keepdim=True),
        lambda scores: (scores.T - scores.float().mean(dim=1)).T,
    ],
    "01.4": [lambda ids, n: torch.hstack([ids[:, :n], ids[:, -n:]])],
    "02.1": [9, torch.tensor(9.0), np.float64(9)],
    "02.2": [with_optimizer, zero_and_replace],
    "02.4": [
        lambda x, y, w: (((x @ w).double().sigmoid() - y)[:, None] * x).mean(
            dim=0
        ),
    ],
    "03.1": [10_002.0, torch.tensor(10_002)],
    "03.2": [OwnParameters, AsSequential, InAModuleList],
    "03.3": [
        of_the_page,
        lambda x, y: -x.double().softmax(1)[range(len(y)), y].log().mean(),
        lambda x, y: (
            (x.logsumexp(1) - x.gather(1, y[:, None])[:, 0]).mean().item()
        ),
    ],
    "03.4": [
        lambda r, n: torch.stack(
            [F.one_hot(torch.tensor(x), n).sum(dim=0).float() for x in r]
        )
    ],
    "04.1": [
        lambda reviews: {
            label: min(group, key=len)
            for label, group in reviews.groupby("label")["text"]
        },
    ],
    "04.2": [
        by_letters,
        lambda text: re.search(r"(^|[^\d./])\d+/10($|[^\d/])", text),
    ],
    "04.3": [without_copies],
    "04.4": [split_with_groups],
    "05.2": [numbered],
    "05.3": [
        lambda lists, known: np.mean(
            [t not in known for r in lists for t in r]
        )
    ],
    "05.4": [top_unknown],
    "06.1": [
        lambda reviews: [
            torch.stack(
                [
                    F.pad(r, (0, max(map(len, reviews)) - len(r)))
                    for r in reviews
                ]
            ),
            [len(review) for review in reviews],
        ],
    ],
    "06.2": [
        lambda n: (torch.arange(n.max()) < n[:, None]).flip(1),
        lambda n: torch.stack(
            [torch.arange(n.max()) >= n.max() - length for length in n]
        ),
    ],
    "06.4": [
        lambda n, size: torch.tensor(n).argsort(stable=True).split(size),
    ],
    "07.2": [stacked_step],
    "07.3": [
        lambda states, lengths: torch.stack(
            [s[n // 2] for s, n in zip(states.double(), lengths, strict=True)]
        ),
    ],
    "07.4": [
        lambda states, lengths: torch.stack(
            [s[:n].amin(0) for s, n in zip(states, lengths, strict=True)]
        ),
    ],
    "07.5": [padding_first],
    "08.1": [0.693, np.log(2), torch.tensor(0.6931, requires_grad=True)],
    "08.2": [step_on_joined],
    "08.3": [loss_by_class],
    "08.5": [clip_in_place],
    "09.3": [lambda p, top: torch.tensor(p)[:, 1].gt(top).float()],
    "11.1": [log_ratios],
    "11.2": [
        lambda a, b: np.std(b.astype(int) - a.astype(int)) / np.sqrt(len(a)),
        lambda a, b: (
            torch.tensor(b * 1.0 - a).std(correction=0) / len(a) ** 0.5
        ),
    ],
    "11.3": [least_gained],
    "12.2": [
        lambda t, a, b, n: math.log(max(1, t * n / (a * b))),
    ],
    "12.3": [parts_of_films],
    "12.4": [words_in_reach],
    "13.2": [
        lambda score, review, others: (
            torch.stack(
                [score([o, review])[1] - score([review])[0] for o in others]
            )
            .abs()
            .max()
        ),
    ],
    "14.1": [
        lambda rows, rank, count: np.array_split(rows, count)[rank].tolist(),
    ],
    "14.3": [with_rename],
    "14.4": [row_by_row],
}
