import numpy as np
import torch


def with_optimizer(weights, rate):
    torch.optim.SGD([weights], lr=rate).step()
    weights.grad.zero_()
    return weights


def zero_and_replace(weights, rate):
    weights.data = weights.data - rate * weights.grad
    weights.grad = torch.zeros_like(weights)
    return weights


RIGHT = {
    "02.1": [9, torch.tensor(9.0), np.float64(9)],
    "02.2": [with_optimizer, zero_and_replace],
    "02.4": [
        lambda x, y, w: (((x @ w).double().sigmoid() - y)[:, None] * x).mean(
            dim=0
        ),
    ],
}
