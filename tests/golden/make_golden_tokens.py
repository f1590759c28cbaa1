"""Write texts with their tokens, for both tokenizers to agree on.

Run `python tests/golden/make_golden_tokens.py` after a change of the rules.
texts are made, not quoted: hard ones by hand, others drawn from hard pieces.
"""

import json
import random
import sys
import unicodedata
from pathlib import Path

from imdbtutor.data.tokens import SUBSTITUTIONS, tokenize

TARGET = Path(__file__).with_name("golden_tokens.json")
BY_HAND = [
    "",
    " ",
    "It's GREAT!<br />See it.",
    "<BR />upper <br/>tight <br  />wide < br />",
    "I don't; it's: \"quoted\" (twice)...",
    "Rated 8/10!!! e.g. U.S.A. 3.5 stars?!",
    "ΟΔΥΣΣΕΥΣ ΣΑΣ Σ ΑΣ. ΑΣ'Σ",  # the sigma at a word's end
    "İstanbul IŞIK ISTANBUL ıI",  # Turkish i, with and without a dot
    "STRASSE Straße STRAẞE ǅ ǆ Ǆ ﬁlm ﬀ",
    "Ꭰ ꭰ Ა ა Ⰰ ⰰ 𐐀 𐐨 Ⓐ Ⅷ",  # other scripts with capitals
    "e\u0301 é \u212a K \u2126 Ω \u00b5 µ \u1e9e",  # Kelvin, Ohm, micro
    "emoji 👍🏽 family 👩‍👩‍👧‍👦 flag 🇫🇷 heart ❤️",
    "שלום עולם مرحبا بالعالم नमस्ते 映画は面白い ไม่ดี",
    "zero\u200bwidth word\u2060joiner soft\u00adhyphen \ufeffmark",
    "line\nfeed\r\nreturn\ttab\x0bvertical\x0cform",
    "file\x1cgroup\x1drecord\x1eunit\x1fnext\x85line",
    "nbsp\u00a0ogham\u1680em\u2003line\u2028par\u2029wide\u3000end",
    "mongolian\u180eis no space",
    "nul\x00byte bell\x07 escape\x1b delete\x7f",
    "lone \ud800 surrogates \udfff and \ud83d",
    "“curly” ‘quotes’ — dash … ellipsis",
    "a" * 2_000,
    "!" * 500,
    "word " * 500,
    "__proto__ constructor toString hasOwnProperty",
    "$& $1 $` $' \\1 .* [a-z] ^$",
]
SPACES = [chr(code) for code in range(0x3001) if chr(code).isspace()]


def hard_letters() -> list[str]:
    """Pick letters whose lower case is another one, over all of Unicode."""
    every = map(chr, range(sys.maxunicode + 1))
    cased = [letter for letter in every if letter.lower() != letter]
    return [letter for letter in cased if unicodedata.name(letter, "")]


def draw_text(draw: random.Random, letters: list[str]) -> str:
    """Put hard pieces in a row."""
    pieces = [
        [old for old, _ in SUBSTITUTIONS],
        SPACES,
        letters,
        ["film", "It", "don", "t", "10", "ΑΣ", "é", "👍", "\u0301", "\u200d"],
        ["-", "*", "/", "<", ">", "&", "\x00", "\ud800", "’", "…"],
    ]
    return "".join(
        draw.choice(draw.choice(pieces)) for _ in range(draw.randint(1, 40))
    )


def make() -> list[dict]:
    """Return every text with its tokens."""
    draw, letters = random.Random(0), hard_letters()
    every_letter = [
        " ".join(letters[start : start + 40])
        for start in range(0, len(letters), 40)
    ]
    drawn = [draw_text(draw, letters) for _ in range(600)]
    texts = BY_HAND + [f"a{space}b" for space in SPACES] + every_letter + drawn
    return [{"text": text, "tokens": tokenize(text)} for text in texts]


if __name__ == "__main__":
    lines = ",\n".join(json.dumps(line) for line in make())
    TARGET.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
