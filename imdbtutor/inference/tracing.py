"""What a classifier holds in mind after each word of a review."""

import torch
from torch import Tensor, nn

from imdbtutor.data.batches import ReviewDataset
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.models.lstm import LSTMClassifier


def verdict_by_word(model: LSTMClassifier, token_ids: Tensor) -> Tensor:
    """Judge a review as if it ended after its first word, its second, ...

    Args:
        model: The classifier, of two classes.
        token_ids: One review, int64, shape (time,).

    Returns:
        The probability of positive after each word, float64, shape (time,).

    Used in chapter 7.
    """
    starts = [token_ids[:count] for count in range(1, len(token_ids) + 1)]
    logits = predict_logits(model, ReviewDataset(starts, [0] * len(starts)))
    return logits.double().softmax(dim=1)[:, 1]


def trace_lstm(lstm: nn.LSTM, vectors: Tensor) -> dict[str, Tensor]:
    """Read word vectors in order, and keep the gates as well as the state.

    Args:
        lstm: One layer, one direction.
        vectors: Shape (time, embedding).

    Returns:
        By the letters of chapter 7: gates `i`, `f` and `o`, memory `c` and
        state `h`, each of shape (time, hidden).

    Used in chapter 7.
    """
    h = c = vectors.new_zeros(lstm.hidden_size)
    steps = []
    for x in vectors:
        gates = lstm.weight_ih_l0 @ x + lstm.bias_ih_l0
        gates = gates + lstm.weight_hh_l0 @ h + lstm.bias_hh_l0
        i, f, g, o = gates.chunk(4)
        i, f, o = i.sigmoid(), f.sigmoid(), o.sigmoid()
        c = f * c + i * g.tanh()
        h = o * c.tanh()
        steps.append({"i": i, "f": f, "o": o, "c": c, "h": h})
    return {name: torch.stack([s[name] for s in steps]) for name in "ifoch"}


@torch.no_grad()
def trace_reading(
    model: LSTMClassifier, token_ids: Tensor, units: int = 8
) -> dict[str, dict]:
    """Follow both directions of a classifier that pools by the maximum.

    Args:
        model: The classifier: one layer, both directions, two classes.
        token_ids: One review, int64, shape (time,).
        units: How many numbers of each state to keep: one half adds most to
            the score, the other takes most away.

    Returns:
        For `forward` and `backward`: `units`, their places in the state;
        `share`, what each adds to the score; and the rows of `trace_lstm`
        as lists, a unit each, in the order of the review's words.

    Used in chapter 7.
    """
    layer, vectors = model.layers[0], model.embedding(token_ids)
    weights = model.linear.weight[1] - model.linear.weight[0]
    forward, backward = weights.chunk(2)
    back = trace_lstm(layer.backward_lstm, vectors.flip(0))
    back = {name: rows.flip(0) for name, rows in back.items()}
    ahead = trace_lstm(layer.forward_lstm, vectors)
    return {
        "forward": _strongest(ahead, forward, units),
        "backward": _strongest(back, backward, units),
    }


def _strongest(
    trace: dict[str, Tensor], weights: Tensor, count: int
) -> dict[str, list]:
    share = trace["h"].amax(dim=0) * weights  # (hidden,)
    order = share.argsort(descending=True)
    half = (count + 1) // 2
    units = torch.cat([order[:half], order[len(order) - count + half :]])
    kept = {name: rows[:, units].T.tolist() for name, rows in trace.items()}
    return {"units": units.tolist(), "share": share[units].tolist(), **kept}
