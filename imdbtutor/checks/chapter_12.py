"""Chapter 12: vectors, phrases and chunks."""

import math
from collections import Counter

import torch

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import whole


def _pairs(words, window, *, both=False, ordered=True):
    """Count pairs, or with a slip."""
    found = Counter()
    for place, left in enumerate(words):
        near = words[place + 1 : place + 1 + window]
        for right in near:
            pair = (left, right) if ordered else tuple(sorted((left, right)))
            found[pair] += 1
            if both:
                found[right, left] += 1
    return found


@exercise("12.1")
def _count_pairs(answer):
    fixed = ["not", "good", "not", "bad", "at", "all"]
    fresh = ["abcd"[n] for n in whole(0, 4, 9).tolist()]
    for words, window in [(fixed, 2), (fixed, 9), (fresh, 3), ([], 2)]:
        result = ask(answer, words, window)
        expect(
            isinstance(result, dict),
            "It returns {}; expected is a Counter of pairs.",
            result,
        )
        right = dict(_pairs(words, window))
        found = dict(result)
        for slip, hint in [
            (
                _pairs(words, window - 1),
                "The window is too short by one: with 2, the word after the "
                "next still counts.",
            ),
            (
                _pairs(words, window + 1),
                "The window is too long by one: with 1, only the next word "
                "counts.",
            ),
            (
                _pairs(words, window, both=True),
                "Each pair is counted both ways; left before right was asked.",
            ),
            (
                Counter(set(_pairs(words, window))),
                "Each pair is counted once only; count every time it comes.",
            ),
            (
                _pairs(words, window, ordered=False),
                "The words of a pair are sorted; keep left before right.",
            ),
        ]:
            expect(found == right or found != dict(slip), hint)
        expect(
            found == right,
            "For {} and {} it returns {}; expected is {}.",
            words,
            window,
            found,
            right,
        )
    return "What count_neighbours does with a sparse table."


@exercise("12.2")
def _information(answer):
    a, b = whole(10, 60, 2).tolist()
    for together, first, second, total in [
        (30, 100, 60, 1_000),
        (3, 100, 60, 1_000),
        (0, 100, 60, 1_000),
        (9, a, b, 100_000),
    ]:
        ratio = together * total / (first * second)
        bare = math.log(ratio) if together else -math.inf
        right = max(0.0, bare)
        tempting = [
            (bare, "Below 0 return 0: *positive* mutual information."),
            (
                abs(bare),
                "Words that meet *less* often than by chance get 0, not the "
                "distance from it.",
            ),
            (max(0.0, ratio), "The logarithm is missing."),
            (right / math.log(2), "The natural logarithm, math.log."),
            (
                math.log(1 + ratio),
                "Without the 1: two words that meet as chance has it get 0.",
            ),
        ]
        if bare > 0:
            hint = (
                "These two words meet more often than by chance, so the "
                "result is above 0. The quotient: how often they meet, "
                "`together`, over `first * second / total`."
            )
            tempting.insert(0, (0.0, hint))
        try_on(
            answer,
            together,
            first,
            second,
            total,
            expected=right,
            tempting=tempting,
            errors={
                "domain": "Words that never meet have no logarithm: return "
                "0 for them first.",
                "expected a positive": "Words that never meet have no "
                "logarithm: return 0 for them first.",
            },
        )
    return (
        "Done for every pair of neighbours, it is the table of this chapter."
    )


def _by_film(films, folds, order=None):
    """Give each film a part, by its place among all films."""
    order = order or list(dict.fromkeys(films))
    return [order.index(film) * folds // len(order) for film in films]


@exercise("12.3")
def _parts_of_films(answer):
    fixed = ["Up", "Up", "Jaws", "Up", "Alien", "Heat", "Heat", "Jaws"]
    letters = [*"dbfaceab"]
    fresh = letters + ["fedcba"[n] for n in whole(0, 6, 9).tolist()]
    for films, folds in [(fixed, 2), (fresh, 3), (fresh, 2)]:
        right = _by_film(films, folds)
        names = list(dict.fromkeys(films))
        result = ask(answer, films, folds)
        try:  # part by part, whatever kind of sequence they are in
            pairs = set(zip(films, map(str, result), strict=True))
        except (TypeError, ValueError):
            pairs = set()
        found = [film for film, _ in pairs]
        torn = [film for film in names if found.count(film) > 1]
        expect(
            not torn,
            f"Of the films {films}, {torn} are in more than one part. All "
            f"reviews of a film belong into one, the later ones too.",
        )
        tempting = [
            (
                [names.index(film) % folds for film in films],
                "The films are dealt out in turn. Keep neighbours together: "
                "the first films are part 0, the next ones part 1.",
            ),
            (
                _by_film(films, folds, sorted(names)),
                "The films were numbered by alphabet. Take them in the order "
                "in which they first stand in the file.",
            ),
            ([part + 1 for part in right], "The first part is number 0."),
            (
                [names.index(film) for film in films],
                "Those are the films' numbers. Cut them into `folds` parts.",
            ),
        ]
        try_on(answer, films, folds, expected=right, tempting=tempting)
    return "No film stands on two sides, wherever its reviews are."


def _read_together(lengths, chunk, ahead=True):
    """Count for each token how many others are read with it."""
    rows = torch.zeros(len(lengths), max(lengths), dtype=torch.int64)
    for row, length in enumerate(lengths):
        for place in range(length):
            start = place - place % chunk
            end = min(start + chunk, length) if ahead else place + 1
            rows[row, place] = end - start - 1
    return rows


@exercise("12.4")
def _words_in_reach(answer):
    fixed = [5, 8, 1]
    fresh = whole(1, 30, 5).tolist()
    for lengths, chunk in [(fixed, 4), (fixed, 3), (fresh, 6)]:
        right = _read_together(lengths, chunk)
        many = torch.tensor(lengths)
        real = torch.arange(max(lengths)) < many[:, None]
        own = torch.minimum(many[:, None] - 1, torch.tensor(chunk - 1))
        starts = torch.arange(0, max(lengths), chunk)
        tempting = [
            (
                right + real,
                "The word itself has been counted; the *other* words were "
                "asked for.",
            ),
            (
                right + ~real * (right.max() - right),
                "The padding is no word: put 0 there.",
            ),
            (
                own * real,
                "The last piece of a review may be shorter than `chunk`.",
            ),
            (
                (many[:, None] - 1) * real,
                "That is the whole review. The state starts anew in every "
                "piece.",
            ),
            (
                _read_together(lengths, chunk, ahead=False),
                "Those are the words before it. The layer reads in both "
                "directions.",
            ),
            (
                (many[:, None] - starts).clamp(0, chunk),
                "Those are the pieces' lengths. A number for every place of "
                "the batch was asked for.",
            ),
            (right.T, "Reviews in rows, places in columns."),
            (right.float(), "Whole numbers, int64."),
        ]
        try_on(answer, many, chunk, expected=right, tempting=tempting)
    return "What lies beyond, only the pooling brings together."
