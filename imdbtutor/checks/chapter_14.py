"""Chapter 14: larger, longer, elsewhere."""

import inspect
import itertools
import tempfile
from pathlib import Path

from imdbtutor.checks.stages import ask, called, exercise, expect, try_on
from imdbtutor.checks.values import real, show, whole


@exercise("14.1")
def _share_of(answer):
    fresh = whole(0, 1000, 23).unique().tolist()
    for rows, count in [([7, 3, 9, 4, 1, 8, 5], 2), (fresh, 3), ([6, 2], 2)]:
        shares = [ask(answer, rows, rank, count) for rank in range(count)]
        call = called(answer, [rows, 0, count])
        expect(
            all(isinstance(share, list) for share in shares),
            f"{call} returns {show(shares[0])}; expected is a list of rows.",
        )
        dealt = list(itertools.chain(*shares))
        expect(
            set(dealt) <= set(rows),
            f"{call} returns {show(shares[0])}: these are not rows of the "
            "batch. Return the rows, not their places.",
        )
        expect(
            len(set(dealt)) == len(dealt),
            f"Two of {count} processes take the same row of {show(rows)}: "
            f"their shares are {show(shares)}.",
        )
        expect(
            len(dealt) == len(rows),
            f"Of {show(rows)}, nobody takes {show(set(rows) - set(dealt))}.",
        )
        sizes = [len(share) for share in shares]
        expect(
            max(sizes) - min(sizes) <= 1,
            f"The {count} shares of {show(rows)} have {sizes} rows: while "
            "one process works, the others wait.",
        )
    return "Every row once, and nobody waits long."


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
            result = ask(answer, path, lambda content=content: content)
            call = called(answer, [path, "..."])
            expect(path.is_file(), f"{call} writes no file of that name.")
            found = path.read_bytes()
            expect(
                found == content.encode(),
                f"The file holds {show(found)}; expected is "
                f"{show(content.encode())}, in UTF-8.",
            )
        _left_alone(answer, path, content)
        expect(
            result == path,
            f"It returns {show(result)}; expected is the path it was given.",
        )
    return "Old or new, never half."


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
        call = called(answer, ["rows", size])
        expect(
            inspect.isgenerator(result) or hasattr(result, "__next__"),
            f"{call} returns {show(result)}, not a generator. Use `yield`.",
        )
        first = next(result, None)
        expect(
            first == rows[:size],
            f"For {rows}, the first piece is {show(first)}; expected is "
            f"{rows[:size]}.",
        )
        expect(
            len(taken) <= size,
            f"For its first piece of {size} rows, it took {len(taken)} from "
            "the iterator. Take no more than the piece needs.",
        )
        pieces = [first, *itertools.islice(result, count + 2)]
        right = [rows[i : i + size] for i in range(0, count, size)]
        expect([] not in pieces, f"{call} yields an empty piece at the end.")
        expect(
            pieces == right,
            f"For {rows}, {call} yields {show(pieces)}; expected is "
            f"{show(right)}.",
        )
    return "One piece in memory, however many there are."
