"""Texts that nobody would call a review, by name."""

import random
import re

WORDLESS = {
    "nothing": "",
    "one space": " ",
    "spaces": " " * 1_000,
    "tabs and line ends": "\t\n\r\n \r",
    "fixed spaces": "\xa0\u2007\u202f",
    "wide spaces": "\u3000\u2003",
    "line and paragraph separators": "\u2028\u2029",
    "next line, form feed, vertical tab": "\x85\x0c\x0b",
    "file separators": "\x1c\x1d\x1e\x1f",
    "a line break": "<br />",
    "line breaks in capitals": "<BR /> <Br />",
    "quotes": '""""',
    "a line break with quotes in it": '<"br" />',
    "semicolons and colons": ";:;:::",
    "all that means nothing": '"<br />"; : \u2028\n',
}
ODD = {
    # letters
    "one letter": "a",
    "Hebrew": "סרט נפלא, אהבתי כל רגע",
    "Arabic": "فيلم رائع! شاهدته مرتين؟",
    "right to left and back": "good \u202edoog\u202c film \u2066פ\u2069",
    "Chinese": "这部电影真好看。我很喜欢!",
    "Japanese": "すばらしい映画でした。",
    "Thai": "หนังดีมาก",
    "Hindi": "बहुत अच्छी फ़िल्म",
    "Georgian, whose capitals are rare": "ᲙᲐᲠᲒᲘ ფილმი",
    "Deseret, capitals beyond 16 bits": "𐐀𐐁𐐂 𐐨",
    "Turkish dots": "İSTANBUL ıI",
    "small letters of unlike length": "STRASSE straße ŒUVRE ﬁlm ΣΑΣ",
    "wide letters": "ＧＯＯＤ ｆｉｌｍ",
    "letters of mathematics": "𝐠𝐨𝐨𝐝 𝓯𝓲𝓵𝓶",
    # pictures
    "emoji": "😀👍🎬",
    "a family": "👨‍👩‍👧‍👦 loved it",
    "flags and skins": "🇩🇪🏴󠁧󠁢󠁳󠁣󠁴󠁿👍🏿",
    "keycaps": "1️⃣ 0️⃣/1️⃣0️⃣",
    # marks
    "a word under a flood of marks": "go" + "\u0301\u0489" * 500 + "od",
    "marks without a letter": "\u0301\u0302\u0303",
    "zero-width spaces": "good\u200bfilm \u200b\u200c\u200d\u2060",
    "soft hyphens": "won\xadder\xadful",
    "a byte order mark": "\ufeffgood film",
    "byte order marks within": "good\ufeff \ufeff film\ufffe",
    "tags": "good\U000e0067\U000e0062",
    "no characters": "\ufffe\uffff\ufdd0\U0010ffff",
    "private letters": "\ue000 \U000f0000 \U0010fffd",
    "replaced characters": "caf\ufffd \ufffd\ufffd",
    # control
    "a NUL": "\0",
    "NULs between and in words": "good\0film \0 end\0",
    "control characters": "".join(map(chr, range(32))) + "\x7f",
    "more control characters": "".join(map(chr, range(0x80, 0xA0))),
    "bells and backspaces": "good\a\a film\b\b\b\b",
    "what steers a terminal": "\x1b[2J\x1b[31mgood\x1b]0;title\x07 film",
    "mixed line ends": "good\nfilm\r\nvery\rgood\n\rindeed",
    "separators": "good\u2028film\u2029very\x85good",
    "other spaces": "good\xa0film\u3000very\u2009good\x1fyes",
    # halves of surrogate pairs
    "a high half": "\ud83d",
    "a low half": "good \ude00 film",
    "both halves, apart": "\ud83d \ude00",
    "both halves, as two": "\ud83d" + "\ude00",
    "both halves in the wrong order": "good\ude00\ud83dfilm",
    "a byte that is no UTF-8": "caf\udce9 good",
    "many halves": "\ud800\udbff\udc00\udfff " * 50,
    # other languages
    "HTML": '<p class="x">good &amp; <b>bad</b></p><!-- no -->',
    "a script": "<script>alert('good')</script>",
    "line breaks of all kinds": "good<br>film<br/>so<br /><BR /><br  />",
    "a line break in a line break": "<br <br />/>good",
    "JSON": '{"text": "good", "n": [1, null, {}]}',
    "SQL": "good'; DROP TABLE reviews; --",
    "Markdown": "# good\n\n* [film](http://x/) `a` | b |\n```\n",
    "markup of the console": "[bold]good[/bold] [/] [red",
    "TeX": r"\textbf{good} $\frac{1}{0}$ % no",
    "a format": "%s %n {0} {} {x!r} %(a)d ${HOME} $(ls) `ls`",
    "a path": r"..\..\C:\con.txt ../../etc/passwd file:///x",
    "a table": 'a,b\n"good, ""very""",1\n',
    "a formula": "=1+1,@SUM(A1:A9)",
    "options": "--help --json -x -- --model=x",
    "the model's own words": "<pad> <unk> <pad>",
    # numbers
    "numbers": "10/10 0 -1 1e999 0x1F 1_000 ½ ² Ⅷ ٣",
    "no numbers": "nan inf -inf None null true",
    "a long number": "9" * 5_000,
    # bytes
    "all bytes as Latin-1": bytes(range(256)).decode("latin-1"),
    "a picture's bytes": "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x01\0",
    "a pickle's bytes": "\x80\x04\x95\x0c\0\0\0\0\0\0\0\x8c\x08builtins\x94.",
    "UTF-16 taken for Latin-1": "ÿþg\0o\0o\0d\0",
    "base64": "Z29vZCBmaWxt" * 20 + "==",
    # marks alone
    "punctuation alone": "....,,,!!!???((()))'''",
    "10,000 exclamation marks": "!" * 10_000,
    "every plane": " ".join(map(chr, range(33, 0x110000, 997))),
}


def long_texts(size):
    """Make texts of so many characters, or a little more."""
    rng = random.Random(0)
    letters = rng.choices("abcdefgh ,.", k=size)
    return {
        "a long word": "a" * size,
        "very many words": "good " * size,
        "unlike words": " ".join(map(str, range(size // 5))),
        "letters by chance": "".join(letters),
        "any characters": "".join(map(chr, rng.choices(range(55_000), k=size)))
        + "good",
        "no space at all": "good," * (size // 5),
        "exclamation marks": "!" * size,
        "brackets": "(" * (size // 2) + ")" * (size // 2),
        "apostrophes": "'" * size,
        "a word among line breaks": "<br />" * (size // 10) + "good",
        "a word among line ends": "\n" * size + "good",
        "a word among spaces": " " * size + "good" + " " * size,
        "a word among tabs": "\t" * size + "good",
        "a word among quotes": '"' * size + "good",
        "a word under very many marks": "e" + "\u0301" * size,
        "very many emoji": "😀" * size,
        "very many halves": "\ud83d" * size,
        "very many NULs": "\0" * size,
        "letters that grow in lower case": "İ" * size,
        "deep HTML": "<b>" * (size // 3),
        "deep JSON": '[{"a":' * (size // 6),
    }


def slug(name):
    """Make a name that can be typed after `pytest -k`."""
    return re.sub(r"\W+", "_", name)
