import torch
from torch.nn import functional as F

RIGHT = {
    "06.1": [
        lambda reviews: [
            torch.stack(
                [
                    F.pad(r, (0, max(map(len, reviews)) - len(r)))
                    for r in reviews
                ]
            ),
            [len(review) for review in reviews],
        ],
    ],
    "06.2": [
        lambda n: (torch.arange(n.max()) < n[:, None]).flip(1),
        lambda n: torch.stack(
            [torch.arange(n.max()) >= n.max() - length for length in n]
        ),
    ],
    "06.4": [
        lambda n, size: torch.tensor(n).argsort(stable=True).split(size),
    ],
}
