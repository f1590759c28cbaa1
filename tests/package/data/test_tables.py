import bz2
import gzip
import io
import lzma
import random
import sys
import zipfile

import pandas as pd
import pytest

from imdbtutor.data.readers import BadReviews
from imdbtutor.data.reviews import load_reviews
from imdbtutor.data.streams import ReviewStream
from imdbtutor.data.tables import open_table

TABLE = "text,label\nsö,1\nno,0\n"
REVIEWS = pd.DataFrame({"text": ["sö", "no"], "label": [1, 0]})


def zipped(raw, *names):
    """Pack it so often under other names."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names or ["reviews.csv"]:
            archive.writestr(name, raw)
    return file.getvalue()


def as_parquet(frame):
    file = io.BytesIO()
    frame.to_parquet(file)
    return file.getvalue()


def as_workbook(frame):
    file = io.BytesIO()
    frame.to_excel(file, index=False)
    return file.getvalue()


PACK = {
    "my.csv.gz": gzip.compress,
    "my.csv.bz2": bz2.compress,
    "my.csv.xz": lzma.compress,
    "my.zip": zipped,
}


# --- what is read


@pytest.mark.parametrize("name", PACK)
def test_a_compressed_table_is_read(write, name):
    path = write(name, PACK[name](TABLE.encode()))
    pd.testing.assert_frame_equal(load_reviews(path), REVIEWS)


def test_what_a_zip_holds_besides_the_table_does_not_count(write):
    names = ["my/", "my/reviews.csv", "__MACOSX/my/._reviews.csv"]
    path = write("my.zip", zipped(TABLE.encode(), *names))
    pd.testing.assert_frame_equal(load_reviews(path), REVIEWS)


@pytest.mark.parametrize("name", ["k.tsv", "k.tsv.gz", "k.tsv.zip"])
def test_kaggles_file_is_read_as_it_comes(write, name):
    raw = b'id\tsentiment\treview\n"1_8"\t1\t"say \\"so\\""\n'
    pack = {"k.tsv.gz": gzip.compress, "k.tsv.zip": zipped}.get(name, bytes)
    reviews = load_reviews(write(name, pack(raw)))
    assert reviews["text"].tolist() == ['say "so"']


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("declared", [False, True])
def test_separator_and_encoding_are_found(
    write, encoding, separator, declared
):
    table = f"sep={separator}\n" * declared + TABLE.replace(",", separator)
    path = write("my.csv", table.encode(encoding))
    pd.testing.assert_frame_equal(load_reviews(path), REVIEWS)


def test_a_separator_in_a_quoted_name_does_not_count(write):
    path = write("my.csv", 'text,label,"a;b;c;d"\nsö,1,x\nno,0,y\n')
    pd.testing.assert_frame_equal(load_reviews(path), REVIEWS)


def test_utf_16_with_the_larger_byte_first_is_read(write):
    path = write("my.csv", b"\xfe\xff" + TABLE.encode("utf-16-be"))
    pd.testing.assert_frame_equal(load_reviews(path), REVIEWS)


def test_only_the_columns_in_use_are_read_from_a_parquet_file(write):
    frame = REVIEWS.assign(x=[[1], [2]])
    path = write("my.parquet", as_parquet(frame))
    with open_table(path, only=["text", "label"]) as table:
        assert table.header == ["text", "label", "x"]
        rows = [fields for _, fields in table.rows]
    assert rows == [["sö", 1, None], ["no", 0, None]]


def test_a_file_that_is_open_already_is_read_and_closed(write):
    file = write("my.csv", TABLE).open("rb")
    with open_table(write("my.csv", TABLE), file) as table:
        assert len(list(table.rows)) == 2
    assert file.closed


@pytest.mark.parametrize("name", ["my.jsonl", "MY.NDJSON", "my.jsonl.gz"])
def test_json_lines_are_read(write, name):
    lines = '{"id": 1, "text": "s\\u00f6", "label": 1}\n\n'
    lines += '{"label": "0", "text": "no", "id": null}\n{"text": "x"}'
    raw = lines.encode()
    path = write(name, gzip.compress(raw) if "gz" in name else raw)
    with open_table(path) as table:
        assert table.header == ["id", "text", "label"]
        rows = list(table.rows)
    assert [fields for _, fields in rows] == [
        [1, "sö", 1],
        [None, "no", "0"],
        [None, "x", None],
    ]
    assert [where.rpartition(", ")[2] for where, _ in rows] == [
        "line 1",
        "line 3",
        "line 4",
    ]


def test_the_first_sheet_of_a_workbook_is_read(write):
    frame = pd.DataFrame({"Review": ["sö", None, "no"], "label": [1, None, 0]})
    path = write("my.xlsx", as_workbook(frame))
    pd.testing.assert_frame_equal(load_reviews(path), REVIEWS)


@pytest.mark.parametrize("encoding", ["cp1252", "latin-1", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "#"])
def test_what_is_said_need_not_be_found(write, encoding, separator):
    path = write("my.csv", TABLE.replace(",", separator).encode(encoding))
    form = {"encoding": encoding, "separator": separator}
    pd.testing.assert_frame_equal(load_reviews(path, **form), REVIEWS)


def test_a_tab_may_be_said_as_in_a_shell(write):
    path = write("my.csv", TABLE.replace(",", "\t"))
    loaded = load_reviews(path, separator="\\t")
    pd.testing.assert_frame_equal(loaded, REVIEWS)


def test_a_mark_of_utf_8_is_believed_whatever_is_said(write):
    path = write("my.csv", TABLE.encode("utf-8-sig"))
    loaded = load_reviews(path, encoding="cp1252")
    pd.testing.assert_frame_equal(loaded, REVIEWS)


# --- what is damaged


def damaged():
    noise = random.Random(0).choices("abcdefgh", k=40_000)
    long = TABLE.encode() + "".join(noise).encode() + b",1\n"
    parquet = as_parquet(pd.concat([REVIEWS] * 500))
    workbook = as_workbook(pd.concat([REVIEWS] * 500))
    whole = {
        "my.parquet": lambda raw: parquet,
        "my.xlsx": lambda raw: workbook,
    }
    for name, pack in (PACK | whole).items():
        raw = pack(long)
        yield pytest.param(name, raw[: len(raw) // 2], id=f"half {name}")
        yield pytest.param(name, raw[:-5], id=f"most of {name}")
        yield pytest.param(name, b"", id=f"empty {name}")
        yield pytest.param(name, b"not that", id=f"other {name}")
        torn = raw[:100] + bytes(200) + raw[300:]
        yield pytest.param(name, torn, id=f"torn {name}")


@pytest.mark.parametrize(("name", "raw"), [*damaged()])
@pytest.mark.parametrize(
    "read", [load_reviews, lambda path: ReviewStream(path, None, 2)]
)
def test_a_damaged_file_is_named_in_one_line(write, name, raw, read):
    with pytest.raises(BadReviews, match=rf"{name}.*: .+") as caught:
        read(write(name, raw))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("name", "raw", "message"),
    [
        ("my.zip", zipped(b"", "a", "b"), r"2 files, not one: \['a', 'b'\]"),
        ("my.csv", TABLE.encode("utf-16-le"), "NUL bytes in line 1"),
        ("my.csv", TABLE.encode("utf-16")[:-1], "truncated data"),
        ("my.csv", TABLE.encode("cp1252"), "line 2: a byte is not UTF-8"),
        ("my.csv", gzip.compress(TABLE.encode()), "no text but a .* packed"),
        ("my.xls", zipped(b""), "no text but a workbook"),
        ("my.xlsx", zipped(b""), "cannot be read: .*whole"),
        ("my.xlsx", TABLE.encode(), "cannot be read: .*whole"),
    ],
    ids=[
        "two",
        "16 bits",
        "cut",
        "cp1252",
        "packed",
        "workbook",
        "no workbook",
        "text",
    ],
)
def test_a_file_of_another_make_is_told(write, name, raw, message):
    with pytest.raises(BadReviews, match=rf"{name}.*{message}"):
        load_reviews(write(name, raw))


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("my.jsonl", '{"text": "so", "label": 1}\n{"text"', "line 2: is no J"),
        ("my.jsonl", "[1, 2]\n", "line 1: is no JSON object but list"),
        ("my.jsonl", '{"text": "a", "label": 1}\n{"b": 1}', "line 2: has 'b'"),
        ("my.jsonl", "", "no column 'text'"),
        ("my.jsonl", '{"text": 5, "label": 1}', "line 1: 5 is no text"),
        (
            "my.jsonl",
            '{"text": "a", "label": 2}',
            "line 1: label 2 is",
        ),
        ("my.jsonl", b'{"text": "caf\xe9", "label": 1}', "line 1: a byte is"),
    ],
)
def test_what_is_wrong_in_json_lines_is_named(write, name, text, message):
    with pytest.raises(BadReviews, match=rf"{name}.*{message}"):
        load_reviews(write(name, text))


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"encoding": "utf-99"}, "unknown encoding: utf-99"),
        ({"separator": "||"}, "one character, not '\\|\\|'"),
        ({"separator": ""}, "one character, not ''"),
        ({"text_column": "body"}, "no column 'body'; found"),
        ({"label_column": "text "}, "no column 'text '; found"),
    ],
)
def test_what_is_said_and_wrong_is_named(write, form, message):
    with pytest.raises(BadReviews, match=rf"my\.csv.*{message}"):
        load_reviews(write("my.csv", TABLE), **form)


def test_what_cannot_be_said_is_refused(write):
    with pytest.raises(TypeError, match="colour"):
        load_reviews(write("my.csv", TABLE), colour="red")


def test_without_openpyxl_the_error_says_what_to_install(write, monkeypatch):
    path = write("my.xlsx", as_workbook(REVIEWS))
    monkeypatch.setitem(sys.modules, "openpyxl", None)
    with pytest.raises(BadReviews, match="pip install openpyxl"):
        load_reviews(path)


def test_without_pyarrow_the_error_says_what_to_install(write, monkeypatch):
    path = write("my.parquet", as_parquet(REVIEWS))
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(BadReviews, match="pip install pyarrow"):
        load_reviews(path)
