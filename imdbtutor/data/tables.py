"""Tables of reviews in files of any kind, opened and read row by row."""

import bz2
import codecs
import gzip
import io
import lzma
import re
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import BinaryIO, TextIO

from imdbtutor.data.formats import (
    Form,
    Table,
    damage_named,
    open_excel,
    open_json_lines,
    open_parquet,
)
from imdbtutor.data.readers import (
    AS_TEXT,
    AS_UTF8,
    BadReviews,
    Row,
    read_rows,
)

PACKED = (".gz", ".bz2", ".xz", ".zip", ".parquet", ".xlsx")
JSON_LINES = {".jsonl", ".ndjson"}
SEPARATORS = ",;\t|"
ANY = Form()  # nothing is said, all is found
TAB = {"\\t": "\t"}  # as it is typed in a shell
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


@contextmanager
def open_table(
    path: Path,
    raw: BinaryIO | None = None,
    *,
    only: Sequence[str] | None = None,
    form: Form = ANY,
) -> Iterator[Table]:
    r"""Open a table: CSV, TSV, JSON lines, Parquet or Excel.

    The name's end says what it is: `.jsonl`, `.parquet`, `.xlsx`, else a CSV;
    a text may be in a `.gz`, `.bz2`, `.xz` or `.zip`; a `.tsv` may write a
    quote within a text as `\"`. A byte-order mark says whether a text is
    UTF-16, else it is UTF-8. The header is separated by what divides it most:
    `,`, `;`, a tab or `|`.

    Args:
        path: The file.
        raw: The file, if it is open already; it is closed at the end.
        only: The columns to read, in small letters, where the others can be
            left unread.
        form: What is said of it, and need not be found.

    Yields:
        The table; its header is read, its rows are read as they are asked
        for.

    Raises:
        BadReviews: If the file cannot be read; rows name themselves.

    Used in chapter 4.
    """
    kind = path.suffix.lower()
    with raw or path.open("rb") as file:
        if kind == ".parquet":
            yield open_parquet(file, path, only)
        elif kind == ".xlsx":
            yield open_excel(file, path)
        else:
            with damage_named(path):
                text = _open_text(file, path, form.encoding)
            with text:
                yield _open_lines(text, path, form.separator)


def _open_lines(text: TextIO, path: Path, separator: str | None) -> Table:
    if JSON_LINES & {*map(str.lower, path.suffixes)}:
        table = open_json_lines(_lines(text, path), path)
        return table._replace(encoding=text.encoding)
    return _open_csv(text, path, separator)


def _open_text(raw: BinaryIO, path: Path, encoding: str | None) -> TextIO:
    """Look through compression, and at the mark that tells the encoding."""
    openers = {".gz": gzip.open, ".bz2": bz2.open, ".xz": lzma.open}
    opener = (openers | {".zip": _open_zip}).get(path.suffix.lower())
    binary = opener(raw) if opener else io.BufferedReader(raw)
    start = binary.peek(4)
    if start.startswith(NO_TEXT):
        raise ValueError("it is no text but a workbook or a packed file")
    marked = (MARKS[mark] for mark in MARKS if start.startswith(mark))
    found = next(marked, encoding or "utf-8")
    return io.TextIOWrapper(binary, **AS_TEXT | {"encoding": found})


def _open_zip(raw: BinaryIO) -> BinaryIO:
    archive = zipfile.ZipFile(raw)
    names = [name for name in archive.namelist() if not name.endswith("/")]
    names = [name for name in names if not name.startswith("__MACOSX/")]
    if len(names) != 1:
        raise ValueError(f"it holds {len(names)} files, not one: {names}")
    return archive.open(names[0])


def _open_csv(text: TextIO, path: Path, said: str | None) -> Table:
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
    said = TAB.get(said, said)
    if said is not None and len(said) != 1:
        raise BadReviews(
            f"{path}: a separator is one character, not {said!r}. Leave it "
            "out, and it is found."
        )
    separator = said or max(SEPARATORS, key=QUOTED.sub("", first).count)
    if declared := DECLARED.fullmatch(first):
        separator = declared[1]
        head[-1] = "\n"  # the lines below keep their numbers
    lines = chain(head, lines)
    rows = read_rows(lines, str(path), delimiter=separator, **dialect)
    header = next(rows, Row(str(path), [])).fields
    return Table(str(path), header, rows, separator, text.encoding)


def _lines(text: TextIO, path: Path) -> Iterator[str]:
    with damage_named(path):
        yield from text


def _from_kaggle(text: TextIO, path: Path) -> tuple[Iterator[str], dict]:
    """Some writers double a backslash that stands for itself, some do not."""
    with damage_named(path):
        doubled = not any(map(LONE_BACKSLASH.search, text))
        text.seek(0)
    if doubled:
        return _lines(text, path), {"escapechar": "\\"}
    return (line.replace('\\"', '""') for line in _lines(text, path)), {}
