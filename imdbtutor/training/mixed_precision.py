"""Training in 16 bits, where the device is faster at it."""

import torch


def mixed_precision(device: torch.device | str, dtype: torch.dtype) -> dict:
    """Let `take_step` compute in 16 bits and keep its weights in 32.

    `bfloat16` has the range of 32 bits and few digits; `float16` has more
    digits and loses small gradients, so the loss is scaled up before
    `backward` and the gradients down again before the step (Micikevicius and
    others, 2018). A step whose gradients overflow is left out, and neither
    the optimizer nor its schedule counts it.

    Args:
        device: Where the model is.
        dtype: `torch.bfloat16` or `torch.float16`.

    Returns:
        `autocast` and `scaler`, for `take_step`.

    Raises:
        ValueError: If asked for float16 on a CPU, whose LSTM has none.

    Example:
        >>> step = partial(take_step, **mixed_precision("cuda", torch.float16))

    Built in chapter 14.
    """
    kind = torch.device(device).type
    if kind == "cpu" and dtype == torch.float16:
        raise ValueError("a CPU's LSTM has no float16; use bfloat16.")
    # A GPU's LSTM may compute in float16 whatever is asked for.
    scaled = dtype == torch.float16 or kind == "cuda"
    return {
        "autocast": torch.autocast(kind, dtype),
        "scaler": torch.amp.GradScaler(kind, enabled=scaled),
    }
