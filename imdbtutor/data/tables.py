"""Tables of reviews in files of any kind, opened and read row by row."""

import bz2
import codecs
import gzip
import io
import lzma
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count, islice, repeat
from pathlib import Path
from typing import BinaryIO, NamedTuple, TextIO

from imdbtutor.data.readers import (
    AS_TEXT,
    AS_UTF8,
    BadReviews,
    Row,
    read_rows,
)

PACKED = (".gz", ".bz2", ".xz", ".zip", ".parquet")
SEPARATORS = ",;\t|"
QUOTED = re.compile(r'"[^"]*"')
DECLARED = re.compile(r'"?sep=([^\s"]|\t)"?\s*')  # Excel's first line
# A backslash that escapes neither a quote nor another backslash:
LONE_BACKSLASH = re.compile(r'(?<!\\)(\\\\)*\\(?!["\\])')
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
# How a zip (and Excel's workbook), an old workbook, a gz, an xz and a Parquet
# file begin; no text does.
NO_TEXT = (b"PK\3\4", b"\xd0\xcf\x11\xe0", b"\x1f\x8b", b"\xfd7zX", b"PAR1")
BATCH = 1_000  # rows of a Parquet file in memory at a time
DAMAGE = (OSError, EOFError, ValueError, RuntimeError)
DAMAGE += (zlib.error, lzma.LZMAError, zipfile.BadZipFile)


class Table(NamedTuple):
    """A table in an open file.

    Used in chapter 4.
    """

    name: str  # of the file
    header: list[str]
    rows: Iterator[Row]  # below the header
    separator: str | None = None  # of the fields; a Parquet file has none
    encoding: str = "utf-8"

    def find(self, column: str, advice: str) -> int:
        """Return a column's place; spaces around its name do not count.

        Raises:
            BadReviews: If it is not there, or there twice.
        """
        names = [name.strip() for name in self.header]
        if names.count(column) == 1:
            return names.index(column)
        found = f"found {self.header}"
        if self.separator:
            found += f", separated by {self.separator!r}"
        times = "two columns" if column in names else "no column"
        raise BadReviews(f"{self.name}: {times} '{column}'; {found}. {advice}")


@contextmanager
def open_table(
    path: Path,
    raw: BinaryIO | None = None,
    *,
    only: Sequence[str] | None = None,
) -> Iterator[Table]:
    r"""Open a table: CSV, Kaggle's TSV or Parquet, compressed or not.

    The name's end says what it is: `.parquet`; `.gz`, `.bz2`, `.xz` or
    `.zip` around a CSV; a `.tsv` may write a quote within a text as `\"`. A
    byte-order mark says whether a text is UTF-16, else it is UTF-8. The
    header is separated by what divides it most: `,`, `;`, a tab or `|`.

    Args:
        path: The file.
        raw: The file, if it is open already; it is closed at the end.
        only: The columns to read where the others can be left unread.

    Yields:
        The table; its header is read, its rows are read as they are asked
        for.

    Raises:
        BadReviews: If the file cannot be read; rows name themselves.

    Used in chapter 4.
    """
    with raw or path.open("rb") as file:
        if path.suffix.lower() == ".parquet":
            yield _open_parquet(file, path, only)
            return
        with _damage_named(path):
            text = _open_text(file, path)
        with text:
            yield _open_csv(text, path)


@contextmanager
def _damage_named(path: Path) -> Iterator[None]:
    try:
        yield
    except BadReviews:
        raise
    except DAMAGE as error:
        reason = " ".join(str(error).split()).rstrip(".")
        raise BadReviews(
            f"{path}: cannot be read: {reason}. Is the file whole, and what "
            "its name says?"
        ) from error


def _open_text(raw: BinaryIO, path: Path) -> TextIO:
    """Look through compression, and at the mark that tells the encoding."""
    openers = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    opener = (openers | {".zip": _open_zip}).get(path.suffix.lower())
    binary = opener(raw) if opener else io.BufferedReader(raw)
    start = binary.peek(4)
    if start.startswith(NO_TEXT):
        raise ValueError("it is no text but a workbook or a packed file")
    found = (MARKS[mark] for mark in MARKS if start.startswith(mark))
    how = AS_TEXT | {"encoding": next(found, "utf-8")}
    return io.TextIOWrapper(binary, **how)


def _open_zip(raw: BinaryIO) -> BinaryIO:
    archive = zipfile.ZipFile(raw)
    names = [name for name in archive.namelist() if not name.endswith("/")]
    names = [name for name in names if not name.startswith("__MACOSX/")]
    if len(names) != 1:
        raise ValueError(f"it holds {len(names)} files, not one: {names}")
    return archive.open(names[0])


def _open_csv(text: TextIO, path: Path) -> Table:
    lines, dialect = _lines(text, path), {}
    if ".tsv" in path.name.lower():
        lines, dialect = _from_kaggle(text, path)
    head = []
    for line in lines:
        head.append(line)
        if line.strip():
            break
    first = head[-1] if head else ""
    if "\0" in first:
        raise BadReviews(f"{path}: NUL bytes in line {len(head)}. {AS_UTF8}")
    separator = max(SEPARATORS, key=QUOTED.sub("", first).count)
    if declared := DECLARED.fullmatch(first):
        separator = declared[1]
        head[-1] = "\n"  # the lines below keep their numbers
    lines = chain(head, lines)
    rows = read_rows(lines, str(path), delimiter=separator, **dialect)
    header = next(rows, Row(str(path), [])).fields
    return Table(str(path), header, rows, separator, text.encoding)


def _lines(text: TextIO, path: Path) -> Iterator[str]:
    with _damage_named(path):
        yield from text


def _from_kaggle(text: TextIO, path: Path) -> tuple[Iterator[str], dict]:
    """Some writers double a backslash that stands for itself, some do not."""
    with _damage_named(path):
        doubled = not any(map(LONE_BACKSLASH.search, text))
        text.seek(0)
    if doubled:
        return _lines(text, path), {"escapechar": "\\"}
    return (line.replace('\\"', '""') for line in _lines(text, path)), {}


def _open_parquet(
    raw: BinaryIO, path: Path, only: Sequence[str] | None
) -> Table:
    try:
        from pyarrow.parquet import ParquetFile
    except ImportError as error:
        raise BadReviews(
            f"{path}: Parquet takes pyarrow. Run: pip install pyarrow"
        ) from error
    with _damage_named(path):
        file = ParquetFile(raw)
        header = file.schema_arrow.names
    unread = {name for name in header if only and name.strip() not in only}
    return Table(str(path), header, _parquet_rows(file, path, unread))


def _parquet_rows(file, path: Path, unread: set[str]) -> Iterator[Row]:
    """Yield the rows, with nothing in the columns that are left unread."""
    header, number = file.schema_arrow.names, count(1)
    read = {"columns": [name for name in header if name not in unread]}
    with _damage_named(path):
        for group in range(file.num_row_groups):  # else it keeps all it read
            for batch in file.iter_batches(BATCH, row_groups=[group], **read):
                found = iter(batch.columns)
                columns = [
                    repeat(None) if name in unread else next(found).to_pylist()
                    for name in header
                ]
                for fields in islice(zip(*columns, strict=False), len(batch)):
                    yield Row(f"{path}, row {next(number)}", [*fields])
