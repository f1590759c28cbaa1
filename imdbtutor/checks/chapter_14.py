"""Chapter 14: larger, longer, elsewhere."""

import contextlib
import itertools
import os
import tempfile
from pathlib import Path
from unittest import mock

import numpy as np

from imdbtutor.checks.stages import ask, exercise, expect, try_on
from imdbtutor.checks.values import real, show, whole


@exercise("14.1")
def _share_of(answer):
    fresh = whole(0, 1000, 23).unique().tolist()
    for rows, count in [
        ([7, 3, 9, 4, 1, 8, 5], 2),
        (fresh, 3),
        (fresh[:9], 5),
        ([6, 2], 2),
    ]:
        shares = [ask(answer, rows, rank, count) for rank in range(count)]
        for share in shares:
            expect(
                isinstance(share, list | tuple | np.ndarray),
                "It returns {}; expected is a list of rows.",
                share,
            )
        shares = [[*share] for share in shares]
        dealt = list(itertools.chain(*shares))
        whose = f"Of {show(rows)}, the {count} shares are {show(shares)}"
        expect(
            all(row in rows for row in dealt),
            f"{whose}: these are not rows of the batch. Return the rows, not "
            f"their places.",
        )
        expect(
            all(dealt.count(row) == 1 for row in dealt),
            f"{whose}: two processes take the same row.",
        )
        left = [row for row in rows if row not in dealt]
        expect(not left, f"{whose}: nobody takes {show(left)}.")
        expect(
            dealt == rows,
            f"{whose}. Neighbours belong into one share: the first rows to "
            f"process 0, the next ones to process 1.",
        )
        sizes = [len(share) for share in shares]
        expect(
            max(sizes) - min(sizes) <= 1,
            f"{whose}: they have {sizes} rows. While one process works, the "
            f"others wait.",
        )
    return "Every row once, neighbours together, and nobody waits long."


@exercise("14.2")
def _mean_over_all(answer):
    counts = whole(1, 9, 3).tolist()
    fresh = real(3).abs().tolist()
    for means, sizes in [([1.0, 4.0], [32, 31]), (fresh, [9, *counts[:2]])]:
        total = sum(m * n for m, n in zip(means, sizes, strict=True))
        try_on(
            answer,
            means,
            sizes,
            expected=total / sum(sizes),
            tempting=[
                (
                    sum(means) / len(means),
                    "That is the mean of the means. Reviews of a small share "
                    "would count more than others.",
                ),
                (total, "That is the sum of all losses; divide once more."),
                (
                    total / len(means),
                    "Divide by the number of reviews, not of processes.",
                ),
                (
                    sum(means) / sum(sizes),
                    "Turn each mean back into a sum first: times its count.",
                ),
            ],
        )
    return "Add sums, divide once."


@exercise("14.3")
def _whole_file(answer):
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "run.txt"
        text = f"first, déjà vu, {whole(0, 1000, 1).item()}"
        for content in (text, text + " and more"):
            with _watch(path) as gaps:
                result = ask(answer, path, lambda content=content: content)
            expect(path.is_file(), "It writes no file of that name.")
            found = path.read_bytes()
            expect(
                found == content.encode(),
                f"The file holds {show(found)}; expected is "
                f"{show(content.encode())}, in UTF-8.",
            )
        _left_alone(answer, path, content)
        expect(
            not gaps,
            "It takes the old file away before the new one has its name: who "
            "looks in between finds none. `replace` renames onto it.",
        )
        expect(
            result == path,
            "It returns {}; expected is the path it was given.",
            result,
        )
    return "Old or new, never half."


@contextlib.contextmanager
def _watch(path):
    """Note each call that takes the file `path` away from its name."""
    gaps = []

    def watched(original):
        def call(name, *args, **options):
            if Path(name) == path and path.exists():
                gaps.append(original.__name__)
            return original(name, *args, **options)

        return call

    with contextlib.ExitStack() as stack:
        for owner in (os, Path):
            for name in ("remove", "unlink", "rename", "replace"):
                if original := getattr(owner, name, None):
                    change = mock.patch.object(owner, name, watched(original))
                    stack.enter_context(change)
        yield gaps


def _left_alone(answer, path, content):
    """Look at the file while it is made, and after that has failed."""
    seen = []

    def look():
        seen.append(path.read_text("utf-8") if path.exists() else "nothing")
        return content + "!"

    ask(answer, path, look)
    expect(
        seen == [content],
        f"While the new text is made, the file holds {show(seen)}; the old "
        "content should stand there until the new is whole.",
    )
    before = path.stat().st_ino
    ask(answer, path, lambda: content + "?")
    expect(
        path.stat().st_ino != before,
        "It writes into the file itself: whoever looks in between finds a "
        "part. Write beside it, then rename.",
    )
    try:
        answer(path, lambda: 1 / 0)
    except ZeroDivisionError:
        pass
    else:
        expect(False, "An error of make_text() should reach the caller.")
    expect(
        path.is_file() and path.read_text("utf-8") == content + "?",
        "When make_text() failed, the old content was gone.",
    )
    left = sorted(p.name for p in path.parent.iterdir() if p != path)
    expect(not left, f"It leaves {left} beside the file.")


@exercise("14.4")
def _in_pieces(answer):
    for count, size in [(7, 3), (6, 3), (2, 5), (int(whole(9, 20, 1)), 4)]:
        rows = whole(0, 99, count).tolist()
        taken = []
        source = (taken.append(row) or row for row in rows)
        result = ask(answer, source, size, in_place=True)
        expect(
            hasattr(result, "__next__"),
            "It returns {}, not a generator. Use `yield`.",
            result,
        )
        pieces = []
        for piece in itertools.islice(result, count + 2):
            pieces.append(piece)
            expect(
                len(taken) <= size * len(pieces),
                f"When it yields piece {len(pieces)} of {size} rows, it has "
                f"taken {len(taken)} rows from the iterator. Take no more "
                f"than the piece needs.",
            )
        right = [rows[i : i + size] for i in range(0, count, size)]
        expect([] not in pieces, "It yields an empty piece at the end.")
        expect(
            pieces == right,
            f"Of {rows}, cut by {size}, it yields {{}}; expected is {{}}.",
            pieces,
            right,
        )
    return "One piece in memory, however many there are."
