import numpy as np
import pandas as pd
import pytest
import torch

from imdbtutor.data.arguments import check_labels, check_reviews, check_texts

SERIES = pd.Series([0, 1, 1])


@pytest.mark.parametrize(
    "labels",
    [
        [0, 1, 1],
        (0, 1, 1),
        [False, True, True],
        [0.0, 1.0, 1.0],
        np.array([0, 1, 1], dtype=np.uint8),
        np.array([0, True, 1.0], dtype=object),
        torch.tensor([0, 1, 1]),
        torch.tensor([0.0, 1, 1], requires_grad=True),
        SERIES.set_axis([7, 7, 3]),
        SERIES.astype("Int64"),
        SERIES.astype("category"),
    ],
    ids=lambda labels: (
        f"{type(labels).__name__}-{getattr(labels, 'dtype', '')}"
    ),
)
def test_whatever_holds_them_labels_become_0_and_1(labels):
    checked = check_labels(labels, 3)
    assert checked.dtype == np.int64
    assert checked.tolist() == [0, 1, 1]


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ([2, 1, 0], r"\[2\]"),
        ([0, -1, 1], r"\[-1\]"),
        ([0.9, 0.1, 1], r"\[0\.9, 0\.1\]"),
        (["positive", "negative", "positive"], r"\['positive', 'negative'\]"),
        (["0", "1", "1"], r"\['0', '1'\]"),
        ([0, 1, float("nan")], r"\[nan\]"),
        ([0, 1, None], r"\[None\]"),
        (pd.Series([0, 1, pd.NA], dtype="Int64"), r"\["),
        (torch.tensor([0, 1, 7]), r"\[7\]"),
    ],
    ids=str,
)
def test_what_is_neither_0_nor_1_is_named(labels, found):
    with pytest.raises(ValueError, match=f"0 or 1 .*found {found}"):
        check_labels(labels, 3)


@pytest.mark.parametrize(
    "labels",
    [[[0], [1], [1]], [[0], [1, 1], [1]], {0, 1}, {"label": [0]}, "011", 1],
    ids=str,
)
def test_what_is_no_row_of_labels_is_refused_by_its_kind(labels):
    with pytest.raises(ValueError, match=f"got {type(labels).__name__} of"):
        check_labels(labels, 3)


@pytest.mark.parametrize("labels", [[], [0, 1], [0, 1, 1, 0]], ids=len)
def test_there_must_be_a_label_for_each_review(labels):
    with pytest.raises(ValueError, match=f"3 reviews but {len(labels)} lab"):
        check_labels(labels, 3)


def test_of_each_class_there_must_be_as_many_as_asked():
    assert len(check_labels([0, 0, 1], 3, each=1)) == 3
    with pytest.raises(
        ValueError, match=r"2 negative and 1 positive.* least 2"
    ):
        check_labels([0, 0, 1], 3, each=2)
    with pytest.raises(ValueError, match="0 negative and 3 positive"):
        check_labels([1, 1, 1], 3, each=1)


def test_the_callers_labels_stay_as_they_were():
    labels = np.array([0.0, 1.0])
    check_labels(labels, 2)[0] = 1
    assert labels.tolist() == [0, 1]


@pytest.mark.parametrize(
    "texts",
    [
        {"text": ["a", "b"]},
        {"a": 1}.keys(),
        {"a", "b"},
        b"ab",
        (text for text in "ab"),
        map(str, "ab"),
        7,
        None,
    ],
    ids=lambda texts: type(texts).__name__,
)
def test_what_holds_no_texts_in_order_is_named(texts):
    kind = type(texts).__name__
    with pytest.raises(TypeError, match=f"list of texts, got {kind}; pass a"):
        check_texts(texts)


@pytest.mark.parametrize(
    "texts",
    [np.array("a"), np.array([["a", "b"]]), range(2), torch.ones(2)],
    ids=lambda texts: type(texts).__name__,
)
def test_an_array_of_anything_else_is_refused(texts):
    with pytest.raises(TypeError):
        check_texts(texts)


@pytest.mark.parametrize(
    "texts",
    [
        ["a", "b"],
        ("a", "b"),
        np.array(["a", "b"]),
        pd.Series(["a", "b"], index=[3, 3]),
        pd.Index(["a", "b"]),
        pd.array(["a", "b"]),
    ],
    ids=lambda texts: type(texts).__name__,
)
def test_texts_may_be_held_in_many_ways(texts):
    assert check_texts(texts) == ["a", "b"]


def test_a_table_is_numbered_anew_and_its_labels_become_int64():
    given = pd.DataFrame(
        {"x": 1, "label": [True, False], "text": ["b", "a"]}, index=[7, 7]
    )
    checked, classes = check_reviews(given)
    assert classes.tolist() == [False, True]
    assert checked.to_dict("list") == {"text": ["b", "a"], "label": [1, 0]}
    assert list(checked.index) == [0, 1]
    assert checked["label"].dtype == np.int64


@pytest.mark.parametrize(
    ("table", "error", "words"),
    [
        ([("a", 1)], TypeError, "a table with columns .* not list"),
        ({"text": ["a"]}, ValueError, "no column 'label'"),
        ({"text": ["a"], "label": [2]}, ValueError, "all labels are 2"),
        ({"text": ["a"], "label": [1, 0]}, ValueError, "1 reviews but 2"),
        ({"text": [5], "label": [1]}, TypeError, "text 0 is no string"),
    ],
)
def test_what_is_no_table_of_reviews_is_named(table, error, words):
    with pytest.raises(error, match=words):
        check_reviews(table)
