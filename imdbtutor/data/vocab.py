"""Words to numbers and back, with torchtext's names."""

import json
import operator
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

PAD, UNK = "<pad>", "<unk>"
PAD_ID = 0  # where the chapters put them, and everybody after them
UNK_ID = 1


class Vocab:
    """A two-way table between tokens and their ids.

    It answers to the names of `torchtext.vocab.Vocab` (0.18) and raises the
    same kinds of errors. A token's id is its place in the list.

    Args:
        tokens: The tokens in id order, each once.
        default_index: The id for tokens not in the table; `None` makes
            looking one up an error.

    Raises:
        RuntimeError: If a token stands twice.
        TypeError: If a token is no string; so do all methods that take one.

    Example:
        >>> vocab = Vocab(["<pad>", "<unk>", "the"], default_index=1)
        >>> vocab(["the", "dodo"])
        [2, 1]

    Built in chapter 5.
    """

    def __init__(
        self, tokens: Iterable[str], default_index: int | None = None
    ) -> None:
        """Number the tokens in the order given."""
        self._itos: list[str] = []
        self._stoi: dict[str, int] = {}
        self.set_default_index(default_index)
        for token in tokens:
            self.append_token(token)

    def __len__(self) -> int:
        """Count the tokens."""
        return len(self._itos)

    def __iter__(self) -> Iterator[str]:
        """Walk through the tokens in id order."""
        return iter(self._itos)

    def __contains__(self, token: str) -> bool:
        """Tell whether the token has an id of its own."""
        return _checked(token) in self._stoi

    def __getitem__(self, token: str) -> int:
        """Return the token's id, or the default index.

        Raises:
            RuntimeError: If the token is unknown and no default index is set.
        """
        index = self._stoi.get(_checked(token), self._default_index)
        if index is None:
            raise RuntimeError(
                f"Token {token} not found and default index is not set. "
                "Call set_default_index(vocab['<unk>']) first."
            )
        return index

    def __call__(self, tokens: list[str]) -> list[int]:
        """Return the ids of a list of tokens, as `lookup_indices` does."""
        return self.lookup_indices(tokens)

    def lookup_indices(self, tokens: list[str]) -> list[int]:
        """Return the ids of a list of tokens.

        Raises:
            RuntimeError: If one is unknown and no default index is set.
            TypeError: If it is no list: a string would be read by letters.
        """
        if not isinstance(tokens, list):
            raise TypeError(
                "expected a list of tokens, such as ['a', 'film'], not "
                f"{type(tokens).__name__}."
            )
        find = self._stoi.get  # the quick way, for words that it has
        return [
            self[token] if (index := find(token)) is None else index
            for token in tokens
        ]

    def lookup_token(self, index: int) -> str:
        """Return the token with this id.

        Raises:
            RuntimeError: If no token has it.
        """
        if not 0 <= index < len(self._itos):
            raise RuntimeError(
                f"Specified index {index} is out of bounds of the vocabulary,"
                f" which has ids 0 to {len(self._itos) - 1}."
            )
        return self._itos[index]

    def lookup_tokens(self, indices: list[int]) -> list[str]:
        """Return the tokens with these ids; errors as in `lookup_token`."""
        return [self.lookup_token(index) for index in indices]

    def append_token(self, token: str) -> None:
        """Give the token the next free id.

        Raises:
            RuntimeError: If it has one already.
        """
        self.insert_token(token, len(self._itos))

    def insert_token(self, token: str, index: int) -> None:
        """Put the token at this id, moving later tokens up by one.

        Raises:
            RuntimeError: If it stands in the table already, or the id would
                leave a gap.
        """
        if not 0 <= index <= len(self._itos):
            raise RuntimeError(
                f"Specified index {index} is out of bounds for insertion: "
                f"expected 0 to {len(self._itos)}."
            )
        if token in self:
            raise RuntimeError(
                f"Token {token} already exists in the Vocab with index: "
                f"{self._stoi[token]}."
            )
        self._itos.insert(index, token)
        for place in range(index, len(self._itos)):
            self._stoi[self._itos[place]] = place

    def set_default_index(self, index: int | None) -> None:
        """Choose the id that unknown tokens get; `None` for an error.

        Raises:
            TypeError: If it is neither an integer nor `None`.
        """
        if index is not None:
            index = operator.index(index)
        self._default_index = index

    def get_default_index(self) -> int | None:
        """Return the id that unknown tokens get, or `None`."""
        return self._default_index

    def get_itos(self) -> list[str]:
        """Return the tokens in id order, as a copy."""
        return list(self._itos)

    def get_stoi(self) -> dict[str, int]:
        """Return the ids by token, as a copy."""
        return dict(self._stoi)

    def state(self) -> dict:
        """Return all there is to the table: `Vocab(**state)` is equal."""
        return {
            "tokens": self.get_itos(),
            "default_index": self._default_index,
        }

    def save(self, path: str | Path) -> None:
        """Write the table as JSON, one file, UTF-8.

        Halves of surrogate pairs, which UTF-8 does not know, are kept.
        """
        text = json.dumps(self.state(), ensure_ascii=False, indent=0)
        Path(path).write_bytes(text.encode("utf-8", "surrogatepass"))

    @classmethod
    def load(cls, path: str | Path) -> "Vocab":
        """Read a table that `save` wrote.

        Raises:
            ValueError: If a token is no string.
        """
        text = Path(path).read_bytes().decode("utf-8", "surrogatepass")
        vocab = cls(**json.loads(text))
        if not all(isinstance(token, str) for token in vocab):
            raise ValueError(f"{path}: a token is no string.")
        return vocab


def _checked(token: str) -> str:
    if not isinstance(token, str):
        raise TypeError(
            f"expected a token, a string, not {token!r}; for a list of "
            "tokens, call vocab(tokens)."
        )
    return token


def build_vocab_from_iterator(
    iterator: Iterable[list[str]],
    min_freq: int = 1,
    specials: list[str] | None = None,
    special_first: bool = True,
    max_tokens: int | None = None,
) -> Vocab:
    """Number the tokens of many texts, the most frequent first.

    Arguments and order are those of `torchtext.vocab`: ties in frequency go
    by alphabet, and the default index is not set.

    Args:
        iterator: Lists of tokens, one per text.
        min_freq: Tokens seen fewer times are left out.
        specials: Tokens such as `<pad>` that get ids whether seen or not.
        special_first: Whether the specials come first or last.
        max_tokens: The most tokens to keep, the specials included.

    Returns:
        The vocabulary.

    Raises:
        AssertionError: If the specials alone fill `max_tokens`.

    Built in chapter 5.
    """
    specials = list(specials or [])
    if max_tokens is not None and len(specials) >= max_tokens:
        raise AssertionError(
            f"{len(specials)} specials leave no room for words in max_tokens="
            f"{max_tokens}; raise max_tokens."
        )
    counts = Counter()
    for tokens in iterator:
        counts.update(tokens)
    ranked = sorted(counts, key=lambda token: (-counts[token], token))
    if max_tokens is not None:
        ranked = ranked[: max_tokens - len(specials)]
    words = [
        token
        for token in ranked
        if counts[token] >= min_freq and token not in specials
    ]
    return Vocab(specials + words if special_first else words + specials)
