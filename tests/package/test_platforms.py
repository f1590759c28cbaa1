"""What would fail on Windows or macOS, as far as Linux can tell.

Windows reads and writes text in an encoding of its own where none is named,
knows no fork, and refuses some names of files.
"""

import ast
import os
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import PurePath

import pytest
from places import ROOT
from tiny import TEXTS
from torch.utils.data import DataLoader

from imdbtutor.data.batches import pad_batch
from imdbtutor.inference.classifier import SentimentClassifier

FOLDERS = ("imdbtutor", "benchmarks", "book/tools", "tests")
SOURCES = [
    path for folder in FOLDERS for path in ROOT.glob(f"{folder}/**/*.py")
]
OPENERS = {"open", "read_text", "write_text", "fdopen", "TextIOWrapper"}
BINARY = {"rb", "wb", "ab", "xb", "rb+"}
RUNNERS = {"run", "Popen", "check_output"}
# Their open() is another:
NO_TEXT = {"archive", "tarfile", "webbrowser", "onnx", "os", "Image"}
ONLY_POSIX = re.compile(
    r"\b(fcntl|resource|pwd|grp|termios|pty|os\.(fork|getuid|geteuid|uname|"
    r"killpg|setsid|mkfifo)|signal\.(SIGKILL|SIGALRM|alarm)|shell=True)\b"
)
REFUSED = re.compile(
    r'[<>:"|?*\\\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)', re.I
)
# Opens what a reader may open: the package's files, a CSV and the cache.
USE_ALL = """
import importlib, pkgutil, sys, warnings
warnings.simplefilter("ignore", EncodingWarning)  # what others open
warnings.filterwarnings("error", "", EncodingWarning, "imdbtutor")
import imdbtutor
for module in pkgutil.walk_packages(imdbtutor.__path__, "imdbtutor."):
    importlib.import_module(module.name)
from imdbtutor.__main__ import app
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.evaluation.results import read_results
classifier = SentimentClassifier.pretrained()
classifier.save("saved")
SentimentClassifier.load("saved")
[encode_reviews(["A film."], classifier.vocab) for _ in range(2)]
read_results("ladder")
with open("in.csv", "w", encoding="utf-8") as file:
    file.write("text\\nA fine film.\\n")
app(["predict", "--file", "in.csv", "--out", "out.csv"])
"""


def names_an_encoding(call):
    """Tell whether a call that may open text says how it is encoded."""
    function = call.func
    name = getattr(function, "attr", getattr(function, "id", ""))
    owner = getattr(getattr(function, "value", None), "id", "")
    named = {keyword.arg for keyword in call.keywords}
    constants = [a.value for a in call.args if isinstance(a, ast.Constant)]
    if name in RUNNERS and owner == "subprocess":
        return "encoding" in named or not named & {"text", "errors"}
    if name not in OPENERS or owner in NO_TEXT:
        return True
    binary = any(c in BINARY for c in constants)
    by_place = any(str(c).lower().startswith("utf-8") for c in constants)
    return binary or by_place or bool(named & {"encoding", None})


def python(*arguments, **environment):
    return subprocess.run(
        [sys.executable, *arguments],
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env=os.environ | environment,
    )


def test_every_file_of_text_is_opened_in_a_named_encoding():
    silent = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and not names_an_encoding(node)
    ]
    assert silent == []


@pytest.mark.parametrize(
    ("call", "named"),
    [
        ("open(path)", False),
        ("open(path, 'w')", False),
        ("open(path, 'rb')", True),
        ("open(path, encoding='utf-8')", True),
        ("path.read_text()", False),
        ("path.read_text('utf-8')", True),
        ("path.write_text(text)", False),
        ("subprocess.run(command, text=True)", False),
        ("subprocess.run(command)", True),
        ("tarfile.open(path)", True),
    ],
)
def test_a_silent_call_would_be_found(call, named):
    assert names_an_encoding(ast.parse(call).body[0].value) is named


@pytest.mark.slow
def test_the_package_names_the_encoding_of_all_it_opens(tmp_path, cache):
    code = f"import os\nos.chdir({str(tmp_path)!r})\n{USE_ALL}"
    run = python("-X", "warn_default_encoding", "-c", code)
    assert (run.returncode, run.stderr) == (0, "")


@pytest.mark.parametrize(
    "path", sorted(ROOT.glob("imdbtutor/**/*.py")), ids=lambda path: path.stem
)
def test_nothing_in_the_package_is_of_one_system_only(path):
    assert ONLY_POSIX.findall(path.read_text("utf-8")) == []


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the history")
def test_every_file_has_a_name_that_windows_takes():
    names = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout.decode("utf-8")
    paths = [PurePath(name) for name in names.split("\0") if name]
    refused = [p for p in paths if any(map(REFUSED.search, p.parts))]
    assert refused == []
    assert len({str(path).lower() for path in paths}) == len(paths)


@pytest.mark.slow
def test_workers_need_no_fork(dataset):
    """On Windows and macOS a worker is a new Python that is sent the data."""
    alone, helped = (
        DataLoader(
            dataset,
            batch_size=4,
            collate_fn=pad_batch,
            num_workers=workers,
            multiprocessing_context="spawn" if workers else None,
        )
        for workers in (0, 1)
    )
    pairs = zip(alone, helped, strict=True)
    assert all(a.token_ids.equal(b.token_ids) for a, b in pairs)


@pytest.mark.slow
def test_a_classifier_can_be_sent_to_a_new_process(trained_model, vocab):
    classifier = SentimentClassifier.from_parts(trained_model, vocab)
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        sent = pool.submit(classifier.predict, TEXTS).result()
    assert [*sent] == [*classifier.predict(TEXTS)]


@pytest.mark.slow
@pytest.mark.parametrize("command", ["predict", "explain"])
def test_a_terminal_without_a_letter_still_shows_the_verdict(command):
    """Where the output is piped, Windows has 256 letters."""
    text = "映画 is wonderful 👍"
    run = python("-m", "imdbtutor", command, text, PYTHONIOENCODING="cp1252")
    assert (run.returncode, run.stderr) == (0, "")
    assert "positive" in run.stdout
    assert r"\u6620" in run.stdout
