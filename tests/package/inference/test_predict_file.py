import csv
import io
import os
import tracemalloc

import numpy as np
import pandas as pd
import pytest

from imdbtutor.data.formats import Form
from imdbtutor.data.readers import BadReviews
from imdbtutor.data.tables import open_table
from imdbtutor.data.tokens import tokenize
from imdbtutor.inference import predict_file
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.predict_file import write_predictions

ADDED = ["verdict", "positive"]


@pytest.fixture
def classifier(trained_model, vocab):
    return SentimentClassifier.from_parts(trained_model, vocab)


@pytest.fixture
def pieces_of_three(monkeypatch):
    monkeypatch.setattr(predict_file, "PIECE", 3)


@pytest.fixture
def judge(classifier, write, tmp_path):
    """Judge a table as the command does; return the file written."""

    def judge_table(table, **options):
        path, target = write("in.csv", table), tmp_path / "out.csv"
        with open_table(path) as opened:
            write_predictions(classifier, opened, target, **options)
        return target

    return judge_table


def read(path):
    """Read a CSV with Python's own reader, every cell as text."""
    with open(path, encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def write_rows(*rows):
    table = io.StringIO(newline="")
    csv.writer(table).writerows(rows)
    return table.getvalue()


# --- what is written


def test_columns_are_kept_and_two_added(judge):
    found = read(judge("id,text,stars\n007,Superb.,10\n"))
    assert found[0] == ["id", "text", "stars", *ADDED]
    assert found[1][:4] == ["007", "Superb.", "10", "positive"]


def test_rows_keep_their_order(judge, texts, pieces_of_three):
    table = pd.DataFrame({"text": texts}).to_csv(index=False)
    assert [row[0] for row in read(judge(table))[1:]] == texts


def test_verdicts_are_those_of_the_classifier(judge, classifier, texts):
    table = pd.DataFrame({"text": texts}).to_csv(index=False)
    found = pd.read_csv(judge(table))
    expected = classifier.predict(texts)
    assert list(found["verdict"] == "positive") == list(expected == 1)


def test_chances_are_those_of_predict_proba(judge, classifier, texts):
    table = pd.DataFrame({"text": texts}).to_csv(index=False)
    expected = classifier.predict_proba(texts)[:, 1]
    found = pd.read_csv(judge(table))["positive"]
    np.testing.assert_allclose(found, expected, rtol=0, atol=5.1e-5)


@pytest.mark.parametrize("size", [1, 3, 7, 8])
def test_pieces_say_what_one_piece_says(judge, texts, monkeypatch, size):
    table = pd.DataFrame({"text": texts}).to_csv(index=False)
    expected = judge(table).read_bytes()
    monkeypatch.setattr(predict_file, "PIECE", size)
    assert judge(table).read_bytes() == expected


def test_the_header_is_written_once(judge, texts, pieces_of_three):
    table = pd.DataFrame({"text": texts}).to_csv(index=False)
    found = read(judge(table))
    assert found.count(["text", *ADDED]) == 1
    assert len(found) == 1 + len(texts)


def test_the_number_of_rows_is_returned(classifier, write, tmp_path):
    path = write("in.csv", "text\nSuperb.\nAwful.\n")
    with open_table(path) as table:
        assert write_predictions(classifier, table, tmp_path / "out") == 2


@pytest.mark.parametrize(
    "text",
    [
        'He said "superb", twice.',
        "one\ntwo",
        "one\r\ntwo",
        "one\rtwo",
        " café ",
        "NA",
        "null",
        "1",
        "1.50",
        "#x",
        "a\\",
        "映画 👍",
    ],
)
def test_any_text_survives(judge, text):
    rows = [("x", "text", "note"), ("1", text, "So."), ("2", "So.", text)]
    found = read(judge(write_rows(*rows)))
    assert [tuple(row[:3]) for row in found] == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_mark_encoding_and_separator_go_out_as_they_came(
    judge, encoding, separator
):
    table = f"text{separator}x\nSuperb.{separator}café\n".encode(encoding)
    found = judge(table).read_bytes()
    assert found[:5] == table[:5]
    header, row, _ = found.decode(encoding).split("\r\n")
    assert header.split(separator) == ["text", "x", *ADDED]
    assert row.split(separator)[:3] == ["Superb.", "café", "positive"]


def test_a_parquet_file_becomes_a_csv(classifier, tmp_path):
    path, target = tmp_path / "in.parquet", tmp_path / "out.csv"
    columns = {"id": [7, 8], "text": ["Superb.", "Awful."], "x": [None, "b"]}
    pd.DataFrame(columns).to_parquet(path)
    with open_table(path) as table:
        write_predictions(classifier, table, target)
    assert [row[:4] for row in read(target)[1:]] == [
        ["7", "Superb.", "", "positive"],
        ["8", "Awful.", "b", "negative"],
    ]


def test_the_share_of_known_words_is_counted(classifier):
    texts = ["Superb dodo", "dodo!", "a superb film, warm and funny"]
    found = [
        row["known"] for row in predict_file.judge(classifier, texts, 0.6)
    ]
    assert found == [0.5, 0.5, 1.0]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_any_line_end_will_do(judge, line_end):
    table = line_end.join(["text,x", "Superb.,1", "Awful.,2", ""])
    assert [row[1] for row in read(judge(table))] == ["x", "1", "2"]


def test_another_column_can_be_judged(judge):
    found = read(judge("text,review\nAwful.,Superb.\n", form=Form("review")))
    assert found[1][:3] == ["Awful.", "Superb.", "positive"]


def test_empty_lines_are_left_out(judge):
    found = read(judge("text\nSuperb.\n\nAwful.\n\n"))
    assert [row[0] for row in found] == ["text", "Superb.", "Awful."]


@pytest.mark.parametrize("header", [",text", "text,", "a,a,text"])
def test_headers_are_kept_as_they_are(judge, header):
    names = header.split(",")
    found = read(judge(write_rows(names, ["Superb."] * len(names))))
    assert found[0][: len(names)] == names


@pytest.mark.parametrize("name", ADDED)
def test_a_column_of_the_readers_own_is_not_lost(judge, name):
    with pytest.raises(BadReviews, match=f"has a column '{name}' already"):
        judge(f"text,{name}\nSuperb.,mine\n")


# --- what is refused


@pytest.mark.skipif(os.name == "nt", reason="links need a Unix")
@pytest.mark.parametrize("name", ["in.csv", "x/../in.csv", "soft", "hard"])
def test_a_file_is_not_written_over_while_it_is_read(write, classifier, name):
    path = write("in.csv", "text\nSuperb.\n")
    (path.parent / "x").mkdir()
    (path.parent / "soft").symlink_to(path)
    (path.parent / "hard").hardlink_to(path)
    with (
        open_table(path) as table,
        pytest.raises(ValueError, match=rf"{name}' is the file to read"),
    ):
        write_predictions(classifier, table, path.parent / name)
    assert path.read_text("utf-8") == "text\nSuperb.\n"


@pytest.mark.parametrize("name", ["out.csv.gz", "out.ZIP", "out.parquet"])
def test_a_csv_gets_no_name_of_another_kind(write, classifier, name):
    path = write("in.csv", "text\nSuperb.\n")
    with (
        open_table(path) as table,
        pytest.raises(ValueError, match=f"{name}' would be a CSV"),
    ):
        write_predictions(classifier, table, path.parent / name)


def test_a_parquet_value_that_is_no_text_is_named(classifier, tmp_path):
    pd.DataFrame({"text": ["So", None]}).to_parquet(tmp_path / "in.parquet")
    with (
        open_table(tmp_path / "in.parquet") as table,
        pytest.raises(BadReviews, match=r"in\.parquet, row 2: None is no"),
    ):
        write_predictions(classifier, table, tmp_path / "out.csv")


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", r"no column \'text\' .*; found \[\]"),
        (b"text\n", "no reviews below the header"),
        (b"body,x\nSo,1\n", r"no column 'text' .*\['body', 'x'\].*--text-col"),
        (b"text,x\nSo,1\n,2\n", "line 3: .*is empty"),
        (b"x,text\n1,So\n2\n", "line 3: .*1 fields; the header has 2"),
        (b'text,x\nSo,1\n" ",2\n', "line 3: .*is empty"),
        (b"text\nSo\n<br />\n", "line 3: .*no words"),
        (b'text\n"S\no"\n<br />\n', "line 4: .*no words"),
        (b"text\nSo\n\n<br />\n", "line 4: .*no words"),
        (b"text\nSo\ncaf\xe9\n", "line 3: a byte is not UTF-8"),
        (b"caf\xe9,text\n1,So\n", "line 1: .*a byte is not UTF-8"),
        (
            b"text\n" + b"So " * 400_000,
            "line 2: .*field larger than .*1000000",
        ),
        (b"text,x\nSo,1,2\n", "line 2: .*3 fields; the header has 2"),
        (b"text,x\nSo,1\nno,2,3\n", "line 3: .*3 fields"),
        (b'text\nSo\n"no\n', "line 3: .*unexpected end"),
    ],
)
def test_what_is_wrong_in_a_file_is_named(judge, table, message):
    with pytest.raises(BadReviews, match=rf"in\.csv.*{message}"):
        judge(table)


