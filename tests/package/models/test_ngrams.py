import numpy as np
import pytest
import torch
from scipy.sparse import csr_matrix

from imdbtutor.models.baselines import nb_weighted
from imdbtutor.models.ngrams import (
    NgramTable,
    attach_weights,
    count_ngrams,
    flatten,
    held_out_weights,
    learn_weights,
)

A, B, C = 2, 3, 4
REVIEWS = [[A, B, C], [A, B, A, B], [C, 1, A, B], [B]]


def encode(rows):
    return [torch.tensor(row) for row in rows]


def random_reviews(number=40, words=9, seed=0):
    generator = torch.Generator().manual_seed(seed)
    lengths = torch.randint(1, 15, (number,), generator=generator).tolist()
    return [
        torch.randint(1, words, (n,), generator=generator) for n in lengths
    ]


def slow_phrases(review, size):
    """Name the phrases that end at each token, the plain way."""
    words = review.tolist()
    for end in range(len(words)):
        phrase = tuple(words[max(0, end - size + 1) : end + 1])
        yield phrase if len(phrase) == size and 1 not in phrase else None


def test_only_phrases_of_two_reviews_have_a_number():
    table = NgramTable(encode(REVIEWS), 5)
    assert [len(keys) for keys in table.keys] == [3, 1, 0]
    assert len(table) == 5


def test_a_phrase_counts_once_a_review_where_it_stands_first():
    table = NgramTable(encode(REVIEWS), 5)
    second = table.number(encode(REVIEWS))[1]
    assert second[:, 0].tolist() == [1, 2, 0, 0]
    assert second[:, 1].tolist() == [0, 4, 0, 0]


def test_where_no_phrase_is_common_none_has_a_number():
    numbers = NgramTable(encode(REVIEWS), 5).number(encode(REVIEWS))
    assert all((review[:, 2] == 0).all() for review in numbers)


def test_no_phrase_runs_from_one_review_into_the_next():
    table = NgramTable(encode([[A, B], [A, B], [A], [B]]), 5, longest=2)
    numbers = table.number(encode([[A], [B]]))
    assert numbers[1][0, 1] == 0


def test_token_ids_of_another_vocabulary_are_not_numbered():
    """Two pairs would share a number."""
    with pytest.raises(ValueError, match="token id 9 is not below 5"):
        NgramTable(encode([[A, 9]]), 5)
    with pytest.raises(ValueError, match="token id 5 is not below 5"):
        NgramTable(encode(REVIEWS), 5).number(encode([[A, 5]]))


def test_numbers_are_those_of_the_plain_way():
    reviews = random_reviews()
    table = NgramTable(reviews, 9)
    numbers = torch.cat(table.number(reviews))
    names = {}
    for size in (1, 2, 3):
        phrases = [p for r in reviews for p in slow_phrases(r, size)]
        held = [set(slow_phrases(review, size)) for review in reviews]
        for phrase, number in zip(
            phrases, numbers[:, size - 1].tolist(), strict=True
        ):
            common = phrase and sum(phrase in own for own in held) >= 2
            assert not number or common
            if number:
                assert names.setdefault(number, phrase) == phrase
    assert sorted(names) == list(range(1, len(table)))


def test_reading_together_or_alone_gives_the_same_numbers():
    table = NgramTable(random_reviews(), 9)
    others = random_reviews(10, seed=1)
    together = torch.cat(table.number(others))
    alone = torch.cat([table.number([review])[0] for review in others])
    assert torch.equal(together, alone)


def test_weights_add_up_to_the_bag_of_words_verdict():
    reviews = random_reviews()
    labels = np.arange(len(reviews)) % 2
    table = NgramTable(reviews, 9)
    numbers = table.number(reviews)
    counts = count_ngrams(numbers, len(table))
    weights = learn_weights(counts, labels)
    bag = nb_weighted().fit(counts, labels)
    read = attach_weights(reviews, numbers, [weights] * len(reviews))
    sums = np.array([review[:, 1:].sum() for review in read])
    constant = bag[-1].intercept_
    assert np.allclose(
        sums + constant, bag.decision_function(counts), atol=1e-5
    )


