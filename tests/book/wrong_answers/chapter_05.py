from collections import Counter

import torch

from imdbtutor.data.vocab import build_vocab_from_iterator


def counts(lists):
    return Counter(token for tokens in lists for token in tokens)


def numbered(words, first=0):
    return {word: number for number, word in enumerate(words, start=first)}


def ranked(lists):
    count = counts(lists)
    return sorted(count, key=lambda word: (-count[word], word))


def without_specials(lists, size):
    return numbered(ranked(lists)[:size])


def specials_on_top(lists, size):
    return numbered(["<pad>", "<unk>", *ranked(lists)[:size]])


def as_counted(lists, size):
    words = [word for word, _ in counts(lists).most_common(size - 2)]
    return numbered(["<pad>", "<unk>", *words])


def rarest_first(lists, size):
    count = counts(lists)
    words = sorted(count, key=lambda word: (count[word], word))
    return numbered(["<pad>", "<unk>", *words][:size])


def turned_round(lists, size):
    count = counts(lists)
    words = sorted(count, key=lambda word: (count[word], word), reverse=True)
    return numbered(["<pad>", "<unk>", *words][:size])


def tokens(lists):
    return [token for review in lists for token in review]


def share(lists, known):
    return sum(token not in known for token in tokens(lists)) / len(
        tokens(lists)
    )


def cut_too_early(lists, known, n):
    return [word for word in ranked(lists)[:n] if word not in known]


def with_counts(lists, known, n):
    unknown = Counter(token for token in tokens(lists) if token not in known)
    return sorted(unknown.items(), key=lambda pair: (-pair[1], pair[0]))[:n]


def most_common(lists, known, n):
    unknown = Counter(token for token in tokens(lists) if token not in known)
    return [word for word, _ in unknown.most_common(n)]


def as_vocab(lists, size):
    specials = ["<pad>", "<unk>"]
    return build_vocab_from_iterator(lists, specials=specials, max_tokens=size)


def least_frequent(lists, known, n):
    count = counts(lists)
    unknown = sorted(set(count) - known, key=lambda word: (count[word], word))
    return unknown[:n]


WRONG = {
    "05.1": [
        (
            "left out",
            lambda t, ids: torch.tensor([ids[w] for w in t if w in ids]),
        ),
        ("<pad>", lambda t, ids: torch.tensor([ids.get(w, 0) for w in t])),
        ("KeyError", lambda t, ids: torch.tensor([ids[w] for w in t])),
        ("as a tensor", lambda t, ids: [ids.get(w, 1) for w in t]),
        (
            "replaces number 0",
            lambda t, ids: torch.tensor(
                [ids.get(w) or 1 for w in t], dtype=torch.int64
            ),
        ),
        (
            "empty list",
            lambda t, ids: torch.tensor([ids.get(w, 1) for w in t]),
        ),
    ],
    "05.2": [
        ("<pad> should have", without_specials),
        ("count as well", specials_on_top),
        ("`of` (1) and not `a` (1)", as_counted),
        ("*minus* the count", rarest_first),
        ("not `a` (1)", turned_round),
        ("That is a `Vocab`", as_vocab),
    ],
    "05.3": [
        ("*are* known", lambda lists, known: 1 - share(lists, known)),
        (
            "each different word",
            lambda lists, known: (
                len(set(tokens(lists)) - known) / len(set(tokens(lists)))
            ),
        ),
        (
            "short review",
            lambda lists, known: (
                sum(share([review], known) for review in lists) / len(lists)
            ),
        ),
        (
            "divide by all",
            lambda lists, known: share(lists, known) * len(tokens(lists)),
        ),
    ],
    "05.4": [
        ("First leave out", cut_too_early),
        ("words alone", with_counts),
        ("alphabetical order", most_common),
        ("*minus* the count", least_frequent),
        ("should not be there", lambda lists, known, n: ranked(lists)[:n]),
        (
            "`acting` (2)",
            lambda lists, known, n: sorted(set(tokens(lists)) - known)[:n],
        ),
    ],
}
