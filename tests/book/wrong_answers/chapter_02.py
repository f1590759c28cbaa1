import torch


def step_uphill(weights, rate):
    weights.data += rate * weights.grad
    weights.grad = None
    return weights


def step_elsewhere(weights, rate):
    weights = weights - rate * weights.grad
    return weights


def step_without_clearing(weights, rate):
    weights.data -= rate * weights.grad
    return weights


def step_with_gradients_on(weights, rate):
    weights -= rate * weights.grad
    weights.grad = None
    return weights


def step_and_freeze(weights, rate):
    weights.requires_grad = False
    weights -= rate * weights.grad
    weights.grad = None
    return weights


def step_and_say_nothing(weights, rate):
    weights.data -= rate * weights.grad
    weights.grad = None


def probabilities(counts, weights):
    return torch.sigmoid(counts @ weights)


def with_autograd(counts, labels, weights):
    watched = weights.clone().requires_grad_()
    chance = probabilities(counts, watched)
    right = torch.where(labels == 1, chance, 1 - chance)
    (-right.log().mean()).backward()
    return watched.grad


def with_functional_autograd(counts, labels, weights):
    def loss(weights):
        chance = probabilities(counts, weights)
        return -torch.where(labels == 1, chance, 1 - chance).log().mean()

    return torch.func.grad(loss)(weights).add(0)


WRONG = {
    "02.1": [
        ("value of the function", 6.75),
        ("2w, not w", 4.5),
        ("slope at w = 1", 6),
        ("A number", "steep"),
    ],
    "02.2": [
        ("uphill", step_uphill),
        ("as they were", step_elsewhere),
        ("old gradient", step_without_clearing),
        ("under `no_grad`", step_with_gradients_on),
        ("no second step", step_and_freeze),
        ("None", step_and_say_nothing),
    ],
    "02.3": [
        ("right only", lambda f, x, step: (f(x + step) - f(x)) / step),
        ("left only", lambda f, x, step: (f(x) - f(x - step)) / step),
        (
            "twice the step",
            lambda f, x, step: (f(x + step) - f(x - step)) / step,
        ),
        (
            "in brackets",
            lambda f, x, step: (f(x + step) - f(x - step)) / 2 * step,
        ),
        ("rise over run", lambda f, x, step: f(x + step) - f(x - step)),
    ],
    "02.4": [
        (
            "sign",
            lambda x, y, w: (y - probabilities(x, w)) @ x / len(y),
        ),
        ("mean", lambda x, y, w: (probabilities(x, w) - y) @ x),
        ("score itself", lambda x, y, w: (x @ w - y) @ x / len(y)),
        ("shape", lambda x, y, w: x @ w - y),
        ("autograd at work", with_autograd),
    ],
}
