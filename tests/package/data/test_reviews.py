import importlib.metadata
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from imdbtutor.data.readers import BadReviews, ReviewsNotFound
from imdbtutor.data.reviews import hold_out, load_reviews, split_reviews


def small_frame(negative, positive):
    """Negative reviews `n0`, `n1`, … and then positive ones, `p0`, …"""
    texts = [f"n{n}" for n in range(negative)]
    texts += [f"p{n}" for n in range(positive)]
    labels = np.repeat([0, 1], [negative, positive])
    return pd.DataFrame({"text": texts, "label": labels})


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


@pytest.mark.parametrize("sizes", [(24, 25), (25, 24)])
def test_too_few_reviews_cannot_be_split(sizes):
    message = f"{sizes[0]} negative and {sizes[1]} positive"
    with pytest.raises(BadReviews, match=message):
        split_reviews(small_frame(*sizes))


# --- the split by film


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
    for number in (0, 3, 6, 9):
        write(f"aclImdb/test/neg/{number}_8.txt", f"train/neg {number}")
    train, validation, test = split_reviews(load_reviews(stanford))
    earlier = pd.concat([train, validation])
    assert len(test) == 24
    assert len(earlier) == 20


def test_labels_are_checked_where_films_are_known(stanford):
    frame = load_reviews(stanford)
    with pytest.raises(BadReviews, match="all labels are 0"):
        split_reviews(frame.assign(label=0))


def test_a_class_of_copies_of_the_test_part_is_refused(stanford, write):
    for number in range(12):
        write(f"aclImdb/test/neg/{number}_8.txt", f"train/neg {number}")
    with pytest.raises(BadReviews, match=r"100% of the negative.* copies"):
        split_reviews(load_reviews(stanford))


# --- what chooses the epoch


def test_the_last_tenth_of_each_class_is_held_out():
    kept, held = hold_out(small_frame(25, 50))
    expected = ["n23", "n24", "p45", "p46", "p47", "p48", "p49"]
    assert list(held["text"]) == expected
    assert list(kept["text"][[0, 22, 23, 67]]) == ["n0", "n22", "p0", "p44"]


def test_classes_that_take_turns_are_held_out_in_turns():
    frame = small_frame(30, 30).sort_values("text", key=lambda t: t.str[1:])
    _, held = hold_out(frame)
    assert held["label"].value_counts().to_dict() == {0: 3, 1: 3}
    assert set(held["text"].str[1:]) == set(frame["text"][-6:].str[1:])


@pytest.mark.parametrize("part", [0, 1])
def test_what_is_held_out_and_what_is_not_are_numbered_from_0(part):
    frame = small_frame(25, 25)
    frame.index = frame.index[::-1] + 7
    held = hold_out(frame)[part]
    assert list(held.index) == list(range(len(held)))


def test_holding_out_loses_no_row_and_no_column():
    frame = small_frame(33, 47).assign(stars=range(80))
    together = pd.concat(hold_out(frame)).sort_values("stars")
    pd.testing.assert_frame_equal(together.reset_index(drop=True), frame)


def test_holding_out_leaves_the_table_as_it_was():
    frame = small_frame(25, 25)
    hold_out(frame)
    pd.testing.assert_frame_equal(frame, small_frame(25, 25))


@pytest.mark.parametrize("sizes", [(24, 25), (25, 24)])
def test_of_too_few_reviews_none_are_held_out(sizes):
    message = f"{sizes[0]} negative and {sizes[1]} positive"
    with pytest.raises(BadReviews, match=message):
        hold_out(small_frame(*sizes))


@pytest.mark.parametrize("divide", [split_reviews, hold_out])
@pytest.mark.parametrize(
    ("labels", "message"),
    [
        ([0, 0], "all labels are 0"),
        ([0.5, 1.0], "whole numbers, found 0.5"),
        ([None, 1], "label 0 is missing"),
        ([0, "b"], "of one kind, found int and str"),
    ],
    ids=str,
)
def test_labels_that_name_no_classes_are_not_divided(divide, labels, message):
    frame = small_frame(25, 25)
    named = [labels[label] for label in frame["label"]]
    with pytest.raises(BadReviews, match=message):
        divide(frame.assign(label=named))


