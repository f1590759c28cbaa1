"""Chapter 8: training."""

import copy
import functools
import math

import numpy as np
import torch

from imdbtutor.checks.references import (
    batch_losses,
    draw_batch,
    flat,
    losses_by_class,
    mean_over_all,
    moved,
    small_model,
    stop_after,
    sum_of_means,
)
from imdbtutor.checks.stages import (
    NotYet,
    ask,
    exercise,
    expect,
    expect_number,
    try_on,
)
from imdbtutor.checks.values import differ, real, whole

WITH_GRAPH = (
    "A loss is returned as a tensor. `.item()` makes it a plain number and "
    "lets its graph go."
)
SLIPS = {
    "before": "Compare with the lowest so far, not with the epoch before.",
    "total": "Start counting again whenever a loss is the lowest so far.",
    "ties": "A loss equal to the lowest is not lower.",
}
NO_DROPOUT = (
    "Right, but there is no dropout in the next step: evaluation mode."
)


@exercise("08.1")
def _loss(answer):
    answer = expect_number(answer)
    for slip, hint in [
        (0.5, "That is the chance. The loss is minus its logarithm."),
        (1.0, "The natural logarithm is meant, not the one to base 2."),
        (0.301, "The natural logarithm is meant, not the one to base 10."),
        (-0.693, "Minus the logarithm: a loss is not negative."),
    ]:
        expect(abs(answer - slip) > 5e-4, hint)
    off = abs(answer - math.log(2))
    expect(not 5e-4 < off < 5e-3, "Nearly; give more digits.")
    expect(off < 5e-4, "The loss is minus the logarithm of one half.")
    return "Look for it at the start of every training run."


@exercise("08.2")
def _step_on_all(answer):
    model, batches = small_model(), [draw_batch(5), draw_batch(2)]
    start = copy.deepcopy(model)
    for parameter in model.parameters():  # left by a step before
        parameter.grad = torch.ones_like(parameter)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    with torch.no_grad():
        before = batch_losses(model, batches)
    result = ask(answer, model, batches, optimizer, in_place=True)
    _has_moved_once(model, start, batches)
    _loss_is_plain(result, before, model, batches)
    expect(model.training, NO_DROPOUT)
    return "As if they had been one batch, in the memory of the largest."


def _has_moved_once(model, start, batches):
    now = flat(model)
    expect(
        differ(now, flat(start)),
        "The weights have not moved. Is `step` called, after `backward` and "
        "before the gradients are cleared?",
    )
    if not differ(now, moved(start, batches)):
        return
    for slip, hint in [
        (
            moved(start, batches, old=1),
            "Gradients from before have been added: clear them first.",
        ),
        (
            moved(start, batches[-1:]),
            "That is a step on the last batch alone. Do not clear the "
            "gradients between batches.",
        ),
        (
            moved(start, batches, sum_of_means),
            "The batches' means were added up. Weigh each by its reviews.",
        ),
        (
            moved(start, batches, lambda found: sum_of_means(found) / 2),
            "Two reviews count as much as five here: that is the mean of the "
            "batches' means.",
        ),
        (
            moved(start, batches, lambda found: 7 * mean_over_all(found)),
            "That is a step on the sum over all reviews; divide.",
        ),
    ]:
        expect(differ(now, slip), hint)
    after = copy.deepcopy(start)
    torch.nn.utils.vector_to_parameters(
        moved(start, batches[:1]), after.parameters()
    )
    expect(
        differ(now, moved(after, batches[1:])),
        "A step was taken for each batch. Take one, at the end.",
    )
    raise NotYet("That is no step down the mean cross-entropy of all reviews.")


