"""README's tree, and the places that CONTRIBUTING names."""

import re
import subprocess

import pytest
from places import ROOT

README = (ROOT / "README.md").read_text("utf-8")
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
TREE = re.search(r"(?<=<!-- tree -->\n```text\n).*?(?=```)", README, re.S)[0]
# `imdbtutor/data/tokens.py`, not `Checkpoint.load`
PLACES = re.findall(
    r"`([a-z]\w*/[\w/.-]*|[\w.-]+\.(?:in|md|toml))`", CONTRIBUTING
)


def entries():
    """Yield the path of every line of the tree, and its comment."""
    above = []
    for line in TREE.splitlines():
        indent, name, comment = re.fullmatch(
            r"( *)(\S+) {2,}(\S.*)", line
        ).groups()
        above[len(indent) // 2 :] = [name]
        yield "".join(above), comment


@pytest.mark.parametrize("path", dict(entries()))
def test_what_the_tree_shows_is_there(path):
    assert (ROOT / path).is_dir() == path.endswith("/")
    assert (ROOT / path).exists()


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="needs the history")
def test_the_tree_shows_all_that_is_at_the_top():
    names = subprocess.check_output(
        ["git", "ls-files"], cwd=ROOT, encoding="utf-8"
    ).splitlines()
    tops = {re.match(r"[^/]+/?", name)[0] for name in names}
    assert tops == {
        path for path in dict(entries()) if not re.search("/.", path)
    }


@pytest.mark.parametrize(
    "place",
    [place for place in PLACES if "NN" not in place and "16" not in place],
)
def test_a_place_to_change_something_is_there(place):
    assert (ROOT / place).exists()


@pytest.mark.parametrize(
    ("place", "name"),
    [
        ("imdbtutor/models/lstm.py", "POOLINGS"),
        ("imdbtutor/models/lstm.py", "pool_states"),
        ("imdbtutor/models/lstm.py", "LSTMClassifier"),
        ("imdbtutor/inference/onnx_export.py", "_add_pooling"),
        ("tests/package/models/test_lstm.py", "packed_logits"),
        ("imdbtutor/data/tokens.py", "tokenize"),
        ("benchmarks/accuracy/ladder_rungs.py", "RUNGS"),
    ],
)
def test_what_is_to_be_changed_is_in_the_place_that_is_named(place, name):
    assert f"`{place}`" in CONTRIBUTING
    assert name in CONTRIBUTING
    assert re.search(
        rf"^(def |class )?{name}\b", (ROOT / place).read_text("utf-8"), re.M
    )
