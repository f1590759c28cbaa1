"""Tiny data written by hand: eight reviews that every test can use."""

from imdbtutor.data import encoding
from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.encoding import encode_reviews

TEXTS = [
    "A wonderful film, warm and funny!",
    "I loved every minute of it.",
    "Great acting<br />and a great story; see it again (and again).",
    "Superb.",
    "A dreadful film, cold and dull!",
    "I hated every minute of it.",
    "Poor acting and a poor story: don't see it.",
    "Awful.",
]
LABELS = [1, 1, 1, 1, 0, 0, 0, 0]


def build_vocab():
    return encoding.build_vocab(TEXTS)


def build_dataset():
    encoded = encode_reviews(TEXTS, build_vocab(), cache=False)
    return ReviewDataset(encoded, LABELS)
