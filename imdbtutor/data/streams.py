"""Batches from a file that is larger than memory."""

from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from pathlib import Path

import pandas as pd
import torch
from torch.utils.data import IterableDataset, get_worker_info

from imdbtutor.data.batches import (
    Batch,
    LengthBatches,
    ReviewDataset,
    pad_batch,
)
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.formats import Form
from imdbtutor.data.labelled import read_labelled, say
from imdbtutor.data.readers import BadReviews
from imdbtutor.data.sides import Given, Sides
from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.data.vocab import Vocab

PIECE = 3_200  # rows in memory at a time: 50 batches of 64
ALIKE = PIECE // 2  # labels in a row that a mixed file does not have


def read_pieces(
    path: str | Path,
    *,
    negative: Given | None = None,
    positive: Given | None = None,
    tell: Callable[[str], object] = say,
    **form: str | None,
) -> Iterator[pd.DataFrame]:
    """Read a file of reviews piece by piece.

    Args:
        path: What `load_reviews` takes as a file; a Parquet file takes the
            package pyarrow.
        negative: As `load_reviews` takes it.
        positive: Likewise.
        tell: Is told in a line what was found or left out.
        form: As `load_reviews` takes it.

    Returns:
        Tables of 3,200 rows at most: `text` (str) and
        `label` (int64).

    Raises:
        BadReviews: If a column is missing or a row cannot be used; the
            message names the row.

    Used in chapter 14.
    """
    sides = Sides(negative, positive)
    how = {"form": Form(**form), "sides": sides, "tell": tell}
    return read_labelled(Path(path), PIECE, **how)


def check_mixed(
    pieces: Iterable[pd.DataFrame], path: str | Path
) -> Iterator[pd.DataFrame]:
    """Pass pieces on, as long as both classes keep coming.

    Args:
        pieces: What `read_pieces` yields.
        path: What to call the file in an error.

    Raises:
        BadReviews: If 1,600 reviews in a row are of one class.

    Used in chapter 14.
    """
    alike, last = 0, None
    for piece in pieces:
        for label, run in groupby(piece["label"]):
            alike = len([*run]) + (alike if label == last else 0)
            last = label
            if alike >= ALIKE:
                raise BadReviews(
                    f"{path}: {alike:,} reviews in a row are of one class. "
                    "Mix the rows of the file first."
                )
        yield piece


class ReviewStream(IterableDataset):
    """Padded batches from a file of which one piece is in memory.

    Each piece is dealt out by `LengthBatches`: in a new order each epoch,
    but the pieces keep their places. The file must be mixed beforehand.

    Args:
        path: What `read_pieces` reads.
        vocab: Numbers the tokens.
        batch_size: Reviews in a batch; the last of a piece may be smaller.
        seed: Fixes the order of every epoch.
        max_length: Tokens to keep of each review; `None` keeps all.
        tokenize: Text to tokens, as the vocabulary's were made.
        reading: Columns, labels and the like, as `read_pieces` takes them.

    Example:
        >>> loader = DataLoader(ReviewStream(...), batch_size=None)

    Raises:
        BadReviews: If 1,600 reviews in a row are of one class, or a row
            cannot be used; before anything is dealt.
        ValueError: If the loader has workers: each would read all of it.

    Built in chapter 14.
    """

    def __init__(
        self,
        path: str | Path,
        vocab: Vocab,
        batch_size: int,
        *,
        seed: int = 0,
        max_length: int | None = None,
        tokenize: Tokenizer = tokenize,
        **reading: Given | None,
    ) -> None:
        """Check the file and count the batches: one pass through it."""
        self.path, self.vocab = path, vocab
        self.batch_size, self.max_length = batch_size, max_length
        self.tokenize, self.reading = tokenize, reading
        self.generator = torch.Generator().manual_seed(seed)
        pieces = check_mixed(read_pieces(path, **reading), path)
        sizes = map(len, pieces)
        self.batches = sum(-(-size // batch_size) for size in sizes)

    def __len__(self) -> int:
        """Count the batches of one epoch."""
        return self.batches

    def __iter__(self) -> Iterator[Batch]:
        """Yield every review once, in padded batches."""
        if get_worker_info() is not None:
            raise ValueError("a stream is read by one process: num_workers=0.")
        how = self.reading | {"tell": str}  # it was told at the beginning
        for piece in read_pieces(self.path, **how):
            yield from self._deal(piece)

    def _deal(self, piece: pd.DataFrame) -> Iterator[Batch]:
        ids = encode_reviews(
            piece["text"], self.vocab, tokenize=self.tokenize, cache=False
        )
        data = ReviewDataset(ids, piece["label"], self.max_length)
        order = LengthBatches(data.lengths, self.batch_size, seed=0)
        order.generator = self.generator
        for rows in order:
            yield pad_batch([data[row] for row in rows])
