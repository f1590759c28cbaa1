import itertools

import pandas as pd
import pytest
import torch
from torch.utils.data import DataLoader

from imdbtutor.data import streams
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.readers import BadReviews
from imdbtutor.data.streams import (
    PIECE,
    ReviewStream,
    check_mixed,
    read_pieces,
)
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.training.loop import TrainingConfig, fit
from imdbtutor.training.step import take_step


@pytest.fixture
def frame(texts, labels):
    """Eight reviews, mixed."""
    frame = pd.DataFrame({"text": texts, "label": labels})
    return frame.iloc[[0, 4, 1, 5, 2, 6, 3, 7]].reset_index(drop=True)


@pytest.fixture(params=["csv", "parquet"])
def path(request, frame, tmp_path):
    path = tmp_path / f"reviews.{request.param}"
    getattr(frame, f"to_{request.param}")(path, index=False)
    return path


@pytest.fixture
def small_pieces(monkeypatch):
    monkeypatch.setattr(streams, "PIECE", 3)


def seen(batches):
    """The reviews of an epoch as tuples of ids and label, in order."""
    return [
        (*token_ids[:length].tolist(), label.item())
        for batch in batches
        for token_ids, length, label in zip(*batch, strict=True)
    ]


# --- pieces


@pytest.mark.usefixtures("small_pieces")
def test_the_pieces_of_a_file_are_the_file(path, frame):
    pieces = list(read_pieces(path))
    assert [len(piece) for piece in pieces] == [3, 3, 2]
    assert pd.concat(pieces, ignore_index=True).equals(frame)


@pytest.mark.usefixtures("small_pieces")
def test_a_bad_row_is_named_in_a_later_piece(write):
    rows = "\n".join(["text,label", *["A film.,1"] * 4, "A film.,good"])
    with pytest.raises(BadReviews, match="line 6: label"):
        list(read_pieces(write("bad.csv", rows)))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("body,label\nA film.,1\n", "no column 'text'"),
        ("text,stars\nA film.,1\n", "no column 'label'"),
        ("", r"no column 'text' .*; found \[\]"),
        ('text,label\n"A film.,1\n', "line 2: unexpected end"),
        (b"text,label\nA \xff film.,1\n", "line 2: a byte"),
        ("text,label\n ,1\n", "line 2: the text is empty"),
    ],
)
def test_a_file_that_cannot_be_used_says_why(write, content, message):
    with pytest.raises(BadReviews, match=message):
        list(read_pieces(write("bad.csv", content)))


# --- batches


@pytest.mark.usefixtures("small_pieces")
def test_an_epoch_holds_every_review_once(path, frame, vocab):
    ids = encode_reviews(frame["text"], vocab, cache=False)
    whole = make_loader(ReviewDataset(ids, frame["label"]), 2)
    assert sorted(seen(ReviewStream(path, vocab, 2))) == sorted(seen(whole))


@pytest.mark.usefixtures("small_pieces")
def test_a_stream_knows_how_many_batches_it_deals(path, vocab):
    stream = ReviewStream(path, vocab, 2)
    assert len(stream) == len(list(stream)) == 5


def test_each_epoch_has_an_order_of_its_own(path, vocab):
    stream = ReviewStream(path, vocab, 2)
    first, second = seen(stream), seen(stream)
    assert first != second
    assert first == seen(ReviewStream(path, vocab, 2))


def test_long_reviews_are_cut(path, vocab):
    stream = ReviewStream(path, vocab, 4, max_length=3)
    assert max(batch.token_ids.shape[1] for batch in stream) == 3


def test_a_file_sorted_by_class_is_refused_at_once(tmp_path, vocab):
    rows = {"text": ["A film."] * (PIECE + 1), "label": [0] * PIECE + [1]}
    pd.DataFrame(rows).to_csv(tmp_path / "sorted.csv", index=False)
    with pytest.raises(BadReviews, match=r"3,200 reviews .* Mix the rows"):
        ReviewStream(tmp_path / "sorted.csv", vocab, 64)


