import pytest
import torch

from imdbtutor.data.batches import ReviewDataset
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.models.encoder import Encoder, EncoderConfig
from imdbtutor.models.fine_tuned import FineTuned, LayerMeans

TINY = EncoderConfig(
    vocab_size=40, width=12, num_layers=3, num_heads=3, inner=20, positions=9
)
ROWS = torch.tensor([[5, 6, 7, 8], [9, 10, 0, 0]])
LENGTHS = torch.tensor([4, 2])


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return Encoder(TINY)


def changed(model):
    """Name what one step of training changes."""
    before = {n: p.detach().clone() for n, p in model.named_parameters()}
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    model.train()(ROWS, LENGTHS).square().sum().backward()
    optimizer.step()
    return {
        name.removeprefix("encoder.")
        for name, after in model.named_parameters()
        if not torch.equal(before[name], after)
    }


def blocks_of(names):
    return {int(n.split(".")[1]) for n in names if n.startswith("blocks")}


def test_logits_are_the_linear_layer_on_the_mean_of_real_states(encoder):
    model = FineTuned(encoder, num_classes=3).eval()
    logits = model(ROWS, LENGTHS)
    states = encoder.eval()(ROWS[1:, :2], LENGTHS[1:])
    expected = model.linear(states.mean(dim=1))
    assert logits.shape == (2, 3)
    assert torch.allclose(logits[1:], expected, atol=1e-6)


def test_padding_and_neighbours_change_nothing(encoder):
    model = FineTuned(encoder).eval()
    together = model(ROWS, LENGTHS)
    alone = model(ROWS[1:, :2], LENGTHS[1:])
    assert torch.allclose(together[1:], alone, atol=1e-6)


def test_as_it_is_training_changes_every_block_and_the_table(encoder):
    names = changed(FineTuned(encoder))
    assert blocks_of(names) == {0, 1, 2}
    assert {"words.weight", "places.weight", "linear.weight"} <= names


@pytest.mark.parametrize("fixed", [1, 2, 3])
def test_what_is_fixed_training_leaves_as_it_is(encoder, fixed):
    names = changed(FineTuned(encoder, fixed=fixed))
    assert blocks_of(names) == set(range(fixed, 3))
    assert "linear.weight" in names
    assert not {"words.weight", "places.weight", "norm.weight"} & names


def test_what_was_fixed_can_be_trained_again(encoder):
    FineTuned(encoder, fixed=2)
    assert blocks_of(changed(FineTuned(encoder))) == {0, 1, 2}


@pytest.mark.parametrize("fixed", [-1, 4])
def test_blocks_that_are_not_there_are_refused(encoder, fixed):
    with pytest.raises(ValueError, match="there are 3 blocks"):
        FineTuned(encoder, fixed=fixed)


def test_layer_means_are_those_of_each_text_alone(encoder):
    reviews = [ROWS[0], ROWS[1, :2]]
    found = predict_logits(LayerMeans(encoder), ReviewDataset(reviews, [0, 1]))
    assert found.shape == (2, 4, 12)
    for row, ids in zip(found, reviews, strict=True):
        length = torch.tensor([len(ids)])
        layers = encoder.eval().layers(ids[None], length)
        expected = torch.stack([layer[0].mean(dim=0) for layer in layers])
        assert torch.allclose(row, expected, atol=1e-6)
