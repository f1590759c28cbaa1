"""Loss, optimizer and loop: S23 to S28, C53 to C63."""

import inspect

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.utils.data import DataLoader, TensorDataset

from imdbtutor.data.batches import make_loader
from imdbtutor.training.loop import TrainingConfig, fit, validate
from ledger_cases import run_cell
from ledger_cases.model import Careless


def loader_of(size, batch_size=2):
    numbers = torch.arange(size)
    return DataLoader(TensorDataset(numbers, numbers % 2), batch_size)


def learn(loss_of, steps=200):
    """Fit one linear layer to four examples; return the last loss."""
    examples, labels = torch.eye(4), torch.tensor([1, 0, 1, 0])
    layer = nn.Linear(4, 2)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.1)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = loss_of(layer(examples), labels)
        loss.backward()
        optimizer.step()
    return loss.item()


def learn_by_heart():
    """Fit coin flips; return the accuracy on them and on fresh ones."""
    examples = torch.randn(400, 300)
    labels = torch.randint(2, (400,))
    old, fresh = slice(0, 200), slice(200, 400)
    layer = nn.Linear(300, 2)
    optimizer = torch.optim.Adam(layer.parameters(), lr=0.05)
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = F.cross_entropy(layer(examples[old]), labels[old])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    right = layer(examples).argmax(dim=1) == labels
    assert losses[-1] < losses[0] / 2
    return right[old].float().mean(), right[fresh].float().mean()


def s23():
    """The optimizer stops for want of a model; the loss then has a floor."""
    line = "torch.optim.Adam(model.parameters(), lr=0.1)"
    with pytest.raises(NameError, match="'model'"):
        run_cell(line, torch=torch)
    run_cell(line, torch=torch, model=Careless())
    loss = learn(lambda z, y: F.cross_entropy(z.sigmoid(), y))
    assert loss > 0.3132
    assert abs(loss - 0.3133) < 0.01
    assert learn(F.cross_entropy) < 0.01


def s24():
    """No model; then too many scores; then the first batch once more."""
    with pytest.raises(NameError, match="'model'"):
        run_cell("model.train()")
    token_ids, labels = torch.ones(2, 7, dtype=torch.int64), torch.ones(2)
    with pytest.raises(ValueError, match=r"batch_size \(7\) to match"):
        F.cross_entropy(Careless()(token_ids), labels.long())
    loader = loader_of(6)
    first, again = (next(iter(loader))[0] for _ in range(2))
    assert torch.equal(first, again)
    assert [len(ids) for ids, _ in loader] == [2, 2, 2]


def s25():
    """Half of it runs on what another cell left behind."""
    names = {"torch": torch, "output": torch.randn(4, 50)}
    with pytest.raises(NameError, match="'target'"):
        run_cell("best = torch.max(output, 1)[1]\nbest == target", **names)
    with pytest.raises(RuntimeError, match="must match the size of tensor b"):
        _ = torch.zeros(7) == torch.zeros(2)
    logits, labels = torch.tensor([[0.2, 0.9]] * 3), torch.tensor([1, 0, 1])
    accuracy = (logits.argmax(dim=1) == labels).float().mean()
    assert abs(accuracy - 2 / 3) < 1e-6


def s26(dataset, small_model):
    """Its body is three dots, which train nothing."""
    loop = "for batch in batches:\n    ..."
    with pytest.raises(NameError, match="'batches'"):
        run_cell(loop)
    model = Careless()
    before = model.head.weight.clone()
    run_cell(loop, batches=loader_of(6), model=model)
    assert torch.equal(model.head.weight, before)
    before = small_model.linear.weight.clone()
    loader = make_loader(dataset, 4)
    fit(small_model, loader, loader, TrainingConfig(epochs=1), progress=False)
    assert not torch.equal(small_model.linear.weight, before)


def s27():
    """Softmax before this loss, and it stops at 0.3133."""
    loss = learn(lambda z, y: F.cross_entropy(z.softmax(1), y))
    assert loss > 0.3132
    assert abs(loss - 0.3133) < 0.01
    assert learn(F.cross_entropy) < 0.01