def labelled(labels):
    """Cut labels into pieces as `read_pieces` does."""
    for start in range(0, len(labels), PIECE):
        yield pd.DataFrame({"label": labels[start : start + PIECE]})


@pytest.mark.parametrize(
    "labels",
    [
        [0] * 3_000 + [1] * 3_000,
        [0, 1] * 800 + [1] * 6_398 + [0, 1] * 800,
        [0, 1] * 1_200 + [0] * 1_600 + [0, 1] * 800,  # over two pieces
        [1] * 1_600,
    ],
)
def test_a_long_run_of_one_class_is_refused(labels):
    with pytest.raises(BadReviews, match="reviews in a row are of one class"):
        list(check_mixed(labelled(labels), "my.csv"))


@pytest.mark.parametrize(
    "labels",
    [
        [0, 1] * 4_000,
        [0] * 1_599 + [1] * 1_599,
        ([0] * 19 + [1]) * 400,  # a rare class
    ],
)
def test_short_runs_pass(labels):
    passed = pd.concat(check_mixed(labelled(labels), "my.csv"))
    assert passed["label"].tolist() == labels


def test_small_pieces_of_changing_class_are_mixed(tmp_path):
    labels = ([0] * 8 + [1] * 8) * (PIECE // 8)
    rows = {"text": ["A film."] * PIECE * 2, "label": labels}
    path = tmp_path / "mixed.parquet"
    pd.DataFrame(rows).to_parquet(path, row_group_size=8)
    pieces = check_mixed(read_pieces(path), path)
    assert sum(map(len, pieces)) == 2 * PIECE


@pytest.mark.slow
def test_workers_would_each_read_all_of_it(path, vocab):
    stream = ReviewStream(path, vocab, 4)
    loader = DataLoader(stream, batch_size=None, num_workers=1)
    with pytest.raises(ValueError, match="num_workers=0"):
        list(loader)


@pytest.mark.slow
def test_a_model_learns_from_a_stream(path, vocab):
    model = LSTMClassifier(ModelConfig(len(vocab), 8, 16))
    loader = DataLoader(ReviewStream(path, vocab, 4), batch_size=None)
    config = TrainingConfig(epochs=30, learning_rate=0.05, patience=30)
    history = fit(model, loader, loader, config, progress=False)
    assert history.frame["validation_accuracy"].max() == 1


def train_on_stream(path, vocab, checkpoint, steps=None):
    """Train for three epochs, or until stopped after so many steps."""
    torch.manual_seed(0)
    model = LSTMClassifier(ModelConfig(len(vocab), 8, 4))
    loader = DataLoader(ReviewStream(path, vocab, 4), batch_size=None)
    taken = itertools.count()

    def step(*args):
        if next(taken) == steps:
            raise KeyboardInterrupt
        return take_step(*args)

    config = TrainingConfig(epochs=3, patience=3)
    how = {"step": step, "checkpoint": checkpoint, "progress": False}
    fit(model, loader, loader, config, **how)
    return model.state_dict()


@pytest.mark.slow
def test_a_run_on_a_stream_goes_on_where_it_was(path, vocab, tmp_path):
    expected = train_on_stream(path, vocab, None)
    checkpoint = tmp_path / "checkpoint.pt"
    with pytest.raises(KeyboardInterrupt, match="epoch 2"):
        train_on_stream(path, vocab, checkpoint, steps=3)
    found = train_on_stream(path, vocab, checkpoint)
    assert all(torch.equal(found[name], expected[name]) for name in expected)


def test_a_run_on_another_file_is_another_run(path, frame, vocab, tmp_path):
    """Of equal length, with equal labels: one word differs."""
    checkpoint = tmp_path / "checkpoint.pt"
    train_on_stream(path, vocab, checkpoint)
    frame.loc[0, "text"] = frame.loc[0, "text"].replace("warm", "poor")
    getattr(frame, f"to_{path.suffix[1:]}")(path, index=False)
    with pytest.raises(ValueError, match="of another run"):
        train_on_stream(path, vocab, checkpoint)