def test_a_message_is_one_line(judge):
    with pytest.raises(BadReviews) as caught:
        judge(b"text,x\nSo,1\nno,2,3\n")
    assert "\n" not in str(caught.value)


BAD = [b"<br />,8\n", b"caf\xe9,8\n", b"So,8,8\n", b'"So,8\n']
bad_third_piece = pytest.mark.parametrize(
    "table", [b"text,x\n" + b"Superb.,1\n" * 7 + row for row in BAD]
)


@bad_third_piece
def test_an_error_in_the_third_piece_leaves_no_file(
    judge, tmp_path, pieces_of_three, table
):
    with pytest.raises(BadReviews):
        judge(table)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


@bad_third_piece
def test_an_error_in_the_third_piece_leaves_an_older_file_as_it_was(
    judge, write, tmp_path, pieces_of_three, table
):
    write("out.csv", b"older")
    with pytest.raises(BadReviews):
        judge(table)
    assert (tmp_path / "out.csv").read_bytes() == b"older"
    assert len(list(tmp_path.iterdir())) == 2


def test_rows_are_counted_on_from_piece_to_piece(judge, pieces_of_three):
    with pytest.raises(BadReviews, match=r"in\.csv, line 9: "):
        judge("text\n" + "Superb.\n" * 7 + "<br />\n")


