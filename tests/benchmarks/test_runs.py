"""Runs are kept, gone on with, and say what they were made with."""

import json
import re
import subprocess
import time

import numpy as np
import pandas as pd
import pytest
import torch

from benchmarks import records
from benchmarks.accuracy.runs import (
    Rung,
    Trained,
    are_done,
    choose,
    pipeline_rung,
    read_runs,
    run,
    run_missing,
    train_network,
    train_pipeline,
)
from benchmarks.records import describe_runs
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import split_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.models.baselines import tfidf_logistic
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import seed_everything
from imdbtutor.training.loop import TrainingConfig, fit

RUNGS = [
    Rung("bag", "a bag", "bag", None),
    Rung("net", "a network", "neural", None, seeds=range(2)),
]


@pytest.fixture
def do(monkeypatch):
    """Do a run at once, and keep a list of what was done."""
    done = []

    def run(rung, seed):
        done.append((rung.id, seed))
        return {"id": rung.id, "seed": seed, "train_seconds": 1.0}

    run.done = done
    return run


def test_only_what_is_missing_is_done(tmp_path, do):
    run_missing(RUNGS[1:], tmp_path, do)
    (tmp_path / "net-0.json").unlink()
    (tmp_path / "net-1.partial").write_text(
        "{", "utf-8"
    )  # of a run that was killed
    do.done.clear()
    run_missing(RUNGS, tmp_path, do)
    assert do.done == [("bag", 0), ("net", 0)]
    found = [run["seed"] for run in read_runs(tmp_path, RUNGS[1])]
    assert found == [0, 1]


def made(count):
    """A split of made reviews that any model learns in a moment."""
    rows = [
        (f"A {word} film of part {number}.", label)
        for number in range(count)
        for label, word in enumerate(("dreadful", "wonderful"))
    ]
    return split_reviews(pd.DataFrame(rows, columns=["text", "label"]))


def test_a_pipeline_is_trained_and_measured_by_its_numbers():
    split = made(30)
    trained = train_pipeline(tfidf_logistic(1), split)
    words = {w for text in split.train["text"] for w in tokenize(text)}
    assert trained.parameters == len(words)
    assert trained.score(["A dreadful film.", "So wonderful!"]).round() == (
        pytest.approx([0, 1])
    )


TRAINING = TrainingConfig(epochs=3, learning_rate=0.05, patience=3)


def test_a_network_is_the_one_that_chapter_8_would_train():
    split, models = made(60), []

    def make(size):
        models.append(LSTMClassifier(ModelConfig(size, 4, 5)))
        return models[-1]

    trained = train_network(
        split, 3, make_model=make, training=TRAINING, max_tokens=20
    )
    by_hand = by_chapter_8(split, 3, max_tokens=20)
    for name, weight in by_hand.state_dict().items():
        assert torch.equal(models[0].state_dict()[name], weight), name
    assert trained.parameters == sum(p.numel() for p in by_hand.parameters())
    texts = ["A dreadful film.", "So wonderful!"]
    vocab = build_vocab(split.train["text"], max_tokens=20)
    classifier = SentimentClassifier.from_parts(by_hand, vocab)
    expected = classifier.predict_proba(texts)[:, 1]
    assert trained.score(texts) == pytest.approx(expected, abs=1e-6)


def by_chapter_8(split, seed, max_tokens):
    seed_everything(seed)
    vocab = build_vocab(split.train["text"], max_tokens=max_tokens)
    loaders, held_out = [], split.validation
    for part, cut, of in ((split.train, 600, seed), (held_out, None, 0)):
        ids = encode_reviews(part["text"], vocab, cache=False)
        data = ReviewDataset(ids, part["label"], cut)
        loaders.append(make_loader(data, 64, seed=of))
    model = LSTMClassifier(ModelConfig(len(vocab), 4, 5))
    fit(model, *loaders, TRAINING, progress=False)
    return model


def test_a_run_tells_how_long_it_took_and_what_it_said():
    split, seen = made(30), []

    def train(given, seed):
        seen.append((given, seed))
        time.sleep(0.3)

        def score(texts):
            seen.append(list(texts))
            time.sleep(0.1)
            return np.linspace(0, 1 / 3, len(texts))

        return Trained(score, np.int64(7))

    rung = Rung("slow", "a slow one", "bag", train)
    found = run(rung, 4, split, "validation")
    texts = list(split.validation["text"])
    assert seen == [(split, 4), texts]
    assert (found["id"], found["seed"], found["parameters"]) == ("slow", 4, 7)
    assert 0.3 <= found["train_seconds"] < 0.8
    assert len(texts) / 0.5 <= found["reviews_per_second"] <= len(texts) / 0.1
    expected = np.linspace(0, 1 / 3, len(texts)).round(4).tolist()
    assert found["probabilities"] == expected
    json.dumps(found)
    run(rung, 4, split)
    assert seen[-1] == list(split.test["text"])


def test_a_training_that_went_on_took_what_all_its_epochs_took():
    """This process has seen the end of it only."""
    split = made(30)

    def go_on(model, *args, **kwargs):
        history = fit(model, *args, **kwargs)
        for row in history.rows[:2]:
            row["seconds"] = 1_000.0
        return history

    def train(split, seed):
        return train_network(
            split,
            seed,
            make_model=lambda size: LSTMClassifier(ModelConfig(size, 4, 5)),
            training=TRAINING,
            fit=go_on,
        )

    rung = Rung("stopped", "stopped twice", "lstm", train)
    found = run(rung, 0, split, "validation")
    assert 2_000 <= found["train_seconds"] < 2_060


