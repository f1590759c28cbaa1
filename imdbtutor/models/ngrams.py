"""What n-grams (words, pairs, triples) say, as learned on other reviews."""

from collections.abc import Sequence

import numpy as np
import torch
from scipy.sparse import csr_matrix
from torch import Tensor

from imdbtutor.data.arguments import check_labels
from imdbtutor.data.vocab import UNK_ID
from imdbtutor.models.baselines import nb_weighted


class NgramTable:
    """Numbers for the words, pairs and triples of some reviews.

    They run from 1, shorter n-grams first; 0 stands for an n-gram that is in
    fewer than `min_reviews` reviews or has an unknown word in it.

    Args:
        encoded: Token ids of each training review.
        vocab_size: More than the largest token id.
        longest: Words in the longest n-gram.
        min_reviews: Reviews an n-gram must stand in.

    Built in chapter 12.
    """

    def __init__(
        self,
        encoded: Sequence[Tensor],
        vocab_size: int,
        longest: int = 3,
        min_reviews: int = 2,
    ) -> None:
        """Count the n-grams, the shortest first, and keep the common ones."""
        self.vocab_size = vocab_size
        self.keys: list[np.ndarray] = []
        ids, review = flatten(encoded)
        ending = None
        for _ in range(longest):
            keys = self._lengthen(ids, review, ending)
            known = keys >= 0
            once = np.unique(keys[known] * len(encoded) + review[known])
            found, reviews = np.unique(
                once // len(encoded), return_counts=True
            )
            self.keys.append(found[reviews >= min_reviews])
            ending = self._look_up(keys, len(self.keys) - 1)

    def __len__(self) -> int:
        """Count the numbers in use, 0 among them."""
        return 1 + sum(map(len, self.keys))

    def number(self, encoded: Sequence[Tensor]) -> list[Tensor]:
        """Number the n-grams that end at each token.

        Where an n-gram comes again in the same review it gets 0: each counts
        once a review.

        Args:
            encoded: Token ids of each review.

        Returns:
            One int64 tensor of shape (tokens, longest) for each review.
        """
        ids, review = flatten(encoded)
        ending, columns = None, []
        for size in range(len(self.keys)):
            keys = self._lengthen(ids, review, ending)
            ending = self._look_up(keys, size)
            _, first = np.unique(
                ending * len(encoded) + review, return_index=True
            )
            once = np.zeros_like(ending)
            once[first] = ending[first]
            columns.append(torch.from_numpy(once))
        numbers = torch.stack(columns, dim=1)  # (all tokens, longest)
        return list(numbers.split([len(tokens) for tokens in encoded]))

    def _lengthen(
        self, ids: np.ndarray, review: np.ndarray, ending: np.ndarray | None
    ) -> np.ndarray:
        """Add each token to the n-gram that ends before it; -1 if none."""
        largest = ids.max(initial=0)
        if largest >= self.vocab_size:
            raise ValueError(
                f"token id {largest} is not below {self.vocab_size}: another "
                "vocabulary made it."
            )
        if ending is None:
            return np.where(ids > UNK_ID, ids, -1)
        before = np.roll(ending, 1)
        before[review != np.roll(review, 1)] = 0  # a review begins
        before[0] = 0
        known = (before > 0) & (ids > UNK_ID)
        return np.where(known, before * self.vocab_size + ids, -1)

    def _look_up(self, keys: np.ndarray, size: int) -> np.ndarray:
        """Find the numbers of n-grams, 0 where they have none."""
        table = self.keys[size]
        if not len(table):
            return np.zeros_like(keys)
        first = 1 + sum(map(len, self.keys[:size]))
        places = np.searchsorted(table, keys).clip(max=len(table) - 1)
        return np.where(table[places] == keys, first + places, 0)


