import torch

RIGHT = {
    "09.3": [lambda p, top: torch.tensor(p)[:, 1].gt(top).float()],
}
