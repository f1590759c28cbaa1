"""Chapter 2: gradients."""

from unittest import mock

import torch

from imdbtutor.checks.stages import (
    NotYet,
    ask,
    exercise,
    expect,
    expect_number,
    try_on,
)
from imdbtutor.checks.values import differ, real, whole


@exercise("02.1")
def _slope(answer):
    answer = expect_number(answer)
    for slip, hint in [
        (6.75, "That is the value of the function there, not its slope."),
        (4.5, "The derivative of w squared is 2w, not w."),
        (6.0, "That is the slope at w = 1. The task asks for 1.5."),
        (3.0, "That is the derivative of w squared. It is taken three times."),
    ]:
        expect(differ(answer, slip), hint)
    expect(
        not differ(answer, 9.0),
        "Take the derivative by w first, then put in 1.5.",
    )
    return "6w, and w is 1.5."


def _leaf():
    weights = real(3).requires_grad_()
    weights.grad = real(3)
    return weights


@exercise("02.2")
def _descend(answer):
    for rate in (0.5, whole(2, 9, 1).item() / 4):
        weights = _leaf()
        before, gradient = weights.detach().clone(), weights.grad.clone()
        hint = "A step is no part of the loss: take it under `no_grad`."
        errors = {"in-place operation": hint}
        result = ask(answer, weights, rate, in_place=True, errors=errors)
        call = f"descend(weights, {rate:.2f})"
        moved = weights.detach() - before
        expect(
            moved.any(),
            f"{call} leaves the weights as they were. Change them in place "
            f"with `-=`; `weights = weights - …` makes another tensor.",
        )
        expect(
            differ(moved, rate * gradient),
            f"{call} goes uphill: it adds the gradient. The loss falls the "
            f"other way.",
        )
        expect(
            not differ(moved, -rate * gradient),
            f"{call} moves the weights by {moved.tolist()}; expected is "
            f"minus {rate:.2f} times the gradient {gradient.tolist()}.",
        )
        cleared = weights.grad is None or not weights.grad.any()
        expect(
            cleared,
            f"{call} moves the weights rightly and leaves the old gradient "
            f"in place. The next `backward` would add to it.",
        )
        expect(
            weights.requires_grad,
            "The weights do not require gradients any more: there would be "
            "no second step.",
        )
        expect(result is weights, f"{call} should return the weights.")
    return "In place, downhill, and with a clean slate."


@exercise("02.3")
def _slope_by_nudging(answer):
    def square(x):
        return x * x

    def cube(x):
        return x * x * x

    x = whole(1, 9, 1).item() / 4
    for f, at, step in [(cube, 2.0, 0.5), (square, 1.5, 0.25), (cube, x, 0.1)]:
        both = f(at + step) - f(at - step)
        try_on(
            answer,
            f,
            at,
            step,
            expected=both / (2 * step),
            tempting=[
                (
                    (f(at + step) - f(at)) / step,
                    "Measured to the right only. Take `f(x - step)` as the "
                    "other end.",
                ),
                (
                    (f(at) - f(at - step)) / step,
                    "Measured to the left only. Take `f(x + step)` as the "
                    "other end.",
                ),
                (
                    both / step,
                    "The two ends are 2 steps apart, so divide by twice the "
                    "step.",
                ),
                (both, "That is the rise. A slope is rise over run."),
                (
                    both / 2 * step,
                    "`/ 2 * step` divides by 2 and multiplies by the step; "
                    "put `2 * step` in brackets.",
                ),
                (-both / (2 * step), "The sign is turned round."),
            ],
        )
    return "That is how autograd itself is tested (torch.autograd.gradcheck)."


def _without_autograd():
    """Keep autograd's way back out of reach."""
    hint = "That is autograd at work; write the formula yourself."
    refuse = mock.Mock(side_effect=NotYet(hint))
    return mock.patch.multiple(torch.autograd, backward=refuse, grad=refuse)


@exercise("02.4")
def _gradient_by_hand(answer):
    fixed = torch.tensor([[2.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 2.0]])
    labels = torch.tensor([1.0, 0.0, 1.0, 0.0])
    fresh = whole(0, 4, 5, 3).float()
    some = torch.tensor([1.0, 1.0, 0.0, 1.0, 0.0])
    for counts, y, weights in [
        (fixed, labels, torch.tensor([0.5, -1.0])),
        (fresh + torch.eye(5, 3), some, real(3)),
    ]:
        p = torch.sigmoid(counts @ weights)
        right = (p - y) @ counts / len(y)
        tempting = [
            (-right, "The sign is turned round: prediction less label."),
            (
                right * len(y),
                "That is the sum over the reviews; the loss is their mean.",
            ),
            (
                (counts @ weights - y) @ counts / len(y),
                "The error is probability less label. You took the score "
                "itself; send it through the sigmoid first.",
            ),
            (
                ((p - y) * p * (1 - p)) @ counts / len(y),
                "The sigmoid's slope p(1 - p) has cancelled against the "
                "logarithm's; leave it out.",
            ),
        ]
        inputs = counts, y, weights
        with _without_autograd():
            try_on(answer, *inputs, expected=right, tempting=tempting)
    return "The same as autograd's, for any weights."
