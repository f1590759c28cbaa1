import math

import pytest

from imdbtutor.training.history import History


@pytest.fixture
def history():
    history = History()
    history.add((0.7, 0.5), (0.6, 0.6), seconds=2.0)
    history.add((0.5, 0.8), (0.5, 0.7), seconds=3.0)
    history.add((0.3, 0.9), (0.8, 0.8), seconds=4.0)
    return history


def test_a_history_has_a_row_an_epoch_numbered_from_1(history):
    assert history.frame.index.name == "epoch"
    assert list(history.frame.index) == [1, 2, 3]


def test_a_history_names_its_columns(history):
    assert list(history.frame.columns) == [
        "train_loss",
        "train_accuracy",
        "validation_loss",
        "validation_accuracy",
        "seconds",
    ]


def test_a_history_keeps_what_it_is_told(history):
    assert list(history.frame.loc[2]) == [0.5, 0.8, 0.5, 0.7, 3.0]


def test_the_best_epoch_has_the_lowest_validation_loss(history):
    assert history.best_epoch == 2


def test_two_histories_share_no_rows(history):
    assert History().rows == []


@pytest.mark.parametrize("loss", [math.nan, math.inf])
@pytest.mark.parametrize("where", ["train", "validation"])
def test_a_loss_that_is_no_number_is_told_as_it_is(history, loss, where):
    figures = {"train": (0.5, 0.5), "validation": (0.5, 0.5), where: (loss, 0)}
    with pytest.raises(
        FloatingPointError, match=f"became {loss} in epoch 4.*lower"
    ):
        history.add(figures["train"], figures["validation"], 1.0)


def test_a_training_that_was_stopped_says_whose_weights_it_has(history):
    said = "stopped in epoch 4; the model has the weights of epoch 2,"
    assert history.so_far.startswith(said)


def test_a_training_stopped_in_its_first_epoch_has_learned_nothing():
    assert History().so_far.startswith("stopped in epoch 1; ")
    assert "as they were before" in History().so_far


# --- is it over?


def test_a_history_without_epochs_is_not_over():
    assert not History().is_over(epochs=3, patience=1)


@pytest.mark.parametrize(("epochs", "over"), [(3, True), (4, False)])
def test_training_is_over_when_all_epochs_are_done(history, epochs, over):
    assert history.is_over(epochs, patience=9) is over


@pytest.mark.parametrize(("patience", "over"), [(1, True), (2, False)])
def test_training_is_over_when_patience_has_run_out(history, patience, over):
    """The best of the three epochs is the second."""
    assert history.is_over(epochs=9, patience=patience) is over
