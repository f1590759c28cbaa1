import numpy as np
import pytest

from imdbtutor.data.readers import BadReviews, ReviewsNotFound
from imdbtutor.data.stanford import read_stanford


def test_a_stanford_folder_is_read_in_the_order_of_its_numbers(stanford):
    kinds = ("train/neg", "train/pos", "test/neg", "test/pos")
    expected = [f"{kind} {number}" for kind in kinds for number in range(12)]
    assert list(read_stanford(stanford)["text"]) == expected


def test_a_stanford_folder_gives_label_film_and_part(stanford):
    frame = read_stanford(stanford).set_index("text")
    columns = ["label", "movie", "part"]
    assert list(frame.columns) == columns
    assert list(frame.loc["train/neg 11"]) == [0, "tt15", "train"]
    assert list(frame.loc["test/pos 3"]) == [1, "tt21", "test"]


@pytest.mark.archives
@pytest.mark.parametrize("name", ["notes.txt", "3_8 (1).txt", ".DS_Store"])
def test_what_is_not_named_as_a_review_is_none(stanford, write, name):
    before = read_stanford(stanford)
    write(f"aclImdb/train/pos/{name}", "no review")
    assert read_stanford(stanford).equals(before)


def test_stanford_labels_are_int64(stanford):
    assert read_stanford(stanford)["label"].dtype == np.int64


def test_line_breaks_inside_a_stanford_review_stay(stanford, write):
    write("aclImdb/train/neg/0_8.txt", b"one\r\ntwo\n")
    assert read_stanford(stanford)["text"][0] == "one\r\ntwo\n"


def test_a_byte_order_mark_is_no_part_of_a_review(stanford, write):
    write("aclImdb/train/neg/0_8.txt", b"\xef\xbb\xbfcaf\xc3\xa9")
    assert read_stanford(stanford)["text"][0] == "café"


def test_a_folder_without_reviews_is_named(tmp_path):
    with pytest.raises(ReviewsNotFound, match=r"neg'\. Expected the"):
        read_stanford(tmp_path)


def test_a_missing_list_of_films_is_named(stanford):
    (stanford / "test" / "urls_pos.txt").unlink()
    with pytest.raises(ReviewsNotFound, match=r"urls_pos\.txt"):
        read_stanford(stanford)


@pytest.mark.archives
@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("3_8.txt", "away.txt", "review 3 is missing"),
        ("11_8.txt", "away.txt", "review 11 is missing"),
        ("3_8.txt", "4_7.txt", "review 4 is there twice"),
        ("3_8.txt", "3_8 (1).txt", "review 3 is missing"),
        ("11_8.txt", "12_8.txt", "review 11 is missing"),
    ],
)
def test_a_review_too_few_or_too_many_is_named(stanford, old, new, message):
    folder = stanford / "train" / "pos"
    (folder / old).rename(folder / new)
    with pytest.raises(BadReviews, match=rf"pos: {message}.* 12 films"):
        read_stanford(stanford)


@pytest.mark.archives
@pytest.mark.parametrize(
    ("lines", "message"),
    [
        (["/tt1/"] * 11, "review 11 is there, and not in .*names 11 films"),
        (["/tt1/"] * 13, "review 12 is missing.*names 13 films"),
        (["/tt1/"] * 3 + ["/no/"] + ["/tt1/"] * 9, "line 4: no film .*'/no/'"),
        (["/tt1/"] * 3 + [""] + ["/tt1/"] * 8, "line 4: no film"),
        ([], "names 0 films"),
    ],
)
def test_a_list_that_would_move_the_films_is_named(
    stanford, write, lines, message
):
    write("aclImdb/train/urls_neg.txt", "\n".join(lines))
    with pytest.raises(BadReviews, match=rf"(?=.*urls_neg\.txt).*{message}"):
        read_stanford(stanford)


def test_empty_lines_below_the_films_are_passed_over(stanford, write):
    before = read_stanford(stanford)
    path = stanford / "train" / "urls_neg.txt"
    write("aclImdb/train/urls_neg.txt", path.read_bytes() + b"\r\n\n")
    assert read_stanford(stanford).equals(before)


@pytest.mark.parametrize(
    ("content", "message"), [(b"caf\xe9", "not UTF-8"), (b" \n", "is empty")]
)
def test_a_bad_stanford_review_is_named(stanford, write, content, message):
    write("aclImdb/test/neg/7_8.txt", content)
    with pytest.raises(BadReviews, match=rf"neg.7_8\.txt.*{message}"):
        read_stanford(stanford)