@pytest.mark.parametrize("divide", [split_reviews, hold_out])
def test_more_classes_are_divided_each_by_place(divide):
    """As if each were a table of its own."""
    two = small_frame(30, 40)
    third = pd.DataFrame({"text": [f"c{n}" for n in range(25)], "label": 2})
    names = {0: "b", 1: "a", 2: "c"}
    three = pd.concat([third, two]).replace({"label": names})
    for found, expected in zip(divide(three), divide(two), strict=True):
        rest = found[found["label"] != "c"].reset_index(drop=True)
        pd.testing.assert_frame_equal(rest, expected.replace({"label": names}))
        assert (found["label"] == "c").sum() >= 2


def test_of_more_classes_the_small_one_is_named():
    frame = small_frame(30, 30).replace({"label": {0: "good", 1: "bad"}})
    frame.loc[:9, "label"] = "so-so"
    with pytest.raises(BadReviews, match="30 bad, 20 good and 10 so-so rev"):
        split_reviews(frame)


# --- where the reviews come from


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("mine.csv", "text,label\nso,1\n"),
        ("mine.txt", "text,label\nso,1\n"),
        ("train.tsv", 'id\tsentiment\treview\n"a"\t1\t"so"\n'),
    ],
)
@pytest.mark.parametrize("kind", [str, Path])
def test_a_file_is_read_by_its_ending(write, name, content, kind):
    loaded = load_reviews(kind(write(name, content)))
    assert loaded.values.tolist() == [["so", 1]]


@pytest.mark.parametrize("kind", [str, Path])
def test_a_folder_is_read_as_stanfords(stanford, kind):
    assert len(load_reviews(kind(stanford))) == 48


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(ReviewsNotFound, match=r"mine\.csv'. Check the path"):
        load_reviews(tmp_path / "mine.csv")


def test_a_missing_data_package_is_named(monkeypatch):
    monkeypatch.setattr(importlib.metadata, "files", lambda name: [])
    with pytest.raises(ReviewsNotFound, match="pip install"):
        load_reviews()


def test_a_file_with_only_a_header_is_refused(tmp_path):
    (tmp_path / "mine.csv").write_text("text,label\n", "utf-8")
    with pytest.raises(BadReviews, match="no reviews"):
        load_reviews(tmp_path / "mine.csv")


# --- copies


def labelled(negative, positive):
    texts, labels = negative + positive, [0] * len(negative)
    labels += [1] * len(positive)
    return pd.DataFrame({"text": texts, "label": labels})


def made(name, number):
    return [f"{name} film {n}" for n in range(number)]


@pytest.mark.parametrize(
    ("negative", "left"),
    [(made("bad", 100), "100"), (["bad film"] * 100, "1")],
)
def test_a_class_of_one_text_over_and_over_is_refused(negative, left):
    """Every copy used to be dropped from training, and praise was blame."""
    frame = labelled(negative, ["good film"] * 100)
    with pytest.raises(BadReviews, match=f"copies.* {left} neg.* 1 positive"):
        hold_out(frame)
    with pytest.raises(BadReviews, match=r"100% of .* copies .*drop_dup"):
        split_reviews(frame)


def test_a_text_is_held_out_with_all_its_copies_or_not_at_all():
    often = ["good film"] * 50
    frame = labelled(made("bad", 100), often + made("good", 50))
    train, held = hold_out(frame.sample(frac=1, random_state=0))
    assert set(train["text"]).isdisjoint(held["text"])
    assert sorted([*train["text"], *held["text"]]) == sorted(frame["text"])
    assert train["label"].nunique() == held["label"].nunique() == 2


def test_reviews_that_all_stand_there_twice_are_held_out_in_pairs():
    once = labelled(made("bad", 30), made("good", 30))
    train, held = hold_out(pd.concat([once, once]))
    assert (len(train), len(held)) == (108, 12)
    assert held["text"].value_counts().eq(2).all()


def test_a_text_with_both_labels_is_on_one_side():
    frame = labelled(made("bad", 30), ["bad film 0", *made("good", 30)])
    train, held = hold_out(frame)
    assert set(train["text"]).isdisjoint(held["text"])


def test_more_copies_of_later_reviews_than_others_are_refused():
    frame = labelled(made("bad", 100), made("good", 100))
    frame.loc[100:135, "text"] = "good film 99"
    assert len(split_reviews(frame).train) == 72 + 36
    frame.loc[136, "text"] = "good film 99"
    with pytest.raises(BadReviews, match=r"51% of the positive.* train part"):
        split_reviews(frame)
