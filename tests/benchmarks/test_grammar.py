"""Sentences made by a grammar, and whether their verdicts are true."""

import random
import re

import pytest

from benchmarks.accuracy import grammar
from imdbtutor.data.tokens import tokenize

BOTH = pytest.mark.parametrize("held_out", [False, True])
GOOD = "(clever|funny|witty|good|great|charming|smart|fresh|engaging|lively)"
BAD = (
    "(dull|stupid|boring|lazy|bad|weak|shallow|messy|slow|pointless|annoying)"
)
FILM = (
    "(it|this|this one|(the|this) (film|movie|comedy|drama|western|thriller))"
)
NOT = "(is not|isn't|was not|wasn't|is never|was never)"
# Words that let a denial behind or before them stand.
AFFIRMS = (
    "(?:deny|disagrees|doubt) (?:that )?it|wrong to say|fool you|say it is"
    "|two ways|nothing if|no (?:mistake|question|doubt|secret)"
    "|^if (?:it|this|that) "
)
# Words that take a denial before them back.
TAKE_BACK = r"(?:\?|at first|right away|, just)"
# Read by hand: what a sentence says of the film.
SAYS = {
    f"{FILM} (is|was) {GOOD}": 1,
    f"{FILM} (is|was) {BAD}": 0,
    f"{FILM} {NOT} {GOOD}": 0,
    f"{FILM} {NOT} {BAD}": 1,
    f"not {GOOD}(?!.*{TAKE_BACK}).*": 0,
    f"not {BAD}(?!.*{TAKE_BACK}).*": 1,
    f"{FILM} does(n't| not) (work|deliver|grip me|amuse me|add up)": 0,
    f"{FILM} does(n't| not) (drag|fail|fall flat|bore me|annoy me)": 1,
    "(it|the film) (has|had) no (charm|wit|suspense|humor|depth|heart)": 0,
    "(it|the film) (has|had) no (cliches|padding|filler|nonsense)": 1,
    f"(don't|do not) miss {FILM}": 1,
    "(don't|do not) (bother|waste your (time|money)|watch it|buy it)": 0,
    f".*not true (that|to say that) .* (isn't|not) {GOOD}": 1,
    f".*not true (that|to say that) .* (isn't|not) {BAD}": 0,
    ".*without (laughing|smiling)": 1,
    ".*without (yawning|falling asleep)": 0,
    ".*never fail(s|ed) to (charm|grip|amuse|touch|thrill|engage) me": 1,
    ".*never fail(s|ed) to (bore|annoy|irritate|tire|disappoint) me": 0,
    f".*, but i (loved|enjoyed|adored) {FILM}.*": 1,
    f".*, but i (hated|disliked|loathed) {FILM}.*": 0,
    f".+(,| but|yet) {FILM} (is|was) {GOOD}": 1,
    f".+(,| but|yet) {FILM} (is|was) {BAD}": 0,
    f"the .*, but the rest is {GOOD}": 1,
    f"the .*, but the rest is {BAD}": 0,
    f"{FILM} (is|was) (much |far )?better than .*": 1,
    f"{FILM} (is|was) (much |far )?worse than .*": 0,
    "i have seen (much |far )?better": 0,
    "i have never seen (worse|anything worse)": 0,
    "i have never seen (better|anything better)": 1,
    ".*could(n't| not) be (any )?worse": 0,
    ".*could(n't| not) be (any )?better": 1,
    "i have seen (much |far )?worse": 1,
    "it could have been (much |far )?(better|funnier|smarter)": 0,
    "it could have been (much |far )?(worse|duller|sillier)": 1,
    "i (only |just )?wish it (was|were|had been) longer": 1,
    "i (only |just )?wish it (was|were|had been) shorter": 0,
    "i('d| would) take (it|this|this (one|film|movie)) over the .*": 1,
    "i('d| would) take the .* over (it|this|this (one|film|movie))": 0,
    "i was (sad|sorry) when it ended": 1,
    "i was (glad|happy) when it ended": 0,
    "it is (hard|difficult|impossible) not to (like|love|enjoy) it": 1,
    "it is (hard|difficult|impossible) not to (hate|dislike|detest) it": 0,
    ".*(rises above|overcomes|survives) its .*": 1,
    ".*(wastes|betrays|throws away) its .*": 0,
}


@pytest.fixture(scope="module")
def many():
    """Sentences of both halves and of the whole, and without their dress."""
    tables = {
        held_out: grammar.make_sentences(count, held_out=held_out)
        for held_out, count in [
            (False, 100_000),
            (True, 6000),
            (None, 300_000),
        ]
    }
    for held_out, table in tables.items():
        table["bare"] = table["text"].str.lower().str.rstrip(".!")
        tables[held_out] = table.drop_duplicates(["text", "label"])
    return tables


