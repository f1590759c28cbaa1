"""Measurements that a command made and the pages read."""

import json
from pathlib import Path

import pandas as pd

PACKAGE = Path(__file__).parent


def read_results(name: str) -> dict:
    """Read what `make results` and its like have measured.

    Args:
        name: "ladder", "steps", "mistakes", "exports", "scaling",
            "streams" or "speed".

    Returns:
        The figures, and the commit, hardware and versions they are from.

    Raises:
        FileNotFoundError: If nothing of that name was measured.

    Built in chapter 11.
    """
    places = [PACKAGE.parent / "results", PACKAGE / "results"]
    for folder in places:  # in a checkout, in an installation
        path = folder / f"{name}.json"
        if path.is_file():
            return json.loads(path.read_text(encoding="utf-8"))
    raise FileNotFoundError(
        f"no results of the name '{name}'. Expected 'ladder', 'steps', "
        "'mistakes', 'exports', 'scaling', 'streams' or 'speed'; "
        "CONTRIBUTING.md says which command makes each."
    )


def ladder_frame(ladder: dict) -> pd.DataFrame:
    """Turn the ladder's rungs into a table, the lowest first.

    Args:
        ladder: What `read_results("ladder")` returns.

    Returns:
        One row a rung, by name. Columns: `kind`; `accuracy`, the mean over
        seeds; `low` and `high`, its 95 % interval over reviews; `seeds`,
        how many; `F1`; `parameters`; `train_seconds`, the median;
        `reviews_per_second`.

    Built in chapter 11.
    """
    rows = {
        row["name"]: {
            "kind": row["kind"],
            "accuracy": row["mean"],
            "low": row["reviews_interval"][0],
            "high": row["reviews_interval"][1],
            "seeds": len(row["accuracy"]),
            "F1": pd.Series(row["f1"]).mean(),
            "parameters": row["parameters"],
            "train_seconds": pd.Series(row["train_seconds"]).median(),
            "reviews_per_second": row["reviews_per_second"],
        }
        for row in ladder["rows"]
    }
    return pd.DataFrame.from_dict(rows, orient="index")
