import math

import torch
from torch import nn
from torch.nn import functional as F


def from_the_end(ids, size):
    if len(ids) <= size:
        return [ids]
    found, start = [], 0
    while start + size < len(ids):
        found.append(ids[start : start + size])
        start += size
    return [*found, ids[-size:]]


def clamped(ids, size):
    count = max(1, math.ceil(len(ids) / size))
    last = max(0, len(ids) - size)
    return tuple(ids[min(k * size, last) :][:size] for k in range(count))


def by_the_half_angle(step, up, steps, highest):
    if step < up:
        return highest / (up + 1) * (step + 1)
    share = (step - up) / (steps - up)
    return torch.tensor(highest * math.cos(math.pi * share / 2) ** 2)


def by_splitting(names, highest, factor):
    def number(name):
        _, found, rest = name.partition("blocks.")
        return int(rest.split(".")[0]) if found else -1

    last = max(map(number, names))
    return {
        name: highest
        if name.startswith("linear")
        else highest * factor ** (last - number(name))
        for name in names
    }


def by_logs(logits, teacher, temperature):
    said = F.softmax(teacher / temperature, dim=1)
    logs = F.log_softmax(logits / temperature, dim=1)
    return -(said * logs).sum() / len(logits) * temperature**2


def by_a_layer(logits, teacher, temperature):
    loss = nn.CrossEntropyLoss()
    said = torch.softmax(teacher / temperature, 1)
    return (temperature**2 * loss(logits / temperature, said)).item()


RIGHT = {
    "18.1": [from_the_end, clamped],
    "18.2": [by_the_half_angle],
    "18.3": [by_splitting],
    "18.4": [by_logs, by_a_layer],
}
