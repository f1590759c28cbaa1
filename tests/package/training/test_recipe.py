import json
import platform
from dataclasses import asdict, replace

import pandas as pd
import pytest
import torch

import imdbtutor
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import Split
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import fit
from imdbtutor.training.recipe import (
    MAX_LENGTH,
    TRAINING,
    provenance,
    train_model,
)

SMALL = ModelConfig(0, 5, 4)
WORDS = {1: ("wonderful", "warm"), 0: ("dreadful", "cold")}


def make_reviews(numbers):
    rows = [
        (f"A {first} film of part {number}, {second} and long.", label)
        for number in numbers
        for label, (first, second) in WORDS.items()
    ]
    return pd.DataFrame(rows, columns=["text", "label"])


@pytest.fixture
def tiny():
    """Forty training reviews, ten to validate with and twenty to test."""
    parts = range(20), range(20, 25), range(25, 35)
    return Split(*map(make_reviews, parts))


def train(split, **options):
    """Return weights, vocabulary and history."""
    model, vocab, history = train_model(split, SMALL, **options)
    return model.state_dict(), vocab, history


def same(weights, others):
    return all(torch.equal(weights[name], others[name]) for name in weights)


def test_the_recipe_is_what_chapter_8_does_step_by_step(tiny):
    vocab = build_vocab(tiny.train["text"])
    loaders = []
    for part in tiny[:2]:
        encoded = encode_reviews(part["text"], vocab, cache=False)
        dataset = ReviewDataset(encoded, part["label"])
        loaders.append(make_loader(dataset, 64, seed=3))
    seed_everything(3)
    model = LSTMClassifier(replace(SMALL, vocab_size=len(vocab)))
    fit(model, *loaders, TRAINING, progress=False)
    assert same(model.state_dict(), train(tiny, seed=3)[0])


def test_one_seed_gives_one_model(tiny):
    assert same(train(tiny, seed=7)[0], train(tiny, seed=7)[0])


def test_another_seed_gives_another_model(tiny):
    assert not same(train(tiny, seed=7)[0], train(tiny, seed=8)[0])


def test_what_was_random_before_does_not_matter(tiny):
    expected = train(tiny)[0]
    torch.rand(5)
    assert same(train(tiny)[0], expected)


def test_the_test_part_is_not_looked_at(tiny):
    expected = train(tiny)[0]
    assert same(train(tiny._replace(test=None))[0], expected)


def test_the_vocabulary_is_that_of_the_training_part(tiny):
    _, vocab, _ = train(tiny)
    assert vocab.state() == build_vocab(tiny.train["text"]).state()
    assert "24" not in vocab


def test_a_training_review_is_cut(tiny):
    long, longer = ("film " * (MAX_LENGTH + more) for more in (0, 50))
    added = make_reviews([99]).iloc[:1]
    weights = [
        train(
            tiny._replace(train=pd.concat([tiny.train, added.assign(text=t)]))
        )[0]
        for t in (long, longer)
    ]
    assert same(*weights)


def test_a_validation_review_is_read_whole(tiny):
    long = "film " * MAX_LENGTH
    losses = [
        train(tiny._replace(validation=tiny.validation.assign(text=t)))[2]
        .frame["validation_loss"]
        .iloc[0]
        for t in (long, long + "wonderful " * 50)
    ]
    assert losses[0] != losses[1]


def test_the_model_is_in_evaluation_mode(tiny):
    model, _, _ = train_model(tiny, SMALL)
    assert not model.training


def test_the_model_has_the_sizes_asked_for(tiny):
    asked = replace(SMALL, pooling="mean", bidirectional=False)
    model, vocab, _ = train_model(tiny, asked)
    assert model.config == replace(asked, vocab_size=len(vocab))


@pytest.mark.parametrize("name", ["train", "validation"])
@pytest.mark.parametrize("label", [1, 0.5, 2])
def test_a_part_without_two_classes_is_refused(tiny, name, label):
    part = getattr(tiny, name).assign(label=label)
    with pytest.raises(ValueError, match=r"labels must be|each class needs"):
        train(tiny._replace(**{name: part}))


def test_training_prints_nothing_unless_asked(tiny, capfd):
    train(tiny)
    assert capfd.readouterr() == ("", "")


# --- how a model was made


@pytest.fixture
def record(tiny):
    return provenance(tiny, train(tiny)[2])


def test_provenance_comes_back_from_json(record):
    assert json.loads(json.dumps(record, allow_nan=False)) == record


def test_provenance_counts_the_reviews(record):
    expected = {"train": 40, "validation": 10, "test": 20}
    assert record["reviews"] == expected


def test_provenance_tells_every_epoch(record):
    epochs = [row["epoch"] for row in record["history"]]
    assert epochs == list(range(1, len(epochs) + 1))
    assert len(epochs) <= TRAINING.epochs


def test_provenance_names_versions_and_settings(record):
    expected = {
        "imdbtutor": imdbtutor.__version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "machine": platform.machine(),
        "threads": torch.get_num_threads(),
    }
    assert record | expected == record
    settings = asdict(TRAINING) | {
        "batch_size": 64,
        "max_length": MAX_LENGTH,
        "balance": None,
    }
    assert record["training"] == settings
