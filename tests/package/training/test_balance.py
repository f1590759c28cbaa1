from functools import partial
from itertools import islice

import pandas as pd
import pytest
import torch
from torch.nn import functional as F

from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.reviews import Split
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.training.balance import (
    BALANCES,
    BalancedBatches,
    balance,
    class_weights,
)
from imdbtutor.training.loop import TrainingConfig
from imdbtutor.training.recipe import Recipe, train_model
from imdbtutor.training.step import batch_mean

# 900 reviews of class 0, 90 of class 1, 10 of class 2, of 1 to 100 tokens.
LABELS = torch.tensor([0] * 900 + [1] * 90 + [2] * 10)
LENGTHS = 1 + torch.arange(1_000) * 7 % 100
TINY = {"embedding_dim": 4, "hidden_dim": 3, "dropout": 0, "word_dropout": 0}


# --- weights of the loss


def test_a_class_of_a_third_as_many_reviews_counts_three_times():
    found = class_weights(torch.tensor([1, 0, 1, 1]), 2)
    torch.testing.assert_close(found, torch.tensor([2.0, 2 / 3]))


def test_with_weights_every_class_has_the_same_part_of_the_loss():
    weights = class_weights(LABELS, 3)
    parts = weights * LABELS.bincount()
    torch.testing.assert_close(parts, torch.full((3,), 1_000 / 3))


def test_weights_say_what_more_copies_of_a_review_would():
    logits = torch.randn(6, 3, generator=torch.Generator().manual_seed(0))
    labels = torch.tensor([0, 1, 2, 0, 1, 2])
    copies = torch.tensor([1, 3, 2])
    loss, tally = batch_mean(logits, labels, copies.float())
    each = copies[labels]
    copied = F.cross_entropy(
        logits.repeat_interleave(each, 0),
        labels.repeat_interleave(each),
        reduction="sum",
    )
    assert loss.item() == pytest.approx(copied.item() / 6)
    assert tally.loss == pytest.approx(copied.item())
    assert tally.reviews == 6


def test_without_weights_the_loss_is_the_plain_mean():
    logits, labels = (
        torch.tensor([[1.0, 3.0], [2.0, 0.5]]),
        torch.tensor([0, 1]),
    )
    expected = F.cross_entropy(logits, labels)
    assert torch.equal(batch_mean(logits, labels)[0], expected)


# --- sampling


def batches(seed=0, size=32):
    return BalancedBatches(LABELS, LENGTHS, size, seed)


def test_every_class_comes_about_as_often():
    rows = [row for _ in range(5) for rows in batches(seed=_) for row in rows]
    counts = LABELS[rows].bincount(minlength=3).tolist()
    assert sum(counts) == 5_000
    assert all(1_500 < count < 1_850 for count in counts)


def test_of_a_class_every_review_comes_as_often():
    sampler, seen = batches(), torch.zeros(1_000)
    for _ in range(100):
        rows = torch.tensor([row for rows in sampler for row in rows])
        seen += rows.bincount(minlength=1_000)
    assert seen[:900].min() > 0
    rare = seen[990:] / seen[990:].mean()
    assert 0.9 < rare.min() <= rare.max() < 1.1


def test_an_epoch_has_as_many_batches_as_it_says():
    sampler = batches()
    sizes = [len(rows) for rows in sampler]
    assert len(sizes) == len(sampler) == 32
    assert sorted(sizes)[1:] == [32] * 31
    assert sum(sizes) == 1_000


def test_reviews_of_like_length_share_a_batch():
    spread = [
        (LENGTHS[rows].max() - LENGTHS[rows].min()).item()
        for rows in batches()
    ]
    assert sum(spread) / len(spread) < 10


def test_a_seed_fixes_what_is_drawn_and_each_epoch_draws_anew():
    first, again, other = batches(), batches(), batches(seed=1)
    epochs = [list(sampler) for sampler in (first, first, again, other)]
    assert epochs[0] == epochs[2]
    assert epochs[0] != epochs[1]
    assert epochs[0] != epochs[3]


def test_a_loader_deals_its_reviews_out_alike():
    reviews = [torch.full((int(n),), 5) for n in LENGTHS]
    data = ReviewDataset(reviews, LABELS, classes=3)
    loader, weights = balance(make_loader(data, 25), "sampling", 3, seed=3)
    assert weights is None
    expected = [LABELS[rows].tolist() for rows in batches(seed=3, size=25)]
    found = [batch.labels.tolist() for batch in islice(loader, 40)]
    assert found == expected


# --- training


def is_rare(how):
    """The probability of a class that one review in eight is of.

    All reviews say the same: there is nothing else to go by.
    """
    texts, labels = ["It is a film."] * 512, [1, 0, 0, 0, 0, 0, 0, 0] * 64
    classifier = SentimentClassifier(
        **TINY, epochs=8, learning_rate=0.03, max_tokens=10, balance=how
    )
    table = pd.DataFrame({"text": texts, "label": labels})
    classifier.fit(texts, labels, validation=table)
    return classifier.predict_proba(texts[:1])[0, 1]


def test_as_it_is_a_model_knows_what_is_rare():
    assert is_rare(None) == pytest.approx(1 / 8, abs=0.04)


@pytest.mark.parametrize("how", BALANCES)
def test_balanced_it_takes_the_classes_for_as_common(how):
    assert is_rare(how) == pytest.approx(1 / 2, abs=0.08)


@pytest.mark.parametrize("how", ["weight", "", True, ("weights",)])
def test_another_way_to_balance_is_refused(how):
    with pytest.raises(ValueError, match=r"balance=.*'weights', 'sampling'"):
        is_rare(how)


def test_a_run_that_was_not_balanced_does_not_go_on_balanced(tmp_path):
    table = pd.DataFrame({"text": ["Warm.", "Cold."] * 8, "label": [1, 0] * 8})
    split, path = Split(table, table, None), tmp_path / "checkpoint.pt"
    config = ModelConfig(0, 4, 3)
    once = Recipe(training=TrainingConfig(epochs=1))
    train = partial(train_model, split, config, checkpoint=path)
    train(once)
    for how in BALANCES:
        with pytest.raises(ValueError, match="of another run"):
            train(once._replace(balance=how))
