"""The models that other people's recipes train, and their batches."""

import torch
from torch import Tensor, nn
from torch.nn import functional as F
from torch.nn.utils.rnn import (
    pack_padded_sequence,
    pad_packed_sequence,
    pad_sequence,
)

from imdbtutor.data.batches import Batch
from imdbtutor.data.vocab import PAD_ID, Vocab
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.models.vectors import count_neighbours, word_vectors


class PackedLSTM(nn.Module):
    """Two layers, two directions, packed; the last states; two logits."""

    def __init__(self, vocab_size: int, dim: int = 300) -> None:
        """Create the layers; vectors and states have the same size."""
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, dim, padding_idx=PAD_ID)
        self.lstm = nn.LSTM(
            dim, dim, 2, batch_first=True, bidirectional=True, dropout=0.5
        )
        self.dropout = nn.Dropout(0.5)
        self.linear = nn.Linear(2 * dim, 2)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Return logits, (batch, 2)."""
        values = self.dropout(self.embedding(token_ids))
        packed = pack_padded_sequence(
            values, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, (hidden, _) = self.lstm(packed)
        pad_packed_sequence(states, batch_first=True)  # as its model does
        last = torch.cat([hidden[-2], hidden[-1]], dim=1)
        return self.linear(self.dropout(last))


def as_dense(packed: PackedLSTM) -> LSTMClassifier:
    """Copy a packed model's weights into one that reads dense batches."""
    size, dim = packed.embedding.weight.shape
    config = ModelConfig(
        size, dim, dim, 2, pooling="last", dropout=0.5, word_dropout=0.0
    )
    dense = LSTMClassifier(config)
    weights = {
        f"{part}.{name}": value
        for part in ("embedding", "linear")
        for name, value in getattr(packed, part).state_dict().items()
    }
    for name, value in packed.lstm.state_dict().items():
        name, reverse, _ = name.partition("_reverse")
        way = "backward_lstm" if reverse else "forward_lstm"
        weights[f"layers.{name[-1]}.{way}.{name[:-1]}0"] = value
    dense.load_state_dict(weights)
    return dense


class FilledLSTM(nn.Module):
    """Two layers, two directions, which read the padding before the text."""

    def __init__(self, vocab_size: int) -> None:
        """Create the layers."""
        super().__init__()
        self.embedding = nn.Embedding(vocab_size, 128)
        nn.init.uniform_(self.embedding.weight, -0.05, 0.05)  # Keras's way
        self.lstm = nn.LSTM(128, 64, 2, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(128, 1)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Return logits, (batch, 2); the negative one is always 0."""
        _, (hidden, _) = self.lstm(self.embedding(token_ids))
        score = self.linear(torch.cat([hidden[-2], hidden[-1]], dim=1))
        return torch.cat([torch.zeros_like(score), score], dim=1)


class BorrowedLSTM(nn.Module):
    """Two layers, two directions, borrowed vectors that stay as they are.

    Padding after the text is read too; what goes on are the states at both
    ends, of 500 tokens.
    """

    def __init__(self, vectors: Tensor) -> None:
        """Create the layers; `vectors` are (vocab, dim)."""
        super().__init__()
        dim = vectors.shape[1]
        self.embedding = nn.Embedding.from_pretrained(vectors)  # frozen
        self.lstm = nn.LSTM(dim, dim, 2, batch_first=True, bidirectional=True)
        self.linear = nn.Linear(4 * dim, 2)
        for part in (self.lstm, self.linear):
            for weight in part.parameters():
                if weight.dim() > 1:
                    nn.init.xavier_uniform_(weight)

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Return logits, (batch, 2)."""
        states, _ = self.lstm(self.embedding(token_ids))
        return self.linear(torch.cat([states[:, 0], states[:, -1]], dim=1))


def make_packed(vocab: Vocab, encoded: list[Tensor]) -> PackedLSTM:
    """Start as the recipe does, with vectors from the same reviews.

    Its vectors (GloVe) are two gigabytes from elsewhere; those of chapter 12
    take their place.
    """
    model = PackedLSTM(len(vocab))
    dim = model.embedding.embedding_dim
    vectors = word_vectors(count_neighbours(encoded, len(vocab)), dim)
    model.embedding.weight.data.copy_(0.3 * vectors)
    nn.init.xavier_normal_(model.linear.weight)
    nn.init.zeros_(model.linear.bias)
    for name, weight in model.lstm.named_parameters():
        if "bias" in name:
            nn.init.zeros_(weight)
        else:
            nn.init.orthogonal_(weight)
    return model


def fill(width: int, side: str, examples: list) -> Batch:
    """Make every review equally wide, filled up at one side.

    Args:
        width: Tokens that each review has then.
        side: Where the padding goes, "left" or "right".
        examples: Pairs of ids and label; none is longer than `width`.
    """
    reviews, labels = zip(*examples, strict=True)
    ids = pad_sequence(reviews, batch_first=True, padding_side=side)
    missing = width - ids.shape[1]
    ids = F.pad(ids, (missing, 0) if side == "left" else (0, missing))
    return Batch(
        ids, torch.tensor([len(ids) for ids in reviews]), torch.stack(labels)
    )