def test_a_stop_by_hand_leaves_no_file(judge, classifier, tmp_path):
    def stop(texts):
        raise KeyboardInterrupt

    classifier.predict_proba = stop
    with pytest.raises(KeyboardInterrupt):
        judge("text\nSuperb.\n")
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


# --- memory


class Coin:
    """A classifier that does not read."""

    tokenize, classes_ = staticmethod(tokenize), np.array([0, 1])

    def predict_proba(self, texts):
        return np.full((len(texts), 2), 0.5)


def peak(rows, path, target):
    """Measure the most memory that judging so many rows takes, in bytes."""
    line = "Superb, " * 100
    lines = (f'"{line}{number}"\n' for number in range(rows))
    path.write_text("text\n" + "".join(lines), "utf-8")
    tracemalloc.start()
    with open_table(path) as table:
        write_predictions(Coin(), table, target)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


@pytest.mark.slow
def test_forty_times_the_rows_take_no_more_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(predict_file, "PIECE", 100)
    paths = tmp_path / "in.csv", tmp_path / "out.csv"
    peak(400, *paths)  # what is loaded once
    few = peak(400, *paths)
    assert peak(16_000, *paths) < few + 500_000  # the file has 13 MB


def test_no_more_than_a_piece_is_judged_at_a_time(
    judge, classifier, pieces_of_three
):
    sizes, predict_proba = [], classifier.predict_proba

    def spy(texts):
        sizes.append(len(texts))
        return predict_proba(texts)

    classifier.predict_proba = spy
    judge("text\n" + "Superb.\n" * 8)
    assert sizes == [3, 3, 2]
