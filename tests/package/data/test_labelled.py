import csv
import io

import pandas as pd
import pytest

from imdbtutor.data.labelled import read_labelled
from imdbtutor.data.readers import BadReviews


def read(path):
    """Read all of it at once."""
    [reviews] = read_labelled(path)
    return reviews


# --- what is read


@pytest.mark.slow
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
    loaded = read(write("labeledTrainData.tsv", table))
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
    assert list(read(path)["text"]) == texts


def test_a_table_gives_only_text_and_label(write):
    path = write("my.csv", "stars,label,text\n9,1,so\n1,0,no\n")
    loaded = read(path)
    expected = pd.DataFrame({"text": ["so", "no"], "label": [1, 0]})
    pd.testing.assert_frame_equal(loaded, expected)


def test_blank_lines_in_a_table_are_passed_over(write):
    path = write("my.csv", "text,label\n\nso,1\n\nno,0\n\n")
    assert list(read(path)["text"]) == ["so", "no"]


def test_spaces_around_names_and_labels_do_not_count(write):
    reviews = read(write("my.csv", " text , label\nso, 1\nno,0 \n"))
    assert reviews["label"].tolist() == [1, 0]


def test_lines_may_end_as_on_an_old_mac(write):
    reviews = read(write("my.csv", "text,label\rso,1\rno,0\r"))
    assert reviews["text"].tolist() == ["so", "no"]


def test_a_quote_within_an_unquoted_text_is_a_quote(write):
    reviews = read(write("my.csv", 'text,label\nHe said "so",1\n5" wide,0\n'))
    assert reviews["text"].tolist() == ['He said "so"', '5" wide']


@pytest.mark.parametrize("name", ["reviews.tsv", "Reviews.TSV"])
def test_kaggles_columns_and_ours_are_known(write, name):
    reviews = read(write(name, 'sentiment\treview\n1\t"a \\"so\\""\n'))
    assert reviews["text"].tolist() == ['a "so"']
    assert read(write(name, "text\tlabel\nso\t1\n"))["label"].tolist() == [1]


# --- what is refused


SWALLOWED = [
    'text,label\n"Alien is great,1\nBad film,0\n"Aliens" is better,1\nSo,1\n',
    'text,label\n"Good film,1\nBad film,0\nFine film",1\nSo,0\n',
    'text,label\n"Good, long film,1\nBad film,0\nFine film",1\nSo,0\n',
    'text,label\n"Good film,1\nFine film",1\nSo,0\n',
    'label,text\n1,"Good film\n0,Bad film\n1,Fine film"\n0,So\n',
    'label;text\n1;"Good film\n0;Bad film"\n0;So\n',
    'label,text\n1,"Good, long film\n0,Bad film\n1,Fine film"\n0,So\n',
    'id,text,label\n1,"Good film,1\n2,Fine film",1\n3,So,0\n',
]


@pytest.mark.parametrize("table", SWALLOWED)
def test_rows_do_not_vanish_in_a_quote(write, table):
    with pytest.raises(BadReviews, match=r"line 2: .*quote"):
        read(write("my.csv", table))


@pytest.mark.parametrize(
    "text", ["Good, bad\nand ugly", "Stars:\n1, no\nor 0", "So\n", "So\n1"]
)
def test_a_text_of_several_lines_is_one_text(write, text):
    reviews = read(write("my.csv", f'text,label\n"{text}",1\nNo,0\n'))
    assert reviews["text"].tolist() == [text, "No"]


