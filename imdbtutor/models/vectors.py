"""Word vectors from the company each word keeps."""

from collections.abc import Sequence

import numpy as np
import torch
from scipy.sparse import coo_matrix, csr_matrix
from sklearn.utils.extmath import randomized_svd
from torch import Tensor

from imdbtutor.data.vocab import PAD_ID, UNK_ID

SMOOTHING = 0.75  # of the neighbours' counts: Levy, Goldberg, Dagan 2015


def count_neighbours(
    encoded: Sequence[Tensor], vocab_size: int, window: int = 8
) -> csr_matrix:
    """Count how often each word stands near each other word.

    Args:
        encoded: Token ids of each review, below `vocab_size`; `<pad>` (0)
            and `<unk>` (1) are not counted.
        vocab_size: Rows and columns of the table.
        window: How many words apart two neighbours may stand.

    Returns:
        Counts, float32, symmetric, sparse, shape (vocab_size, vocab_size).

    Built in chapter 12.
    """
    gap = torch.full((window,), PAD_ID)  # no word of the next review is near
    row = torch.cat([part for ids in encoded for part in (ids, gap)]).numpy()
    counts = csr_matrix((vocab_size, vocab_size), dtype=np.float32)
    for distance in range(1, window + 1):
        left, right = row[:-distance], row[distance:]
        known = (left > UNK_ID) & (right > UNK_ID)
        ones = np.ones(known.sum(), dtype=np.float32)
        places = (left[known], right[known])
        counts = counts + coo_matrix((ones, places), counts.shape).tocsr()
    return counts + counts.T


def word_vectors(counts: csr_matrix, dim: int = 100) -> Tensor:
    """Turn neighbour counts into a short vector for each word.

    Words in like company get like vectors. How much oftener than chance two
    words meet (positive pointwise mutual information) fills a table; the
    vectors are the table's strongest directions (Levy and Goldberg, 2014).
    No label is used.

    Args:
        counts: What `count_neighbours` returns.
        dim: Size of a vector.

    Returns:
        float32, shape (vocab_size, dim), standard deviation 1; rows 0 and 1
        are zero.

    Built in chapter 12.
    """
    pairs = counts.tocoo()
    totals = np.asarray(counts.sum(axis=1)).ravel()
    smoothed = totals**SMOOTHING / (totals**SMOOTHING).sum()
    chance = totals[pairs.row] * smoothed[pairs.col]
    information = np.log(pairs.data / chance)
    above = information > 0
    places = (pairs.row[above], pairs.col[above])
    table = csr_matrix((information[above], places), counts.shape)
    left, strength, _ = randomized_svd(table, dim, n_iter=3, random_state=0)
    vectors = left * np.sqrt(strength)
    return torch.tensor(vectors / vectors.std(), dtype=torch.float32)
