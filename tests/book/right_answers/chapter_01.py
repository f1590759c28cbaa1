import torch

RIGHT = {
    "01.1": [torch.long],
    "01.2": [
        lambda reviews, width: torch.tensor(
            [(review + [0] * width)[:width] for review in reviews]
        ),
    ],
    "01.3": [
        lambda scores: scores - scores.double().mean(1, keepdim=True),
        lambda scores: (scores.T - scores.float().mean(dim=1)).T,
    ],
    "01.4": [lambda ids, n: torch.hstack([ids[:, :n], ids[:, -n:]])],
}