def s28(dataset, small_model, capsys):
    """Without a loader nothing; then a line a batch, and no mean."""
    loop = "for _ in range(2):\n    for batch in train_dataloader: print(1)"
    with pytest.raises(NameError, match="'train_dataloader'"):
        run_cell(loop)
    run_cell(loop, train_dataloader=loader_of(6))
    assert len(capsys.readouterr().out.splitlines()) == 6
    loader = make_loader(dataset, 3)
    history = fit(
        small_model, loader, loader, TrainingConfig(epochs=2), progress=False
    )
    assert len(history.frame) == 2
    assert {"train_loss", "validation_loss"} <= set(history.frame)


def c53():
    """Cross-entropy is log-softmax and then NLL; NLL alone is not it."""
    logits, labels = torch.randn(5, 2), torch.tensor([1, 0, 1, 1, 0])
    loss = F.cross_entropy(logits, labels)
    nll = F.nll_loss(F.log_softmax(logits, dim=1), labels)
    torch.testing.assert_close(loss, nll)
    assert abs(F.nll_loss(logits, labels) - loss) > 0.01
    assert F.nll_loss(logits.softmax(dim=1), labels) < 0


def c54():
    """Given chances, it takes them for logits."""
    chances, labels = torch.tensor([[0.1, 0.9]]), torch.tensor([1])
    due = -torch.tensor(0.9).log()
    assert F.cross_entropy(chances, labels) > 3 * due
    torch.testing.assert_close(F.cross_entropy(chances.log(), labels), due)


def c55():
    """It takes weights for classes, smoothing, and how to sum up."""
    known = set(inspect.signature(nn.CrossEntropyLoss).parameters)
    wanted = {"weight", "ignore_index", "reduction", "label_smoothing"}
    assert wanted <= known
    logits, labels = torch.randn(5, 2), torch.ones(5, dtype=torch.int64)
    summed = nn.CrossEntropyLoss(reduction="sum")(logits, labels)
    torch.testing.assert_close(summed, 5 * F.cross_entropy(logits, labels))


def c56():
    """Adam is a class with defaults, 0.001 among them."""
    assert isinstance(torch.optim.Adam, type)
    assert not issubclass(torch.optim.Adam, nn.Module)
    optimizer = torch.optim.Adam(nn.Linear(2, 1).parameters())
    assert optimizer.defaults["lr"] == 0.001
    assert {"betas", "eps", "weight_decay"} <= set(optimizer.defaults)


def c57():
    """The two loaders have no beginning."""
    for name in ("train_dataloader", "test_dataloader"):
        with pytest.raises(NameError, match=name):
            run_cell(f"for batch in {name}: ...", dataloader=loader_of(4))


def c58():
    """`next(iter())` starts again; a loop goes on."""
    loader = loader_of(6)
    picked = [next(iter(loader))[0].tolist() for _ in range(3)]
    assert picked == [[0, 1]] * 3
    walked = [ids.tolist() for ids, _ in loader]
    assert walked == [[0, 1], [2, 3], [4, 5]]


def c59(capsys):
    """Three dots print nothing."""
    run_cell("for batch in batches:\n    ...", batches=loader_of(6))
    assert capsys.readouterr().out == ""


def c60():
    """Coin flips are learned by heart, and nothing is learned."""
    old, fresh = learn_by_heart()
    assert old > 0.95
    assert abs(fresh - 0.5) < 0.12


def c61(dataset, small_model):
    """Accuracy comes as a ratio."""
    labels = torch.tensor([1, 0, 1, 1])
    accuracy = (labels == torch.tensor([1, 0, 1, 0])).sum().item() / 4
    assert accuracy == 0.75
    assert 100 * accuracy == 75
    assert 0 <= validate(small_model, make_loader(dataset, 4))[1] <= 1


def c62():
    """The best of 200 coins on the test reviews is a coin elsewhere."""
    rng = np.random.default_rng(0)
    coins = rng.integers(2, size=(200, 100))
    labels = rng.integers(2, size=100)
    right = coins == labels
    test, fresh = right[:, :50].mean(axis=1), right[:, 50:].mean(axis=1)
    assert test.max() > 0.65
    assert abs(fresh[test.argmax()] - 0.5) < 0.12


def c63():
    """`item` belongs to the tensor."""
    with pytest.raises(AttributeError, match="no attribute 'item'"):
        _ = torch.item
    assert torch.tensor([1, 0, 1]).sum().item() == 2
