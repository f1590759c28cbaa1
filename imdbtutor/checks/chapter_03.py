"""Chapter 3: modules and functions."""

from unittest import mock

import torch
from torch import nn
from torch.nn import functional as F

from imdbtutor.checks.stages import NotYet, ask, exercise, expect, try_on
from imdbtutor.checks.values import differ, real, whole


@exercise("03.1")
def _parameters(answer):
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
    counts = torch.cat([torch.eye(6), whole(0, 3, 3, 6).float()])
    logits = ask(model, counts)
    shape = tuple(getattr(logits, "shape", ()))
    expect(
        shape == (9, 2),
        f"For nine reviews of six words it returns shape {shape}; expected "
        f"is (9, 2), two logits a review.",
    )
    shapes = sorted(tuple(p.shape) for p in model.parameters())
    found = f"Its parameters have the shapes {shapes}"
    expect(
        len(shapes) > 2,
        f"{found}; those of two layers are expected. Assign both to `self`, "
        f"not to a list.",
    )
    expect(
        shapes == [(2,), (2, 4), (4,), (4, 6)],
        f"{found}; expected for 6 words and 4 hidden numbers are (4, 6), "
        f"(4,), (2, 4) and (2,).",
    )
    _has_logits_of_two_layers(model, logits, counts)
    return "Two layers, a bend between them, and plain logits."


def _has_logits_of_two_layers(model, logits, counts):
    sums = logits.sum(dim=1)
    expect(
        differ(sums.detach(), torch.ones(9)),
        "The two outputs of every review sum to 1, so there is a softmax. "
        "Return the logits.",
    )
    first, second = (
        next(m for m in model.modules() if getattr(m, "out_features", 0) == n)
        for n in (4, 2)
    )
    straight = second(first(counts))
    expect(
        differ(logits.detach(), straight.detach()),
        "The second layer gets the first one's numbers as they are: two "
        "linear layers in a row are one. Put `relu` between them.",
    )
    bent = second(first(counts).relu())
    expect(
        not differ(logits.detach(), bent.detach()),
        "The numbers are not those of linear, relu, linear. Is anything "
        "applied after the last layer, or another function between them?",
    )
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
    sure = torch.tensor([[200.0, 0.0], [0.0, 0.0]])
    for logits, y in [
        (fixed, labels),
        (real(5, 3), whole(0, 3, 5)),
        (sure, torch.tensor([1, 0])),
    ]:
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
            (
                torch.tensor(torch.inf),
                "The chance was rounded to 0 before its logarithm was taken. "
                "`log_softmax` does both in one go.",
            ),
        ]
        with _not_ready_made():
            try_on(answer, logits, y, expected=right, tempting=tempting)
    return "The same number as F.cross_entropy, for sure mistakes too."


@exercise("03.4")
def _bag_of_words(answer):
    fresh = [whole(0, 7, 5).tolist() for _ in range(3)]
    for reviews, size in [([[1, 3, 3], [0], [4, 1]], 6), (fresh, 7)]:
        rows = [[r.count(word) for word in range(size)] for r in reviews]
        right = torch.tensor(rows).float()
        try_on(
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
    return "One row a review, one column a word, ready for nn.Linear."
