"""Saved models that were damaged: each loads as it was, or is refused.

Sixty cases; with `--hard`, 2,000.
"""

import pickle
import random
import re
import shutil
import subprocess
import sys

import damage
import numpy as np
import pytest
import torch
from places import ROOT
from tiny import TEXTS, build_vocab
from typer.testing import CliRunner

from imdbtutor.__main__ import app
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig

METRICS = {"validation": {"F1": {"value": 0.5, "low": 0.4, "high": 0.625}}}
KINDS = [*damage.DAMAGE, *damage.SEALED, *damage.OTHER]
NAMES = ["saved", "a b", "ü 😀", "%s {0}", "[b]", "s" * 200, "\udcff", "a\nb"]


def pytest_generate_tests(metafunc):
    if "seed" in metafunc.fixturenames:
        cases = 2_000 if metafunc.config.getoption("hard") else 60
        ids = [f"{n}-{KINDS[n % len(KINDS)].__name__}" for n in range(cases)]
        metafunc.parametrize("seed", range(cases), ids=ids)


def save_small(folder, seed):
    torch.manual_seed(seed)
    vocab = build_vocab()
    model = LSTMClassifier(ModelConfig(len(vocab), 5, 4))
    model.embedding.weight.data.mul_(10)  # so that it has opinions
    made = SentimentClassifier.from_parts(model, vocab, metrics=METRICS)
    made.save(folder)
    return made.predict_proba(TEXTS)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """Two saved models side by side; what the first one says."""
    folder = tmp_path_factory.mktemp("whole")
    save_small(folder / "another", 1)
    return folder, save_small(folder / "saved", 0)


@pytest.fixture
def folder(whole, tmp_path):
    shutil.copytree(whole[0], tmp_path / "models")
    return tmp_path / "models" / "saved"


@pytest.fixture
def no_unpickling(monkeypatch):
    def forbidden(*args, **kwargs):
        pytest.fail("something was unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, forbidden)
    monkeypatch.setattr(torch, "load", forbidden)


def load(folder):
    """Load a folder, or return the error, if it is one of ours."""
    name = re.escape(f"'{folder}'")
    try:
        return SentimentClassifier.load(folder)
    except FileNotFoundError as error:
        found, ours = error, rf"no '[\w.]+' in {name}\. Expected a folder.*"
    except ValueError as error:
        found, ours = error, rf"{name} is no model that .* get a fresh copy\."
    assert type(found) in (FileNotFoundError, ValueError)
    assert re.fullmatch(ours, str(found), re.DOTALL)
    return found


def rename(folder, rng):
    """Give the folder another name, where the system has it."""
    target = folder.with_name(rng.choice(NAMES))
    try:
        return folder.rename(target)
    except (OSError, ValueError):
        return folder


@pytest.mark.mutations
@pytest.mark.usefixtures("no_unpickling")
def test_a_damaged_folder_loads_as_it_was_or_is_refused(seed, whole, folder):
    rng, kind = random.Random(seed), KINDS[seed % len(KINDS)]
    kind(folder, rng)
    loaded = load(rename(folder, rng))
    assert not list(folder.parent.glob(f"*/{damage.MARKER}"))
    if isinstance(loaded, Exception):
        return
    chances = loaded.predict_proba(TEXTS)
    if kind in damage.OTHER:
        assert np.isfinite(chances).all()
        np.testing.assert_allclose(chances.sum(axis=1), 1, rtol=0, atol=1e-12)
    else:
        assert np.array_equal(chances, whole[1])
    check_use(loaded, folder.parent / "again", chances)


def check_use(loaded, folder, chances):
    """Check that what was loaded can be saved, loaded and shown."""
    loaded.save(folder)
    again = SentimentClassifier.load(folder).predict_proba(TEXTS)
    assert np.array_equal(again, chances)
    result = CliRunner().invoke(app, ["info", "--model", str(folder)])
    assert result.exit_code == 0, result.output


# --- the cases themselves


def outcomes(kind, folder, seeds=30):
    """Count how often a kind of damage is refused."""
    kept, refused = folder.with_name("kept"), 0
    shutil.copytree(folder, kept)
    for seed in range(seeds):
        shutil.rmtree(folder)
        shutil.copytree(kept, folder)
        kind(folder, random.Random(seed))
        refused += isinstance(load(folder), Exception)
    return refused / seeds


HARMLESS = {"lose_or_change_the_card", "add_files"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_kind_of_damage_but_two_is_seen(kind, folder):
    share = outcomes(kind, folder)
    assert share == 0 if kind.__name__ in HARMLESS else share > 0


def test_a_sealed_folder_that_was_not_damaged_loads(folder, whole):
    damage.seal(folder)
    assert np.array_equal(load(folder).predict_proba(TEXTS), whole[1])


def test_the_trap_springs_where_it_is_unpickled(tmp_path):
    pickle.loads(pickle.dumps(damage.Trap(tmp_path)))
    assert (tmp_path / damage.MARKER).is_dir()


# --- room

SIZES = [
    *({"vocab_size": size} for size in (10**8, 10**12, 2**62, 10**30)),
    *({"hidden_dim": size} for size in (10**4, 10**9, 2**61, 10**30)),
    *({"embedding_dim": size} for size in (10**7, 10**9, 10**30)),
    *({"num_layers": number} for number in (10**6, 10**12, 10**30)),
    {"vocab_size": 10**6, "embedding_dim": 10**6, "num_layers": 10**6},
]
REFUSE = """
import re, resource, sys
from pathlib import Path
from imdbtutor.inference.classifier import SentimentClassifier

def most():
    status = Path("/proc/self/status").read_text("utf-8")
    return int(re.search(r"VmHWM:\\s+(\\d+)", status)[1])

resource.setrlimit(resource.RLIMIT_AS, (4 * 2**30, 4 * 2**30))
SentimentClassifier.load(sys.argv[1])
before = most()
for folder in sys.argv[2:]:
    try:
        SentimentClassifier.load(folder)
    except ValueError as error:
        assert "is no model that can be used" in str(error)
    else:
        sys.exit(f"{folder} was loaded")
print(most() - before)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="room as Linux tells it")
def test_sizes_that_are_far_too_large_take_no_room(folder):
    folders = [folder]
    for number, sizes in enumerate(SIZES):
        other = shutil.copytree(folder, folder.with_name(f"large{number}"))
        settings = damage.read_json(other / damage.SETTINGS)
        settings["model"] |= sizes
        damage.write_json(other / damage.SETTINGS, settings)
        damage.seal(other)
        folders.append(other)
    words = [sys.executable, "-c", REFUSE, *map(str, folders)]
    found = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=60)
    assert found.returncode == 0, found.stderr
    assert int(found.stdout) < 50_000  # KB