def flatten(reviews: Sequence[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """Put reviews one behind the other, and say whose each row is.

    Args:
        reviews: Tensors of shape (tokens, ...).

    Returns:
        All rows, and the number of each row's review, int64.

    Built in chapter 12.
    """
    lengths = [len(review) for review in reviews]
    owner = np.repeat(np.arange(len(lengths)), lengths)
    return torch.cat(list(reviews)).numpy(), owner


def count_ngrams(numbers: Sequence[Tensor], size: int) -> csr_matrix:
    """Tell which n-grams stand in which review.

    Args:
        numbers: What `NgramTable.number` returns.
        size: Numbers in use, 0 among them.

    Returns:
        1 where an n-gram stands, float32, sparse, shape (reviews, size).

    Built in chapter 12.
    """
    columns, owner = flatten(numbers)
    known = columns > 0
    rows = np.broadcast_to(owner[:, None], columns.shape)[known]
    ones = np.ones(known.sum(), dtype=np.float32)
    shape = (len(numbers), size)
    return csr_matrix((ones, (rows, columns[known])), shape)


def learn_weights(counts: csr_matrix, labels: np.ndarray) -> Tensor:
    """Learn how much each n-gram speaks for a positive review.

    Args:
        counts: What `count_ngrams` returns.
        labels: 0 or 1 for each review.

    Returns:
        A weight a number, float32, shape (size,): added up over a review's
        n-grams they are the logit of `nb_weighted`, but for a constant.

    Raises:
        ValueError: If there is not a label for each review, 0 or 1, or a
            class is missing.

    Built in chapter 12.
    """
    labels = check_labels(labels, counts.shape[0], each=1)
    ratios, logistic = nb_weighted().fit(counts, labels)
    return torch.tensor(ratios.ratio_ * logistic.coef_[0], dtype=torch.float32)


def part_neighbours(labels: np.ndarray, folds: int) -> np.ndarray:
    """Divide reviews into runs of neighbours within a class.

    Reviews of one film stand together, so hardly a film is in two parts.

    Args:
        labels: 0 or 1 for each review.
        folds: Parts to make.

    Returns:
        Each review's part, int64.

    Built in chapter 12.
    """
    part = np.empty(len(labels), dtype=np.int64)
    for label in (0, 1):
        rows = np.flatnonzero(labels == label)
        part[rows] = np.arange(len(rows)) * folds // len(rows)
    return part


def held_out_weights(
    counts: csr_matrix, labels: np.ndarray, folds: int = 10
) -> tuple[np.ndarray, Tensor]:
    """Learn the weights for each tenth of the reviews on the other nine.

    So no review's own label is in the weights it is read with. The tenths
    are those of `part_neighbours`.

    Args:
        counts: What `count_ngrams` returns.
        labels: 0 or 1 for each review.
        folds: Parts to make.

    Returns:
        Each review's part, int64, and the parts' weights, float32, shape
        (folds, size).

    Raises:
        ValueError: If there is not a label for each review, 0 or 1, or a
            class has not two, of which one can be held out.

    Built in chapter 12.
    """
    labels = check_labels(labels, counts.shape[0], each=2)
    part = part_neighbours(labels, folds)
    weights = [
        learn_weights(counts[part != fold], labels[part != fold])
        for fold in range(folds)
    ]
    return part, torch.stack(weights)


def attach_weights(
    encoded: Sequence[Tensor],
    numbers: Sequence[Tensor],
    weights: Sequence[Tensor],
) -> list[Tensor]:
    """Put beside each token id the weights of the n-grams that end there.

    Args:
        encoded: Token ids of each review.
        numbers: What `NgramTable.number` returns for them.
        weights: For each review the weights to read it with, shape (size,).

    Returns:
        For each review float32 of shape (tokens, 1 + longest): a token id,
        exact up to 2**24, then weights.

    Built in chapter 12.
    """
    return [
        torch.cat([ids[:, None].float(), weight[number]], dim=1)
        for ids, number, weight in zip(encoded, numbers, weights, strict=True)
    ]
