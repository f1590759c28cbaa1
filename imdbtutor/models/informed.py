"""An LSTM that is told what n-grams usually mean."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.data.vocab import PAD_ID, Vocab
from imdbtutor.models.lstm import LSTMLayer, pool_states
from imdbtutor.models.ngrams import (
    NgramTable,
    attach_weights,
    count_ngrams,
    held_out_weights,
    learn_weights,
)

VECTOR_SCALE = 0.3  # word vectors come with a standard deviation of 1
WEIGHT_SCALE = 6.0  # n-gram weights with one of about 0.03


@dataclass(frozen=True)
class InformedReader:
    """Turns texts into token ids with the weights of their n-grams.

    Args:
        vocab: Words to token ids.
        ngrams: Token ids to n-gram numbers.
        weights: What each n-gram says, float32, shape (len(ngrams),).
        tokenize: Text to tokens, as the vocabulary's were made.

    Used in chapter 12.
    """

    vocab: Vocab
    ngrams: NgramTable
    weights: Tensor
    tokenize: Tokenizer = tokenize

    def read(self, texts: Sequence[str]) -> list[Tensor]:
        """Return float32 of shape (tokens, 1 + longest) for each text."""
        encoded = encode_reviews(
            texts, self.vocab, tokenize=self.tokenize, cache=False
        )
        numbers = self.ngrams.number(encoded)
        return attach_weights(encoded, numbers, [self.weights] * len(encoded))


def learn_to_read(
    encoded: Sequence[Tensor], labels: np.ndarray, vocab: Vocab
) -> tuple[InformedReader, list[Tensor]]:
    """Learn what n-grams say, and read the training reviews with it.

    The training reviews are read with weights that were learned on other
    ones; else they would tell their own labels, and nothing else would be
    learned from them.

    Args:
        encoded: Token ids of the training reviews.
        labels: 0 or 1 for each.
        vocab: The vocabulary they were encoded with.

    Returns:
        The reader for other texts, and the training reviews as it would
        read them.

    Built in chapter 12.
    """
    ngrams = NgramTable(encoded, len(vocab))
    numbers = ngrams.number(encoded)
    counts = count_ngrams(numbers, len(ngrams))
    part, held_out = held_out_weights(counts, labels)
    training = attach_weights(encoded, numbers, [held_out[p] for p in part])
    weights = learn_weights(counts, labels)
    return InformedReader(vocab, ngrams, weights), training


def read_in_chunks(
    layer: LSTMLayer, values: Tensor, lengths: Tensor, chunk: int
) -> Tensor:
    """Read each review in pieces, the state starting anew in each.

    Pieces are read side by side, so a long review takes no longer than a
    short one (Johnson and Zhang, 2016).

    Args:
        layer: Reads (pieces, chunk, features).
        values: Shape (batch, time, features).
        lengths: Real tokens of each review, int64, shape (batch,).
        chunk: Tokens in a piece.

    Returns:
        The state after every token, shape (batch, time, hidden); what
        stands after a review's end is not defined.

    Built in chapter 12.
    """
    batch, time, features = values.shape
    chunk = min(chunk, time)
    padded = F.pad(values, (0, 0, 0, -time % chunk))
    pieces = padded.reshape(-1, chunk, features)
    starts = torch.arange(0, padded.shape[1], chunk, device=values.device)
    real = (lengths[:, None] - starts).clamp(0, chunk)  # (batch, pieces)
    states = layer(pieces, real.flatten())
    return states.reshape(batch, padded.shape[1], -1)[:, :time]


class InformedLSTM(nn.Module):
    """An LSTM over word vectors and n-gram weights, and a linear layer.

    The linear layer sees three things: the pooled states, the sum of the
    word vectors, and the sum of the n-gram weights, which alone is the
    prediction of a bag of words; training starts close to that one.

    Args:
        vectors: A fixed vector for each token id, (vocab_size, features).
        longest: Phrase weights that come with each token.
        hidden_dim: Size of the LSTM's state, per direction.
        chunk: Tokens the LSTM reads before its state starts anew.
        dropout: Share of the pooled numbers set to 0 in training.
        word_dropout: Share of words left out whole in training.

    Built in chapter 12.
    """

    def __init__(
        self,
        vectors: Tensor,
        *,
        longest: int = 3,
        hidden_dim: int = 64,
        chunk: int = 64,
        dropout: float = 0.5,
        word_dropout: float = 0.1,
    ) -> None:
        """Keep the vectors as they are; create the trained layers."""
        super().__init__()
        self.chunk = chunk
        fixed = VECTOR_SCALE * vectors
        fixed[PAD_ID] = 0
        self.embedding = nn.Embedding.from_pretrained(
            fixed, padding_idx=PAD_ID
        )
        width = vectors.shape[1]
        self.layer = LSTMLayer(width + longest, hidden_dim, bidirectional=True)
        self.word_dropout = nn.Dropout1d(word_dropout)
        self.input_dropout = nn.Dropout(0.2)
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(4 * hidden_dim + width + longest, 2)
        with torch.no_grad():
            self.linear.weight[:, -longest:] = torch.tensor([[-0.5], [0.5]])

    def forward(self, tokens: Tensor, lengths: Tensor) -> Tensor:
        """Score a batch of reviews.

        Args:
            tokens: A token id and its n-gram weights at every place,
                float32, shape (batch, time, 1 + longest), padded with 0.
            lengths: Real tokens of each review, int64, shape (batch,).

        Returns:
            Logits, shape (batch, 2): negative, positive.
        """
        vectors = self.embedding(tokens[:, :, 0].long())
        weights = WEIGHT_SCALE * tokens[:, :, 1:]
        values = self.word_dropout(torch.cat([vectors, weights], dim=2))
        states = read_in_chunks(
            self.layer, self.input_dropout(values), lengths, self.chunk
        )
        pooled = pool_states(states, lengths, "max_mean")
        vectors, weights = values.tensor_split([vectors.shape[2]], dim=2)
        summed = vectors.sum(dim=1) / lengths[:, None].sqrt()
        learned = self.dropout(torch.cat([pooled, summed], dim=1))
        bag = weights.sum(dim=1) / WEIGHT_SCALE  # (batch, longest)
        return self.linear(torch.cat([learned, bag], dim=1))
