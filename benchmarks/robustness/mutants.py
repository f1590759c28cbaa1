"""Put small mistakes into the code, and count those that a test notices.

Run `make measure WHAT=mutants`, or some modules alone: `ARGS="models.lstm
--processes 2"`. A module that has its row is not run again, unless you name
it. Writes `results/mutants.json`; what was measured is the last commit.

Each mistake is made in a copy of the repository. The tests that import the
module are run on it, those named like it first, and none of the book's: that
code and chapter are alike is another question. No test can tell the mistakes
listed in `equivalent.json` from the code, for the reasons given there.
"""

import argparse
import importlib
import json
import multiprocessing
import os
import random
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from types import ModuleType

import pytest
import torch
from rich.console import Console
from rich.progress import track

from benchmarks.records import (
    RESULTS,
    ROOT,
    ask_git,
    is_clean,
    merge,
    write_json,
)
from benchmarks.robustness.mutant_targets import modules, source_of, tests_of
from benchmarks.robustness.mutations import Mutant, find_mutants

TARGET = RESULTS / "mutants.json"
EQUIVALENT = Path(__file__).with_name("equivalent.json")
# What takes the tests seconds to import: a mutant costs less where it is here.
WARM = (
    *("torch.distributed.tensor", "seaborn", "sklearn.calibration"),
    *("hypothesis", "nbval.plugin", "pytest_benchmark.plugin", "requests"),
)
SAMPLE = 60  # mutants of a module
QUICK = ("-m", "not slow")
PYTEST = ("-x", "-p", "no:cacheprovider", "-W", "ignore:Module already")
MEMORY = 16 << 30  # bytes that a test process may ask for
FORK = multiprocessing.get_context("fork")
console = Console()


def begin(folder: str, commit: str) -> None:
    """Make a process gentle, and its working folder a copy of a commit."""
    os.nice(10)
    copy = mkdtemp(dir=folder)
    command = ["git", "clone", "--quiet", "--shared", str(ROOT), copy]
    subprocess.run(command, check=True)
    os.chdir(copy)
    subprocess.run(["git", "checkout", "--quiet", commit], check=True)
    torch.set_num_threads(1)
    os.environ |= {"PYTHONPATH": copy, "PYTHONDONTWRITEBYTECODE": "1"}
    os.environ["OMP_NUM_THREADS"] = "1"
    sys.dont_write_bytecode = True  # one second may see several mutants
    for name in WARM:
        importlib.import_module(name)


def test(words: Sequence[str]) -> None:
    """Run pytest on the code in the working folder, unheard; then exit."""
    os.setsid()
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nowhere, stream)
    sys.modules["__main__"] = ModuleType("__main__")
    for name in list(sys.modules):
        if name.split(".")[0] in ("imdbtutor", "benchmarks"):
            del sys.modules[name]
    folder = f"--basetemp={Path.cwd()}-tests"
    sys.exit(pytest.main([*PYTEST, folder, *words]))


def fails(words: Sequence[str], limit: float | None = None) -> bool:
    """Tell whether tests fail, or take too long, in a process of their own."""
    process = FORK.Process(target=test, args=(words,))
    process.start()
    process.join(limit)
    with suppress(ProcessLookupError):  # what it started ends with it
        os.killpg(process.pid, signal.SIGKILL)
    process.join()
    return process.exitcode not in (0, pytest.ExitCode.NO_TESTS_COLLECTED)


def time_tests(words: Sequence[str]) -> float:
    """Return how long tests take on the code as it is, in seconds."""
    start = time.perf_counter()
    if fails(words):
        raise RuntimeError(f"tests fail without a mistake: {' '.join(words)}")
    return time.perf_counter() - start


def is_noticed(mutant: Mutant, path: Path, limits: dict[tuple, float]) -> bool:
    """Put a mutant in the module's place, and ask the tests."""
    source = path.read_bytes()
    path.write_text(mutant.code, encoding="utf-8")
    try:
        return any(fails(*each) for each in limits.items())
    finally:
        path.write_bytes(source)


