"""Batches from a file that is larger than memory."""

from collections.abc import Iterable, Iterator
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
from imdbtutor.data.readers import BadReviews, check_rows
from imdbtutor.data.vocab import Vocab

PIECE = 3_200  # rows in memory at a time: 50 batches of 64


def read_pieces(path: str | Path) -> Iterator[pd.DataFrame]:
    """Read a file of reviews piece by piece.

    Args:
        path: A CSV in UTF-8 or, if it ends in `.parquet`, a Parquet file
            (this takes the package pyarrow); columns `text` and `label`.

    Returns:
        Tables of 3,200 rows at most: `text` (str) and
        `label` (int64).

    Raises:
        BadReviews: If a column is missing or a row cannot be used; the
            message names the row.

    Used in chapter 14.
    """
    rows = 0
    for piece in _read_tables(Path(path)):
        missing = {"text", "label"} - set(piece.columns)
        if missing:
            raise BadReviews(f"{path}: no column {' or '.join(missing)}.")
        yield check_rows(
            [*map(str, piece["text"])],
            [*map(str, piece["label"])],
            lambda row, below=rows + 1: (
                f"{path}, row {row + below} below the header"
            ),
        )
        rows += len(piece)


def _read_tables(path: Path) -> Iterator[pd.DataFrame]:
    if path.suffix == ".parquet":
        from pyarrow.parquet import ParquetFile

        file = ParquetFile(path)
        for group in range(file.num_row_groups):  # else it keeps all it read
            for piece in file.iter_batches(PIECE, row_groups=[group]):
                yield piece.to_pandas()
        return
    try:
        yield from pd.read_csv(
            path,
            dtype=object,
            index_col=False,
            keep_default_na=False,
            encoding_errors="surrogateescape",
            chunksize=PIECE,
        )
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        raise BadReviews(f"{path}: not a readable table: {error}") from error


def check_mixed(
    pieces: Iterable[pd.DataFrame], path: str | Path
) -> Iterator[pd.DataFrame]:
    """Pass pieces on, as long as both classes keep coming.

    Args:
        pieces: What `read_pieces` yields.
        path: What to call the file in an error.

    Raises:
        BadReviews: If 3,200 reviews in a row are of one class.

    Used in chapter 14.
    """
    alike, last = 0, None
    for piece in pieces:
        labels = piece["label"]
        if labels.nunique() > 1:
            alike = 0
        else:
            alike = len(piece) + (alike if labels.iloc[0] == last else 0)
        if alike >= PIECE:
            raise BadReviews(
                f"{path}: {alike:,} reviews in a row are of one class. Mix "
                "the rows of the file first."
            )
        last = labels.iloc[-1]
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

    Example:
        >>> loader = DataLoader(ReviewStream(...), batch_size=None)

    Raises:
        BadReviews: If 3,200 reviews in a row are of one class, or a row
            cannot be used.
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
    ) -> None:
        """Count the batches: one pass through the file."""
        self.path, self.vocab = path, vocab
        self.batch_size, self.max_length = batch_size, max_length
        self.generator = torch.Generator().manual_seed(seed)
        sizes = map(len, read_pieces(path))
        self.batches = sum(-(-size // batch_size) for size in sizes)

    def __len__(self) -> int:
        """Count the batches of one epoch."""
        return self.batches

    def __iter__(self) -> Iterator[Batch]:
        """Yield every review once, in padded batches."""
        if get_worker_info() is not None:
            raise ValueError("a stream is read by one process: num_workers=0.")
        for piece in check_mixed(read_pieces(self.path), self.path):
            yield from self._deal(piece)

    def _deal(self, piece: pd.DataFrame) -> Iterator[Batch]:
        ids = encode_reviews(piece["text"], self.vocab, cache=False)
        data = ReviewDataset(ids, piece["label"], self.max_length)
        order = LengthBatches(data.lengths, self.batch_size, seed=0)
        order.generator = self.generator
        for rows in order:
            yield pad_batch([data[row] for row in rows])
