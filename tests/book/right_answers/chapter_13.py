import torch

RIGHT = {
    "13.2": [
        lambda score, review, others: (
            torch.stack(
                [score([o, review])[1] - score([review])[0] for o in others]
            )
            .abs()
            .max()
        ),
    ],
}