def test_a_list_in_a_text_is_no_row(write):
    text = "Three things:\n1, it is long\n2, it is dull"
    reviews = read(write("my.csv", f'label,text\n0,"{text}"\n1,So\n'))
    assert reviews["text"].tolist() == [text, "So"]


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", r"no column 'text' \(or .*; found \[\]"),
        (b"body,label\nso,1\n", r"no column 'text' .*found \['body'.*text_co"),
        (b"text,stars\nso,1\n", r"no column 'label' .*\['text'.*label_column"),
        (b"text,label\nso,1\nno,2\n", "line 3: .*'2' is neither 0"),
        (b"text,label\nso,1\n\nno,-1\n", "line 4: .*'-1' is neither 0"),
        (b'text,label\n"s\no",1\nno,x\n', "line 4: .*'x' is neither 0"),
        (b"text,label\nso\n", "line 2: .*has 1 fields; the header has 2"),
        (b"text,label\nso,1\ncaf\xe9,0\n", "line 3: a byte is not UTF-8"),
        (b"text,label\nso,1\n,0\n", "line 3: .*the text is empty"),
        (b'text,label\nso,1\n" ",0\n', "line 3: .*the text is empty"),
        (b"text,label\nso,so,1\nno,0\n", "line 2: .*fields; the header has"),
        (
            b"text,label\nso,so,1\nno,no,0\n",
            "line 2: .*fields; the header has",
        ),
        (
            b"text,label\nso,1\nno,no,0\n",
            "line 3: .*3 fields; the header has 2",
        ),
        (b'text,label\nso,1\n"no,0\n', "line 3: unexpected end of data"),
        (b'"text,label\nso,1\n', "line 1: unexpected end of data"),
        (b"label,text\n1,so, but no\n", "line 2: .*fields; the header has"),
        (b'text,label\nso,1\n"so \\"so\\"",1\n', "line 3: ',' expected"),
        (b'text,label\n"So",1\n"No" no,0\n', "line 3: ',' expected"),
        (b"text,label\n", "no reviews below the header"),
        (b"text,text,label\nso,no,1\n", "two columns 'text'"),
        (b"Text,text,label\nso,no,1\n", "two columns 'text'"),
        (b"text,label\nso,nan\n", "line 2: label 'nan' is neither"),
        (b"caf\xe9,text,label\n1,so,1\n", "line 1: a byte is not UTF-8"),
        (b"review;stars\nso;1\n", r"'stars'\], separated by ';'"),
        (b"sep=;\ntext;label\nso;1\nno;2\n", "line 4: label '2'"),
    ],
)
def test_what_is_wrong_in_a_table_is_named(write, table, message):
    with pytest.raises(BadReviews, match=rf"my\.csv.*{message}"):
        read(write("my.csv", table))


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        (b'"a"\t1\t"so"\n"b"\t2\t"no"\n', "line 3: .*'2' is neither 0"),
        (b'"a"\t1\t"so"\n"b"\t0\t""\n', "line 3: .*the text is empty"),
        (b'"a"\t1\t"so"\n"b"\t0\t"caf\xe9"\n', "line 3: a byte is not UTF-8"),
        (b'"a"\t1\t"so"\t"so"\n', "line 2: .*fields; the header has"),
    ],
)
def test_what_is_wrong_in_kaggles_file_is_named(write, rows, message):
    path = write("train.tsv", b"id\tsentiment\treview\n" + rows)
    with pytest.raises(BadReviews, match=rf"train\.tsv.*{message}"):
        read(path)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"text": ["So", None]}, "row 2: None is no text"),
        ({"text": [b"So", b"No"]}, "row 1: b'So' is no text"),
        ({"text": [["So"], ["No"]]}, r"row 1: \['So'\] is no text"),
        ({"text": [1, 2]}, "row 1: 1 is no text"),
        ({"text": ["So", " "]}, "row 2: the text is empty"),
        ({"label": [1, 2]}, "row 2: label 2 is neither"),
        ({"label": ["1", None]}, "row 2: label None is neither"),
        ({"label": [0.5, 1.0]}, "row 1: label 0.5 is neither"),
        ({"label": []}, "no reviews below the header"),
    ],
)
def test_what_is_wrong_in_a_parquet_file_is_named(tmp_path, values, message):
    path, size = tmp_path / "my.parquet", len(*values.values())
    good = {"text": ["So", "No"][:size], "label": [1, 0][:size]}
    pd.DataFrame(good | values).to_parquet(path)
    with pytest.raises(BadReviews, match=rf"my\.parquet.*{message}"):
        read(path)


def test_a_missing_column_of_a_parquet_file_is_named(tmp_path):
    path = tmp_path / "my.parquet"
    pd.DataFrame({"body": ["So"], "label": [1]}).to_parquet(path)
    with pytest.raises(BadReviews, match=r"no column 'text'.*\['body', 'l"):
        read(path)