def name_of(module: str, mutant: Mutant) -> tuple[str, ...]:
    """Return what a mutant is known by: if its line changes, no more."""
    return module, mutant.where, mutant.before, mutant.after


def equivalent() -> dict[tuple[str, ...], str]:
    """Read which mutants behave as the code does, and why."""
    rows = json.loads(EQUIVALENT.read_text(encoding="utf-8"))
    keys = ("module", "where", "before", "after")
    return {tuple(row[key] for key in keys): row["why"] for row in rows}


def time_stages(module: str, pool: ProcessPoolExecutor) -> dict[tuple, float]:
    """Return what is run on a module's mutants, and how long it may take."""
    tests = tests_of(module)
    stages = [(tests[0], *QUICK), tuple(tests)]
    spent = [pool.submit(time_tests, stage).result() for stage in stages]
    return {s: 10 + 3 * t for s, t in zip(stages, spent, strict=True)}


def measure(
    module: str, pool: ProcessPoolExecutor, most: int, commit: str
) -> dict:
    """Try a module's mutants, or a fixed sample of them; return its row."""
    path = source_of(module)
    source = ask_git("show", f"{commit}:{path.as_posix()}")
    found = find_mutants(source, modules()[module])
    chosen = random.Random(module).sample(found, min(most, len(found)))
    known = equivalent()
    asked = [m for m in chosen if name_of(module, m) not in known]
    judge = partial(is_noticed, path=path, limits=time_stages(module, pool))
    answers = zip(asked, pool.map(judge, asked), strict=True)
    survived = []
    for mutant, noticed in track(answers, module, len(asked), console=console):
        if not noticed:
            survived.append(name_of(module, mutant)[1:])
            console.print(" | ".join((module, *survived[-1])), markup=False)
    return {
        "module": module,
        "mutants": len(chosen),
        "killed": len(asked) - len(survived),
        "equivalent": len(chosen) - len(asked),
        "of": len(found),
        "survived": survived,
        "commit": commit,
    }


def is_too_low(row: dict) -> bool:
    """Tell whether tests miss more than a tenth of what they could notice."""
    return row["killed"] < 0.9 * (row["mutants"] - row["equivalent"])


def choose(names: Sequence[str], known: Sequence[str]) -> list[str]:
    """Return the modules of these names, of which an end is enough."""
    for name in names:
        if not any(module.endswith(name) for module in known):
            sys.exit(f"no module '{name}'; there are: {', '.join(known)}.")
    return [module for module in known if module.endswith(tuple(names))]


def main(words: Sequence[str] = ()) -> None:
    """Measure the modules without a row, or those named; keep each row."""
    parser = argparse.ArgumentParser(prog="mutants")
    parser.add_argument("modules", nargs="*", help="such as models.lstm")
    parser.add_argument("--processes", type=int, default=1)
    parser.add_argument("--most", type=int, default=SAMPLE)
    asked, known = parser.parse_args(words), list(modules())
    done = json.loads(TARGET.read_text("utf-8")) if TARGET.exists() else {}
    rows = {row["module"]: row for row in done.get("modules", [])}
    chosen = choose(asked.modules, known)
    commit = ask_git("rev-parse", "--short", "HEAD")
    with (
        TemporaryDirectory() as folder,
        ProcessPoolExecutor(
            asked.processes, FORK, begin, (folder, commit)
        ) as pool,
    ):
        for module in chosen or [m for m in known if m not in rows]:
            row = rows[module] = measure(module, pool, asked.most, commit)
            console.print({k: row[k] for k in list(row)[:5]})
            kept = [rows[name] for name in known if name in rows]
            commits = merge([row["commit"] for row in kept])
            made = {"commit": commits, "clean": is_clean(commits)}
            write_json(TARGET, made | {"modules": kept})
    sys.exit(any(is_too_low(row) for row in rows.values()))


if __name__ == "__main__":
    main(sys.argv[1:])
