"""What torchtext is asked, once for the golden file, and ours in the tests.

Nothing but Python's own library is imported: the real torchtext needs an old
PyTorch, beside which little else can be had.
"""

import hashlib
import itertools
import json
from collections.abc import Callable, Iterable
from pathlib import Path

PAD, UNK = "<pad>", "<unk>"
MARKS = ["'", '"', ".", "<br />", ",", "(", ")", "!", "?", ";", ":"]
TEXTS = [
    # nothing, or nearly
    "",
    " ",
    " \t\r\n ",
    "a",
    "'",
    '"',
    '"""',
    "; : ;",
    "<br />",
    "<br /><br />",
    # words and case
    "A great, great film!",
    "It's GREAT!<br />See it.",
    "It's bad, isn't it? <br /><br />OK: \"yes\"; no.",
    "Don't! Won't?! 'Tis rock 'n' roll, y'all's.",
    "U.S.A. vs. the U.K.; e.g. 3.50 p.m.",
    "10/10 (ten) a.b.c",
    "$9.99, 50% off... 1,000,000 -- (or so)",
    "e-mail_x snake_case CamelCase x--y well-made",
    "http://www.example.org/a?b=c;d#e",
    "WHY??? BECAUSE!!! (((really)))",
    "...and... then....",
    # line breaks, written in all ways
    "<BR /> <Br /> <bR />",
    "<br/> <br> <br  /> < br /> </br>",
    "one<br />two<BR />three<br/>four<br>five",
    "<br <br /> />",
    '<br" />',
    '"<br />"',
    "<br /",
    "<br />.<br />,<br />'<br />",
    "<b>bold</b> <i>it's</i> &amp; &quot;",
    "<br\u00a0/> <br\n/>",
    # quotes that are none
    "“curly” ‘quotes’ «guillemets» „low“",
    "it’s a ‘film’ — or … so",
    "\"\"double\"\" ''single'' ``back``",
    "'\"'\"'",
    "full．width，stops！（brackets）？",
    # white space of many kinds
    "tab\tnew\nline\r\nreturn\x0bvertical\x0cform",
    "file\x1cgroup\x1drecord\x1eunit\x1fnext\x85line",
    "nbsp\u00a0ogham\u1680em\u2003line\u2028par\u2029wide\u3000end",
    "thin\u2009hair\u200anarrow\u202fmath\u205fend",
    "zero\u200bwidth word\u2060joiner soft\u00adhyphen \ufeffmark",
    "mongolian\u180eis no space",
    "nul\x00byte \x00 bell\x07 escape\x1b delete\x7f",
    # letters whose lower case is odd
    "İstanbul IŞIK ISTANBUL ıI",
    "İ.İ,İ'İ",
    "STRASSE Straße STRAẞE ß",
    "ΟΔΥΣΣΕΥΣ ΣΑΣ Σ ΑΣ. ΑΣ'Σ ΑΣ\"Σ",
    "Ǆ ǅ ǆ ﬁlm ﬀ Ⅷ Ⓐ",
    "\u212aelvin \u2126hm \u212bngstrom \u00b5m",
    "Ꭰ ꭰ Ა ა Ⰰ ⰰ 𐐀 𐐨",
    "ÜNÏCÖDÉ Ünïcödé CAFÉ Ø Æ Œ Ł",
    # marks that combine, emoji, other scripts
    "e\u0301 \u0301e é n\u0303 .\u0301 '\u0301",
    "I\u0307 i\u0307 I\u0307.",
    "Z̴̛̗a̷͚͝l̶̬͗g̵̱̚o̸̰̕",
    "👍🏽 👩‍👩‍👧‍👦 🇫🇷 ❤️ 😀!😀 :-) ;) :(",
    "שלום, עולם! מה?",
    "مرحبا بالعالم، كيف؟ (جيد)",
    "\u202eright to left\u202c \u200fmark\u200e",
    "映画は面白い。「はい」 很好看！ 영화 ไม่ดี नमस्ते।",
    "Привет, МИР! ЁЖ",
    "lone \ud800 surrogates \udfff.\ud83d",
    "\U0010ffff \U000e0001 \uffff \ufffd",
    # long, and the tokenizer's own signs
    "a" * 5_000,
    "!" * 500,
    "'." * 300,
    "word " * 500,
    "<br />" * 200,
    '"' * 99 + "x",
    "$& $1 \\1 \\n .* [a-z] ^$ \\b \\.",
    "__proto__ constructor None nan NULL true",
    # every mark beside every other, and repeated
    *(mark * 3 for mark in MARKS),
    *(f"so{mark}SO" for mark in MARKS),
    *(first + second for first, second in itertools.permutations(MARKS, 2)),
]

# the: 4; <unk> and b: 3; film: 2; all others once, so the alphabet decides.
CORPUS = [
    ["the", "film", "is", "the", "best", "film"],
    ["a", "b", UNK, "b", "the"],
    ["Zeta", "alpha", "zeta", "ähnlich", "éclair", "映画"],
    ["10/10", ".", "!", "'", "the", UNK, UNK],
    [],
    ["b"],
]
# Python expressions; `vocab` is new in each: <pad>, <unk>, then `corpus`.
QUESTIONS = (
    (Path(__file__).parent / "torchtext_questions.txt")
    .read_text(encoding="utf-8")
    .splitlines()
)
# Vocabularies of all packaged texts: how many tokens, in which order.
SETTINGS = [
    {},
    {"min_freq": 5, "specials": [UNK]},
    {"max_tokens": 5_000, "specials": [PAD, UNK]},
    {"max_tokens": 20_000, "specials": ["the", PAD], "special_first": False},
]


def digest(rows: Iterable[list]) -> str:
    """Return the SHA-256 of the rows: each as ASCII JSON, and a line feed."""
    found = hashlib.sha256()
    for row in rows:
        found.update(json.dumps(row).encode("ascii") + b"\n")
    return found.hexdigest()


def ask(question: str, build: Callable, tokenize: Callable) -> dict:
    """Return a question's answer, or the error's type and first line."""
    vocab = build(CORPUS, specials=[PAD, UNK])
    names = {"vocab": vocab, "build": build, "tokenize": tokenize}
    try:
        answer = eval(question, names | {"corpus": CORPUS})
    except Exception as error:
        lines = str(error).splitlines() or [""]
        return {"raises": type(error).__name__, "says": lines[0]}
    if hasattr(answer, "get_itos"):
        answer = answer.get_itos()
    return {"gives": json.loads(json.dumps(answer))}


def describe(texts: list, build: Callable, tokenize: Callable) -> dict:
    """Return digests over all packaged texts: tokens, order and ids."""
    words = {}  # each word once: millions of them would fill the memory
    tokens = [
        [words.setdefault(word, word) for word in tokenize(text)]
        for text in texts
    ]
    found = {"texts": len(tokens), "tokens": digest(tokens)}
    found["vocabularies"] = []
    for settings in SETTINGS:
        vocab = build(tokens, **settings)
        default = vocab.get_default_index()
        vocab.set_default_index(0)
        found["vocabularies"].append(
            {
                "settings": settings,
                "size": len(vocab),
                "default": default,
                "order": digest([vocab.get_itos()]),
                "ids": digest(map(vocab, tokens)),
            }
        )
    return found
