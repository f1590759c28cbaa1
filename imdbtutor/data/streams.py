"""Batches from a file that is larger than memory."""

from collections.abc import Iterable, Iterator
from itertools import count, islice
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
from imdbtutor.data.readers import (
    AS_TEXT,
    BadReviews,
    Row,
    check_rows,
    pick_columns,
    read_rows,
)
from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.data.vocab import Vocab

COLUMNS = ("text", "label")
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
    path = Path(path)
    read = _read_parquet if path.suffix == ".parquet" else _read_csv
    for piece in read(path):
        texts, labels = zip(*(fields for _, fields in piece), strict=True)
        places = [where for where, _ in piece]
        yield check_rows(texts, labels, places.__getitem__)


def _read_csv(path: Path) -> Iterator[list[Row]]:
    with path.open(**AS_TEXT) as lines:
        rows = read_rows(lines, str(path))
        picked = pick_columns(rows, str(path), COLUMNS)
        while piece := list(islice(picked, PIECE)):
            yield piece


def _read_parquet(path: Path) -> Iterator[list[Row]]:
    from pyarrow.parquet import ParquetFile

    file, number = ParquetFile(path), count(1)
    for group in range(file.num_row_groups):  # else it keeps all it read
        for piece in file.iter_batches(PIECE, row_groups=[group]):
            rows = [Row(str(path), piece.schema.names)]
            for values in piece.to_pandas().itertuples(index=False):
                where = f"{path}, row {next(number)}"
                rows.append(Row(where, [str(value) for value in values]))
            yield list(pick_columns(iter(rows), str(path), COLUMNS))


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
        tokenize: Text to tokens, as the vocabulary's were made.

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
        tokenize: Tokenizer = tokenize,
    ) -> None:
        """Count the batches: one pass through the file."""
        self.path, self.vocab = path, vocab
        self.batch_size, self.max_length = batch_size, max_length
        self.tokenize = tokenize
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
        ids = encode_reviews(
            piece["text"], self.vocab, tokenize=self.tokenize, cache=False
        )
        data = ReviewDataset(ids, piece["label"], self.max_length)
        order = LengthBatches(data.lengths, self.batch_size, seed=0)
        order.generator = self.generator
        for rows in order:
            yield pad_batch([data[row] for row in rows])
