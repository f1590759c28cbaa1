from functools import partial

import numpy as np
import pytest
import torch

from imdbtutor.data.batches import make_loader, pad_batch
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.soft_labels import SoftDataset, soft_mean
from imdbtutor.training.step import batch_mean, take_step

LOGITS = torch.tensor([[0.2, 1.3], [2.0, -1.0], [0.0, 0.5], [0.4, 0.1]])
HARD = torch.tensor([1, 0, 0, 0])


def test_with_hard_labels_it_is_the_usual_loss():
    expected, usual = batch_mean(LOGITS, HARD)
    loss, tally = soft_mean(LOGITS, HARD.float())
    assert torch.allclose(loss, expected)
    assert tally == pytest.approx(usual)


def test_the_slope_is_the_student_less_the_teacher():
    logits = LOGITS.clone().requires_grad_()
    soft = torch.tensor([0.9, 0.1, 0.5, 0.3])
    soft_mean(logits, soft)[0].backward()
    expected = (LOGITS.softmax(dim=1)[:, 1] - soft) / 4
    assert torch.allclose(logits.grad[:, 1], expected, atol=1e-6)


def test_the_loss_is_least_where_student_and_teacher_agree():
    soft = torch.tensor([0.9, 0.1, 0.5, 0.3])
    agreeing = torch.stack([(1 - soft).log(), soft.log()], dim=1)
    least, _ = soft_mean(agreeing, soft)
    assert all(
        soft_mean(agreeing + torch.randn(4, 2) / 9, soft)[0] > least
        for _ in range(20)
    )


def test_certain_teachers_and_numpys_numbers_are_taken_too():
    ids = [torch.tensor([2, 3]), torch.tensor([4])]
    labels = SoftDataset(ids, np.array([0.0, 1.0])).labels
    assert labels.dtype == torch.float32
    assert labels.tolist() == [0, 1]


def test_a_teacher_who_cannot_tell_counts_as_blame():
    _, tally = soft_mean(torch.tensor([[2.0, 1.0]]), torch.tensor([0.5]))
    assert tally.right == 1
    assert type(tally.right) is int


def test_a_batch_holds_the_probabilities(dataset):
    soft = [k / 10 for k in range(len(dataset))]
    made = SoftDataset(dataset.reviews, soft, max_length=3)
    batch = pad_batch([made[row] for row in range(len(made))])
    assert torch.allclose(batch.labels, torch.tensor(soft))
    assert batch.token_ids.shape[1] == 3


@pytest.mark.parametrize("wrong", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(dataset, wrong):
    soft = [0.5] * (len(dataset) - 1) + [wrong]
    with pytest.raises(ValueError, match="between 0 and 1"):
        SoftDataset(dataset.reviews, soft)


def test_too_few_probabilities_are_refused(dataset):
    with pytest.raises(ValueError, match="label"):
        SoftDataset(dataset.reviews, [0.5])


def test_a_student_learns_what_its_teacher_says(dataset, small_model):
    """The teacher says the opposite of the labels; the student follows."""
    soft = 0.9 - 0.8 * dataset.labels
    train = make_loader(SoftDataset(dataset.reviews, soft), 4)
    config = TrainingConfig(epochs=20, learning_rate=0.05, patience=20)
    step = partial(take_step, reduction=soft_mean)
    held_out = make_loader(dataset, 4)
    history = fit(
        small_model, train, held_out, config, step=step, progress=False
    )
    assert history.frame["train_accuracy"].iloc[-1] == 1
