import math

import torch
from torch import nn


def by_infinity(scores, values, length):
    places = torch.arange(len(scores))
    hidden = scores.masked_fill(places >= length, -torch.inf)
    return (hidden.softmax(0)[:, None] * values).sum(dim=0)


def by_hand(scores, values, length):
    raised = [math.exp(score) for score in scores[:length].tolist()]
    mixed = sum(
        weight * value for weight, value in zip(raised, values, strict=False)
    )
    return mixed / sum(raised)


def by_chunks(values, heads):
    return torch.stack(values.chunk(heads, dim=2), dim=1)


def by_torch(time):
    return nn.Transformer.generate_square_subsequent_mask(time) == 0


def by_lists(time):
    return torch.tensor([[k <= n for k in range(time)] for n in range(time)])


def by_pytorch(width, inner):
    layer = nn.TransformerEncoderLayer(width, 1, inner)
    return sum(numbers.numel() for numbers in layer.parameters())


RIGHT = {
    "17.1": [by_infinity, by_hand],
    "17.2": [by_chunks],
    "17.3": [by_torch, by_lists],
    "17.4": [by_pytorch],
}
