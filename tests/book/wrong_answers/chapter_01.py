import numpy as np
import torch


def stacked(reviews, width, *, front=False, tail=False, dtype=torch.int64):
    rows = torch.zeros(len(reviews), width, dtype=dtype)
    for row, review in enumerate(reviews):
        ids = review[-width:] if tail else review[:width]
        start = width - len(ids) if front else 0
        rows[row, start : start + len(ids)] = torch.tensor(ids, dtype=dtype)
    return rows


def uncut(reviews, width):
    rows = torch.zeros(len(reviews), width, dtype=torch.int64)
    for row, review in enumerate(reviews):
        rows[row, : len(review)] = torch.tensor(review)
    return rows


WRONG = {
    "01.1": [
        ("without quotation marks", "int64"),
        ("of Python's or NumPy's", np.int64),
        ("by asking for it", torch.int32),
        ("numbers with a point", torch.float32),
    ],
    "01.2": [
        ("end of a row", lambda r, w: stacked(r, w, front=True)),
        ("first words, not the last", lambda r, w: stacked(r, w, tail=True)),
        ("int64", lambda r, w: stacked(r, w, dtype=torch.float32)),
        ("stops with", lambda r, w: torch.tensor(r)),
        ("Cut a review", uncut),
        ("shape", lambda r, w: stacked(r, w)[:, : w - 1]),
    ],
    "01.3": [
        ("film's mean", lambda s: s - s.mean(dim=0)),
        ("one mean", lambda s: s - s.mean()),
        ("keepdim=True", lambda s: s - s.mean(dim=1)),
        ("convert them first", lambda s: s - s.mean(dim=1, keepdim=True)),
        ("int32", lambda s: (s - s.float().mean(1, keepdim=True)).to(s.dtype)),
        (
            "work on a copy",
            lambda s: s.sub_(s.float().mean(dim=1, keepdim=True)),
        ),
    ],
    "01.4": [
        (
            "dim=1",
            lambda ids, n: torch.cat([ids[:, :n], ids[:, -n:]], dim=0),
        ),
        (
            "rows, which are reviews",
            lambda ids, n: torch.cat([ids[:n], ids[-n:]], dim=1),
        ),
        (
            "reverse order",
            lambda ids, n: torch.cat([ids[:, :n], ids.flip(1)[:, :n]], dim=1),
        ),
    ],
}
