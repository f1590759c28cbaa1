import pandas as pd
import pytest
import torch

from imdbtutor.data import batches
from imdbtutor.data.batches import (
    PAD_ID,
    Batch,
    LengthBatches,
    ReviewDataset,
    fitting_parts,
    make_loader,
    pad_batch,
    split_by_length,
)
from imdbtutor.data.vocab import PAD


@pytest.fixture
def examples():
    """Reviews of 3, 1 and 2 tokens."""
    reviews = [[5, 6, 7], [8], [9, 4]]
    labels = [1, 0, 1]
    return [
        (torch.tensor(review), torch.tensor(label))
        for review, label in zip(reviews, labels, strict=True)
    ]


@pytest.fixture
def sixty():
    """Sixty reviews of 1 to 60 tokens; review n is n times the id n."""
    encoded = [torch.full((n,), n) for n in range(1, 61)]
    return ReviewDataset(encoded, [n % 2 for n in range(1, 61)])


def rows_in_order(loader):
    """Read off which reviews came, in which order."""
    return [row for batch in loader for row in batch.token_ids[:, 0].tolist()]


def test_gaps_are_filled_with_the_pad_id(examples):
    expected = [[5, 6, 7], [8, PAD_ID, PAD_ID], [9, 4, PAD_ID]]
    assert pad_batch(examples).token_ids.tolist() == expected


def test_the_pad_id_is_that_of_the_vocabulary(vocab):
    assert vocab[PAD] == PAD_ID


def test_lengths_count_the_real_tokens(examples):
    assert pad_batch(examples).lengths.tolist() == [3, 1, 2]


def test_labels_stay_with_their_reviews(examples):
    assert pad_batch(examples).labels.tolist() == [1, 0, 1]


def test_a_batch_is_as_wide_as_its_longest_review(examples):
    assert pad_batch(examples[1:]).token_ids.shape == (2, 2)


def test_all_three_tensors_are_int64(examples):
    dtypes = {tensor.dtype for tensor in pad_batch(examples)}
    assert dtypes == {torch.int64}


def test_an_example_is_a_review_and_its_label(examples):
    with pytest.raises(ValueError, match="longer"):
        pad_batch([examples[0], (*examples[1], "B-")])


def test_a_batch_moves_as_a_whole(examples):
    moved = pad_batch(examples).to(torch.device("meta"))
    assert isinstance(moved, Batch)
    assert [tensor.device.type for tensor in moved] == ["meta"] * 3


def test_a_dataset_counts_its_reviews(sixty):
    assert len(sixty) == 60


def test_a_dataset_gives_review_and_label(sixty):
    token_ids, label = sixty[2]
    assert token_ids.tolist() == [3, 3, 3]
    assert label == 1


def test_reviews_are_cut_to_their_first_tokens():
    dataset = ReviewDataset([torch.tensor([5, 6, 7])], [1], max_length=2)
    assert dataset[0][0].tolist() == [5, 6]


def test_one_token_is_kept_at_least():
    reviews = [torch.tensor([5, 6])]
    assert ReviewDataset(reviews, [1], max_length=1).lengths.tolist() == [1]
    with pytest.raises(ValueError, match="max_length=0: must be 1 or more"):
        ReviewDataset(reviews, [1], max_length=0)


def test_lengths_are_those_of_the_cut_reviews():
    reviews = [torch.tensor([5, 6, 7]), torch.tensor([8])]
    dataset = ReviewDataset(reviews, [1, 0], max_length=2)
    assert dataset.lengths.tolist() == [2, 1]


def test_labels_may_be_a_column_of_a_filtered_table():
    column = pd.Series([0, 1], index=[17, 4])
    dataset = ReviewDataset([torch.tensor([5]), torch.tensor([6])], column)
    assert dataset.labels.tolist() == [0, 1]


@pytest.mark.parametrize("labels", [[1], [1, 0, 1]])
def test_as_many_labels_as_reviews_are_needed(labels):
    reviews = [torch.tensor([5]), torch.tensor([6])]
    with pytest.raises(ValueError, match=f"2 reviews but {len(labels)} lab"):
        ReviewDataset(reviews, labels)


NOTHING = torch.tensor([], dtype=torch.int64)


