"""What a GPU computes is what the CPU computes: `pytest -m gpu`.

Where there is no GPU, these tests are left out.
"""

import copy
import itertools
from functools import partial

import numpy as np
import pytest
import torch
from shared import SETTINGS

from imdbtutor.data.batches import ReviewDataset, make_loader, pad_batch
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.training import loop
from imdbtutor.training.checkpoint import random_states, set_random_states
from imdbtutor.training.loop import TrainingConfig, fit, validate
from imdbtutor.training.mixed_precision import mixed_precision
from imdbtutor.training.step import take_step

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(not torch.cuda.is_available(), reason="no GPU"),
]


@pytest.fixture(autouse=True)
def _exactly():
    """Let cuDNN compute in 32 bits all the way, not in TF32."""
    before = torch.backends.cudnn.allow_tf32
    torch.backends.cudnn.allow_tf32 = False
    yield
    torch.backends.cudnn.allow_tf32 = before


@pytest.fixture
def reviews():
    """Forty reviews of 1 to 90 made tokens, and their labels."""
    lengths = torch.randint(1, 90, (40,)).tolist()
    ids = [torch.randint(2, 60, (length,)) for length in lengths]
    return ReviewDataset(ids, [int((each < 30).sum() % 2) for each in ids])


def on_gpu(model):
    return copy.deepcopy(model).cuda()


@pytest.mark.parametrize("settings", SETTINGS, ids=str)
def test_logits_are_those_of_the_cpu(settings, reviews):
    model = LSTMClassifier(ModelConfig(60, 8, 16, **settings)).eval()
    batch = pad_batch(list(reviews))
    expected = model(batch.token_ids, batch.lengths)
    found = on_gpu(model)(batch.token_ids.cuda(), batch.lengths.cuda())
    torch.testing.assert_close(found.cpu(), expected, rtol=0, atol=1e-5)


def test_padding_and_neighbours_change_nothing(small_model, reviews):
    model = on_gpu(small_model).eval()
    ids = [
        each % len(small_model.embedding.weight) for each in reviews.reviews
    ]
    reviews = ReviewDataset(ids, reviews.labels)
    together = pad_batch(list(reviews))
    found = model(together.token_ids.cuda(), together.lengths.cuda())
    for row, review in enumerate(reviews):
        alone = pad_batch([review])
        expected = model(alone.token_ids.cuda(), alone.lengths.cuda())
        torch.testing.assert_close(
            found[row : row + 1], expected, rtol=0, atol=1e-5
        )


def way_of(model, batch, step):
    """Return how far a step moves all weights, and what it says."""
    before = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
    told = step(model, batch, optimizer, 1e9)
    after = torch.nn.utils.parameters_to_vector(model.parameters()).detach()
    return (after - before).cpu(), told


def test_a_step_is_that_of_the_cpu(small_model, dataset):
    batch = pad_batch(list(dataset))
    expected, told = way_of(copy.deepcopy(small_model), batch, take_step)
    model = on_gpu(small_model)
    there = type(batch)(*(part.cuda() for part in batch))
    found, again = way_of(model, there, take_step)
    torch.testing.assert_close(found, expected, rtol=1e-3, atol=1e-6)
    assert again == pytest.approx(told, rel=1e-5)


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16], ids=str)
def test_a_step_in_16_bits_goes_the_same_way(small_model, dataset, dtype):
    batch = pad_batch(list(dataset))
    expected, _ = way_of(copy.deepcopy(small_model), batch, take_step)
    step = partial(take_step, **mixed_precision("cuda", dtype))
    there = type(batch)(*(part.cuda() for part in batch))
    found, _ = way_of(on_gpu(small_model), there, step)
    assert not torch.equal(found, expected)
    assert torch.cosine_similarity(found, expected, dim=0) > 0.99
    assert found.norm() / expected.norm() == pytest.approx(1, rel=0.05)


@pytest.mark.filterwarnings("default")  # torch.compile looks at all it meets
def test_a_compiled_model_has_the_same_logits(small_model, dataset):
    batch = pad_batch(list(dataset))
    ids, lengths = batch.token_ids.cuda(), batch.lengths.cuda()
    model = on_gpu(small_model).eval()
    found = torch.compile(model, dynamic=True)(ids, lengths)
    torch.testing.assert_close(found, model(ids, lengths), rtol=0, atol=1e-5)


def test_eight_reviews_are_learned_by_heart(small_model, dataset):
    model, loader = small_model.cuda(), make_loader(dataset, 4)
    config = TrainingConfig(epochs=30, learning_rate=0.05, patience=30)
    fit(model, loader, loader, config, progress=False)
    assert validate(model, loader)[1] == 1.0


@pytest.mark.parametrize("device", ["cuda", "cpu"])
def test_a_stopped_run_goes_on(
    small_model, dataset, tmp_path, monkeypatch, device
):
    """Also where there is no GPU any more."""
    path, calls = tmp_path / "checkpoint.pt", itertools.count(1)
    config = TrainingConfig(epochs=4, patience=4)

    def run(model):
        loader = make_loader(dataset, 4)
        return fit(
            model, loader, loader, config, checkpoint=path, progress=False
        )

    def stop(*args):
        if next(calls) == 3:
            raise KeyboardInterrupt
        return validate(*args)

    with monkeypatch.context() as patched:
        patched.setattr(loop, "validate", stop)
        with pytest.raises(KeyboardInterrupt, match="epoch 3"):
            run(on_gpu(small_model))
    seconds = torch.load(path, weights_only=True)["rows"][0]["seconds"]
    history = run(copy.deepcopy(small_model).to(device))
    assert len(history.rows) == 4
    assert history.rows[0]["seconds"] == seconds  # it was not run again


def test_random_numbers_go_on_where_they_were():
    states = random_states()
    expected = torch.rand(5, device="cuda")
    set_random_states(states)
    assert torch.equal(torch.rand(5, device="cuda"), expected)


def test_a_classifier_is_the_same_on_either_device(
    trained_model, vocab, texts, tmp_path
):
    here = SentimentClassifier.from_parts(copy.deepcopy(trained_model), vocab)
    there = SentimentClassifier.from_parts(trained_model.cuda(), vocab)
    expected = here.predict_proba(texts)
    np.testing.assert_allclose(there.predict_proba(texts), expected, atol=1e-5)
    there.save(tmp_path)
    loaded = SentimentClassifier.load(tmp_path)
    np.testing.assert_array_equal(loaded.predict_proba(texts), expected)


@pytest.mark.parametrize("how", ["gradients", "leave_one_out"])
def test_an_explanation_is_the_same_on_either_device(
    trained_model, vocab, texts, how
):
    here = SentimentClassifier.from_parts(copy.deepcopy(trained_model), vocab)
    there = SentimentClassifier.from_parts(trained_model.cuda(), vocab)
    expected = here.explain(texts[0], how=how)["weight"]
    found = there.explain(texts[0], how=how)["weight"]
    np.testing.assert_allclose(found, expected, atol=1e-3)


def test_a_classifier_learns_where_its_model_is(trained_model, vocab, texts):
    there = SentimentClassifier.from_parts(trained_model.cuda(), vocab)
    labels = [1, 1, 1, 1, 0, 0, 0, 0]
    many = [f"{text} Seen {n} times." for n in range(10) for text in texts]
    there.fit(many, labels * 10)
    assert next(there.model.parameters()).is_cuda
    assert there.score(texts, labels) >= 0.5
