"""What makes up a classifier, and whether it belongs together."""

from collections.abc import Sequence
from typing import NamedTuple

from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.data.vocab import Vocab
from imdbtutor.models.lstm import LSTMClassifier

BINARY = (0, 1)  # negative and positive, the book's classes
OWN = "imdbtutor.data.tokens.tokenize"  # needs no word in the settings


class Parts(NamedTuple):
    """What makes up a classifier, and what it was measured at.

    Used in chapter 10.
    """

    model: LSTMClassifier
    vocab: Vocab
    metrics: dict
    tokenize: Tokenizer = tokenize
    classes: Sequence = BINARY


def check_vocab(vocab: Vocab, size: int) -> None:
    """Check that a model can look up whatever a vocabulary answers.

    Args:
        vocab: The vocabulary.
        size: Rows of the model's table.

    Raises:
        ValueError: If it is larger or smaller, or the id of unknown words is
            not one of them.

    Used in chapter 10.
    """
    unknown = vocab.get_default_index()
    if len(vocab) != size or unknown not in range(size):
        raise ValueError(
            f"a vocabulary of {len(vocab)} tokens, with {unknown} for all "
            f"others, does not fit a model made for {size}; use the one it "
            "was trained with."
        )


def check_classes(classes: Sequence, number: int) -> None:
    """Check that a model has a logit for each class, and no more.

    Args:
        classes: Names, whole numbers or truth values.
        number: Logits of the model.

    Raises:
        ValueError: If there are more or fewer, two are alike, or one is
            something else.

    Used in chapter 10.
    """
    names = [each for each in classes if isinstance(each, str | int)]
    if len(classes) != number or len({*names}) != number:
        raise ValueError(
            f"the classes {list(classes)} do not fit a model made for "
            f"{number}; they are names or whole numbers."
        )


def tokenizer_name(function: Tokenizer) -> str:
    """Return the name by which a saved model remembers its tokenizer.

    Raises:
        ValueError: If it has none, as a lambda.

    Used in chapter 10.
    """
    if function is tokenize:
        return OWN
    name = getattr(function, "__qualname__", "<nameless>")
    if name.endswith(">"):
        raise ValueError(
            f"the tokenizer {function!r} has no name that a saved model could "
            "remember; write it as a function with 'def'."
        )
    return name


def describe_classes(classes: Sequence) -> dict[str, str]:
    """Say in a model card's words what a model tells apart.

    Args:
        classes: The book's, 0 and 1, or any others.

    Used in chapter 15.
    """
    if tuple(classes) == BINARY:
        return {
            "head": "language: en\nlicense: mit\n",
            "title": "A sentiment classifier for film reviews",
            "does": "Reads an English film review and says how likely it is "
            "positive.",
            "example": "What a wonderful film!",
            "learned": "IMDb's reviews (Maas and others, 2011) or what its "
            "maker\nchose instead. It answers on any text, also on one that "
            "is no review, and it\nhas no idea of irony.",
        }
    names = ", ".join(" ".join(str(name).split()) for name in classes)
    return {
        "head": "",
        "title": f"A classifier of texts, with {len(classes)} classes",
        "does": f"Says of which class a text is: {names}.",
        "example": "A text of yours.",
        "learned": "texts that its maker chose. It answers on any text, "
        "also on\none of another kind.",
    }
