import numpy as np
import torch
from scipy.linalg import sqrtm
from scipy.sparse import csr_matrix

from imdbtutor.models.vectors import count_neighbours, word_vectors

A, B, C, D = 2, 3, 4, 5


def reviews(*rows):
    return [torch.tensor(row) for row in rows]


def test_each_pair_of_neighbours_is_counted_both_ways():
    counts = count_neighbours(reviews([A, B, A, C]), 6, window=2).toarray()
    assert counts[A, B] == counts[B, A] == 2
    assert counts[B, C] == counts[C, B] == 1
    assert counts[A, A] == 2  # once from the left, once from the right
    assert counts.sum() == 2 * (3 + 2)  # pairs one and two words apart


def test_words_of_two_reviews_are_not_neighbours():
    counts = count_neighbours(reviews([A, A], [B, B]), 6, window=8)
    assert counts[A, B] == 0


def test_unknown_words_are_not_counted_but_keep_their_place():
    counts = count_neighbours(reviews([A, 1, 1, B]), 6, window=2).toarray()
    assert counts.sum() == 0
    assert count_neighbours(reviews([A, 1, 1, B]), 6, window=3)[A, B] == 1


def test_words_up_to_eight_apart_are_neighbours_where_nothing_is_said():
    near, far = [A, *[1] * 7, B], [C, *[1] * 8, D]
    counts = count_neighbours(reviews(near, far), 6)
    assert counts[A, B] == 1
    assert counts[C, D] == 0


def test_vectors_have_100_numbers_where_nothing_is_said():
    rows = torch.randint(2, 130, (60, 40))
    vectors = word_vectors(count_neighbours(list(rows), 130))
    assert vectors.shape == (130, 100)
    assert vectors.dtype == torch.float32


def test_a_word_that_was_never_read_has_no_vector():
    rows = torch.randint(2, 30, (50, 20))
    vectors = word_vectors(count_neighbours(list(rows), 40), dim=5)
    assert vectors.shape == (40, 5)
    assert vectors[30:].abs().max() < 1e-4


def test_vectors_take_four_bytes_a_number_however_words_were_counted():
    counts = count_neighbours(list(torch.randint(2, 30, (50, 20))), 30)
    assert word_vectors(counts.astype(float), dim=5).dtype == torch.float32


def test_counts_take_four_bytes_each():
    assert count_neighbours(reviews([A, B]), 6).dtype == np.float32


def test_words_in_like_company_get_like_vectors():
    torch.manual_seed(0)
    rows = []
    for _ in range(200):
        pair = [(6, 7), (8, 9)][torch.rand(()) < 0.5]
        words = [A, B] if pair == (6, 7) else [C, D]
        word = words[torch.randint(2, ())]
        rows.append([pair[0], word, pair[1]])
    vectors = word_vectors(count_neighbours(reviews(*rows), 10), dim=4)
    alike = torch.nn.functional.cosine_similarity
    assert alike(vectors[A], vectors[B], dim=0) > 0.9
    assert alike(vectors[A], vectors[C], dim=0) < 0.5


def test_vectors_have_a_standard_deviation_of_1_and_padding_none():
    rows = torch.randint(1, 30, (50, 20), generator=torch.Generator())
    vectors = word_vectors(count_neighbours(list(rows), 30), dim=5)
    assert vectors.shape == (30, 5)
    assert torch.isclose(vectors.std(correction=0), torch.tensor(1.0))
    assert vectors[:2].abs().max() < 1e-4


def test_the_same_counts_give_the_same_vectors():
    rows = torch.randint(1, 30, (50, 20), generator=torch.Generator())
    counts = count_neighbours(list(rows), 30)
    assert torch.equal(word_vectors(counts, 5), word_vectors(counts, 5))


def information(counts):
    """Tabulate how much oftener than chance two words meet, or 0.

    The second word's chance is smoothed: its count to the power of 0.75.
    """
    totals = counts.sum(axis=1)
    chance = totals / totals.sum()
    smoothed = totals**0.75 / (totals**0.75).sum()
    with np.errstate(divide="ignore"):
        found = np.log(counts / counts.sum() / np.outer(chance, smoothed))
    return found.clip(0)


def test_vectors_are_the_strongest_directions_of_the_information():
    """All of them together give the table's own likenesses."""
    rng = np.random.default_rng(0)
    half = rng.poisson(3, (7, 7)) * rng.integers(1, 9, 7)
    counts = (half + half.T).astype(float)
    counts[0, 1] = counts[1, 0] = 0  # these two never meet
    table = information(counts)
    assert 0 < (table == 0).sum() < 49
    vectors = word_vectors(csr_matrix(counts), dim=7).double().numpy()
    likeness = vectors @ vectors.T
    expected = sqrtm(table @ table.T).real  # of U S V': U S U'
    scale = np.trace(expected) / np.trace(likeness)
    np.testing.assert_allclose(scale * likeness, expected, atol=1e-4)
