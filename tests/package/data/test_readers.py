import csv
import io

import numpy as np
import pandas as pd
import pytest

from imdbtutor.data.readers import (
    BadReviews,
    ReviewsNotFound,
    read_csv,
    read_kaggle,
    read_stanford,
)

# --- Stanford's folder


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
    loaded = read_kaggle(write("labeledTrainData.tsv", table))
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
    assert list(read_csv(path)["text"]) == texts


def test_a_table_gives_only_text_and_label(write):
    path = write("my.csv", "stars,label,text\n9,1,so\n1,0,no\n")
    loaded = read_csv(path)
    expected = pd.DataFrame({"text": ["so", "no"], "label": [1, 0]})
    pd.testing.assert_frame_equal(loaded, expected)


def test_blank_lines_in_a_table_are_passed_over(write):
    path = write("my.csv", "text,label\n\nso,1\n\nno,0\n\n")
    assert list(read_csv(path)["text"]) == ["so", "no"]


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
        read_csv(write("my.csv", table))


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
        read_kaggle(path)
