"""Make short sentences about films whose verdicts are known.

`grammar.toml` holds the rules: what may stand for a symbol, for praise and
for blame. A sentence is drawn for a verdict; a symbol with a minus in front,
as in "not {-trait}", is drawn for the opposite one. Each fourth word of every
list and each fourth template can be held out, to try a learner on while it is
being chosen.
"""

import random
import re
from itertools import combinations
from pathlib import Path

import pandas as pd
import tomllib

GRAMMAR = Path(__file__).with_suffix(".toml")
KINDS = ("plain", "denied", "denied twice", "mixed", "comparing")
VERDICTS = ("blame", "praise")  # a label is a place in it
HELD_OUT = slice(3, None, 4)  # of each list
SYMBOL = re.compile(r"\{(-?)([^{}]*)\}")  # an innermost one
NAMED = re.compile(r"\{-?\w+\}")  # no choice of texts
TIDY = [(r"\s+", " "), (r" (?=[,.?!])", ""), (r"^[ ,]+|[ ,]+$", "")]
ARTICLE = re.compile(r"\ba (?=(?!one|uniq|use)[aeiou]|hour|honest)")
STARTS = re.compile(r"(?:^|(?<=[.?!] ))[a-z]")
# A word that is said twice, other than those which may be.
REPEATED = re.compile(
    r"\b(?!(?:films?|movies?|never|than|this|that|with|more|scenes)\b)"
    r"(\w{4,})\b.*\b\1\b"
)
STOPS = (".", ".", ".", ".", ".", "", "!")
LOWER_CASE = 0.15  # of the sentences

Rules = dict[tuple[str, int], list[str]]


def listed(entries: str | list[str]) -> list[str]:
    """Return a list as it is, and words with commas between as a list."""
    if isinstance(entries, str):
        return [word.strip() for word in entries.split(",")]
    return entries


def read_lists() -> dict[str, dict[str, dict[str, list[str]]]]:
    """Read the grammar: lists by section, rule and verdict, or "either"."""
    sections = tomllib.loads(GRAMMAR.read_text(encoding="utf-8"))
    return {
        section: {
            name: {side: listed(entries) for side, entries in rule.items()}
            for name, rule in rules.items()
        }
        for section, rules in sections.items()
    }


def read_rules(held_out: bool | None) -> Rules:
    """Return what may stand for each symbol, by its name and the label.

    An entry that is held out of one list is held out of all, and no other
    one that is learned says it. See `make_sentences` for what `held_out`
    means.
    """
    sections = read_lists()
    shared = sections.pop("shared")
    split = {
        name: rule for part in sections.values() for name, rule in part.items()
    }
    held = {
        entry
        for rule in split.values()
        for entries in rule.values()
        for entry in entries[HELD_OUT]
    }
    rules = {}
    for name, rule in (shared | split).items():
        if name in split and held_out is not None:
            rule = {
                side: [
                    each for each in entries if half_of(each, held) == held_out
                ]
                for side, entries in rule.items()
            }
        for label, side in enumerate(VERDICTS):
            rules[name, label] = rule.get("either", []) + rule.get(side, [])
    return rules


def half_of(entry: str, held: set[str]) -> bool | None:
    """Tell whether an entry is held out.

    Args:
        entry: A word, or a template.
        held: The entries that are held out.

    Returns:
        None for one that is not, but says a word or a phrase that is: it is
        in neither half.
    """
    if entry in held:
        return True
    words = re.findall(r"[\w'-]+", NAMED.sub(" ", entry))
    ends = range(len(words) + 1)
    phrases = {" ".join(words[i:j]) for i, j in combinations(ends, 2)}
    return False if held.isdisjoint(phrases) else None


def expand(
    template: str, label: int, rules: Rules, draw: random.Random
) -> str:
    """Replace every symbol of a template by something drawn for it."""
    while symbol := SYMBOL.search(template):
        minus, name = symbol.groups()
        if "|" in name:
            text = draw.choice((minus + name).split("|"))
        else:
            side = 1 - label if minus else label
            text = expand(draw.choice(rules[name, side]), side, rules, draw)
        template = template[: symbol.start()] + text + template[symbol.end() :]
    return template


def tidy(text: str) -> str:
    """Mend spaces, commas at the ends, and "a" in front of a vowel."""
    for pattern, better in TIDY:
        text = re.sub(pattern, better, text)
    return ARTICLE.sub("an ", text)


def dress(text: str, draw: random.Random) -> str:
    """Write a sentence with a stop or without one, sometimes in lower case."""
    if text[-1] not in "?!":
        text += draw.choice(STOPS)
    if draw.random() < LOWER_CASE:
        return text.lower()
    return STARTS.sub(lambda start: start.group().upper(), text)


def draw_one(kind: str, label: int, rules: Rules, draw: random.Random) -> str:
    """Draw a sentence in which no word is said twice."""
    while True:
        template = draw.choice(rules[kind, label])
        text = tidy(expand(template, label, rules, draw))
        if not REPEATED.search(text):
            return dress(text, draw)


def make_sentences(
    count: int, seed: int = 0, *, held_out: bool | None = None
) -> pd.DataFrame:
    """Make sentences about films, and say what each makes of the film.

    Args:
        count: How many sentences; a tenth of it, rounded up, is made of
            each kind and verdict.
        seed: Of the random numbers; the same seed gives the same sentences.
        held_out: Draw from the templates and words that are held out, or
            from those that are not; left out, from all.

    Returns:
        With `text`, `label` (1 praise, 0 blame) and `kind` (one of `KINDS`),
        in random order. Templates of a kind and verdict come up equally
        often, whatever can stand for their symbols: one without any makes
        the same sentence again.

    Raises:
        ValueError: If `count` is not positive.
    """
    if count < 1:
        raise ValueError(f"count must be a positive number, not {count}.")
    rules, draw = read_rules(held_out), random.Random(seed)
    size = -(-count // (len(KINDS) * len(VERDICTS)))
    rows = [
        (draw_one(kind, label, rules, draw), label, kind)
        for kind in KINDS
        for label in range(len(VERDICTS))
        for _ in range(size)
    ]
    draw.shuffle(rows)
    return pd.DataFrame(rows, columns=["text", "label", "kind"])
