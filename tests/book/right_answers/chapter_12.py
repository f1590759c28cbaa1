import math

import numpy as np
import pandas as pd
import torch


def parts_of_films(films, folds):
    names = pd.Series(films).drop_duplicates().tolist()
    parts = np.array_split(names, folds)
    found = {film: p for p, part in enumerate(parts) for film in part}
    return np.array([found[film] for film in films])


def words_in_reach(lengths, chunk):
    rows = torch.zeros(len(lengths), int(lengths.max()), dtype=torch.int64)
    for row, length in zip(rows, lengths.tolist(), strict=True):
        for piece in row[:length].split(chunk):
            piece += len(piece) - 1
    return rows


RIGHT = {
    "12.2": [
        lambda t, a, b, n: math.log(max(1, t * n / (a * b))),
    ],
    "12.3": [parts_of_films],
    "12.4": [words_in_reach],
}
