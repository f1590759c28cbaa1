import itertools


def added_up(means, counts):
    return sum(m * n for m, n in zip(means, counts, strict=True))


def lumps(rows, rank, count):
    """Give everything that is left to the last process."""
    if rank == count - 1:
        return rows[rank:]
    return rows[rank : rank + 1]


def without_rest(rows, rank, count):
    size = len(rows) // count
    return rows[rank * size : (rank + 1) * size]


def into_the_file(path, make_text):
    text = make_text()
    path.write_text(text, encoding="utf-8")
    return path


def opened_too_early(path, make_text):
    with path.open("w", encoding="utf-8") as file:
        file.write(make_text())
    return path


def left_behind(path, make_text):
    partial = path.with_suffix(".partial")
    partial.write_text(make_text(), encoding="utf-8")
    path.unlink(missing_ok=True)
    path.write_bytes(partial.read_bytes())
    return path


def with_a_gap(path, make_text):
    partial = path.with_suffix(".partial")
    partial.write_text(make_text(), encoding="utf-8")
    path.unlink(missing_ok=True)
    return partial.rename(path)


def swallowed(path, make_text):
    partial = path.with_suffix(".partial")
    try:
        partial.write_text(make_text(), encoding="utf-8")
    except ZeroDivisionError:
        return path
    return partial.replace(path)


def nothing_returned(path, make_text):
    swallowed(path, make_text)


def in_latin(path, make_text):
    path.write_text(make_text(), encoding="latin-1")
    return path


def at_once(rows, size):
    rows = list(rows)
    for start in range(0, len(rows), size):
        yield rows[start : start + size]


def the_rest_at_once(rows, size):
    yield list(itertools.islice(rows, size))
    yield from at_once(rows, size)


def as_list(rows, size):
    return list(at_once(rows, size))


def with_an_empty_one(rows, size):
    while True:
        piece = list(itertools.islice(rows, size))
        yield piece
        if not piece:
            return


def without_the_last(rows, size):
    while len(piece := list(itertools.islice(rows, size))) == size:
        yield piece


WRONG = {
    "14.1": [
        ("same row", lambda rows, rank, count: rows),
        ("Neighbours", lambda rows, rank, count: rows[rank::count]),
        ("nobody takes", without_rest),
        ("others wait", lumps),
        (
            "not their places",
            lambda rows, rank, count: [-1 - p for p in range(len(rows))],
        ),
        ("list of rows", lambda rows, rank, count: rows[rank]),
    ],
    "14.2": [
        ("mean of the means", lambda means, counts: sum(means) / len(means)),
        (
            "divide once more",
            lambda means, counts: sum(
                map(float.__mul__, means, map(float, counts))
            ),
        ),
        (
            "not of processes",
            lambda means, counts: (
                sum(map(float.__mul__, means, map(float, counts))) / len(means)
            ),
        ),
        ("times its count", lambda means, counts: sum(means) / sum(counts)),
    ],
    "14.3": [
        ("finds a part", into_the_file),
        ("until the new is whole", opened_too_early),
        ("should reach the caller", swallowed),
        ("returns None", nothing_returned),
        ("in UTF-8", in_latin),
        ("finds none", with_a_gap),
    ],
    "14.4": [
        ("piece 1 of", at_once),
        ("piece 2 of", the_rest_at_once),
        ("Use `yield`", as_list),
        ("empty piece", with_an_empty_one),
        ("expected is", without_the_last),
    ],
}
