"""Measure what a GPU makes of the book: tests, epochs, a whole training.

Run `make measure WHAT=gpu` where there is a CUDA device. An epoch is of all
training reviews; two processes need two devices. `results/gpu.json` is written
after each part.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from xml.etree import ElementTree

import torch

from benchmarks.records import RESULTS, ROOT, describe_machine, write_json
from benchmarks.speed import scaling
from benchmarks.speed.timing import timed
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.training.recipe import train_model

TARGET = RESULTS / "gpu.json"
ROUNDS, ALL = 2, 10**9


def run_tests() -> dict[str, int]:
    """Run the tests marked `gpu`; count those that passed and the others."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = ["-m", "pytest", "-q", "-m", "gpu", "tests/package"]
        subprocess.run(
            [sys.executable, *command, f"--junit-xml={report}"], cwd=ROOT
        )
        suite = ElementTree.parse(report).getroot().find("testsuite")
    kinds = ("failures", "errors", "skipped")
    counted = {kind: int(suite.get(kind)) for kind in kinds}
    return {
        "passed": int(suite.get("tests")) - sum(counted.values())
    } | counted


def train_whole(device: torch.device) -> dict:
    """Train the book's model, from texts, as chapter 8 does."""
    split = split_reviews(load_reviews())
    trained, seconds = timed(
        lambda: train_model(split, ModelConfig(0), device=device)
    )
    rows = trained.history.frame.round(4).reset_index().to_dict("records")
    return {"seconds": round(seconds, 2), "epochs": rows}


def main() -> None:
    """Measure part by part, and keep what was found so far."""
    if not torch.cuda.is_available():
        sys.exit("there is no CUDA device here, so nothing was measured.")
    device = torch.device("cuda")
    found = describe_machine() | {
        "device": torch.cuda.get_device_name(device),
        "devices": torch.cuda.device_count(),
    }
    parts = {
        "tests": run_tests,
        "whole": lambda: train_whole(device),
        "rows": lambda: scaling.measure(device, ROUNDS, ALL),
    }
    for name, work in parts.items():
        found[name] = work()
        write_json(TARGET, found)
        print(f"{name}: {found[name]}", flush=True)


if __name__ == "__main__":
    main()
