import pytest
import torch
from sklearn.decomposition import PCA

from imdbtutor.models.borrowed import borrow, shorten
from imdbtutor.models.lstm import make_embedding

KNOWN = torch.arange(50) % 5 != 1  # <unk> has none, <pad> by mistake one


@pytest.fixture
def vectors():
    torch.manual_seed(0)
    return torch.randn(50, 8) @ torch.randn(8, 8)


def test_known_words_get_their_vectors_at_the_asked_size(vectors):
    table = make_embedding(50, 8)
    borrow(table, vectors, KNOWN, scale=0.3)
    kept = KNOWN.clone()
    kept[0] = False
    ratio = table.weight[kept] / vectors[kept]
    assert torch.allclose(ratio, ratio[0, 0].expand_as(ratio))
    assert table.weight[kept].std().item() == pytest.approx(0.3)


def test_other_words_keep_their_random_vector_and_padding_its_zeros(vectors):
    table = make_embedding(50, 8)
    before = table.weight.detach().clone()
    borrow(table, vectors, KNOWN)
    assert torch.equal(table.weight[~KNOWN], before[~KNOWN])
    assert not table.weight[0].any()
    assert KNOWN[0]  # what it was given is as it was


@pytest.mark.parametrize("frozen", [True, False])
def test_a_fixed_table_is_not_trained(vectors, frozen):
    table = make_embedding(50, 8)
    borrow(table, vectors, KNOWN, frozen=frozen)
    assert table.weight.requires_grad is not frozen


def test_short_vectors_are_those_of_a_principal_component_analysis(vectors):
    short = shorten(vectors, KNOWN, 3)
    expected = PCA(3).fit_transform(vectors[KNOWN].numpy())
    expected = torch.tensor(expected)
    assert torch.allclose(short[KNOWN].abs(), expected.abs(), atol=1e-3)
    assert short.shape == (50, 3)
    assert not short[~KNOWN].any()


def test_vectors_of_full_length_keep_their_distances(vectors):
    short = shorten(vectors, KNOWN, 8)
    distances = torch.pdist(vectors[KNOWN])
    assert torch.allclose(torch.pdist(short[KNOWN]), distances, atol=1e-3)


def test_few_words_have_few_directions_and_zeros_beyond(vectors):
    known = torch.arange(50) < 3
    short = shorten(vectors, known, 6)
    assert short[:3, :2].abs().min() > 0
    assert short[:3, 3:].abs().max() == 0
