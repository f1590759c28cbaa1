"""Text to words."""

from collections.abc import Callable

Tokenizer = Callable[[str], list[str]]

SUBSTITUTIONS = [
    ("'", " ' "),
    ('"', ""),
    (".", " . "),
    ("<br />", " "),
    (",", " , "),
    ("(", " ( "),
    (")", " ) "),
    ("!", " ! "),
    ("?", " ? "),
    (";", " "),
    (":", " "),
]


def tokenize(text: str) -> list[str]:
    """Split a review into lower-case words and punctuation marks.

    The rules, and so the tokens, are those of torchtext's `basic_english`:
    punctuation stands alone, line breaks (`<br />`), `;` and `:` become
    spaces, double quotes vanish.

    Args:
        text: Any string.

    Returns:
        The tokens in reading order; an empty list where nothing is left.

    Example:
        >>> tokenize("It's GREAT!<br />See it.")
        ['it', "'", 's', 'great', '!', 'see', 'it', '.']

    Built in chapter 5.
    """
    text = text.lower()
    for old, new in SUBSTITUTIONS:
        text = text.replace(old, new)
    return text.split()
