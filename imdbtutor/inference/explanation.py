"""Which words led to a prediction."""

from collections.abc import Callable
from functools import partial

import torch
from torch import Tensor

from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.vocab import UNK_ID
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.models.lstm import LSTMClassifier

LONGEST = 5_000  # tokens; leaving each out once takes 90 seconds on one core


def class_score(logits: Tensor, target: int = 1) -> Tensor:
    """Set a class against the others put together; of two, against the other.

    Args:
        logits: Shape (batch, classes).
        target: The class.

    Returns:
        Its logit minus the logarithm of the others' summed exponentials,
        shape (batch,): above 0 it is likelier than all others together.

    Used in chapter 10.
    """
    others = [n for n in range(logits.shape[1]) if n != target]
    return logits[:, target] - logits[:, others].logsumexp(dim=1)


def score_vectors(
    model: LSTMClassifier, vectors: Tensor, target: int = 1
) -> Tensor:
    """Score reviews of one length: of two classes, positive minus negative.

    Args:
        model: The classifier.
        vectors: Word vectors, shape (batch, time, embedding).
        target: The class.

    Returns:
        `class_score` of each, shape (batch,).

    Used in chapter 10.
    """
    batch, time, _ = vectors.shape
    lengths = torch.full((batch,), time, device=vectors.device)
    return class_score(model.classify(vectors, lengths), target)


def integrated_gradients(
    model: LSTMClassifier,
    token_ids: Tensor,
    target: int = 1,
    *,
    tolerance: float = 0.01,
) -> Tensor:
    """Share a review's score out over its words, along a straight path.

    The path leads from a review of as many unknown words to the review. On
    every stretch each word gets what its vector moved the score. An LSTM can
    change its mind within a thousandth of the way, so equal ones would miss
    much: a stretch is halved until what its words got adds up to what the
    score has moved (completeness; Sundararajan, Taly and Yan, 2017).

    Args:
        model: The classifier; dropout must be off.
        token_ids: One review, int64, shape (time,).
        target: The class to explain.
        tolerance: How far the sum of the weights may be from the change of
            the score along the whole path, as a share of that change.

    Returns:
        The words' weights in logits, shape (time,).

    Used in chapter 10.
    """
    unknown = torch.full_like(token_ids, UNK_ID)
    start = model.embedding(unknown).detach()  # (time, embedding)
    way = model.embedding(token_ids).detach() - start
    ends = torch.arange(17, device=way.device) / 16
    begin, width = ends[:-1], ends.diff()
    path = partial(_walk, partial(score_vectors, model, target=target))
    weights, moved = path(start, way, begin, width)
    allowed = max(tolerance * abs(moved.sum().item()), 1e-4)
    for _ in range(20):  # float32 does not tell shorter ones apart
        missed = weights.sum(dim=1) - moved  # (stretches,)
        if missed.sum().abs() <= allowed and missed.abs().max() <= 0.05:
            break
        halve = missed.abs() >= missed.abs().mean()
        half = width[halve] / 2
        added_begin = torch.cat([begin[halve], begin[halve] + half])
        added_width = torch.cat([half, half])
        added = path(start, way, added_begin, added_width)
        begin = torch.cat([begin[~halve], added_begin])
        width = torch.cat([width[~halve], added_width])
        weights = torch.cat([weights[~halve], added[0]])
        moved = torch.cat([moved[~halve], added[1]])
    return weights.sum(dim=0)


def _walk(
    score_of: Callable[[Tensor], Tensor],
    start: Tensor,
    way: Tensor,
    begin: Tensor,
    width: Tensor,
) -> tuple[Tensor, Tensor]:
    """Walk along the path in stretches, each from `begin` to `begin + width`.

    Returns:
        What each gives to each word, shape (stretches, time), and how far it
        moves the score, shape (stretches,).
    """

    def score(places: Tensor) -> tuple[Tensor, Tensor]:
        vectors = start + places[:, None, None] * way
        vectors.requires_grad_()
        return score_of(vectors), vectors

    weights, moved = [], []
    for one, length in zip(begin.split(16), width.split(16), strict=True):
        with torch.no_grad():
            moved.append(score(one + length)[0] - score(one)[0])
        with torch.backends.cudnn.flags(enabled=False):  # no eval gradients
            scores, vectors = score(one + length / 2)
            (slopes,) = torch.autograd.grad(scores.sum(), vectors)
        weights.append(length[:, None] * (slopes * way).sum(dim=2))
    return torch.cat(weights), torch.cat(moved)


def weigh_by_leaving_out(
    model: LSTMClassifier, token_ids: Tensor, target: int = 1
) -> Tensor:
    """Measure how far the score falls when a word is taken out of a review.

    Args:
        model: The classifier.
        token_ids: One review, int64, shape (time,). Of a single word the
            place is kept, and read as an unknown word.
        target: The class to explain.

    Returns:
        The words' weights in logits, shape (time,).

    Used in chapter 10.
    """
    ids, places = token_ids.cpu(), torch.arange(len(token_ids))
    shorter = [ids[places != place] for place in places]
    if len(ids) == 1:
        shorter = [torch.full_like(ids, UNK_ID)]
    reviews = ReviewDataset([ids, *shorter], [0] * (1 + len(shorter)))
    scores = class_score(predict_logits(model, reviews), target)
    return scores[0] - scores[1:]


METHODS = {
    "gradients": integrated_gradients,
    "leave_one_out": weigh_by_leaving_out,
}


def weigh_tokens(
    model: LSTMClassifier, token_ids: Tensor, how: str, target: int = 1
) -> Tensor:
    """Say what each token of a review weighed, one way or another.

    Args:
        model: The classifier; it is switched to evaluation mode.
        token_ids: One review, int64, shape (time,).
        how: A name in `METHODS`.
        target: The class to explain.

    Returns:
        The tokens' weights in logits, float64, on the CPU, shape (time,).

    Raises:
        ValueError: If there is no such way, or the review is longer than
            5,000 tokens.

    Used in chapter 10.
    """
    if how not in METHODS:
        raise ValueError(f"how={how!r}: expected one of {list(METHODS)}.")
    if len(token_ids) > LONGEST:
        raise ValueError(
            f"the text has {len(token_ids):,} tokens; explaining takes "
            f"{LONGEST:,} at most. Give a part of it."
        )
    model.eval()
    device = next(model.parameters()).device
    weights = METHODS[how](model, token_ids.to(device), target)
    return weights.cpu().double()
