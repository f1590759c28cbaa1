import math
import re

import torch
from torch.nn import functional as F


def whole_ones(ids, size):
    return [part for part in ids.split(size) if len(part) == size]


def filled(ids, size):
    return list(F.pad(ids, (0, -len(ids) % size)).split(size))


def overlapping(ids, size):
    parts = [ids[k : k + size] for k in range(0, len(ids) - size + 1, size)]
    return [*parts, ids[-size:]]


def too_early(ids, size):
    starts = [*range(0, len(ids) - size, size), len(ids) - size]
    return [ids[start:][:size] for start in starts]


def right_windows(ids, size):
    starts = [*range(0, len(ids) - size, size), max(len(ids) - size, 0)]
    return torch.stack([ids[start : start + size] for start in starts])


def rate(step, up, steps, highest, *, first=1, begin=None, half=0.5, pi=1):
    begin = up if begin is None else begin
    if step < begin:
        return highest * (step + first) / (up + first)
    share = (step - begin) / (steps - begin)
    return half * highest * (1 + math.cos(pi * math.pi * share))


def evenly(step, up, steps, highest):
    if step < up:
        return highest * (step + 1) / (up + 1)
    return highest * (steps - step) / (steps - up)


def rates(
    names,
    highest,
    factor,
    *,
    digits="+",
    linear=0,
    table=1,
    up=False,
    last=None,
):
    found = {}
    numbers = re.findall(r"blocks\.(\d+)", " ".join(names))
    last = max(map(int, numbers)) if last is None else last
    for name in names:
        block = re.search(r"blocks\.\d*?(\d" + digits + r")\.", name)
        if not name.startswith("encoder"):
            steps = linear and last + 1
        elif block is None:
            steps = last + table
        else:
            steps = int(block[1]) if up else last - int(block[1])
        found[name] = highest * factor**steps
    return found


def spared(names, highest, factor):
    tables = [name for name in names if "blocks" not in name]
    return rates(names, highest, factor) | dict.fromkeys(tables, highest)


def distill(logits, teacher, t, *, power=2, student=True, taught=True):
    said = (teacher / (t if taught else 1)).softmax(dim=1)
    return t**power * F.cross_entropy(logits / (t if student else 1), said)


def without_softmax(logits, teacher, t):
    return t**2 * F.cross_entropy(logits / t, teacher / t)


def certain(logits, teacher, t):
    return t**2 * F.cross_entropy(logits / t, teacher.argmax(dim=1))


def divergence(logits, teacher, t):
    logs = (logits / t).log_softmax(dim=1)
    said = (teacher / t).softmax(dim=1)
    return t**2 * F.kl_div(logs, said, reduction="batchmean")


WRONG = {
    "18.1": [
        ("shorter than the others", lambda ids, n: list(ids.split(n))),
        ("are lost", whole_ones),
        ("Nothing is filled up", filled),
        ("there twice", overlapping),
        ("at every id", lambda ids, n: list(ids.unfold(0, n, 1))),
        ("A list of tensors", right_windows),
        ("one window, whole", too_early),
    ],
    "18.2": [
        ("falls evenly", evenly),
        ("begins at step", lambda s, u, n, h: rate(s, u, n, h, begin=0)),
        ("would be", lambda s, u, n, h: rate(s, u, n, h, first=0)),
        ("Half of that", lambda s, u, n, h: rate(s, u, n, h, half=1)),
        ("times share", lambda s, u, n, h: rate(s, u, n, h, pi=1 / math.pi)),
        ("Multiply by it", lambda s, u, n, h: rate(s, u, n, 1.0)),
    ],
    "18.3": [
        ("The tables get", lambda n, h, f: rates(n, h, f, table=0)),
        ("least of all", spared),
        ("no part of", lambda n, h, f: rates(n, h, f, linear=1)),
        ("other way round", lambda n, h, f: rates(n, h, f, up=True)),
        ("two digits", lambda n, h, f: rates(n, h, f, digits="")),
        ("highest number", lambda n, h, f: rates(n, h, f, last=5)),
        ("A dictionary", lambda n, h, f: [*rates(n, h, f).values()]),
    ],
    "18.4": [
        ("keep their size", lambda s, q, t: distill(s, q, t, power=0)),
        ("student's logits", lambda s, q, t: distill(s, q, t, student=False)),
        ("teacher's logits", lambda s, q, t: distill(s, q, t, taught=False)),
        ("no probabilities", without_softmax),
        ("for certain", certain),
        ("same slopes", divergence),
        ("not the sum", lambda s, q, t: len(s) * distill(s, q, t)),
        ("*squared*", lambda s, q, t: distill(s, q, t, power=1)),
        ("changed places", lambda s, q, t: distill(q, s, t)),
    ],
}
