"""Chapter 12: vectors, phrases and chunks."""

import math
from collections import Counter

import numpy as np
import torch

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import show, whole


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
            f"It returns {show(result)}; expected is a Counter of pairs.",
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
            f"For {show(words)} and {window} it returns {show(found)}; "
            f"expected is {show(right)}.",
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
            (max(0.0, ratio), "The logarithm is missing."),
            (right / math.log(2), "The natural logarithm, math.log."),
            (
                max(0.0, -bare),
                "The quotient: how often they meet, `together`, over how "
                "often by chance, `first * second / total`.",
            ),
            (
                math.log(1 + ratio),
                "Without the 1: two words that meet as chance has it get 0.",
            ),
        ]
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


@exercise("12.3")
def _parts(answer):
    fixed = np.array([0, 0, 1, 0, 1, 1, 0, 1])
    order = np.argsort(whole(0, 1_000, 12).numpy(), kind="stable")
    fresh = np.repeat([0, 1], 6)[order]
    for labels, folds in [(fixed, 2), (fixed, 4), (fresh, 3)]:
        right = np.empty(len(labels), dtype=int)
        turns = np.empty(len(labels), dtype=int)
        for label in (0, 1):
            rows = np.flatnonzero(labels == label)
            place = np.arange(len(rows))
            right[rows] = place * folds // len(rows)
            turns[rows] = place % folds
        everywhere = np.arange(len(labels)) * folds // len(labels)
        tempting = [
            (
                turns.tolist(),
                "Neighbours are dealt out in turn. Reviews of one film stand "
                "together: keep neighbours in one part.",
            ),
            (
                everywhere.tolist(),
                "That cuts the whole file. Cut each class by itself, or a "
                "part may have hardly any of one class.",
            ),
            ((right + 1).tolist(), "The first part is number 0."),
        ]
        inputs = labels, folds
        try_on(answer, *inputs, expected=right.tolist(), tempting=tempting)
    return "As held_out_weights cuts the training reviews."


@exercise("12.4")
def _tokens_left(answer):
    fixed = torch.tensor([5, 8, 1])
    fresh = whole(1, 30, 5)
    for lengths, chunk in [(fixed, 4), (fixed, 3), (fresh, 6)]:
        starts = torch.arange(0, int(lengths.max()), chunk)
        left = lengths[:, None] - starts
        right = left.clamp(0, chunk)
        longer = torch.cat([right, torch.zeros_like(right[:, :1])], dim=1)
        tempting = [
            (left, "A piece has at most `chunk` tokens, and at least none."),
            (left.clamp(min=0), "A piece has at most `chunk` tokens."),
            (
                left.clamp(max=chunk),
                "Past the end of a review a piece has 0 tokens, not fewer.",
            ),
            (right.T, "Reviews in rows, pieces in columns."),
            (longer, "One piece too many: the last one is empty for all."),
            (right.float(), "Whole numbers, int64."),
        ]
        try_on(answer, lengths, chunk, expected=right, tempting=tempting)
    return "The lengths that read_in_chunks hands to the LSTM."
