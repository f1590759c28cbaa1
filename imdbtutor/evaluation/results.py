"""Measurements that a command made and the pages read."""

import json
from pathlib import Path

import pandas as pd

import imdbtutor

PACKAGE = Path(imdbtutor.__file__).parent


def read_results(name: str) -> dict:
    """Read what `make measure` has measured.

    Args:
        name: The name of a file there, such as "ladder".

    Returns:
        The figures, and the commit, hardware and versions they are from.

    Raises:
        FileNotFoundError: If nothing of that name was measured.

    Built in chapter 11.
    """
    # In an installation; in a checkout, where nothing is in the package.
    places = [PACKAGE / "results", PACKAGE.parent / "results"]
    folder = next(filter(Path.is_dir, places), places[0])
    found = {path.stem: path for path in sorted(folder.glob("*.json"))}
    if name not in found:
        raise FileNotFoundError(
            f"no results of the name '{name}' in '{folder}'; there are: "
            f"{', '.join(found)}. CONTRIBUTING.md says how each is made."
        )
    return json.loads(found[name].read_text(encoding="utf-8"))


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
