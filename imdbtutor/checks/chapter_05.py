"""Chapter 5: tokens and numbers."""

import itertools
from collections import Counter

import torch

from imdbtutor.checks.stages import NotYet, ask, exercise, expect, try_on
from imdbtutor.checks.values import differ, whole

_WORDS = ["the", "plot", "of", "a", "great", "film"]


def _fresh_tokens():
    return [_WORDS[i] for i in whole(0, 6, 9).tolist()]


@exercise("05.1")
def _encode(answer):
    numbers = {"<pad>": 0, "<unk>": 1, "the": 2, "film": 3, "great": 4}
    fixed = ["the", "dodo", "film"]
    for tokens in (fixed, [], ["<pad>", "the"], _fresh_tokens()):
        ids = [numbers.get(token, 1) for token in tokens]
        right = torch.tensor(ids, dtype=torch.int64)
        known = [i for i in ids if i != 1]
        tempting = [
            (
                right.float(),
                "Word numbers are int64. An empty list needs its dtype "
                "stated: `dtype=torch.int64`.",
            ),
            (
                torch.tensor(known, dtype=torch.int64),
                "The unknown word has been left out. Keep its place: put 1.",
            ),
            (
                torch.tensor([0 if i == 1 else i for i in ids]),
                "0 is the number of <pad>. An unknown word is a word: put 1.",
            ),
            (right.int(), "Right numbers; their dtype should be int64."),
            (
                torch.tensor([i or 1 for i in ids]),
                "`or 1` replaces number 0 as well.",
            ),
            (ids, "Right numbers; return them as a tensor."),
        ]
        try_on(answer, tokens, numbers, expected=right, tempting=tempting)
    return "Nothing stops it, not even an empty review."


def _count(token_lists):
    return Counter(token for tokens in token_lists for token in tokens)


def _ranked(counts):
    return sorted(counts, key=lambda word: (-counts[word], word))


def _are_in_order(words, counts, right):
    """Look for two words that should change places, or one for another."""
    for word, after in itertools.pairwise(words):
        pair = f"`{word}` ({counts[word]}) before `{after}` ({counts[after]})"
        expect(
            counts[word] >= counts[after],
            f"Here stands {pair}; in brackets is how often each occurs. The "
            f"most frequent come first: sort by *minus* the count.",
        )
        expect(
            counts[word] != counts[after] or word < after,
            f"Here stands {pair}, which occur equally often: they go in "
            f"alphabetical order. Sort by the pair (minus the count, word).",
        )
    taken = [word for word in words if word not in right]
    missing = [word for word in right if word not in words]
    if len(words) == len(right) and missing:
        word, better = taken[-1], missing[0]
        raise NotYet(
            f"Here stands `{word}` ({counts[word]}) and not `{better}` "
            f"({counts[better]}); in brackets is how often each occurs. Sort "
            f"by the pair (*minus* the count, word), and only then cut."
        )


@exercise("05.2")
def _number_words(answer):
    fixed = [["the", "film", "of", "a", "film"], ["the", "film", "plot"]]
    fresh = [_fresh_tokens(), _fresh_tokens()]
    for lists, size in [(fixed, 5), (fixed, 20), (fresh, 6)]:
        result = ask(answer, lists, size)
        expect(
            not hasattr(result, "get_stoi"),
            "That is a `Vocab`; a dictionary was asked for, which you build "
            "yourself.",
        )
        expect(
            isinstance(result, dict),
            "It returns {}; expected is a dictionary.",
            result,
        )
        expect(
            result.get("<pad>") == 0 and result.get("<unk>") == 1,
            "<pad> should have number 0 and <unk> number 1; yours has "
            f"{result.get('<pad>')} and {result.get('<unk>')}.",
        )
        counts = _count(lists)
        ranked = ["<pad>", "<unk>", *_ranked(counts)]
        more, right = (
            {word: i for i, word in enumerate(ranked[:most])}
            for most in (size + 2, size)
        )
        expect(
            not differ(result, right) or differ(result, more),
            f"<pad> and <unk> count as well: {size} entries in all.",
        )
        if sorted(result.values()) == list(range(len(result))):
            _are_in_order(
                sorted(result, key=result.get)[2:], counts, list(right)[2:]
            )
        try_on(answer, lists, size, expected=right)
    return "The same order as build_vocab_from_iterator's."


@exercise("05.3")
def _share_unknown(answer):
    known = {"the", "film", "of"}
    fixed = [["the", "plot", "plot", "plot"], ["a", "film", "the", "film"]]
    fresh = [["the"], _fresh_tokens(), _fresh_tokens()]
    for lists in (fixed, fresh):
        tokens = [token for tokens in lists for token in tokens]
        unknown = sum(token not in known for token in tokens)
        words = set(tokens)
        shares = [sum(t not in known for t in r) / len(r) for r in lists]
        tempting = [
            (
                1 - unknown / len(tokens),
                "That is the share of the tokens that *are* known.",
            ),
            (
                len(words - known) / len(words),
                "That counts each different word once. Count tokens: a word "
                "that stands there three times counts three times.",
            ),
            (float(unknown), "That is the number; divide by all tokens."),
            (
                unknown / len(known),
                "Divide by the tokens of the reviews, not by the words that "
                "are known.",
            ),
            (
                sum(shares) / len(shares),
                "That is the mean of the reviews' shares; a short review "
                "weighs as much as a long one in it.",
            ),
        ]
        right = unknown / len(tokens)
        try_on(answer, lists, known, expected=right, tempting=tempting)
    return "Counted in tokens, as the figure in this chapter is."


@exercise("05.4")
def _top_unknown(answer):
    known = {"the", "film"}
    fixed = [["the", "acting", "film", "acting"], ["of", "a", "the", "great"]]
    tied = [["zebra", "plot", "the", "apple", "plot"]]
    fresh = [_fresh_tokens(), _fresh_tokens(), ["plot", "of"]]
    for lists, n in [(fixed, 3), (tied, 2), (fresh, 2)]:
        counts = _count(lists)
        everything = _ranked(counts)
        unknown = [word for word in everything if word not in known]
        early = [word for word in everything[:n] if word not in known]
        result = ask(answer, lists, known, n)
        expect(
            differ(result, [(word, counts[word]) for word in unknown[:n]]),
            "Right words, with their counts. Return the words alone.",
        )
        expect(
            differ(result, early) or len(early) == n,
            "First leave out the known words, then take the first n.",
        )
        if isinstance(result, list | tuple) and all(
            isinstance(word, str) and word in counts for word in result
        ):
            left = known.intersection(result)
            expect(
                not left,
                f"Words that are in `known` should not be there: {left}.",
            )
            _are_in_order(result, counts, unknown[:n])
        try_on(answer, lists, known, n, expected=unknown[:n])
    return "On the validation reviews they turn out to be names, mostly."
