"""Chapter 15: any labels, rare classes, what errors cost."""

import numpy as np

from imdbtutor.checks.stages import exercise, try_on
from imdbtutor.checks.values import real, whole


@exercise("15.1")
def _macro_recall(answer):
    fixed = [[90, 10, 0], [5, 4, 1], [0, 0, 0]]
    fresh = whole(1, 40, 4, 4).numpy() + 20 * np.eye(4, dtype=int)
    for confusion in ([[8, 2], [3, 1]], fixed, fresh):
        counts = np.array(confusion, dtype=float)
        right = counts.diagonal()
        there = counts.sum(axis=1) > 0
        recalls = right[there] / counts.sum(axis=1)[there]
        predicted = np.maximum(counts.sum(axis=0), 1)
        expected = float(recalls.mean())
        tempting = [
            (
                float(recalls.sum() / len(counts)),
                "A class without texts has no recall: it is not 0. Leave the "
                "class out of the mean.",
            ),
            (
                float("nan"),
                "A class without texts has no recall: leave it out.",
            ),
            (
                float(right.sum() / counts.sum()),
                "That is accuracy: common classes count more.",
            ),
            (
                float((right / predicted).mean()),
                "You divided by the columns, what was predicted. That is "
                "precision. Recall asks of the texts of a true class.",
            ),
            (
                recalls.tolist(),
                "Those are the recalls, one a class. Their mean was asked "
                "for.",
            ),
            (
                100 * expected,
                "Between 0 and 1, not in percent.",
            ),
        ]
        try_on(answer, counts, expected=expected, tempting=tempting)
    return "A rare class now counts as much as a common one."


@exercise("15.2")
def _share_of_loss(answer):
    fresh = [0, 1, 2, *whole(0, 3, 17).tolist()]
    drawn = (1 + whole(1, 9, 3)).tolist()
    made = ([0, 0, 0, 1], [1, 3]), ([1, 0, 1, 1, 1], [2, 5]), (fresh, drawn)
    for labels, weights in made:
        counts = np.bincount(labels)
        sums = counts * np.array(weights, dtype=float)
        expected = (sums / sums.sum()).tolist()
        tempting = [
            (
                (counts / counts.sum()).tolist(),
                "Those are the shares of the texts. Each text counts with the "
                "weight of its class.",
            ),
            (
                (np.array(weights) / sum(weights)).tolist(),
                "Those are shares of the weights. How many texts has each "
                "class?",
            ),
            (
                sums.tolist(),
                "Those are sums. Divide each by the sum over all texts.",
            ),
            (
                (sums / len(labels)).tolist(),
                "Divide by the sum of the weights of all texts, not by the "
                "number of texts.",
            ),
            (
                expected[::-1],
                "The shares are in the wrong order: class 0 comes first.",
            ),
        ]
        try_on(answer, labels, weights, expected=expected, tempting=tempting)
    return "With weights of n over k times n_c, all shares are alike."


@exercise("15.3")
def _least_cost(answer):
    fresh = 0.5 + 0.4 * float(real(1).sigmoid())
    made = [
        (0.7, 5, 1, 1.8),
        (0.6, 5, 3, 1.0),
        (0.95, 5, 1, 0.6),
        (0.2, 4, 3, 9.0),
        (fresh, 5.3, 1.7, 0.61),
    ]
    for p, miss, alarm, ask in made:
        praise, blame = miss * (1 - p), alarm * p
        costs = {praise: "praise", blame: "blame", ask: "ask"}
        right = min(costs)
        tempting = [
            (
                costs[right],
                "That is the verdict. What does it cost on average?",
            ),
            (
                min(miss * p, alarm * (1 - p), ask),
                "An error costs only where it is one: *praise* is wrong with "
                "probability 1 - p, and then costs `miss`.",
            ),
            (
                min(praise, blame),
                "Asking a person has its price, and may be cheaper than "
                "either verdict.",
            ),
            (
                praise if p > 0.5 else blame,
                "That is what the likelier verdict costs. Another may be "
                "cheaper.",
            ),
            (max(costs), "That is the dearest of the three."),
            (
                praise + blame,
                "A text is given one verdict, not both. Do not add them up.",
            ),
            (
                min(miss, alarm, ask),
                "Saying *praise* costs `miss` only where the text is blame.",
            ),
        ]
        inputs = p, miss, alarm, ask
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "Where both errors are dear and p is in the middle, ask."


@exercise("15.4")
def _steepest(answer):
    rates = [1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0]
    fresh = [2.0, *(1.5 - 0.2 * real(4).abs()).tolist(), 3.0]
    for losses in (
        [1.40, 1.70, 1.20, 1.00, 0.80, 0.95],
        [1.40, 1.20, 0.60, 0.55, 0.50, 0.90],
        fresh,
    ):
        falls = -np.diff(losses)
        place = int(falls.argmax())
        tempting = [
            (
                rates[place + 1],
                "That is where the step ends. The rate from which it falls "
                "was asked for.",
            ),
            (
                rates[int(np.argmin(losses))],
                "There the loss is lowest, and about to turn. Where does it "
                "fall most?",
            ),
            (
                rates[int(falls.argmin())],
                "From there the loss rises most: mind the sign.",
            ),
            (place, "That is a place in the list; return the rate."),
            (
                rates[int((falls / np.diff(rates)).argmax())],
                "Do not divide by how much the rate grows. Each step counts "
                "the same, as on the logarithmic axis.",
            ),
            (float(falls.max()), "That is the fall itself; return the rate."),
        ]
        try_on(answer, rates, losses, expected=rates[place], tempting=tempting)
    return "A good place to start from."
