"""Chapter 10: reviews of one's own."""

import itertools
import math

from imdbtutor.checks.stages import NotYet, ask, exercise, expect, try_on
from imdbtutor.checks.values import whole

_VALUE = {"good": 0.9, "bad": -0.9, "joy": 1.2, "grand": 0.5, "Ann": 0.1}


def score(texts):
    """Stand in for a model: add up a few words, the later the more.

    What follows *not* counts the other way round, so that the place of a
    word matters.

    Args:
        texts: Any number of texts, at least one.

    Returns:
        A number between 0 and 1 for each.

    Raises:
        TypeError: If it is given a single text.
        ValueError: If it is given no text.

    Used in chapter 10.
    """
    if isinstance(texts, str):
        raise TypeError("`score` takes a list of texts, not a single text.")
    if not texts:
        raise ValueError("`score` got an empty list.")
    return [_score(text.split()) for text in texts]


def _score(words):
    total = 0.0
    for place, word in enumerate(words):
        sign = -1 if place and words[place - 1] == "not" else 1
        total += sign * _VALUE.get(word, 0.0) * (1 + place / 10)
    return 1 / (1 + math.exp(-total))


@exercise("10.1")
def _leave_one_out(answer):
    drawn = [list(_VALUE)[i] for i in whole(0, 5, 4).tolist()]
    for text in ("a grand and not bad film", "bad not bad", " ".join(drawn)):
        words = text.split()
        (full,) = score([text])
        left = [
            " ".join(words[:i] + words[i + 1 :]) for i in range(len(words))
        ]
        without = [" ".join(w for w in words if w != word) for word in words]
        parts = list(zip(words, score(left), strict=True))
        copies = list(zip(words, score(without), strict=True))
        alone = list(zip(words, score(words), strict=True))
        begun = [" ".join(words[:i]) for i in range(len(words) + 1)]
        grown = score(begun)
        steps = [b - a for a, b in itertools.pairwise(grown)]
        right = [(word, full - part) for word, part in parts]
        tempting = [
            (
                [(word, part - full) for word, part in parts],
                "The sign is turned round: a word that helps the score adds.",
            ),
            (
                [(word, full - part) for word, part in copies],
                "All copies of the word went at once. Leave out one place "
                "at a time.",
            ),
            (parts, "Those are the scores without the word; take the change."),
            (alone, "Those are the scores of the words by themselves."),
            (
                [(word, s - score([""])[0]) for word, s in alone],
                "Each word was scored by itself. Its neighbours matter: "
                "leave it out of the whole text.",
            ),
            (
                list(zip(words, steps, strict=True)),
                "That adds word after word. Take the whole text, and leave "
                "out one.",
            ),
            (
                [change for _, change in right],
                "The changes are right; return each with its word.",
            ),
        ]
        try_on(answer, text, score, expected=right, tempting=tempting)
    return "A second opinion beside integrated gradients."


@exercise("10.2")
def _largest_gap(answer):
    drawn = [list(_VALUE)[i] for i in whole(0, 5, 3).tolist()]
    for template, names in [
        ("{} is in this good film", ["Bob", "bad", "Ann", "joy"]),
        ("a film with {}", [*drawn, "Bob"]),
    ]:
        scores = score([template.format(name) for name in names])
        raw = score(names)
        right = max(scores) - min(scores)
        tempting = [
            (max(scores), "That is the largest score; take off the smallest."),
            (
                abs(scores[0] - scores[-1]),
                "That compares the first with the last name only.",
            ),
            (-right, "The sign is turned round."),
            (
                max(abs(s - scores[0]) for s in scores),
                "That compares all with the first name. The smallest may be "
                "another.",
            ),
            (0.0, "No gap at all: was the name put into the template?"),
            (max(raw) - min(raw), "The names were scored without template."),
            (
                max(scores) - sum(scores) / len(scores),
                "That is the distance from the mean, not from the smallest.",
            ),
        ]
        inputs = template, names, score
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "Compare it with the gap between words that mean nothing."


@exercise("10.3")
def _share_turned(answer):
    plain = ["good film", "bad film", "joy", "grand", "a film", "film Ann"]
    fixed = [(text, f"not {text}") for text in plain]
    back = [("bad", "bad joy"), ("good", "good joy"), ("film", "film joy")]
    back += [("joy", "joy film"), ("a", "a film")]
    for pairs in (fixed, back, fixed[: whole(1, 7, 1).item()]):
        first = score([a for a, _ in pairs])
        second = score([b for _, b in pairs])
        both = list(zip(first, second, strict=True))
        turned = sum((a > 0.5) != (b > 0.5) for a, b in both)
        moved = sum(a != b for a, b in both)
        down = sum(a > 0.5 >= b for a, b in both)
        tempting = [
            (float(turned), "That is the number; divide by the pairs."),
            (
                moved / len(pairs),
                "That counts every score that moved. A verdict turns when "
                "the score crosses 0.5.",
            ),
            (
                down / len(pairs),
                "Verdicts can turn from negative to positive as well.",
            ),
            (
                sum((a >= 0.5) != (b >= 0.5) for a, b in both) / len(pairs),
                "A score of just 0.5 is not above it.",
            ),
            (1 - turned / len(pairs), "Those are the ones that stay."),
        ]
        right = turned / len(pairs)
        try_on(answer, pairs, score, expected=right, tempting=tempting)
    return "Now with the real classifier, and a control."


@exercise("10.4")
def _in_chunks(answer):
    for count, size in [(5, 2), (4, 4), (whole(6, 12, 1).item(), 3)]:
        texts = ["good " * i for i in range(count)]
        sizes = []

        def counting(batch, size=size, sizes=sizes):
            sizes.append(len(batch))
            if len(batch) > size:
                raise NotYet(
                    f"`score` got {len(batch)} texts at once; the limit is "
                    f"{size}."
                )
            return score(batch)

        right = score(texts)
        chunks = [right[i : i + size] for i in range(0, count, size)]
        whole_ones = [
            s for chunk in chunks if len(chunk) == size for s in chunk
        ]
        tempting = [
            (chunks, "A list of lists; put the chunks together into one."),
            (whole_ones, "The last, smaller chunk is missing."),
            (right[::-1], "The scores are in reverse order."),
        ]
        inputs = texts, counting, size
        result = ask(answer, *inputs)
        expect(sizes, "It returns {} without calling `score`.", result)
        try_on(answer, *inputs, expected=right, tempting=tempting)
        expect(
            max(sizes) == min(size, count),
            "One text at a time works, and wastes what a batch saves: hand "
            f"over up to {size} at once.",
        )
    return "Memory now depends on the size of a chunk, not on the list."
