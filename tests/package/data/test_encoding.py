import shutil
import warnings
from pathlib import Path

import pytest
import torch

from imdbtutor.data import encoding, tokens
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.data.vocab import Vocab


@pytest.fixture
def cached_file(texts, vocab, cache):
    """The file that the first encoding of the texts leaves behind."""
    encode_reviews(texts, vocab)
    (path,) = cache.iterdir()
    return path


@pytest.fixture
def no_work(monkeypatch):
    """From here on, only what is on disk can be had."""

    def refuse(*args):
        raise AssertionError("the texts were encoded anew")

    monkeypatch.setattr(encoding, "_encode", refuse)


def as_lists(encoded):
    return [token_ids.tolist() for token_ids in encoded]


def expected_ids(texts, vocab):
    return [vocab(tokenize(text)) for text in texts]


def test_ids_are_those_of_the_vocabulary(texts, vocab):
    encoded = encode_reviews(texts, vocab)
    assert as_lists(encoded) == expected_ids(texts, vocab)


def test_ids_without_the_cache_are_the_same(texts, vocab):
    encoded = encode_reviews(texts, vocab, cache=False)
    assert as_lists(encoded) == expected_ids(texts, vocab)


@pytest.mark.parametrize("cache", [True, False])
def test_ids_are_int64(texts, vocab, cache):
    encoded = encode_reviews(texts, vocab, cache=cache)
    assert {token_ids.dtype for token_ids in encoded} == {torch.int64}


def test_unknown_words_get_the_default_index(vocab):
    assert as_lists(encode_reviews(["dodo dodo"], vocab)) == [[1, 1]]


def test_the_second_time_ids_are_read_from_disk(request, texts, vocab):
    first = encode_reviews(texts, vocab)
    request.getfixturevalue("no_work")
    assert as_lists(encode_reviews(texts, vocab)) == as_lists(first)


@pytest.mark.usefixtures("cached_file", "no_work")
def test_ids_read_from_disk_are_int64(texts, vocab):
    encoded = encode_reviews(texts, vocab)
    assert {token_ids.dtype for token_ids in encoded} == {torch.int64}


@pytest.mark.usefixtures("cached_file", "no_work")
def test_the_cache_can_be_passed_by(texts, vocab):
    with pytest.raises(AssertionError, match="encoded anew"):
        encode_reviews(texts, vocab, cache=False)


def test_where_nothing_can_be_written_ids_are_the_same(texts, vocab, cache):
    cache.write_text("a file in its place", "utf-8")
    with pytest.warns(UserWarning, match="not kept.*Set IMDBTUTOR_CACHE"):
        encoded = encode_reviews(texts, vocab)
    assert as_lists(encoded) == expected_ids(texts, vocab)


def test_without_the_cache_nothing_is_written(texts, vocab, cache):
    encode_reviews(texts, vocab, cache=False)
    assert not cache.exists()


@pytest.mark.usefixtures("cached_file")
def test_no_half_written_file_is_left(cache):
    assert [path.suffix for path in cache.iterdir()] == [".safetensors"]


@pytest.mark.usefixtures("cached_file")
def test_a_changed_text_is_a_new_file(texts, vocab, cache):
    texts[3] = "superb."  # the same tokens, and yet another text
    encode_reviews(texts, vocab)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.usefixtures("cached_file")
def test_another_order_of_the_texts_is_a_new_file(texts, vocab, cache):
    encode_reviews(texts[::-1], vocab)
    assert len(list(cache.iterdir())) == 2


def test_texts_cut_at_another_place_are_a_new_file(vocab, cache):
    encode_reviews(["a film", "a story"], vocab)
    encode_reviews(["a fil", "ma story"], vocab)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.usefixtures("cached_file")
def test_a_changed_vocabulary_is_a_new_file(texts, vocab, cache):
    vocab.insert_token("dodo", 2)
    encoded = encode_reviews(texts, vocab)
    assert len(list(cache.iterdir())) == 2
    assert as_lists(encoded) == expected_ids(texts, vocab)


@pytest.mark.usefixtures("cached_file")
def test_another_default_index_is_a_new_file(texts, vocab, cache):
    vocab.set_default_index(0)
    encode_reviews(texts, vocab)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.usefixtures("cached_file")
