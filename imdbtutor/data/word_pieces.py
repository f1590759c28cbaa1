"""Texts as word pieces, no longer than a transformer reads."""

from collections.abc import Sequence

import torch
from tokenizers import Tokenizer
from torch import Tensor

from imdbtutor.data.arguments import check_texts

HEAD, TAIL = 64, 192  # pieces; [CLS] is in the head, [SEP] in the tail


def keep_ends(ids: Tensor, head: int = HEAD, tail: int = TAIL) -> Tensor:
    """Keep the beginning and the end of a text that is too long.

    Args:
        ids: Shape (pieces,).
        head: Pieces to keep from the beginning, 0 or more.
        tail: Pieces to keep from the end, 0 or more.

    Returns:
        Shape (pieces,), or (head + tail,) if there are more.

    Built in chapter 18.
    """
    if len(ids) <= head + tail:
        return ids
    return torch.cat([ids[:head], ids[len(ids) - tail :]])


def encode_pieces(
    texts: Sequence[str],
    cutter: Tokenizer,
    *,
    head: int = HEAD,
    tail: int = TAIL,
) -> list[Tensor]:
    """Cut texts into word pieces, `[CLS]` before and `[SEP]` after them.

    Args:
        texts: The texts.
        cutter: What `load_cutter` returns.
        head: Pieces to keep of the beginning of a text that is too long.
        tail: Pieces to keep of its end.

    Returns:
        int64, shape (pieces,), for each text.

    Raises:
        TypeError: If they are no list of strings.
        ValueError: If there are none.

    Built in chapter 18.
    """
    encoded = cutter.encode_batch(check_texts(texts))
    return [keep_ends(torch.tensor(each.ids), head, tail) for each in encoded]