def test_a_rung_of_a_pipeline_needs_one_seed():
    rung = pipeline_rung("id", "a name", lambda: tfidf_logistic(1))
    assert (rung.id, rung.name, rung.kind) == ("id", "a name", "bag")
    assert rung.seeds == (0,)
    assert rung.train(made(30), 0).parameters > 0


def test_each_run_is_said_when_it_is_done(tmp_path, do, capsys):
    run_missing(RUNGS[1:], tmp_path, do)
    said = capsys.readouterr().out
    assert said == "a network, seed 0: 1 s\na network, seed 1: 1 s\n"


def test_all_is_done_when_no_run_is_missing(tmp_path, do):
    run_missing(RUNGS, tmp_path, do)
    assert are_done(RUNGS, tmp_path)
    (tmp_path / "net-1.json").unlink()
    assert not are_done(RUNGS, tmp_path)
    assert are_done(RUNGS[:1], tmp_path)


def test_a_run_that_fails_leaves_no_file(tmp_path):
    def fail(rung, seed):
        raise RuntimeError

    with pytest.raises(RuntimeError):
        run_missing(RUNGS, tmp_path, fail)
    assert list(tmp_path.iterdir()) == []


def test_a_run_says_what_it_was_made_with(tmp_path, do):
    run_missing(RUNGS, tmp_path, do)
    (run,) = read_runs(tmp_path, RUNGS[0])
    expected = {"commit", "clean", "hardware", "versions"}
    assert expected == set(run["machine"])


def test_runs_from_two_places_name_both():
    first = {"commit": "abc", "hardware": {"threads": 2, "cores": 2}}
    second = {"commit": "def", "hardware": {"threads": 4, "cores": 2}}
    found = describe_runs([{"machine": first}, {"machine": second}])
    assert found == {
        "commit": "abc; def",
        "clean": True,
        "hardware": {"threads": "2; 4", "cores": 2},
    }


@pytest.mark.parametrize("dirty", ["def+", "unknown"])
def test_one_run_of_changed_code_makes_the_whole_unclean(dirty):
    found = describe_runs(
        [{"machine": {"commit": commit}} for commit in ("abc", dirty)]
    )
    assert found == {"commit": f"abc; {dirty}", "clean": False}


def test_a_run_that_kept_no_commit_has_none():
    machine = {"commit": "abc", "hardware": {"cores": 2}}
    found = describe_runs([{}, {"machine": machine}])
    assert found == machine | {"commit": "unknown; abc", "clean": False}
    assert describe_runs([{}])["commit"] == "unknown"


@pytest.mark.parametrize(
    "path", sorted(records.RESULTS.glob("*.json")), ids=lambda path: path.stem
)
def test_a_file_of_results_says_whether_its_code_was_changed(path):
    found = json.loads(path.read_text("utf-8"))
    commit = found.get("commit", "unknown")
    assert found.get("clean", False) == records.is_clean(commit)
    page = (records.ROOT / "book" / "commits.csv").read_text("utf-8")
    said = "as committed" if found.get("clean") else "(changed|unknown)"
    assert re.search(rf"^{path.name},{re.escape(commit)},{said}$", page, re.M)


def test_parts_that_are_kept_keep_their_commit():
    new = {"commit": "def", "clean": True}
    assert records.add_to({}, new) == new
    old = {"commit": "abc; def+", "clean": False, "rows": []}
    found = records.add_to(old, new)
    assert found == {"commit": "abc; def+; def", "clean": False}


def test_without_git_the_commit_is_unknown(monkeypatch):
    monkeypatch.setenv("PATH", "")
    found = records.describe_machine()
    assert (found["commit"], found["clean"]) == ("unknown", False)


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """A repository with a module, a result and a page, all committed."""
    for name in ("benchmarks/speed.py", "results/speed.json", "book/a.csv"):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text("old", "utf-8")
    git = ["git", "-C", tmp_path, "-c", "user.name=A", "-c", "user.email=a@b"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-q", "-mA"]):
        subprocess.run(git + command, check=True)
    monkeypatch.setattr(records, "ROOT", tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("changed", "clean"),
    [
        ("benchmarks/speed.py", False),
        ("benchmarks/not_yet_added.py", False),
        ("results/speed.json", True),  # of the part measured before
        ("book/a.csv", True),
    ],
)
def test_a_measurement_says_whether_its_code_was_changed(
    repository, changed, clean
):
    assert records.describe_machine()["clean"]
    (repository / changed).write_text("new", "utf-8")
    found = records.describe_machine()
    assert found["clean"] == clean
    assert found["commit"].endswith("+") == (not clean)


def test_an_id_that_is_not_there_stops_the_command():
    assert choose(["net"], RUNGS) == RUNGS[1:]
    assert choose([], RUNGS) == RUNGS
    with pytest.raises(SystemExit, match=r"no 'nett'\. .* bag, net\."):
        choose(["nett"], RUNGS)