def test_no_review_is_read_with_weights_that_saw_its_label():
    reviews, labels = random_reviews(), np.arange(40) % 2
    table = NgramTable(reviews, 9)
    counts = count_ngrams(table.number(reviews), len(table))
    part, weights = held_out_weights(counts, labels, folds=4)
    for row in (0, 17, 39):
        other = labels.copy()
        other[part == part[row]] = 1 - other[part == part[row]]
        _, changed = held_out_weights(counts, other, folds=4)
        assert torch.equal(weights[part[row]], changed[part[row]])
        assert not torch.equal(weights, changed)


def test_neighbours_of_a_class_are_held_out_together():
    counts = count_ngrams(
        NgramTable(random_reviews(), 9).number(random_reviews()), 500
    )
    labels = np.repeat([0, 1], 20)
    part, _ = held_out_weights(counts, labels, folds=4)
    assert part.tolist() == 2 * [fold for fold in range(4) for _ in range(5)]


def test_a_token_keeps_its_id_beside_its_weights():
    ids = torch.tensor([70_000, 3])
    weights = torch.tensor([0.0, 0.5, -0.5])
    (read,) = attach_weights(
        [ids], [torch.tensor([[1, 2], [2, 0]])], [weights]
    )
    assert read.tolist() == [[70_000, 0.5, -0.5], [3, -0.5, 0]]


@pytest.mark.parametrize("learn", [learn_weights, held_out_weights])
@pytest.mark.parametrize(
    ("labels", "words"),
    [
        ([1, 2] * 3, r"0 or 1 .* found \[2\]"),
        (["0", "1"] * 3, "0 or 1"),
        ([0.9, 0.1] * 3, "0 or 1"),
        ([0, 1] * 2, "6 reviews but 4 labels"),
        ([1] * 6, "0 negative and 6 positive"),
    ],
)
def test_labels_of_no_class_teach_no_weights(learn, labels, words):
    """Of labels 1 and 2, some parts were never filled in."""
    with pytest.raises(ValueError, match=words):
        learn(csr_matrix(np.eye(6)), labels)


def test_of_each_class_one_must_be_left_to_learn_from():
    counts = csr_matrix(np.eye(6))
    with pytest.raises(ValueError, match="5 negative and 1 positive"):
        held_out_weights(counts, [0, 0, 1, 0, 0, 0])
    part, _ = held_out_weights(counts, [0, 0, 1, 1, 0, 0])
    assert part.tolist() == [0, 2, 0, 5, 5, 7]


def test_how_labels_are_held_does_not_matter():
    counts = csr_matrix(np.eye(6))
    expected = learn_weights(counts, [0, 1] * 3)
    for labels in (np.array([False, True] * 3), torch.tensor([0.0, 1.0] * 3)):
        assert torch.equal(learn_weights(counts, labels), expected)


def test_weights_are_read_for_as_many_reviews_as_there_are():
    ids, numbers = encode([[A]]), encode([[[1]]])
    with pytest.raises(ValueError, match="shorter"):
        attach_weights(ids, numbers, [])


def test_a_review_is_held_out_with_a_tenth_where_nothing_is_said():
    table = NgramTable(random_reviews(), 9)
    counts = count_ngrams(table.number(random_reviews()), len(table))
    part, weights = held_out_weights(counts, np.arange(40) % 2)
    assert np.bincount(part).tolist() == [4] * 10
    assert part.dtype == np.int64
    assert weights.shape == (10, len(table))
    assert weights.dtype == torch.float32


def test_an_ngram_that_stands_in_a_review_is_counted_as_1():
    numbers = encode([[[1, 4], [2, 0], [0, 0]], [[0, 3]]])
    counts = count_ngrams(numbers, 6)
    assert counts.dtype == np.float32
    assert counts.toarray().tolist() == [
        [0, 1, 1, 0, 1, 0],
        [0, 0, 0, 1, 0, 0],
    ]


def test_rows_know_whose_they_are():
    rows, owner = flatten(encode([[[1, 2], [3, 4]], [[5, 6]]]))
    assert rows.tolist() == [[1, 2], [3, 4], [5, 6]]
    assert owner.tolist() == [0, 0, 1]
    assert owner.dtype == np.int64
