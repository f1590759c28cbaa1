"""Chapter 8: training."""

import copy
import functools
import math

import torch
from torch.nn import functional as F

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import differ, real, whole
from imdbtutor.data.batches import pad_batch
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig


@exercise("08.1")
def _loss(answer):
    wrong = differ(answer, math.log(2))
    expect("which is not" not in wrong, "A number is asked.")
    for slip, hint in [
        (0.5, "That is the chance. The loss is minus its logarithm."),
        (1.0, "The natural logarithm is meant, not the one to base 2."),
        (0.301, "The natural logarithm is meant, not the one to base 10."),
        (-0.693, "Minus the logarithm: a loss is not negative."),
    ]:
        expect(abs(float(answer) - slip) > 5e-4, hint)
    off = abs(float(answer) - math.log(2))
    expect(not 5e-4 < off < 5e-3, "Nearly; give more digits.")
    close = off < 5e-4
    expect(close, "The loss is minus the logarithm of one half.")
    return "Look for it at the start of every training run."


def _model(dropout=0.0):
    config = ModelConfig(
        20, embedding_dim=4, hidden_dim=3, dropout=dropout, word_dropout=0.0
    )
    return LSTMClassifier(config)


def _batch(size):
    reviews = [whole(1, 20, n) for n in whole(1, 6, size).tolist()]
    return pad_batch(list(zip(reviews, whole(0, 2, size), strict=True)))


def _reference_steps(model, batch, twice):
    """Take one step, or two with or without clearing in between."""
    model = copy.deepcopy(model)
    for step in range(2 if twice else 1):
        if twice != "adding" or step == 0:
            model.zero_grad()
        logits = model(batch.token_ids, batch.lengths)
        F.cross_entropy(logits, batch.labels).backward()
        for parameter in model.parameters():
            parameter.data -= 0.5 * parameter.grad
    return torch.cat([p.detach().flatten() for p in model.parameters()])


@exercise("08.2")
def _train_step(answer):
    model, batch = _model(), _batch(5)
    start = copy.deepcopy(model)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    before = F.cross_entropy(model(batch.token_ids, batch.lengths), batch[2])
    result = ask(answer, model, batch, optimizer, in_place=True)
    _loss_is_plain(result, before, model, batch)
    now = torch.cat([p.detach().flatten() for p in model.parameters()])
    still = torch.cat([p.detach().flatten() for p in start.parameters()])
    cleared = all(
        p.grad is None or not p.grad.any() for p in model.parameters()
    )
    expect(
        differ(now, still) or not cleared,
        "The weights have not moved, and there are no gradients. Is "
        "`backward` called, and are they cleared before it, not after?",
    )
    expect(
        differ(now, still),
        "The weights have not moved. Is `step` called?",
    )
    expect(
        not differ(now, _reference_steps(start, batch, "")),
        "The weights have moved, but not by one step down the gradient of "
        "the cross-entropy of the logits.",
    )
    ask(answer, model, batch, optimizer, in_place=True)
    now = torch.cat([p.detach().flatten() for p in model.parameters()])
    expect(
        differ(now, _reference_steps(start, batch, "adding")),
        "The first step is right. In the second the old gradients are still "
        "there and add up: clear them.",
    )
    expect(
        not differ(now, _reference_steps(start, batch, "cleared")),
        "The first step is right, the second is not.",
    )
    expect(
        model.training,
        "The step is right, but the model is in evaluation mode afterwards: "
        "no dropout in the next step.",
    )
    return "Five lines; everything else in training is book-keeping."


def _loss_is_plain(result, before, model, batch):
    expect(
        not isinstance(result, torch.Tensor),
        "The loss is returned as a tensor. `.item()` makes it a plain number "
        "and lets its graph go.",
    )
    after = F.cross_entropy(model(batch.token_ids, batch.lengths), batch[2])
    expect(
        differ(result, after.item()) or not differ(after, before),
        "That is the loss after the step; return the one you stepped on.",
    )
    expect(
        differ(result, before.item() * len(batch.labels)),
        "That is the sum over the batch; its mean was meant.",
    )
    wrong = differ(result, before.item())
    expect(not wrong, f"The loss is not that of the logits: it {wrong}")


@exercise("08.3")
def _mean_loss(answer):
    batches = [_batch(6), _batch(1)]
    for mode in (True, False):
        model = _model(dropout=0.5).train(mode)
        results = [
            ask(answer, model, batches, in_place=True) for _ in range(4)
        ]
        modes = {module.training for module in model.modules()}
        _is_mean_loss(results, model, batches)
        was = "training" if mode else "evaluation"
        expect(
            modes != {True, False},
            "The number is right. Afterwards some parts of the model are in "
            "one mode and some in the other: `model.train(mode)` sets all.",
        )
        expect(
            modes == {mode},
            f"The number is right. The model was in {was} mode before and is "
            f"not any more.",
        )
    return "The number of `validate`, and no trace left behind."


