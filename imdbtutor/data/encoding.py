"""A vocabulary for many texts, and their token ids, kept on disk."""

import hashlib
import json
import reprlib
import warnings
from collections.abc import Iterable, Sequence
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from imdbtutor.data import tokens
from imdbtutor.data.arguments import check_texts
from imdbtutor.data.tokens import Tokenizer
from imdbtutor.data.vocab import PAD, UNK, Vocab, build_vocab_from_iterator
from imdbtutor.runtime import cache_dir, whole_file


def build_vocab(
    texts: Iterable[str],
    *,
    min_freq: int = 1,
    max_tokens: int | None = None,
    tokenize: Tokenizer = tokens.tokenize,
) -> Vocab:
    """Number the words of the training reviews, as every chapter does.

    Args:
        texts: The training reviews; no others.
        min_freq: How often a word must occur.
        max_tokens: The size of the vocabulary at most.
        tokenize: Text to tokens.

    Returns:
        A vocabulary with `<pad>` 0 and `<unk>` 1, the id of unknown words.

    Used in chapter 11.
    """
    vocab = build_vocab_from_iterator(
        map(tokenize, texts),
        min_freq=min_freq,
        specials=[PAD, UNK],
        max_tokens=max_tokens,
    )
    vocab.set_default_index(vocab[UNK])
    return vocab


def encode_reviews(
    texts: Sequence[str],
    vocab: Vocab,
    *,
    tokenize: Tokenizer = tokens.tokenize,
    cache: bool = True,
) -> list[Tensor]:
    """Turn texts into token ids, reading them from disk the second time.

    The file's name is a fingerprint of the texts, the vocabulary and the
    tokenizer's source, so a change in any of them is a new file. Its
    contents carry a checksum: a damaged file is replaced, with a warning.
    Where nothing can be written, nothing is kept, with a warning.
    Only the book's own tokenizer is cached; of another one, what its
    result depends on cannot be known.

    Args:
        texts: The reviews.
        vocab: The vocabulary, with its default index set.
        tokenize: Text to tokens.
        cache: Whether to read and write the cache at all.

    Returns:
        One int64 tensor of shape (tokens,) for each text.

    Raises:
        TypeError: If given no list, Series or array of strings.
        ValueError: If there is no text, or one has no tokens, naming it.

    Built in chapter 5.
    """
    texts = check_texts(texts)
    if not cache or tokenize is not tokens.tokenize:
        return _split(*_encode(texts, vocab, tokenize))
    name = f"encoded-{_fingerprint(texts, vocab)}.safetensors"
    try:
        path = cache_dir() / name
        encoded = _read(path) if path.exists() else None
    except OSError as error:
        warnings.warn(f"{name} not kept: {error}", stacklevel=2)
        return encode_reviews(texts, vocab, cache=False)
    if encoded is None:
        encoded = _encode(texts, vocab, tokenize)
        try:
            _write(path, *encoded)
        except (OSError, SafetensorError) as error:
            warnings.warn(f"{path} not written: {error}", stacklevel=2)
    return _split(*encoded)


def _encode(
    texts: Sequence[str], vocab: Vocab, tokenize: Tokenizer
) -> tuple[Tensor, Tensor]:
    """Return all ids in one row, and how many belong to each text."""
    ids, lengths = [], []
    for number, text in enumerate(texts):
        encoded = vocab(tokenize(text))
        if not encoded:
            raise ValueError(
                f"Text {number} has no words: {reprlib.repr(text)}. Leave it "
                "out."
            )
        ids += encoded
        lengths.append(len(encoded))
    return torch.tensor(ids, dtype=torch.int32), torch.tensor(lengths)


def _split(ids: Tensor, lengths: Tensor) -> list[Tensor]:
    return list(ids.long().split(lengths.tolist()))


def _fingerprint(texts: Sequence[str], vocab: Vocab) -> str:
    digest = hashlib.sha256(Path(tokens.__file__).read_bytes())
    digest.update(json.dumps(vocab.state()).encode())
    for text in texts:
        raw = text.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(8, "big") + raw)
    return digest.hexdigest()[:32]


def _checksum(ids: Tensor, lengths: Tensor) -> str:
    digest = hashlib.sha256(ids.numpy())
    digest.update(lengths.numpy())
    return digest.hexdigest()


def _write(path: Path, ids: Tensor, lengths: Tensor) -> None:
    found = {"ids": ids, "lengths": lengths}
    with whole_file(path) as partial:
        save_file(found, partial, {"sha256": _checksum(ids, lengths)})


def _read(path: Path) -> tuple[Tensor, Tensor] | None:
    """Return what `_write` wrote, or None where it is no longer that."""
    try:
        with safe_open(path, framework="pt") as file:
            ids, lengths = file.get_tensor("ids"), file.get_tensor("lengths")
            if file.metadata()["sha256"] == _checksum(ids, lengths):
                return ids, lengths
    except (SafetensorError, OSError, KeyError, TypeError):
        pass
    warnings.warn(f"{path} was damaged; it is made again.", stacklevel=3)
    return None
