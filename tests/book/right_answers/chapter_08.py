import numpy as np
import torch
from torch.nn import functional as F


def step_on_joined(model, batches, optimizer):
    """Add up one loss over all batches, and walk back once."""
    seen = sum(len(labels) for *_, labels in batches)
    model.zero_grad(set_to_none=False)
    loss = sum(
        F.cross_entropy(model(ids, lengths), labels) * len(labels)
        for ids, lengths, labels in batches
    )
    (loss / seen).backward()
    optimizer.step()
    return loss.item() / seen


def loss_by_class(model, batches):
    mode = model.training
    model.eval()
    with torch.inference_mode():
        logits = [model(batch.token_ids, batch.lengths) for batch in batches]
    model.train(mode)
    log_chances = torch.cat(logits).double().log_softmax(dim=1)
    labels = torch.cat([batch.labels for batch in batches])
    return np.array(
        [-log_chances[labels == y][:, y].mean().item() for y in (0, 1)]
    )


def clip_in_place(gradients, max_norm):
    norm = torch.cat([g.flatten() for g in gradients]).double().norm()
    for gradient in gradients:
        gradient *= min(1.0, max_norm / max(norm, 1e-12))
    return tuple(gradients)


RIGHT = {
    "08.1": [0.693, np.log(2), torch.tensor(0.6931, requires_grad=True)],
    "08.2": [step_on_joined],
    "08.3": [loss_by_class],
    "08.5": [clip_in_place],
}
