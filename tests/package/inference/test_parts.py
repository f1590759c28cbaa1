import pytest
import torch
from torch import nn

from imdbtutor.data.vocab import Vocab
from imdbtutor.inference.parts import check_vocab
from imdbtutor.training.step import unwrap


def compiled(model):
    return torch.compile(model, backend="eager")


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: model,
        compiled,
        nn.DataParallel,
        lambda model: compiled(nn.DataParallel(model)),
        lambda model: nn.DataParallel(compiled(model)),
    ],
    ids=["bare", "compiled", "parallel", "both", "both-ways"],
)
def test_the_model_within_is_found(small_model, wrap):
    assert unwrap(wrap(small_model)) is small_model


@pytest.mark.parametrize(
    ("tokens", "default"), [("abc", 0), ("ab", None), ("ab", 2), ("ab", -1)]
)
def test_what_a_model_could_not_look_up_is_refused(tokens, default):
    with pytest.raises(ValueError, match="does not fit a model made for 2"):
        check_vocab(Vocab(tokens, default), 2)


def test_a_vocabulary_of_the_right_size_is_accepted():
    assert check_vocab(Vocab("ab", 1), 2) is None
