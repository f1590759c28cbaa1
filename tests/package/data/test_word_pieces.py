import pytest
import torch

from imdbtutor.data.minilm import fetch_minilm, load_cutter
from imdbtutor.data.word_pieces import encode_pieces, keep_ends

TEN = torch.arange(10)


@pytest.fixture(scope="module")
def cutter():
    return load_cutter(fetch_minilm())


@pytest.mark.parametrize(
    ("head", "tail", "kept"),
    [
        (2, 3, [0, 1, 7, 8, 9]),
        (0, 3, [7, 8, 9]),
        (3, 0, [0, 1, 2]),
        (4, 6, list(range(10))),
        (9, 9, list(range(10))),
    ],
)
def test_the_beginning_and_the_end_are_kept(head, tail, kept):
    assert keep_ends(TEN, head, tail).tolist() == kept


def test_a_text_begins_and_ends_with_its_marks(cutter):
    (ids,) = encode_pieces(["Unwatchable!"], cutter)
    assert ids.dtype == torch.int64
    tokens = [cutter.id_to_token(each) for each in ids.tolist()]
    assert tokens[0] == "[CLS]"
    assert tokens[-1] == "[SEP]"
    assert "".join(tokens[1:-1]).replace("##", "") == "unwatchable!"


def test_a_long_text_keeps_its_marks_and_both_ends(cutter):
    text = " ".join(["good"] * 500 + ["bad"] * 500)
    (ids,) = encode_pieces([text], cutter, head=5, tail=7)
    tokens = [cutter.id_to_token(each) for each in ids.tolist()]
    assert tokens == ["[CLS]", *["good"] * 4, *["bad"] * 6, "[SEP]"]


def test_as_it_is_a_text_keeps_256_pieces(cutter):
    long, short = encode_pieces(["good " * 999, "good " * 9], cutter)
    assert (len(long), len(short)) == (256, 11)


def test_other_texts_change_nothing(cutter):
    texts = ["A dull film.", "Superb.", "An age-old story, told anew."]
    together = encode_pieces(texts, cutter)
    alone = [encode_pieces([text], cutter)[0] for text in texts]
    assert all(map(torch.equal, together, alone))


def test_one_string_is_refused(cutter):
    with pytest.raises(TypeError, match="one string"):
        encode_pieces("A dull film.", cutter)
