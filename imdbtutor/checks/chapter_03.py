"""Chapter 3: modules and functions."""

import math
from unittest import mock

import torch
from torch import nn
from torch.nn import functional as F

from imdbtutor.checks.stages import (
    NotYet,
    ask,
    exercise,
    expect,
    expect_number,
    try_on,
)
from imdbtutor.checks.values import differ, real, whole


@exercise("03.1")
def _parameters(answer):
    answer = expect_number(answer)
    for slip, hint in [
        (
            2.0,
            "That is how many tensors there are. Count the numbers in them: "
            "`.numel()`.",
        ),
        (10_000.0, "Those are the weights. Each output has a bias as well."),
        (
            10_000.0 + 5_000,
            "The biases belong to the outputs, of which there are two.",
        ),
        (5_002.0, "Every output has its own 5,000 weights."),
    ]:
        expect(differ(answer, slip), hint)
    wrong = differ(answer, 10_002.0)
    expect(not wrong, "Count weights and biases: one weight a pair.")
    return "5,000 times 2 weights, and 2 biases."


@exercise("03.2")
def _two_layers(answer):
    by_name = "Hand over the class itself, a subclass of nn.Module."
    expect(not isinstance(answer, nn.Module), by_name)
    model = ask(answer, 6, 4)
    expect(isinstance(model, nn.Module), by_name)
    far = 1_000 * real(1, 6)  # of it and its opposite, one is bent
    counts = torch.cat([torch.eye(6), far, -far, 10 * real(1, 6)])
    logits = ask(model, counts)
    shape = tuple(getattr(logits, "shape", ()))
    expect(
        shape == (9, 2),
        f"For nine reviews of six words it returns shape {shape}; expected "
        f"is (9, 2), two logits a review.",
    )
    found = {tuple(sorted(p.squeeze().shape)): p for p in model.parameters()}
    _has_the_parameters_of_two_layers(model, set(found))
    _has_logits_of_two_layers(model, logits, counts, found)
    return "Two layers, a bend between them, and plain logits."


def _has_the_parameters_of_two_layers(model, found):
    shapes = sorted(tuple(p.shape) for p in model.parameters())
    have = f"Its parameters have the shapes {shapes}"
    expect(
        shapes,
        "It has no parameters. Assign both layers to `self`, not to a list.",
    )
    expect(
        not {(4, 6), (2, 4)} <= found or {(4,), (2,)} <= found,
        f"{have}: a linear layer has a bias as well, added to every output.",
    )
    expect(
        len(shapes) == 4 and found == {(2,), (2, 4), (4,), (4, 6)},
        f"{have}; expected for 6 words and 4 hidden numbers are (4, 6), "
        f"(4,), (2, 4) and (2,).",
    )


def _layer(values, weight, bias):
    """Apply a linear layer, whichever way round its weights are kept."""
    if weight.shape[0] != values.shape[1]:
        weight = weight.T
    return values @ weight + bias.flatten()


def _has_logits_of_two_layers(model, logits, counts, found):
    sums = logits.sum(dim=1)
    expect(
        differ(sums.detach(), torch.ones(9)),
        "The two outputs of every review sum to 1, so there is a softmax. "
        "Return the logits.",
    )
    with torch.no_grad():
        hidden = _layer(counts, found[4, 6], found[4,])
        straight = _layer(hidden, found[2, 4], found[2,])
        bent = _layer(hidden.relu(), found[2, 4], found[2,])
    expect(
        differ(logits.detach(), straight),
        "The second layer gets the first one's numbers as they are: two "
        "linear layers in a row are one. Put `relu` between them.",
    )
    expect(
        not differ(logits.detach(), bent),
        "The numbers are not those of linear, relu, linear. Is anything "
        "applied after the last layer, or another function between them?",
    )
    if logits.requires_grad:
        logits.sum().backward()
    expect(
        all(p.grad is not None for p in model.parameters()),
        "The numbers are right, but no gradient reaches every weight. Leave "
        "`detach` and `no_grad` out of `forward`.",
    )


def _not_ready_made():
    """Keep the ready-made losses out of reach."""
    hint = "That is the ready-made function; write it without."
    refuse = mock.Mock(side_effect=NotYet(hint))
    return mock.patch.multiple(F, cross_entropy=refuse, nll_loss=refuse)


@exercise("03.3")
def _my_cross_entropy(answer):
    fixed = torch.tensor([[2.0, -1.0], [0.5, 0.0], [-3.0, 1.0]])
    labels = torch.tensor([0, 1, 1])
    for logits, y in [(fixed, labels), (real(5, 3), whole(0, 3, 5))]:
        right = F.cross_entropy(logits, y)
        twice = F.cross_entropy(logits.softmax(dim=1), y)
        chance = -logits.softmax(dim=1)[torch.arange(len(y)), y].mean()
        tempting = [
            (right * len(y), "That is the sum; divide by the reviews."),
            (-right, "A loss is positive: logarithms of chances are not."),
            (twice, "Here softmax is applied twice."),
            (chance, "The logarithm is missing."),
            (-chance, "The logarithm is missing."),
            (
                -logits.log_softmax(dim=1)[:, y].mean(),
                "`[:, labels]` takes every label for every review. Give row "
                "numbers as well, to go by pairs.",
            ),
        ]
        tempting = [(wrong.item(), hint) for wrong, hint in tempting]
        with _not_ready_made():
            try_on(answer, logits, y, expected=right.item(), tempting=tempting)
    sure = torch.tensor([[200.0, 0.0], [0.0, 0.0]])
    with _not_ready_made():
        loss = ask(answer, sure, torch.tensor([1, 0]))
    if differ(loss, 100 + math.log(2) / 2):
        return (
            f"The same number as F.cross_entropy, but for a mistake as sure "
            f"as the logits 200 and 0, where it gives {float(loss)}: the "
            f"chance is rounded to 0 before its logarithm is taken. "
            f"`logits.log_softmax(dim=1)` does both in one go."
        )
    return "The same number as F.cross_entropy, for sure mistakes too."


@exercise("03.4")
def _bag_of_words(answer):
    fresh = [whole(0, 7, 5).tolist() for _ in range(3)]
    for reviews, size in [([[1, 3, 3], [0], [4, 1]], 6), (fresh, 7)]:
        rows = [[r.count(word) for word in range(size)] for r in reviews]
        right = torch.tensor(rows).float()
        bags = try_on(
            answer,
            reviews,
            size,
            expected=right,
            tempting=[
                (
                    right.clamp(max=1),
                    "A word that occurs twice counts once here. "
                    "`bags[row, numbers] += 1` adds only once to each place.",
                ),
                (
                    right.long(),
                    "Right counts, but nn.Linear multiplies them with "
                    "float32 weights; convert with `.float()`.",
                ),
                (
                    right / right.sum(dim=1, keepdim=True),
                    "Those are shares of the review. Counts were asked for.",
                ),
            ],
        )
        expect(
            bags.dtype == torch.float32,
            f"Right counts, but in {bags.dtype}; the weights of nn.Linear are "
            f"float32, and a matrix product wants both sides of one type.",
        )
    return "One row a review, one column a word, ready for nn.Linear."
