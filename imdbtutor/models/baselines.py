"""What an LSTM must beat: bags of words, averaged vectors, a small CNN."""

import numpy as np
import torch
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.utils import check_consistent_length
from torch import Tensor, nn
from torch.nn import functional as F

from imdbtutor.data.tokens import tokenize
from imdbtutor.models.lstm import make_embedding, pool_states

# The book's tokens, and only what stands in two reviews or more.
COUNTING = {
    "tokenizer": tokenize,
    "token_pattern": None,
    "lowercase": False,
    "min_df": 2,
}


def tfidf_logistic(longest: int = 1) -> Pipeline:
    """Logistic regression on how telling each word of a review is.

    A word's weight is 1 + log(count), times its inverse document frequency.

    Args:
        longest: Words in the longest phrase that counts: 1 for words alone,
            2 for pairs too.

    Returns:
        An untrained scikit-learn pipeline from texts to labels.

    Built in chapter 11.
    """
    words = TfidfVectorizer(
        **COUNTING, ngram_range=(1, longest), sublinear_tf=True
    )
    return make_pipeline(words, LogisticRegression(C=4, max_iter=1_000))


class NBWeights(TransformerMixin, BaseEstimator):
    """Scale each column by how much oftener it stands in one class.

    The scale is the naive Bayes log-count ratio of Wang and Manning (2012),
    with 1 added to every count.

    Built in chapter 11.
    """

    def fit(self, counts: csr_matrix, labels: np.ndarray) -> "NBWeights":
        """Learn one ratio a column from (reviews, columns) counts.

        Args:
            counts: How often what stands in each review.
            labels: A class for each review, two in all; the second one, by
                order, speaks for a ratio above 0.

        Raises:
            ValueError: If there are not two classes, or not as many labels
                as reviews.
        """
        check_consistent_length(counts, labels)
        classes, labels = np.unique(labels, return_inverse=True)
        if len(classes) != 2:
            raise ValueError(f"two classes are needed, found {classes}.")
        positive = np.asarray(counts[labels == 1].sum(axis=0)).ravel() + 1
        negative = np.asarray(counts[labels == 0].sum(axis=0)).ravel() + 1
        self.ratio_ = np.log(positive / positive.sum())
        self.ratio_ -= np.log(negative / negative.sum())
        return self

    def transform(self, counts: csr_matrix) -> csr_matrix:
        """Return the counts, each column times its ratio."""
        return counts.multiply(self.ratio_).tocsr()


def nb_weighted(strength: float = 0.1) -> Pipeline:
    """Logistic regression on naive Bayes weights, from counts to labels.

    Args:
        strength: scikit-learn's C; smaller pulls harder towards 0.

    Returns:
        An untrained pipeline for a sparse matrix of 0 and 1.

    Built in chapter 11.
    """
    logistic = LogisticRegression(
        C=strength,
        solver="liblinear",
        dual=True,
        random_state=0,
        max_iter=1_000,
    )
    return make_pipeline(NBWeights(), logistic)


def nb_logistic(longest: int = 2) -> Pipeline:
    """Logistic regression on which phrases stand in a review, NB-weighted.

    Args:
        longest: Words in the longest phrase that counts.

    Returns:
        An untrained scikit-learn pipeline from texts to labels.

    Built in chapter 11.
    """
    phrases = CountVectorizer(
        **COUNTING, ngram_range=(1, longest), binary=True
    )
    return make_pipeline(phrases, *nb_weighted())


class AveragedEmbeddings(nn.Module):
    """The mean of a review's word vectors, and a linear layer.

    The order of the words is lost, as in a bag of words.

    Args:
        vocab_size: Rows of the embedding table.
        embedding_dim: Size of a token's vector.
        dropout: Share of the mean's numbers set to 0 in training.

    Built in chapter 11.
    """

    def __init__(
        self, vocab_size: int, embedding_dim: int = 100, dropout: float = 0.5
    ) -> None:
        """Create the table, its numbers small, and the linear layer."""
        super().__init__()
        self.embedding = make_embedding(vocab_size, embedding_dim)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(embedding_dim, 2)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch: (batch, time) ids to (batch, 2) logits."""
        vectors = self.embedding(token_ids)  # (batch, time, embedding)
        mean = pool_states(vectors, lengths, "mean")
        return self.linear(self.dropout(mean))  # (batch, 2)


class ConvClassifier(nn.Module):
    """Look for short phrases of 3, 4 and 5 words anywhere in a review.

    The network of Kim (2014): convolutions of three widths over the word
    vectors, the largest answer of each filter, dropout, a linear layer.

    Args:
        vocab_size: Rows of the embedding table.
        embedding_dim: Size of a token's vector.
        filters: Phrases to look for, per width.
        dropout: Share of the answers set to 0 in training.

    Built in chapter 11.
    """

    def __init__(
        self,
        vocab_size: int,
        embedding_dim: int = 100,
        filters: int = 100,
        dropout: float = 0.5,
    ) -> None:
        """Create the table, one convolution a width, the linear layer."""
        super().__init__()
        self.embedding = make_embedding(vocab_size, embedding_dim)
        self.convolutions = nn.ModuleList(
            nn.Conv1d(embedding_dim, filters, width, padding=width - 1)
            for width in (3, 4, 5)
        )
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(3 * filters, 2)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch: (batch, time) ids to (batch, 2) logits."""
        vectors = self.embedding(token_ids).transpose(1, 2)
        best = []
        for convolution in self.convolutions:
            answers = F.relu(convolution(vectors)).transpose(1, 2)
            reach = lengths + convolution.kernel_size[0] - 1
            best.append(pool_states(answers, reach, "max"))
        found = torch.cat(best, dim=1)  # (batch, 3 * filters)
        return self.linear(self.dropout(found))  # (batch, 2)
