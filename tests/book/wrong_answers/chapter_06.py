import numpy as np
import torch
from torch.nn.utils.rnn import pad_sequence


def padded(reviews, **options):
    return pad_sequence(reviews, batch_first=True, **options)


def counted(reviews):
    return torch.tensor([len(review) for review in reviews])


def width_as_length(reviews):
    ids = padded(reviews)
    return ids, torch.full((len(reviews),), ids.shape[1])


def chunks(values, size):
    return [values[i : i + size] for i in range(0, len(values), size)]


def share(batch):
    return 1 - sum(batch) / (max(batch) * len(batch))


def places(lengths):
    return sorted(range(len(lengths)), key=lambda place: lengths[place])


def full_batches(lengths, size):
    return 1 - sum(lengths) / sum(max(b) * size for b in chunks(lengths, size))


def unstable(lengths, size):
    """Sort as NumPy may: ties keep their order only in short lists."""
    if len(lengths) < 20:
        return chunks(places(lengths), size)
    order = range(len(lengths))
    return chunks(sorted(order, key=lambda i: (lengths[i], -i)), size)


def of_equal_size(lengths, size):
    count = -(-len(lengths) // size)
    return [b.tolist() for b in np.array_split(places(lengths), count)]


WRONG = {
    "06.1": [
        (
            "stands in front",
            lambda r: (padded([x.flip(0) for x in r]).flip(1), counted(r)),
        ),
        ("count the padding", width_as_length),
        ("miss a 0", lambda r: (padded(r), (padded(r) != 0).sum(dim=1))),
        ("float32", lambda r: (padded(r).float(), counted(r))),
        ("column", lambda r: (padded(r).T, counted(r))),
        ("pair", lambda r: padded(r)),
        (
            "write it yourself",
            lambda r: (pad_sequence(r, batch_first=True), counted(r)),
        ),
    ],
    "06.2": [
        (
            "padding stands in front",
            lambda n: torch.arange(n.max()) < n[:, None],
        ),
        (
            "One too few",
            lambda n: torch.arange(n.max()) > (n.max() - n)[:, None],
        ),
        (
            "One column",
            lambda n: torch.arange(n.max())[:, None] >= n.max() - n,
        ),
        (
            "Numbers instead",
            lambda n: (torch.arange(n.max()) >= (n.max() - n)[:, None]).int(),
        ),
        (
            "changed places",
            lambda n: torch.arange(n.max()) < (n.max() - n)[:, None],
        ),
    ],
    "06.3": [
        ("one rectangle", lambda n, size: share(n)),
        (
            "mean of the batches",
            lambda n, size: (
                sum(map(share, chunks(n, size))) / len(chunks(n, size))
            ),
        ),
        ("last batch is smaller", full_batches),
    ],
    "06.4": [
        ("*which* reviews", lambda n, size: chunks(sorted(n), size)),
        (
            "smaller batch is missing",
            lambda n, size: [
                b for b in chunks(places(n), size) if len(b) == size
            ],
        ),
        (
            "Shortest first",
            lambda n, size: chunks(
                sorted(range(len(n)), key=lambda i: -n[i]), size
            ),
        ),
        ("now cut", lambda n, size: places(n)),
        ("ties in order", unstable),
        ("of nearly equal size", of_equal_size),
    ],
}