@pytest.mark.parametrize(
    ("review", "kind"),
    [
        (NOTHING, r"int64 of shape \(0,\)"),
        (torch.tensor(3), r"int64 of shape \(\)"),
        (torch.tensor([[3, 4]]), r"int64 of shape \(1, 2\)"),
        (torch.tensor([3.0, 4.0]), r"float32 of shape \(2,\)"),
        (torch.tensor([3, 4], dtype=torch.int32), r"int32 of shape \(2,\)"),
        (torch.empty(0, 4), r"float32 of shape \(0, 4\)"),
        ([3, 4], "list"),
    ],
    ids=str,
)
def test_what_is_no_row_of_token_ids_is_named(review, kind):
    with pytest.raises(ValueError, match=f"review 1 must be .* got .*{kind}"):
        ReviewDataset([torch.tensor([3]), review], [0, 1])


def test_what_an_informed_reader_reads_can_be_dealt_out():
    reviews = [torch.ones(3, 4), torch.ones(2, 4)]
    batch = pad_batch(list(ReviewDataset(reviews, [0, 1])))
    assert batch.token_ids.shape == (2, 3, 4)


@pytest.mark.parametrize("labels", [[2, 1], [0.9, 0.1], ["0", "1"]])
def test_a_label_of_neither_class_is_refused(labels):
    reviews = [torch.tensor([5]), torch.tensor([6])]
    with pytest.raises(ValueError, match="labels must be 0 or 1"):
        ReviewDataset(reviews, labels)


@pytest.mark.parametrize("by_length", [True, False])
@pytest.mark.parametrize("batch_size", [1, 7, 60, 99])
def test_every_review_comes_once_an_epoch(sixty, batch_size, by_length):
    loader = make_loader(sixty, batch_size, by_length=by_length)
    for _ in range(2):
        assert sorted(rows_in_order(loader)) == list(range(1, 61))


@pytest.mark.parametrize("by_length", [True, False])
def test_a_loader_pads_its_batches(sixty, by_length):
    for batch in make_loader(sixty, 7, by_length=by_length):
        filled = (batch.token_ids != PAD_ID).sum(dim=1)
        assert torch.equal(filled, batch.lengths)
        assert batch.token_ids.shape[1] == batch.lengths.max()


@pytest.mark.parametrize("by_length", [True, False])
def test_a_loader_keeps_labels_with_their_reviews(sixty, by_length):
    for batch in make_loader(sixty, 7, by_length=by_length):
        assert torch.equal(batch.token_ids[:, 0] % 2, batch.labels)


@pytest.mark.parametrize("by_length", [True, False])
@pytest.mark.parametrize("batch_size", [1, 7, 60, 99])
def test_a_loader_knows_how_many_batches_come(sixty, batch_size, by_length):
    loader = make_loader(sixty, batch_size, by_length=by_length)
    assert len(list(loader)) == len(loader)


@pytest.mark.parametrize("by_length", [True, False])
def test_one_seed_gives_the_same_epochs(sixty, by_length):
    first = make_loader(sixty, 7, seed=3, by_length=by_length)
    second = make_loader(sixty, 7, seed=3, by_length=by_length)
    for _ in range(2):
        assert rows_in_order(first) == rows_in_order(second)


@pytest.mark.parametrize("by_length", [True, False])
def test_another_seed_gives_another_order(sixty, by_length):
    first = make_loader(sixty, 7, seed=3, by_length=by_length)
    second = make_loader(sixty, 7, seed=4, by_length=by_length)
    assert rows_in_order(first) != rows_in_order(second)


@pytest.mark.parametrize("by_length", [True, False])
def test_the_second_epoch_has_another_order(sixty, by_length):
    loader = make_loader(sixty, 7, by_length=by_length)
    assert rows_in_order(loader) != rows_in_order(loader)


@pytest.mark.parametrize("by_length", [True, False])
def test_the_order_does_not_depend_on_other_random_numbers(sixty, by_length):
    first = rows_in_order(make_loader(sixty, 7, by_length=by_length))
    torch.manual_seed(99)
    second = rows_in_order(make_loader(sixty, 7, by_length=by_length))
    assert first == second


def padding(loader):
    return sum((batch.token_ids == PAD_ID).sum() for batch in loader)


def test_batches_by_length_hold_less_padding_than_random_ones(sixty):
    random = padding(make_loader(sixty, 6, by_length=False))
    assert padding(make_loader(sixty, 6)) < 0.2 * random


def test_a_pool_is_cut_where_lengths_are_most_alike(sixty):
    spans = [
        batch.lengths.max() - batch.lengths.min()
        for batch in make_loader(sixty, 6)
    ]
    assert spans == [5] * 10


