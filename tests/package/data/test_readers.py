import csv
import io

import pandas as pd
import pytest

from imdbtutor.data.readers import (
    BadReviews,
    ReviewsNotFound,
    read_csv,
    read_kaggle,
)


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
        (b"", r"no column 'text'; found \[\]"),
        (b"review,label\nso,1\n", r"no column 'text'; found \['review'"),
        (b"text,stars\nso,1\n", r"no column 'label'; found \['text'"),
        (b"text,label\nso,1\nno,2\n", "row 3 .*'2' is neither 0"),
        (b"text,label\nso,1\n\nno,-1\n", "row 4 .*'-1' is neither 0"),
        (b'text,label\n"s\no",1\nno,x\n', "row 3 .*'x' is neither 0"),
        (b"text,label\nso\n", "row 2 .*has 1 fields; the header has 2"),
        (b"text,label\nso,1\ncaf\xe9,0\n", "row 3 .*a byte is not UTF-8"),
        (b"text,label\nso,1\n,0\n", "row 3 .*the text is empty"),
        (b'text,label\nso,1\n" ",0\n', "row 3 .*the text is empty"),
        (b"text,label\nso,so,1\nno,0\n", "row 2 .*fields; the header has"),
        (b"text,label\nso,so,1\nno,no,0\n", "row 2 .*fields; the header has"),
        (b"text,label\nso,1\nno,no,0\n", "row 3 .*3 fields; the header has 2"),
        (b'text,label\nso,1\n"no,0\n', "row 3 .*unexpected end of data"),
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
        (b'"a"\t1\t"so"\t"so"\n', "row 2 .*fields; the header has"),
    ],
)
def test_what_is_wrong_in_kaggles_file_is_named(write, rows, message):
    path = write("train.tsv", b"id\tsentiment\treview\n" + rows)
    with pytest.raises(BadReviews, match=rf"train\.tsv.*{message}"):
        read_kaggle(path)
