import pytest
import torch
from torch.nn import functional as F

from imdbtutor.models.attention import AttentiveLSTM, attend
from imdbtutor.models.lstm import ModelConfig, pool_states

LENGTHS = torch.tensor([7, 3, 1])
REAL = (torch.arange(7) < LENGTHS[:, None])[:, None]


@pytest.fixture
def mixed():
    torch.manual_seed(0)
    return torch.randn(3, 4, 6), torch.randn(3, 7, 6), torch.randn(3, 7, 5)


@pytest.fixture
def model():
    torch.manual_seed(0)
    return AttentiveLSTM(ModelConfig(20, embedding_dim=6, hidden_dim=4)).eval()


def test_the_formula_is_that_of_pytorch(mixed):
    expected = F.scaled_dot_product_attention(*mixed, attn_mask=REAL)
    assert torch.allclose(attend(*mixed, REAL)[0], expected, atol=1e-6)


def test_weights_sum_to_one_and_padding_has_none(mixed):
    _, weights = attend(*mixed, REAL)
    assert torch.allclose(weights.sum(dim=-1), torch.ones(3, 4))
    assert weights[1, :, 3:].abs().max() == 0
    assert torch.equal(weights[2, :, 0], torch.ones(4))


def test_values_are_mixed_by_the_weights(mixed):
    found, weights = attend(*mixed, REAL)
    expected = sum(weights[0, 0, t] * mixed[2][0, t] for t in range(7))
    assert torch.allclose(found[0, 0], expected, atol=1e-6)


def test_a_weight_is_the_softmax_of_query_times_state(model):
    values = torch.randn(3, 7, 6)
    states = model.layer(values, LENGTHS)
    pooled, weights = model.look(values, LENGTHS)
    scores = (states @ model.query[0])[1, :3]
    assert torch.allclose(weights[1, :3], scores.softmax(dim=0), atol=1e-6)
    assert torch.allclose(pooled[1], weights[1, :3] @ states[1, :3], atol=1e-6)


def test_a_query_of_zeros_takes_the_plain_mean(model):
    model.query.data.zero_()
    values = torch.randn(3, 7, 6)
    mean = pool_states(model.layer(values, LENGTHS), LENGTHS, "mean")
    assert torch.allclose(model.look(values, LENGTHS)[0], mean, atol=1e-6)


def test_padding_and_neighbours_change_nothing(model):
    ids = torch.randint(2, 20, (3, 7))
    together = model(ids, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = model(ids[row : row + 1, :length], LENGTHS[row : row + 1])
        assert torch.allclose(together[row], alone[0], atol=1e-6)


def test_the_query_is_learned(model):
    ids = torch.randint(2, 20, (3, 7))
    model(ids, LENGTHS).sum().backward()
    assert model.query.grad.abs().max() > 0


def test_one_direction_and_three_classes_will_do():
    config = ModelConfig(20, 6, 4, bidirectional=False, num_classes=3)
    model = AttentiveLSTM(config)
    assert model(torch.randint(2, 20, (3, 7)), LENGTHS).shape == (3, 3)
    assert model.query.shape == (1, 4)


def test_words_and_numbers_are_dropped_in_training_alone(model):
    values = torch.ones(3, 7, 6)
    assert torch.equal(*(model.look(values, LENGTHS)[0] for _ in range(2)))
    model.train()
    first, other = (model.look(values, LENGTHS)[0] for _ in range(2))
    assert not torch.equal(first, other)
