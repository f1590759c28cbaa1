import torch
from torch import nn
from torch.nn import functional as F


class InAList(nn.Module):
    def __init__(self, words, hidden):
        super().__init__()
        self.layers = [nn.Linear(words, hidden), nn.Linear(hidden, 2)]

    def forward(self, counts):
        return self.layers[1](self.layers[0](counts).relu())


class WithSoftmax(nn.Sequential):
    def __init__(self, words, hidden):
        super().__init__(
            nn.Linear(words, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 2),
            nn.Softmax(dim=1),
        )


class Straight(nn.Sequential):
    def __init__(self, words, hidden):
        super().__init__(nn.Linear(words, hidden), nn.Linear(hidden, 2))


class Detached(nn.Module):
    def __init__(self, words, hidden):
        super().__init__()
        self.first = nn.Linear(words, hidden)
        self.second = nn.Linear(hidden, 2)

    def forward(self, counts):
        return self.second(self.first(counts).detach().relu())


class WithoutBias(nn.Sequential):
    def __init__(self, words, hidden):
        super().__init__(
            nn.Linear(words, hidden, bias=False),
            nn.ReLU(),
            nn.Linear(hidden, 2, bias=False),
        )


class OwnParametersWithoutRelu(nn.Module):
    def __init__(self, words, hidden):
        super().__init__()
        self.w = nn.Parameter(torch.randn(words, hidden))
        self.b = nn.Parameter(torch.randn(hidden))
        self.v = nn.Parameter(torch.randn(hidden, 2))
        self.c = nn.Parameter(torch.randn(2))

    def forward(self, counts):
        return (counts @ self.w + self.b).tanh() @ self.v + self.c


class OneLogit(nn.Sequential):
    def __init__(self, words, hidden):
        super().__init__(
            nn.Linear(words, hidden), nn.ReLU(), nn.Linear(hidden, 1)
        )


def in_one_go(reviews, size):
    bags = torch.zeros(len(reviews), size)
    for row, review in enumerate(reviews):
        bags[row, review] += 1
    return bags


def counted(reviews, size):
    rows = [torch.bincount(torch.tensor(r), minlength=size) for r in reviews]
    return torch.stack(rows)


def rows(y):
    return torch.arange(len(y))


WRONG = {
    "03.1": [
        ("has a bias", 10_000),
        ("its own 5,000", 5_002),
        ("belong to the outputs", 15_000),
        ("how many tensors", 2),
    ],
    "03.2": [
        ("not to a list", InAList),
        ("softmax", WithSoftmax),
        ("two linear layers in a row", Straight),
        ("two logits a review", OneLogit),
        ("no gradient", Detached),
        ("has a bias as well", WithoutBias),
        ("another function between", OwnParametersWithoutRelu),
        ("the class itself", Straight(6, 4)),
    ],
    "03.3": [
        (
            "That is the sum",
            lambda x, y: -x.log_softmax(dim=1)[rows(y), y].sum(),
        ),
        (
            "twice",
            lambda x, y: (
                -(x.softmax(dim=1).log_softmax(dim=1)[rows(y), y].mean())
            ),
        ),
        ("ready-made", lambda x, y: F.cross_entropy(x, y)),
        (
            "takes every label",
            lambda x, y: -x.log_softmax(dim=1)[:, y].mean(),
        ),
        (
            "logarithm is missing",
            lambda x, y: -x.softmax(dim=1)[rows(y), y].mean(),
        ),
        ("positive", lambda x, y: x.log_softmax(dim=1)[rows(y), y].mean()),
    ],
    "03.4": [
        ("only once", in_one_go),
        ("float", counted),
        ("one type", lambda r, n: counted(r, n).double()),
        ("shares", lambda r, n: F.normalize(counted(r, n).float(), p=1)),
    ],
}
