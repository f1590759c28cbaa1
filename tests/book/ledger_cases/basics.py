"""Tensors, gradients and modules: S01 to S07, C01 to C10."""

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.runtime import pick_device
from ledger_cases import run_cell


class WordScorer(nn.Module):
    """A linear layer and a sigmoid: two counts in, one probability out."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(2, 1)

    def forward(self, counts):
        return self.linear(counts).sigmoid()


def s01():
    """Whole numbers are int32 only if you ask; ids want int64."""
    asked = torch.tensor([[4, 1], [0, 2]], dtype=torch.int32, device="cpu")
    assert asked.shape == (2, 2)
    assert asked.dtype == torch.int32
    assert asked.device.type == "cpu"
    assert torch.tensor([[4, 1], [0, 2]]).dtype == torch.int64


def s02():
    """A device that is not there is an error; one that is picked is not."""
    if torch.cuda.is_available():
        pytest.skip("here is a GPU, on which this line works")
    with pytest.raises((AssertionError, RuntimeError), match=r"CUDA|NVIDIA"):
        torch.randn(2, 2, device="cuda")
    assert torch.randn(2, 2, device=pick_device()).shape == (2, 2)


def s03():
    """Joining fails by name, then by size, then by device."""
    x, y = torch.ones(2, 3), torch.ones(3, 4)
    with pytest.raises(NameError, match="'y'"):
        run_cell("torch.cat([x, y], dim=0)", torch=torch, x=x)
    with pytest.raises(RuntimeError, match="Expected size 3 but got size 4"):
        torch.cat([x, y], dim=0)
    with pytest.raises(RuntimeError, match="not on the expected device"):
        torch.cat([x, y[:, :3].to("meta")], dim=0)
    assert torch.cat([x, y[:, :3]], dim=0).shape == (5, 3)


def s04():
    """A sum of watched tensors is watched, and names its operation."""
    a = torch.tensor([0.5, 2.0], requires_grad=True)
    c = a + torch.ones(2)
    assert c.requires_grad
    assert "grad_fn=<AddBackward0>" in repr(c)


def s05():
    """A second run adds; with no argument, or after a product, it fails."""
    a = torch.tensor([0.5, 2.0], requires_grad=True)
    c = a + 1
    c.backward(torch.ones(2))
    assert a.grad.tolist() == [1, 1]
    c.backward(torch.ones(2))
    assert a.grad.tolist() == [2, 2]
    with pytest.raises(RuntimeError, match="only for scalar outputs"):
        (a + 1).backward()
    product = (a * a).sum()
    product.backward()
    with pytest.raises(RuntimeError, match="a second time"):
        product.backward()


def s06():
    """The class is fine, and does nothing before there is one of it."""
    model = WordScorer()
    assert len(list(model.parameters())) == 2
    assert model(torch.zeros(4, 2)).shape == (4, 1)


def s07():
    """No model, no optimizer; then the loss wants labels of one shape."""
    make = "torch.optim.Adam(model.parameters(), lr=0.1)"
    with pytest.raises(NameError, match="'model'"):
        run_cell(make, torch=torch)
    model = WordScorer()
    run_cell(make, torch=torch, model=model)
    counts, labels = torch.zeros(4, 2), torch.ones(4)
    with pytest.raises(ValueError, match="different to the input size"):
        nn.BCELoss()(model(counts), labels)
    logits = model.linear(counts).squeeze(1)
    assert nn.BCEWithLogitsLoss()(logits, labels) > 0


def c01():
    """Three names that all the rest needs are never made."""
    for line in (
        "model.train()",
        "next(iter(train_dataloader))",
        "next(iter(test_dataloader))",
    ):
        with pytest.raises(NameError):
            run_cell(line)
    classifier = SentimentClassifier.pretrained()
    verdicts = classifier.predict(["A joy.", "Boring, a waste of time."])
    assert verdicts.tolist() == [1, 0]


def c02():
    """Optimizers are classes of `torch.optim`, and they remember."""
    assert not hasattr(nn, "Adam")
    assert not hasattr(F, "adam")
    model = WordScorer()
    optimizer = torch.optim.Adam(model.parameters())
    assert not optimizer.state
    model(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    assert set(optimizer.state) == set(model.parameters())


def c03():
    """Whole, unwatched and uninvolved tensors have no gradient."""
    with pytest.raises(RuntimeError, match="Only Tensors of floating point"):
        torch.tensor([1, 2], requires_grad=True)
    watched, plain = torch.ones(2, requires_grad=True), torch.ones(2)
    other = torch.ones(2, requires_grad=True)
    total = (watched * plain).sum()
    with pytest.raises(RuntimeError, match="does not require grad"):
        torch.autograd.grad(total, plain, retain_graph=True)
    with pytest.raises(RuntimeError, match="appears to not have been used"):
        torch.autograd.grad(total, other, retain_graph=True)
    assert torch.autograd.grad(total, watched)[0].tolist() == [1, 1]


def c04():
    """The loss is there without autograd, and the same."""
    model, labels = WordScorer(), torch.ones(4, 1)
    with torch.no_grad():
        quiet = F.binary_cross_entropy(model(torch.ones(4, 2)), labels)
    loss = F.binary_cross_entropy(model(torch.ones(4, 2)), labels)
    assert quiet.item() == loss.item()
    assert not quiet.requires_grad
    assert model.linear.weight.grad is None
    loss.backward()
    assert model.linear.weight.grad is not None


def c05():
    """Without a seed every draw is another; with one it comes again."""
    assert not torch.equal(torch.randn(3, 4), torch.randn(3, 4))
    torch.manual_seed(7)
    first = torch.randn(3, 4)
    torch.manual_seed(7)
    assert torch.equal(torch.randn(3, 4), first)


def c06():
    """No join gives six rows that begin with rows of y."""
    x, y = torch.ones(2, 3), torch.arange(12.0).reshape(3, 4)
    with pytest.raises(RuntimeError, match="Sizes of tensors must match"):
        torch.cat([x, y], dim=0)
    assert torch.cat([x, y[:, :3]], dim=0).shape == (5, 3)
    turned = torch.cat([x, y.T], dim=0)
    assert turned.shape == (6, 3)
    assert turned[2].tolist() == [0, 4, 8]


def c07():
    """The nodes of the graph are operations."""
    a, b = (torch.ones(2, requires_grad=True) for _ in "ab")
    node = (a * b).sum().grad_fn
    assert node.name() == "SumBackward0"
    (product,) = (earlier for earlier, _ in node.next_functions)
    assert product.name() == "MulBackward0"
    ends = [end.name() for end, _ in product.next_functions]
    assert all("AccumulateGrad" in end for end in ends)
    assert product.next_functions[0][0].variable is a


def c08():
    """Leaves alone keep a gradient: a weighted sum's, added up."""
    a = torch.ones(2, requires_grad=True)
    doubled = 2 * a
    c = 3 * doubled
    c.backward(torch.tensor([10.0, 1.0]), retain_graph=True)
    assert a.grad.tolist() == [60, 6]
    with pytest.warns(UserWarning, match="not a leaf"):
        assert doubled.grad is None
    c.backward(torch.tensor([10.0, 1.0]))
    assert a.grad.tolist() == [120, 12]


def c09():
    """Autograd follows plain Python; `Function` is for a way back by hand."""

    def twice(x):
        return x + x

    class Straight(torch.autograd.Function):
        @staticmethod
        def forward(context, x):
            return x.round()

        @staticmethod
        def backward(context, gradient):
            return gradient

    x = torch.tensor([0.4], requires_grad=True)
    assert torch.autograd.grad(twice(x).sum(), x)[0].item() == 2
    assert torch.autograd.grad(x.round().sum(), x)[0].item() == 0
    assert torch.autograd.grad(Straight.apply(x).sum(), x)[0].item() == 1


def c10():
    """An output for one of the losses is refused, or spoilt, by the other."""
    labels = torch.tensor([1, 0, 1])
    with pytest.raises(ValueError, match="different to the input size"):
        nn.BCELoss()(torch.rand(3, 2), labels.float())
    with pytest.raises(IndexError, match="out of bounds"):
        nn.CrossEntropyLoss()(torch.rand(3, 1), labels)
    sure = torch.tensor([[-30.0, 30.0]])
    assert F.cross_entropy(sure, labels[:1]) < 1e-6
    for head in (sure.sigmoid(), sure.softmax(dim=1)):
        assert F.cross_entropy(head, labels[:1]) > 0.3
