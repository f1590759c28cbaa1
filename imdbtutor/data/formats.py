"""Tables that are no CSV: Parquet, JSON lines, Excel; and what all share."""

import json
import lzma
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from itertools import count, islice, repeat
from pathlib import Path
from types import ModuleType
from typing import BinaryIO, NamedTuple

from imdbtutor.data.readers import BadReviews, Row

ONE_A_LINE = 'Write one object a line: {"text": "...", "label": 1}'
BATCH = 1_000  # rows of a Parquet file in memory at a time
DAMAGE = (OSError, EOFError, ValueError, RuntimeError, LookupError)
DAMAGE += (zlib.error, lzma.LZMAError, zipfile.BadZipFile)


class Form(NamedTuple):
    """What is said of a table beforehand; `None` is looked for.

    Used in chapter 4.
    """

    text_column: str | None = None
    label_column: str | None = None
    separator: str | None = None
    encoding: str | None = None


class Table(NamedTuple):
    """A table in an open file.

    Used in chapter 4.
    """

    name: str  # of the file
    header: list[str]
    rows: Iterator[Row]  # below the header
    separator: str | None = None  # of the fields, in a text
    encoding: str = "utf-8"

    def find(self, names: str | Sequence[str], advice: str) -> int:
        """Return a column's place; spaces around its name do not count.

        Args:
            names: The column's name, or several names in small letters, of
                which the first that is there counts.
            advice: What to do where there is none.

        Raises:
            BadReviews: If it is not there, or there twice.
        """
        found = [str(name).strip() for name in self.header]
        if isinstance(names, str):
            names = [names]
        else:
            found = [name.lower() for name in found]
        for name in names:
            if found.count(name) == 1:
                return found.index(name)
        wanted = f"'{names[0]}'"
        if names[1:]:
            wanted += f" (or {', '.join(map(repr, names[1:]))})"
        here = f"found {self.header}"
        if self.separator:
            here += f", separated by {self.separator!r}"
        times = "two columns" if {*names} & {*found} else "no column"
        raise BadReviews(f"{self.name}: {times} {wanted}; {here}. {advice}")


@contextmanager
def damage_named(path: Path) -> Iterator[None]:
    """Turn what a damaged file raises into an error that names the file.

    Raises:
        BadReviews: Instead of the error.

    Used in chapter 4.
    """
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


def _extra(module: str, what: str) -> ModuleType:
    """Import what not everybody has installed, when it is needed."""
    try:
        return import_module(module)
    except ImportError as error:
        package = module.partition(".")[0]
        raise BadReviews(
            f"{what} takes {package}. Run: pip install {package}"
        ) from error


def open_parquet(
    raw: BinaryIO, path: Path, only: Sequence[str] | None
) -> Table:
    """Open a Parquet file.

    Args:
        raw: The open file.
        path: Its name, for errors.
        only: Names, in small letters, of the columns to read; `None` reads
            all.

    Raises:
        BadReviews: If it is damaged, or pyarrow is not installed.

    Used in chapter 4.
    """
    parquet = _extra("pyarrow.parquet", f"{path}: Parquet")
    with damage_named(path):
        file = parquet.ParquetFile(raw)
        header = file.schema_arrow.names
    kept = {
        name for name in header if not only or name.strip().lower() in only
    }
    return Table(str(path), header, _parquet_rows(file, path, kept))


def _parquet_rows(file, path: Path, kept: set[str]) -> Iterator[Row]:
    """Yield the rows, with nothing in the columns that are left unread."""
    header, number = file.schema_arrow.names, count(1)
    read = {"columns": [name for name in header if name in kept]}
    with damage_named(path):
        for group in range(file.num_row_groups):  # else it keeps all it read
            for batch in file.iter_batches(BATCH, row_groups=[group], **read):
                found = iter(batch.columns)
                columns = [
                    next(found).to_pylist() if name in kept else repeat(None)
                    for name in header
                ]
                for fields in islice(zip(*columns, strict=False), len(batch)):
                    yield Row(f"{path}, row {next(number)}", [*fields])


def open_json_lines(lines: Iterable[str], path: Path) -> Table:
    """Open a text of which every line is a JSON object.

    The first object has all names; one that a later object lacks is `None`
    there.

    Args:
        lines: The text.
        path: Its name, for errors.

    Raises:
        BadReviews: If a line is no object, or has a name that the first has
            not.

    Used in chapter 4.
    """
    found = _json_objects(lines, path)
    first = next(found, None)
    if first is None:
        return Table(str(path), [], iter(()))
    header = [*first[1]]

    def rows() -> Iterator[Row]:
        yield Row(first[0], [*first[1].values()])
        for where, each in found:
            if new := [name for name in each if name not in first[1]]:
                raise BadReviews(
                    f"{where}: has {new[0]!r}, which the first line has not. "
                    "Give every line the same names."
                )
            yield Row(where, [each.get(name) for name in header])

    return Table(str(path), header, rows())


def _json_objects(
    lines: Iterable[str], path: Path
) -> Iterator[tuple[str, dict]]:
    for number, line in enumerate(lines, start=1):
        where = f"{path}, line {number}"
        if not line.strip():
            continue
        try:
            found = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise BadReviews(
                f"{where}: is no JSON: {error}. {ONE_A_LINE}"
            ) from error
        if not isinstance(found, dict):
            raise BadReviews(
                f"{where}: is no JSON object but {type(found).__name__}. "
                f"{ONE_A_LINE}"
            )
        yield where, found


def open_excel(raw: BinaryIO, path: Path) -> Table:
    """Open the first sheet of an Excel workbook.

    Args:
        raw: The open file.
        path: Its name, for errors.

    Raises:
        BadReviews: If it is damaged, or openpyxl is not installed.

    Used in chapter 4.
    """
    openpyxl = _extra("openpyxl", f"{path}: Excel")
    with damage_named(path):
        book = openpyxl.load_workbook(raw, read_only=True, data_only=True)
        rows = _excel_rows(book.worksheets[0], path)
        header = next(rows, Row(str(path), [])).fields
    names = ["" if name is None else str(name) for name in header]
    return Table(str(path), names, rows)


def _excel_rows(sheet, path: Path) -> Iterator[Row]:
    with damage_named(path):
        for number, fields in enumerate(sheet.iter_rows(values_only=True), 1):
            if any(field is not None for field in fields):
                yield Row(f"{path}, row {number}", [*fields])
