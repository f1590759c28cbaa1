"""A transformer's encoder, and the weights of all-MiniLM-L6-v2 in it."""

from dataclasses import dataclass

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F

from imdbtutor.data.minilm import MiniLMFiles


@dataclass(frozen=True)
class EncoderConfig:
    """The sizes of an encoder; as they are, those of all-MiniLM-L6-v2.

    Args:
        vocab_size: Rows of the table of word pieces.
        width: Size of a vector, in and between all layers.
        num_layers: Blocks on top of each other.
        num_heads: Heads of each block; they share the width out.
        inner: Size of the wider layer inside a block.
        positions: The longest text, in word pieces.
        dropout: Share of numbers set to 0 in training.

    Raises:
        ValueError: If the heads cannot share the width out.

    Built in chapter 17.
    """

    vocab_size: int = 30_522
    width: int = 384
    num_layers: int = 6
    num_heads: int = 12
    inner: int = 1_536
    positions: int = 512
    dropout: float = 0.1

    def __post_init__(self) -> None:
        """Refuse a width that the heads cannot share out."""
        if self.width % self.num_heads:
            raise ValueError(
                f"{self.num_heads} heads cannot share out width={self.width}: "
                "it has to be a multiple of num_heads."
            )


class SelfAttention(nn.Module):
    """Give each token a mean of all tokens, weighted by how they match.

    Args:
        width: Size of a token's vector.
        num_heads: Heads; each sees `width // num_heads` numbers.
        dropout: Share of weights set to 0 in training.

    Built in chapter 17.
    """

    def __init__(self, width: int, num_heads: int, dropout: float) -> None:
        """Create the four linear layers."""
        super().__init__()
        self.num_heads = num_heads
        self.dropout = dropout
        self.query = nn.Linear(width, width)
        self.key = nn.Linear(width, width)
        self.value = nn.Linear(width, width)
        self.output = nn.Linear(width, width)

    def project(self, vectors: Tensor) -> list[Tensor]:
        """Make queries, keys and values, each shared out over the heads.

        Args:
            vectors: Shape (batch, time, width).

        Returns:
            Three tensors of shape (batch, heads, time, width / heads).
        """
        return [
            layer(vectors).unflatten(2, (self.num_heads, -1)).transpose(1, 2)
            for layer in (self.query, self.key, self.value)
        ]

    def forward(self, vectors: Tensor, real: Tensor) -> Tensor:
        """Mix the tokens of each text.

        Args:
            vectors: Shape (batch, time, width).
            real: Which places are no padding, bool, shape (batch, time).

        Returns:
            Shape (batch, time, width).
        """
        mixed = F.scaled_dot_product_attention(
            *self.project(vectors),
            attn_mask=real[:, None, None],
            dropout_p=self.dropout if self.training else 0.0,
        )  # (batch, heads, time, width / heads)
        return self.output(mixed.transpose(1, 2).flatten(2))


class EncoderBlock(nn.Module):
    """Let the tokens look at each other, then let each think for itself.

    Args:
        config: The sizes.

    Built in chapter 17.
    """

    def __init__(self, config: EncoderConfig) -> None:
        """Create the layers with fresh random weights."""
        super().__init__()
        width = config.width
        self.attention = SelfAttention(width, config.num_heads, config.dropout)
        self.attention_norm = nn.LayerNorm(width, eps=1e-12)
        self.widen = nn.Linear(width, config.inner)
        self.narrow = nn.Linear(config.inner, width)
        self.narrow_norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, values: Tensor, real: Tensor) -> Tensor:
        """Return new vectors for all tokens, shape (batch, time, width)."""
        mixed = self.dropout(self.attention(values, real))
        values = self.attention_norm(values + mixed)
        thought = self.dropout(self.narrow(F.gelu(self.widen(values))))
        return self.narrow_norm(values + thought)


class Encoder(nn.Module):
    """Word pieces to vectors that know their neighbours.

    The architecture is BERT's (Devlin and others, 2019).

    Args:
        config: The sizes.

    Built in chapter 17.
    """

    def __init__(self, config: EncoderConfig) -> None:
        """Create the layers with fresh random weights."""
        super().__init__()
        width = config.width
        self.config = config
        self.words = nn.Embedding(config.vocab_size, width, padding_idx=0)
        self.places = nn.Embedding(config.positions, width)
        self.segments = nn.Embedding(2, width)
        self.norm = nn.LayerNorm(width, eps=1e-12)
        self.dropout = nn.Dropout(config.dropout)
        self.blocks = nn.ModuleList(
            EncoderBlock(config) for _ in range(config.num_layers)
        )

    def embed(self, token_ids: Tensor) -> Tensor:
        """Give each token a vector of what it is and where it stands.

        Args:
            token_ids: Word pieces, int64, shape (batch, time).

        Returns:
            Shape (batch, time, width).

        Raises:
            ValueError: If a text is longer than the places there are.
        """
        time = token_ids.shape[1]
        if time > self.config.positions:
            raise ValueError(
                f"{time} word pieces, and the encoder knows "
                f"{self.config.positions} places. Cut the texts first."
            )
        values = self.words(token_ids) + self.places.weight[:time]
        values = values + self.segments.weight[0]  # there is one text alone
        return self.dropout(self.norm(values))

    def layers(self, token_ids: Tensor, lengths: Tensor) -> list[Tensor]:
        """Return the vectors after each layer, the embedding's first.

        Args:
            token_ids: Padded word pieces, int64, shape (batch, time).
            lengths: Real pieces of each text, int64, shape (batch,).

        Returns:
            `num_layers + 1` tensors of shape (batch, time, width).
        """
        steps = torch.arange(token_ids.shape[1], device=token_ids.device)
        real = steps < lengths[:, None]  # (batch, time)
        found = [self.embed(token_ids)]
        for block in self.blocks:
            found.append(block(found[-1], real))
        return found

    def forward(self, token_ids: Tensor, lengths: Tensor) -> Tensor:
        """Return the last layer's vectors, shape (batch, time, width)."""
        return self.layers(token_ids, lengths)[-1]


RENAMED = {  # in this order: the last two are parts of names before them
    "embeddings.word_embeddings": "words",
    "embeddings.position_embeddings": "places",
    "embeddings.token_type_embeddings": "segments",
    "embeddings.LayerNorm": "norm",
    "encoder.layer": "blocks",
    "attention.self": "attention",
    "attention.output.dense": "attention.output",
    "attention.output.LayerNorm": "attention_norm",
    "intermediate.dense": "widen",
    "output.LayerNorm": "narrow_norm",
    "output.dense": "narrow",
}


def rename(name: str) -> str:
    """Turn a parameter's name in BERT's file into the one it has here.

    Args:
        name: As in `encoder.layer.0.attention.self.query.weight`.

    Built in chapter 17.
    """
    for theirs, ours in RENAMED.items():
        name = name.replace(theirs, ours)
    return name


def load_minilm(files: MiniLMFiles, *, dropout: float = 0.1) -> Encoder:
    """Make an encoder with the weights of all-MiniLM-L6-v2, set to predict.

    Args:
        files: What `fetch_minilm` returns.
        dropout: Share of numbers set to 0 in training, if it is trained.

    Built in chapter 17.
    """
    encoder = Encoder(EncoderConfig(dropout=dropout))
    weights = load_file(files.weights)
    encoder.load_state_dict(
        {
            rename(name): numbers
            for name, numbers in weights.items()
            if "pooler" not in name and "position_ids" not in name
        }
    )
    return encoder.eval()
