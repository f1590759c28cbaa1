"""Chapter 13: mistakes and what they cost."""

import math

import numpy as np
import torch

from imdbtutor.checks.stages import exercise, try_on
from imdbtutor.checks.values import real, whole


@exercise("13.1")
def _loss_floor(answer):
    two = math.log(1 + math.exp(-1))
    for classes in (10, 2, whole(3, 60, 1).item()):
        right = math.log(math.e + classes - 1) - 1
        tempting = [
            (
                math.log(classes),
                "That is the loss of guessing. Suppose the model is as sure "
                "and as right as it can be.",
            ),
            (
                0.0,
                "That is the floor with logits. Probabilities end at 1: what "
                "does `cross_entropy` make of a 1 and zeros?",
            ),
            (
                two,
                "That is the floor for two classes. How many zeros stand "
                "beside the 1?",
            ),
            (
                right + 1,
                "The loss is the logarithm of the sum *minus* the score of "
                "the right class.",
            ),
            (
                math.log(1 + (classes - 1) * math.e),
                "Too high: with e for each wrong class, all of them would "
                "have probability 1 at once.",
            ),
            (-right, "The loss is *minus* the logarithm of a probability."),
            (right / math.log(2), "The natural logarithm, `math.log`."),
            (
                math.e / (math.e + classes - 1),
                "That is the probability of the right class; the loss is "
                "minus its logarithm.",
            ),
        ]
        try_on(answer, classes, expected=right, tempting=tempting)
    return "As close to it as a training curve gets, it goes no lower."


def _on_its_own(reviews):
    """Score each review by its own tokens."""
    return torch.stack([review.sqrt().mean() for review in reviews])


def _with_padding(reviews):
    """Score as if the padding were read: by the width of the batch."""
    width = max(map(len, reviews))
    return torch.stack([review.sqrt().sum() / width for review in reviews])


def _along_the_batch(reviews):
    """Score as if the state were carried from review to review."""
    own = _on_its_own(reviews)
    return own - 0.1 * (own.cumsum(dim=0) - own)


@exercise("13.2")
def _moved_by(answer):
    review = whole(5, 10, 6)
    made = (9, 7), (14, 9), (1, 5), (8, 8)  # lengths, and what is in them
    others = [torch.full((length,), value) for length, value in made]
    for score in (_along_the_batch, _with_padding, _on_its_own):
        alone = score([review])[0]
        moves = [score([o, review])[1] - alone for o in others]
        sizes = [abs(move.item()) for move in moves]
        in_front = [score([review, o])[0] - alone for o in others]
        wrong_one = [score([o, review])[0] - alone for o in others]
        together = score([*others, review])[-1] - alone
        both = [
            (score([o, review]) - torch.stack([score([o])[0], alone])).abs()
            for o in others
        ]
        tempting = [
            (
                max(abs(move.item()) for move in wrong_one),
                "That follows the *other* review: behind it, `review` is "
                "number 1, not 0.",
            ),
            (
                max(move.item() for move in moves),
                "A number that falls has moved as well: take distances.",
            ),
            (
                max(abs(move.item()) for move in in_front),
                "Put `review` behind the other one. In front it has met "
                "nobody yet if the state runs along the batch.",
            ),
            (
                float(np.mean(sizes)),
                "That is the mean; the largest was asked for.",
            ),
            (min(sizes), "That is the smallest; the largest was asked for."),
            (
                abs(together.item()),
                "One at a time: beside all of them at once, `review` may "
                "move another way.",
            ),
            (
                torch.stack(both).max().item(),
                "That follows the other review as well. By how much does "
                "`review` move?",
            ),
            (sizes[0], "That looks at the first of `others` only."),
            (sizes[-1], "That looks at the last of `others` only."),
        ]
        inputs = score, review, others
        try_on(answer, *inputs, expected=max(sizes), tempting=tempting)
    return "Give it a model of your own, with random weights."


@exercise("13.3")
def _error_of_means(answer):
    low = np.array([0, 0, 0, 0, 1]) > 0
    fresh = whole(0, 2, 11).bool().numpy()
    for right, size in [(low, 2), (~low, 2), (low, 4), (fresh, 4)]:
        batches = [right[i : i + size] for i in range(0, len(right), size)]
        means = [batch.mean() for batch in batches]
        error = float(np.mean(means) - right.mean())
        full = [
            m for m, b in zip(means, batches, strict=True) if len(b) == size
        ]
        even = np.array_split(right, len(batches))
        tempting = [
            (
                float(np.mean([b.mean() for b in even]) - right.mean()),
                "Your batches are of nearly equal size. All but the last have "
                "`batch_size` reviews.",
            ),
            (
                -error,
                "Too high is positive: the mean of the means comes first, "
                "minus the mean of all.",
            ),
            (
                float(np.mean(full) - right.mean()),
                "The last batch is missing. It is smaller, and it counts.",
            ),
            (
                float(np.mean(means)),
                "That is the mean of the means. By how much is it too high?",
            ),
            (
                0.0,
                "Each batch was weighed by its size, and so all is right. "
                "Make the mistake: average the accuracies.",
            ),
        ]
        if error < 0:
            hint = "Here it is too low, which makes the result negative."
            tempting.insert(0, (abs(error), hint))
        try_on(answer, right, size, expected=error, tempting=tempting)
    return "One small batch, and every review in it counts too much."


@exercise("13.4")
def _flattery(answer):
    fixed = [0.80, 0.86, 0.84], [0.70, 0.83, 0.85]
    equal = [0.80, 0.90, 0.90], [0.87, 0.80, 0.85]
    fresh = (0.85 + real(2, 6).double() / 50).tolist()
    for here, there in [fixed, equal, fresh]:
        best = int(np.argmax(here))
        last = len(here) - 1 - int(np.argmax(here[::-1]))
        other = int(np.argmax(there))
        right = here[best] - there[best]
        gaps = np.subtract(here, there)
        tempting = [
            (
                max(here) - max(there),
                "Those are two looks, each the best of its half. Take the "
                "*same* look on both.",
            ),
            (
                here[other] - there[other],
                "The look is chosen by the half that was looked at: `here`.",
            ),
            (-right, "Too good is positive: `here` minus `there`."),
            (
                float(gaps.max()),
                "That is the look with the largest gap. Nobody would have "
                "chosen it: choose by accuracy.",
            ),
            (float(gaps.mean()), "That is the mean over all looks."),
            (
                here[last] - there[last],
                "Several looks are best here: take the earliest.",
            ),
        ]
        try_on(answer, here, there, expected=right, tempting=tempting)
    return "What the choice has added to the score, and nothing else."
