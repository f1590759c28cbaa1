import pytest

from imdbtutor.data.readers import (
    BadReviews,
    ReviewsNotFound,
    check_rows,
    check_text,
    read_rows,
)


def test_what_is_missing_is_a_file_not_found_error():
    assert issubclass(ReviewsNotFound, FileNotFoundError)


def test_what_is_wrong_is_a_value_error():
    assert issubclass(BadReviews, ValueError)


def test_a_row_is_named_by_the_line_it_starts_on():
    lines = ["a,b\n", "\n", '1,"x\n', 'y"\n', "2,z\n"]
    rows = list(read_rows(lines, "my.csv"))
    assert [where for where, _ in rows] == [
        "my.csv, line 1",
        "my.csv, line 3",
        "my.csv, line 5",
    ]
    assert rows[1].fields == ["1", "x\ny"]


@pytest.mark.parametrize("text", ["", " \n", None, 1, b"So", "caf\udce9"])
def test_what_is_no_text_is_refused_by_its_place(text):
    with pytest.raises(BadReviews, match=r"^here: "):
        check_text(text, "here")


def test_labels_may_be_numbers_or_text():
    reviews = check_rows(["a", "b"], [1, " 0"], str)
    assert reviews["label"].tolist() == [1, 0]