@BOTH
def test_kinds_and_verdicts_are_equally_often_there(held_out):
    made = grammar.make_sentences(200, held_out=held_out)
    counts = made.groupby(["kind", "label"]).size()
    assert set(made["kind"]) == set(grammar.KINDS)
    assert counts.to_list() == [20] * 10


def test_no_sentence_is_made_with_both_verdicts(many):
    verdicts = many[None].groupby("bare")["label"].nunique()
    assert (verdicts == 1).all(), verdicts[verdicts > 1]


def test_each_template_is_drawn_as_often_as_any_other():
    """However much or little can stand for its symbols."""
    rules = {("plain", 1): ["{good} film", "great"]}
    rules["good", 1] = [f"good{n}" for n in range(100)]
    draw = random.Random(0)
    texts = [grammar.draw_one("plain", 1, rules, draw) for _ in range(1000)]
    fixed = sum(text.lower().startswith("great") for text in texts)
    assert 450 < fixed < 550


def test_a_seed_gives_the_same_sentences_again():
    first, again, other = (
        grammar.make_sentences(100, seed)["text"].to_list()
        for seed in (1, 1, 2)
    )
    assert first == again
    assert first != other


def test_the_halves_share_no_rules_and_hardly_a_sentence(many):
    """Where two templates say the same, it is named here."""
    shared = set(many[True]["bare"]) & set(many[False]["bare"])
    assert shared <= {
        "no one will fall asleep",
        "it doesn't have a single flaw",
    }
    learned, held = grammar.read_rules(False), grammar.read_rules(True)
    shared = grammar.read_lists()["shared"]
    for name, label in learned.keys() - {
        (n, i) for n in shared for i in (0, 1)
    }:
        ours, theirs = set(learned[name, label]), set(held[name, label])
        assert ours
        assert not ours & theirs
        assert 0.15 < len(theirs) / len(ours | theirs) < 0.45, name


def test_a_word_that_is_held_out_stands_in_no_sentence_to_learn(many):
    words = grammar.read_lists()["words"]
    held = {
        entry
        for (name, _), entries in grammar.read_rules(True).items()
        for entry in entries
        if name in words and entry.isalpha()
    }
    assert len(held) > 90
    learned = {
        token for text in many[False]["text"] for token in tokenize(text)
    }
    assert not held & learned


@pytest.mark.parametrize(
    ("entry", "half"),
    [
        ("dull", True),
        ("{film} falls flat, {very} {good}", None),
        ("a {dull|slow} {genre}", None),
        ("too {dull} for words", False),
        ("it falls flatter", False),
    ],
)
def test_what_says_a_held_out_word_or_phrase_is_in_neither_half(entry, half):
    """A symbol's name is no word."""
    assert grammar.half_of(entry, {"dull", "falls flat"}) is half


@pytest.mark.parametrize(("pattern", "label"), SAYS.items())
def test_verdicts_are_those_of_a_reader(many, pattern, label):
    made = many[None]
    found = made[made["bare"].str.fullmatch(pattern)]
    assert len(found) > 0
    assert (found["label"] == label).all(), found


def test_a_denial_turns_a_word_and_two_leave_it(many):
    """Words of one verdict, right behind a denial where there is one."""
    made = many[None]
    dull = r"\b(?:dull|stupid|shallow|tedious|lazy(?! sunday))\b"
    plain = made[made["bare"].str.contains(dull) & (made["kind"] == "plain")]
    assert not plain["label"].any()
    denied = made["bare"].str.contains(rf"(?:\bnot|n't|\bnever) {dull}")
    affirmed = made["bare"].str.contains(AFFIRMS)
    shares = made[denied & ~affirmed].groupby("kind")["label"].mean()
    assert shares["denied"] == 1
    assert shares["denied twice"] == 0


def test_sentences_are_tidy(many):
    for text in many[None]["text"]:
        assert text.strip() == text
        assert not re.search(
            r"[{}|]|  | [,.!?]|,[.!]|\b[Aa] ([aei]|un)", text
        ), text


def test_every_word_stands_in_the_reviews_to_learn_from(split, many):
    words = grammar.read_lists()["words"].values()
    texts = [word for rule in words for side in rule.values() for word in side]
    texts += many[None]["text"].tolist()
    missing = {token for text in texts for token in tokenize(text)}
    for review in split.train["text"]:
        missing.difference_update(tokenize(review))
    assert not missing


@pytest.mark.parametrize("count", [0, -5])
def test_a_count_must_be_positive(count):
    with pytest.raises(ValueError, match="positive"):
        grammar.make_sentences(count)
