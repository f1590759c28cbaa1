"""Chapter 5: tokens and numbers."""

from collections import Counter

import torch

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import show, whole

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


def _ranked(token_lists, key):
    counts = Counter(token for tokens in token_lists for token in tokens)
    return sorted(counts, key=lambda word: key(counts[word], word))


@exercise("05.2")
def _number_words(answer):
    fixed = [["the", "film", "of", "a", "film"], ["the", "film", "plot"]]
    fresh = [_fresh_tokens(), _fresh_tokens()]
    for lists, size in [(fixed, 5), (fixed, 20), (fresh, 6)]:
        result = ask(answer, lists, size)
        expect(
            isinstance(result, dict),
            f"It returns {show(result)}; expected is a dictionary.",
        )
        expect(
            result.get("<pad>") == 0 and result.get("<unk>") == 1,
            "<pad> should have number 0 and <unk> number 1; yours has "
            f"{result.get('<pad>')} and {result.get('<unk>')}.",
        )
        special = ["<pad>", "<unk>"]
        by_rank = _ranked(lists, lambda count, word: (-count, word))
        seen = _ranked(lists, lambda count, word: -count)
        rare = _ranked(lists, lambda count, word: (count, word))
        right, by_place, rising, turned, more = (
            {word: i for i, word in enumerate((special + words)[:most])}
            for words, most in [
                (by_rank, size),
                (seen, size),
                (rare, size),
                (rare[::-1], size),
                (by_rank, size + 2),
            ]
        )
        tempting = [
            (
                more,
                f"<pad> and <unk> count as well: {size} entries in all.",
            ),
            (
                by_place,
                "Words that occur equally often stand in the order in which "
                "they were met; alphabetical was asked for.",
            ),
            (rising, "The rarest come first here; sort by minus the count."),
            (
                turned,
                "Turning the order round turns the alphabet too; sort by "
                "minus the count instead.",
            ),
        ]
        try_on(answer, lists, size, expected=right, tempting=tempting)
    return "That is build_vocab_from_iterator in four lines."


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
        everything = _ranked(lists, lambda count, word: (-count, word))
        unknown = [word for word in everything if word not in known]
        rare = _ranked(lists, lambda count, word: (count, word))
        rare = [word for word in rare if word not in known]
        met = _ranked(lists, lambda count, word: -count)
        counts = Counter(token for tokens in lists for token in tokens)
        tempting = [
            (everything[:n], "Words that are in `known` should not be there."),
            (
                [(word, counts[word]) for word in unknown[:n]],
                "Right words, with their counts. Return the words alone.",
            ),
            (rare[:n], "The rarest come first here."),
            (
                rare[::-1][:n],
                "Turning the order round turns the alphabet too; sort by "
                "minus the count instead.",
            ),
            (
                [word for word in met if word not in known][:n],
                "Of equally frequent words, the one met first comes first "
                "here; alphabetical was asked for.",
            ),
            (
                [word for word in everything[:n] if word not in known],
                "First leave out the known words, then take the first n.",
            ),
            (sorted(unknown)[:n], "Sort by count first, then by alphabet."),
        ]
        right = unknown[:n]
        try_on(answer, lists, known, n, expected=right, tempting=tempting)
    return "On the validation reviews they turn out to be names, mostly."