def _loss_is_plain(result, before, model, batches):
    expect(not isinstance(result, torch.Tensor), WITH_GRAPH)
    right = mean_over_all(before).item()
    with torch.no_grad():
        after = mean_over_all(batch_losses(model, batches)).item()
    for slip, hint in [
        (after, "is that after the step; return the one you stepped on."),
        (7 * right, "is the sum over all reviews; their mean was meant."),
        (
            sum(loss.item() for loss, _ in before) / 2,
            "is the mean of the batches' means. Weigh each by its reviews.",
        ),
        (before[-1][0].item(), "is that of the last batch alone."),
    ]:
        expect(
            not differ(result, right) or differ(result, slip),
            f"The step is right. The loss that is returned {hint}",
        )
    wrong = differ(result, right)
    expect(not wrong, f"The step is right. For the loss, it {wrong}")


@exercise("08.3")
def _loss_by_class(answer):
    batches = [draw_batch(6), draw_batch(1), draw_batch(4)]
    batches[0].labels[:2] = torch.tensor([0, 1])
    for mode in (True, False):
        model = small_model(dropout=0.5).train(mode)
        results = [
            ask(answer, model, batches, in_place=True) for _ in range(4)
        ]
        modes = {module.training for module in model.modules()}
        for result in results:
            expect(
                hasattr(result, "__len__") and len(result) == 2,
                "It returns {}; expected is a pair, negative and positive.",
                result,
            )
            for loss in result:
                expect(not isinstance(loss, torch.Tensor), WITH_GRAPH)
        _are_losses_by_class(results, model, batches)
        was = "training" if mode else "evaluation"
        expect(
            modes != {True, False},
            "The numbers are right. Afterwards parts of the model are in one "
            "mode and parts in the other: `model.train(mode)` sets all.",
        )
        expect(
            modes == {mode},
            f"The numbers are right, but the model was in {was} mode before.",
        )
    return "Which class is the harder one? And no trace is left behind."


def _are_losses_by_class(results, model, batches):
    each = losses_by_class(model, batches)
    right = [torch.cat(losses).mean().item() for losses in each]
    sums = [torch.cat(losses).sum().item() for losses in each]
    means = [
        float(np.mean([loss.mean().item() for loss in losses if len(loss)]))
        for losses in each
    ]
    wrong = differ(results[0], right)
    for slip, hint in [
        (right[::-1], "The two have changed places: negative goes first."),
        (
            means,
            "Those are means of the batches' means. Add up the losses of a "
            "class over all batches, and divide once.",
        ),
        (sums, "Those are sums; divide each by the reviews of its class."),
        (
            [total / 11 for total in sums],
            "Divide by the reviews of the class, not by all reviews.",
        ),
        ([sum(sums) / 11] * 2, "That is the mean over both classes."),
    ]:
        expect(not wrong or differ(results[0], slip), hint)
    expect(
        not any(differ(results[0], other) for other in results[1:]),
        "Asked again, it returns other numbers: dropout is still on.",
    )
    expect(
        not any(map(np.isnan, results[0])),
        "nan is the mean of no reviews: a batch may have none of a class.",
    )
    expect(not wrong, f"It {wrong}")


@exercise("08.4")
def _stopping_epoch(answer):
    for losses, patience in [
        ([0.6, 0.4, 0.5, 0.45, 0.46, 0.47, 0.48], 2),
        ([0.6, 0.5, 0.4, 0.3], 2),
        ([0.5, 0.6, 0.4, 0.5, 0.6, 0.7], 2),
        ([0.5, 0.6, 0.7, 0.1], 2),
        ([0.5, 0.5, 0.5, 0.4], 2),
        (whole(1, 40, 8).tolist(), 3),
    ]:
        right = stop_after(losses, patience)
        best = losses.index(min(losses)) + 1
        tempting = [
            *(
                (stop_after(losses, patience, slip), hint)
                for slip, hint in SLIPS.items()
            ),
            (
                min(best + patience, len(losses)),
                "That looks at losses of epochs to come. Decide after each "
                "epoch from those before it.",
            ),
            (right - 1, "Epochs are counted from 1."),
            (
                stop_after(losses, patience + 1),
                "One epoch too late: stop as soon as the lowest loss is "
                f"{patience} epochs old.",
            ),
            (
                best,
                "That is the epoch of the lowest loss. Training goes on for "
                "`patience` epochs before it gives up.",
            ),
            (len(losses), "It stops only when there are no losses left."),
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
