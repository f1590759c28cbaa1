import os

import numpy as np


def with_rename(path, make_text):
    text = make_text()
    partial = path.with_name("partial")
    with open(partial, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        os.fsync(file.fileno())
    os.rename(partial, path)  # on Windows, `os.replace`
    return str(path) and path


def row_by_row(rows, size):
    piece = []
    for row in rows:
        piece.append(row)
        if len(piece) == size:
            yield piece
            piece = []
    if piece:
        yield piece


RIGHT = {
    "14.1": [
        lambda rows, rank, count: np.array_split(rows, count)[rank].tolist(),
    ],
    "14.3": [with_rename],
    "14.4": [row_by_row],
}
