"""Word vectors that others trained, in the embedding of a model here."""

import torch
from torch import Tensor, nn

from imdbtutor.data.vocab import PAD_ID


def shorten(vectors: Tensor, known: Tensor, dim: int) -> Tensor:
    """Keep the directions in which vectors differ most.

    That is what a principal component analysis keeps.

    Args:
        vectors: Shape (words, features).
        known: Which words have a vector, bool, shape (words,).
        dim: How many numbers a vector is to have.

    Returns:
        Shape (words, dim), zeros for words without a vector, and where
        there are fewer directions than `dim`.

    Built in chapter 16.
    """
    centred = vectors[known] - vectors[known].mean(dim=0)
    _, _, directions = torch.linalg.svd(centred, full_matrices=False)
    main = directions[:dim]
    short = torch.zeros(len(vectors), dim)
    short[known, : len(main)] = centred @ main.T
    return short


def borrow(
    table: nn.Embedding,
    vectors: Tensor,
    known: Tensor,
    *,
    scale: float = 0.1,
    frozen: bool = False,
) -> None:
    """Put vectors into an embedding, in place of its random ones.

    Words without a vector keep their random one.

    Args:
        table: The embedding, (words, features).
        vectors: Shape (words, features).
        known: Which words have a vector, bool, shape (words,).
        scale: The standard deviation that the vectors shall have.
        frozen: Whether training leaves the table as it is.

    Built in chapter 16.
    """
    known = known.clone()
    known[PAD_ID] = False  # its zeros stay
    with torch.no_grad():
        fitted = vectors[known] * (scale / vectors[known].std())
        table.weight[known] = fitted
    table.weight.requires_grad_(not frozen)
