"""Training in 16 bits, where the device is faster at it."""

import torch
from torch import nn
from torch.nn import functional as F

from imdbtutor.data.batches import Batch


class MixedStep:
    """A step that computes in 16 bits and keeps its weights in 32.

    `bfloat16` has the range of 32 bits and few digits; `float16` has more
    digits and loses small gradients, so the loss is scaled up before
    `backward` and the gradients down again before the step (Micikevicius and
    others, 2018). A step whose gradients overflow is left out. The scale is
    not part of a `Checkpoint`: a run that goes on finds it anew.

    Args:
        device: Where the model is.
        dtype: `torch.bfloat16` or `torch.float16`.

    Raises:
        ValueError: If asked for float16 on a CPU, whose LSTM has none.

    Built in chapter 14.
    """

    def __init__(self, device: torch.device | str, dtype: torch.dtype) -> None:
        """Begin with the usual scale."""
        self.kind, self.dtype = torch.device(device).type, dtype
        if self.kind == "cpu" and dtype == torch.float16:
            raise ValueError("a CPU's LSTM has no float16; use bfloat16.")
        # A GPU's LSTM may compute in float16 whatever is asked for.
        scaled = dtype == torch.float16 or self.kind == "cuda"
        self.scaler = torch.amp.GradScaler(self.kind, enabled=scaled)

    def __call__(
        self,
        model: nn.Module,
        batch: Batch,
        optimizer: torch.optim.Optimizer,
        clip_norm: float,
    ) -> tuple[float, int, int]:
        """Do as `take_step` does."""
        token_ids, lengths, labels = batch
        optimizer.zero_grad()
        with torch.autocast(self.kind, self.dtype):
            logits = model(token_ids, lengths)
        loss = F.cross_entropy(logits.float(), labels)
        self.scaler.scale(loss).backward()
        self.scaler.unscale_(optimizer)
        nn.utils.clip_grad_norm_(model.parameters(), clip_norm)
        self.scaler.step(optimizer)
        self.scaler.update()
        right = (logits.argmax(dim=1) == labels).sum().item()
        return loss.item() * len(labels), right, len(labels)