def _is_mean_loss(results, model, batches):
    model.eval()
    with torch.no_grad():
        losses = [
            F.cross_entropy(model(b.token_ids, b.lengths), b.labels).item()
            for b in batches
        ]
    right = (6 * losses[0] + losses[1]) / 7
    wrong = differ(results[0], right)
    for slip, hint in [
        (
            sum(losses) / 2,
            "That is the mean of the batches' means: the batch of one review "
            "counts as much as that of six.",
        ),
        (7 * right, "That is the sum; divide by the number of reviews."),
        (7 * right / 2, "Divide by the number of reviews, not of batches."),
        (losses[0], "That is the first batch's loss alone."),
    ]:
        expect(not wrong or differ(results[0], slip), hint)
    expect(
        not any(differ(results[0], other) for other in results[1:]),
        "Asked again, it returns another number. Dropout is still on; "
        "`model.eval()` switches it off.",
    )
    expect(not wrong, f"It {wrong}")


def _stop(losses, patience, slip=""):
    """Stop when the lowest loss is `patience` epochs old, or with a slip."""
    best = since = 0
    for place, loss in enumerate(losses):
        lowest = losses[place - 1] if slip == "before" else losses[best]
        better = place == 0 or loss < lowest
        better = better or (slip == "ties" and loss == lowest)
        if better:
            best = place
        since = 0 if better and slip != "total" else since + (not better)
        if since >= patience:
            return place + 1
    return len(losses)


@exercise("08.4")
def _stopping_epoch(answer):
    for losses, patience in [
        ([0.6, 0.4, 0.5, 0.45, 0.44, 0.43], 2),
        ([0.6, 0.5, 0.4, 0.3], 2),
        ([0.5, 0.6, 0.4, 0.5, 0.6, 0.7], 2),
        ([0.5, 0.6, 0.7, 0.1], 2),
        ([0.5, 0.5, 0.5, 0.4], 2),
        (whole(1, 40, 8).tolist(), 3),
    ]:
        right = _stop(losses, patience)
        best = losses.index(min(losses)) + 1
        late = "One epoch too late: stop as soon as the lowest loss is "
        tempting = [
            (
                _stop(losses, patience, "before"),
                "Compare with the lowest loss so far, not with the epoch "
                "before.",
            ),
            (
                _stop(losses, patience, "total"),
                "Start counting again whenever a loss is the lowest so far.",
            ),
            (
                _stop(losses, patience, "ties"),
                "A loss equal to the lowest is not lower.",
            ),
            (
                min(best + patience, len(losses)),
                "That looks at losses of epochs to come. Decide after each "
                "epoch from those before it.",
            ),
            (right - 1, "Epochs are counted from 1."),
            (_stop(losses, patience + 1), f"{late}{patience} epochs old."),
            (
                best,
                "That is the epoch of the lowest loss. Training goes on for "
                "`patience` epochs before it gives up.",
            ),
        ]
        try_on(answer, losses, patience, expected=right, tempting=tempting)
    return "So does `fit`, and then it goes back to the best weights."


@exercise("08.5")
def _clip_together(answer):
    large = [torch.tensor([3.0, 4.0]), torch.tensor([[0.0], [12.0]])]
    fresh = [real(3), 3 + real(2, 2)]
    zero = [torch.zeros(2)]
    ask(answer, copy.deepcopy(large), 1.0, in_place=True)

    @functools.wraps(answer)
    def on_copies(gradients, max_norm):  # changing them in place is fine
        return answer([g.clone() for g in gradients], max_norm)

    for gradients, limit in [
        (large, 1.0),
        (large, 19.0),
        (fresh, 0.5),
        (zero, 1.0),
    ]:
        norm = sum((g**2).sum() for g in gradients).sqrt().clamp(min=1e-12)
        right = [g * min(1.0, limit / norm.item()) for g in gradients]
        tempting = [
            (
                [g * (limit / g.norm()).clamp(max=1) for g in gradients],
                "Each tensor was scaled by itself, which turns the step. "
                "There is one norm and one factor for all.",
            ),
            (
                [g.clamp(-limit, limit) for g in gradients],
                "Each number was cut off by itself, which turns the step. "
                "Scale all by one factor.",
            ),
            (
                [g * limit / norm for g in gradients],
                "Small gradients stay as they are; only too large ones are "
                "scaled.",
            ),
            (
                [g * min(1.0, limit / norm.item() ** 2) for g in gradients],
                "The norm is the *root* of the sum of squares.",
            ),
            (gradients, "Nothing was scaled."),
        ]
        zeros = "If all gradients are 0, so is their norm: divide only if the "
        try_on(
            on_copies,
            gradients,
            limit,
            expected=right,
            tempting=tempting,
            errors={"division by zero": f"{zeros}norm is too large."},
        )
    return "The direction is kept, the length limited."