def test_a_changed_tokenizer_module_is_a_new_file(
    texts, vocab, cache, tmp_path, monkeypatch
):
    changed = shutil.copy(tokens.__file__, tmp_path / "tokens.py")
    Path(changed).write_text("# changed", "utf-8")
    monkeypatch.setattr(tokens, "__file__", changed)
    encode_reviews(texts, vocab)
    assert len(list(cache.iterdir())) == 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: raw[:-1],
        lambda raw: raw + b"\0",
        lambda raw: raw[:-1] + bytes([raw[-1] ^ 1]),
        lambda raw: b"This is a text file.\n",
        lambda raw: b"",
    ],
    ids=["halved", "shorter", "longer", "flipped", "text", "empty"],
)
def test_a_damaged_file_is_noticed_and_made_again(
    cached_file, texts, vocab, damage
):
    whole = cached_file.read_bytes()
    cached_file.write_bytes(damage(whole))
    with pytest.warns(UserWarning, match="was damaged; it is made again"):
        encoded = encode_reviews(texts, vocab)
    assert as_lists(encoded) == expected_ids(texts, vocab)
    assert cached_file.read_bytes() == whole


@pytest.mark.slow
@pytest.mark.parametrize("bit", [1, 32])
def test_no_flipped_bit_leads_to_wrong_ids(cached_file, texts, vocab, bit):
    whole = cached_file.read_bytes()
    for place in range(len(whole)):
        changed = bytearray(whole)
        changed[place] ^= bit
        cached_file.write_bytes(changed)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            encoded = encode_reviews(texts, vocab)
        assert as_lists(encoded) == expected_ids(texts, vocab)


def test_another_files_contents_under_the_name_are_noticed(
    cached_file, texts, vocab
):
    raw = b'{"ids": [1, 2, 3]}'
    cached_file.write_bytes(len(raw).to_bytes(8, "little") + raw)
    with pytest.warns(UserWarning, match=cached_file.name):
        encode_reviews(texts, vocab)
    assert len(cached_file.read_bytes()) > 100


def test_another_tokenizer_is_used(vocab):
    encoded = encode_reviews(["film.film"], vocab, tokenize=str.split)
    assert as_lists(encoded) == [[vocab["<unk>"]]]


def test_another_tokenizer_is_not_cached(texts, vocab, cache):
    encode_reviews(texts, vocab, tokenize=str.split)
    assert not cache.exists()


@pytest.mark.parametrize("empty", ["", " \n", '"', "<br />", ":;"])
def test_a_text_without_words_is_named(vocab, empty):
    with pytest.raises(ValueError, match="Text 1 has no words"):
        encode_reviews(["fine", empty, ""], vocab)


def test_of_a_long_text_without_words_only_the_ends_are_named(vocab):
    with pytest.raises(ValueError, match="Text 0 has no words") as caught:
        encode_reviews([" " * 1_000_000], vocab)
    assert len(str(caught.value)) < 100


def test_a_text_without_words_leaves_no_file(vocab, cache):
    with pytest.raises(ValueError, match="Text 0 has no words"):
        encode_reviews([""], vocab)
    assert list(cache.iterdir()) == []


def test_an_unknown_word_without_default_index_is_an_error():
    with pytest.raises(RuntimeError, match="default index is not set"):
        encode_reviews(["dodo"], Vocab(["film"]))


def test_the_vocabulary_of_training_reviews_has_pad_unk_and_a_size(texts):
    vocab = build_vocab(texts, max_tokens=5)
    assert vocab.get_itos()[:2] == ["<pad>", "<unk>"]
    assert len(vocab) == 5
    assert vocab(["never-seen"]) == [1]


def test_a_rare_word_is_left_out_of_the_vocabulary(texts):
    vocab = build_vocab(texts, min_freq=2)
    assert "superb" not in vocab
    assert "great" in vocab


@pytest.mark.parametrize("cache", [True, False])
@pytest.mark.parametrize("texts", ["Superb.", {"text": ["So."]}, {"So."}])
def test_what_holds_no_texts_in_order_is_not_encoded(vocab, texts, cache):
    """A string was read letter by letter."""
    with pytest.raises(TypeError, match="expected a list of texts, got"):
        encode_reviews(texts, vocab, cache=cache)