def test_batches_do_not_come_sorted_by_length(sixty):
    longest = [int(batch.lengths.max()) for batch in make_loader(sixty, 6)]
    assert longest not in (sorted(longest), sorted(longest, reverse=True))


def test_reviews_meet_others_in_the_next_epoch():
    sampler = LengthBatches(torch.arange(1, 201), batch_size=2, seed=0)
    first, second = ({tuple(rows) for rows in sampler} for _ in range(2))
    assert len(first & second) < 0.5 * len(first)


@pytest.mark.parametrize("count", [100, 102])
def test_a_pool_is_fifty_batches(count):
    """A pool's batches are neighbours; the 51st holds any two reviews."""
    sampler = LengthBatches(torch.arange(count), batch_size=2, seed=0)
    neighbours = all(abs(one - other) == 1 for one, other in sampler)
    assert neighbours == (count == 100)


# --- batches for scoring


@pytest.mark.parametrize("batch_size", [1, 7, 60, 99])
@pytest.mark.parametrize("most", [1, 100, 10_000])
def test_for_scoring_every_review_comes_once(
    sixty, monkeypatch, batch_size, most
):
    monkeypatch.setattr(batches, "MOST_TOKENS", most)
    parts = list(split_by_length(sixty.lengths, batch_size))
    assert sorted(torch.cat(parts).tolist()) == list(range(60))
    assert max(map(len, parts)) <= batch_size


@pytest.mark.parametrize("most", [60, 100, 500])
def test_for_scoring_no_batch_takes_more_room_than_allowed(monkeypatch, most):
    monkeypatch.setattr(batches, "MOST_TOKENS", most)
    lengths = torch.randint(1, 61, (300,))
    parts = list(split_by_length(lengths, 128))
    rooms = [len(part) * int(lengths[part].max()) for part in parts]
    assert max(rooms) <= most
    assert max(map(len, parts)) > 1


def test_a_review_that_takes_more_room_than_allowed_is_scored_alone():
    lengths = torch.tensor([3, batches.MOST_TOKENS + 1, 5])
    parts = [part.tolist() for part in split_by_length(lengths, 128)]
    assert parts == [[0, 2], [1]]


def test_for_scoring_all_the_room_is_used(monkeypatch):
    monkeypatch.setattr(batches, "MOST_TOKENS", 6)
    (part,) = split_by_length(torch.tensor([3, 2]), 128)
    assert part.tolist() == [1, 0]


def test_batches_are_made_where_the_lengths_are():
    lengths = torch.tensor([3, 1, 2])
    with torch.device("meta"):  # as where a GPU is the default
        parts = list(split_by_length(lengths, 2))
    assert [part.tolist() for part in parts] == [[1, 2], [0]]


def test_a_batch_that_fits_is_scored_as_it_is(examples):
    batch = pad_batch(examples)
    (part,) = fitting_parts(batch)
    assert part is batch


@pytest.mark.parametrize("most", [1, 3, 6, 8])
def test_a_batch_that_is_too_large_is_scored_in_parts(
    examples, monkeypatch, most
):
    monkeypatch.setattr(batches, "MOST_TOKENS", most)
    parts = list(fitting_parts(pad_batch(examples)))
    rooms = [part.token_ids.numel() for part in parts]
    assert max(rooms) <= max(most, 3)  # the longest review has 3 tokens
    widths = [part.token_ids.shape[1] for part in parts]
    assert widths == [part.lengths.max() for part in parts]
    dealt = [
        (ids[:length].tolist(), label.item())
        for part in parts
        for ids, length, label in zip(*part, strict=True)
    ]
    assert dealt == [([8], 0), ([9, 4], 1), ([5, 6, 7], 1)]


def test_of_many_numbers_a_token_the_tokens_count(monkeypatch):
    monkeypatch.setattr(batches, "MOST_TOKENS", 6)
    batch = pad_batch([(torch.ones(3, 4), torch.tensor(1))] * 2)
    (part,) = fitting_parts(batch)
    assert part is batch


def test_reviews_of_usual_length_are_scored_in_full_batches():
    lengths = torch.randint(1, 3_000, (1_000,))
    parts = list(split_by_length(lengths, 128))
    expected = lengths.argsort(stable=True).split(128)
    assert all(map(torch.equal, parts, expected))
