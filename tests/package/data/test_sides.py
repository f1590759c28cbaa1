import math
import re

import pytest
import torch

from imdbtutor.data.readers import BadReviews
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.data.sides import Sides, label_name
from imdbtutor.data.streams import ReviewStream, read_pieces

USUAL = {
    "Kaggle's": ("negative", "positive"),
    "short": ("neg", "pos"),
    "from 1": (1, 2),
    "signs": (-1, 1),
    "tweets": (0, 4),
    "truth": (False, True),
    "lists": (["bad", "poor"], ["good"]),
    "stars": ("1-2", "4-5"),
    "ten": ("1-4", "7-10"),
    "below 0": ("-5--1", "1-5"),
}


@pytest.mark.parametrize("name", USUAL)
def test_usual_labels_are_of_the_side_that_is_asked_for(name):
    sides = Sides(*USUAL[name])
    for number, given in enumerate(USUAL[name]):
        each = given if isinstance(given, list) else [given]
        for label in each:
            if match := re.fullmatch(r"(-?\d+)-(-?\d+)", str(label)):
                label = (int(match[1]) + int(match[2])) // 2
            assert sides(label, "here") == number
            assert sides(f" {label_name(label)} ", "here") == number


@pytest.mark.parametrize("one", [1, 1.0, True, "1", " 1 "])
def test_one_is_one_however_it_is_stored(one):
    assert Sides()(one, "here") == 1


@pytest.mark.parametrize("odd", [None, math.nan, math.inf, "", "x", 5.5, []])
def test_what_is_of_neither_side_is_left_out_and_counted(odd):
    sides = Sides("1-4", "7-10")
    assert sides(odd, "here") is None
    assert sum(sides.left_out.values()) == 1
    with pytest.raises(BadReviews, match=r"here: label .* neither 0"):
        Sides()(odd, "here")


def test_the_ends_of_a_range_are_in_it_and_nothing_beyond():
    sides = Sides("1-4", "7-10")
    found = [sides(stars, "here") for stars in range(12)]
    assert found == [None, 0, 0, 0, 0, None, None, 1, 1, 1, 1, None]
    assert sides(4.5, "here") is None


@pytest.mark.parametrize("given", [{"negative": 0}, {"positive": [1, 2]}])
def test_one_side_alone_is_refused(write, given):
    with pytest.raises(ValueError, match="Give both"):
        load_reviews(write("my.csv", "text,label\nso,1\n"), **given)


def test_a_label_of_both_sides_is_refused():
    with pytest.raises(BadReviews, match="'3' is asked for as neg"):
        Sides("1-3", "3-5")(3, "here")


def test_labels_that_are_no_0_and_1_are_asked_for(write):
    path = write("my.csv", "review,sentiment\nso,positive\n")
    with pytest.raises(BadReviews, match=r"line 2: .*--positive pos"):
        load_reviews(path)


STARS = "Review;Rating\n" + "".join(f"film {n};{n}\n" for n in range(1, 11))


def test_what_was_found_and_left_out_is_said(write, capsys):
    path = write("my.csv", STARS)
    reviews = load_reviews(path, negative="1-4", positive="7-10")
    assert reviews["label"].tolist() == [0] * 4 + [1] * 4
    assert reviews["text"].tolist()[3:5] == ["film 4", "film 7"]
    output = capsys.readouterr()
    assert not output.out
    found, left = output.err.splitlines()
    assert "texts from the column 'Review'" in found
    assert "labels from the column 'Rating'" in found
    assert "separated by ';'" in found
    assert left.endswith("left out by their labels: 1 of '5', 1 of '6'")


def test_what_was_said_is_not_said_again(write, capsys):
    how = {"text_column": "Review", "label_column": "Rating"}
    how |= {"separator": ";", "negative": "1-5", "positive": "6-10"}
    load_reviews(write("my.csv", STARS), **how)
    load_reviews(write("usual.csv", "id,text,label\n1,so,1\n"))
    assert not capsys.readouterr().err


def test_where_no_label_is_of_a_side_those_there_are_named(write):
    with pytest.raises(BadReviews, match=r"none of .* 'good'.*'1', '2'"):
        load_reviews(write("my.csv", STARS), negative="bad", positive="good")


def test_a_file_is_streamed_with_the_sides_that_are_asked_for(write):
    path = write("my.csv", STARS)
    whole = load_reviews(path, negative="1-4", positive="7-10")
    [piece] = read_pieces(path, negative="1-4", positive="7-10")
    assert piece.equals(whole)


def test_a_stream_deals_what_it_was_told_to_read(write, vocab, capsys):
    """What was found is said once, not each epoch."""
    path = write("my.csv", STARS)
    stream = ReviewStream(path, vocab, 3, negative="1-4", positive="7-10")
    said = capsys.readouterr().err
    assert "left out by their labels" in said
    assert len(stream) == 3
    for _ in range(2):
        labels = torch.cat([batch.labels for batch in stream])
        assert sorted(labels.tolist()) == [0] * 4 + [1] * 4
    assert not capsys.readouterr().err


@pytest.mark.slow
def test_kaggles_csv_gives_the_packaged_reviews(packaged, tmp_path):
    """The most common file of this task."""
    names = packaged["label"].map({0: "negative", 1: "positive"})
    path = tmp_path / "IMDB Dataset.csv"
    table = packaged.assign(review=packaged["text"], sentiment=names)
    table[["review", "sentiment"]].to_csv(path, index=False)
    sides = {"negative": "negative", "positive": "positive"}
    loaded = load_reviews(path, **sides)
    assert loaded.equals(packaged)
    parts = zip(split_reviews(loaded), split_reviews(packaged), strict=True)
    assert all(found.equals(expected) for found, expected in parts)
