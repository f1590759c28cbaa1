import gzip
import io
import json
import os
import re
import shlex
import shutil
import socket
import subprocess
import sys
import threading
from functools import partial

import pandas as pd
import pytest
import torch
from places import ROOT
from scipy.special import logit
from tqdm import tqdm
from typer.main import get_command
from typer.testing import CliRunner

from imdbtutor.__main__ import app
from imdbtutor.data.readers import ReviewsNotFound
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.inference import terminal
from imdbtutor.inference.classifier import PRETRAINED, SentimentClassifier

KINDS = {1: ("wonderful", "warm"), 0: ("dreadful", "cold")}
COMMANDS = get_command(app).commands
unix = pytest.mark.skipif(os.name == "nt", reason="needs a Unix")


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="session")
def reviews_file(tmp_path_factory):
    """Forty short reviews a class, no two alike."""
    rows = [
        (f"A {first} film of part {number}, {second} and long.", label)
        for label, (first, second) in KINDS.items()
        for number in range(40)
    ]
    path = tmp_path_factory.mktemp("own") / "mine.csv"
    pd.DataFrame(rows, columns=["text", "label"]).to_csv(path, index=False)
    return path


@pytest.fixture(scope="session")
def trained(reviews_file, tmp_path_factory):
    folder = tmp_path_factory.mktemp("models") / "mine"
    result = run("train", folder, "--source", reviews_file, "--device", "cpu")
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def other_file(reviews_file, tmp_path):
    """The same reviews, in another order."""
    rows = pd.read_csv(reviews_file)[::-1]
    path = tmp_path / "other.csv"
    rows.to_csv(path, index=False)
    return path


# --- help


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_an_example(name):
    result = run(name, "--help")
    _, _, body = result.output.partition("[OPTIONS]")
    assert result.exit_code == 0
    assert f"imdbtutor {name} " in " ".join(body.split())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_example_is_a_command_that_can_be_read(name):
    examples = re.findall(r"`imdbtutor ([^`]+)`", COMMANDS[name].help)
    assert examples
    for example in examples:
        called, *words = shlex.split(example)
        COMMANDS[called].make_context(called, words)


def test_help_names_every_command():
    output = run("--help").output
    names = ["download", "evaluate", "explain", "info", "predict"]
    names += ["serve", "train"]
    assert sorted(COMMANDS) == names
    assert all(name in output for name in names)


# --- train and measure


def test_train_writes_a_folder_that_the_classifier_loads(trained):
    chances = SentimentClassifier.load(trained).predict_proba(["A film."])
    assert chances.sum() == pytest.approx(1)


def test_train_writes_down_how_the_model_was_made(trained):
    provenance = json.loads((trained / "provenance.json").read_text("utf-8"))
    assert provenance["seed"] == 0
    assert provenance["reviews"]["test"] == 16
    assert provenance["history"][0]["epoch"] == 1


def test_train_saves_the_validation_figures_with_the_model(trained):
    figures = SentimentClassifier.load(trained).metrics["validation"]
    assert set(figures) == {"accuracy", "precision", "recall", "F1"}


def test_evaluate_measures_all_of_another_file(trained, other_file):
    result = run("evaluate", "--model", trained, "--source", other_file)
    assert " 80 reviews" in result.output
    assert "accuracy" in result.output


def test_of_what_it_was_trained_on_evaluate_measures_the_rest(
    trained, reviews_file, tmp_path
):
    moved = tmp_path / "moved.csv"
    shutil.copy(reviews_file, moved)
    result = run("evaluate", "--model", trained, "--source", moved)
    assert "16 test reviews" in result.output


@pytest.mark.parametrize("found", ["", "[1]", "{}", '{"source_digest": null}'])
def test_without_a_record_of_its_training_all_is_measured(
    trained, reviews_file, tmp_path, found
):
    folder = tmp_path / "copy"
    shutil.copytree(trained, folder)
    (folder / "provenance.json").write_text(found, encoding="utf-8")
    result = run("evaluate", "--model", folder, "--source", reviews_file)
    assert " 80 reviews" in result.output


def test_evaluate_measures_a_file_too_small_to_split(trained, write):
    path = write("few.csv", "text,label\nWarm and good.,1\nCold.,0\n")
    options = ("--model", trained, "--source", path, "--json")
    assert json.loads(run("evaluate", *options).stdout)["reviews"] == 2


def test_evaluate_measures_the_test_part_of_the_official_archive(
    trained, stanford
):
    result = run("evaluate", "--model", trained, "--source", stanford)
    assert "24 test reviews" in result.output


@pytest.mark.parametrize("source", ["packaged", "snippets"])
def test_evaluate_measures_the_test_part_of_packaged_reviews(
    trained, source, monkeypatch
):
    made = [(f"A warm film {n}.", 1) for n in range(50)]
    made += [(f"A cold film {n}.", 0) for n in range(50)]
    frame = pd.DataFrame(made, columns=["text", "label"])
    monkeypatch.setattr(
        "imdbtutor.inference.learning.load_reviews", lambda *_, **how: frame
    )
    result = run("evaluate", "--model", trained, "--source", source)
    assert "20 test reviews" in result.output


def test_what_train_measured_is_what_the_saved_model_scores(
    trained, reviews_file
):
    classifier = SentimentClassifier.load(trained)
    validation = split_reviews(load_reviews(reviews_file)).validation
    right = classifier.predict(validation["text"]) == validation["label"]
    figures = classifier.metrics["validation"]
    assert figures["accuracy"]["value"] == round(right.mean(), 4)


@pytest.fixture
def small_files():
    """No file may grow beyond a size that the test chooses."""
    resource = pytest.importorskip("resource", reason="a limit of Unix")
    old = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(size):
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, old[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, old)


def test_on_a_full_disk_train_says_so_and_leaves_nothing(
    reviews_file, tmp_path, small_files
):
    small_files(20_000)
    folder = tmp_path / "model"
    words = ("train", folder, "--source", reviews_file, "--device", "cpu")
    result = run(*words)
    assert result.exit_code == 2
    assert re.fullmatch(r".*checkpoint\.pt'\n", result.stderr)
    assert list(folder.iterdir()) == []


def test_on_a_disk_that_is_full_in_the_end_the_older_model_stays(
    trained, reviews_file, tmp_path, monkeypatch
):
    folder = shutil.copytree(trained, tmp_path / "model")
    before = {path.name: path.read_bytes() for path in folder.iterdir()}

    def fill(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("imdbtutor.inference.saved_model.model_card", fill)
    words = ("train", folder, "--source", reviews_file, "--device", "cpu")
    result = run(*words, "--seed", 1)
    assert result.exit_code == 2
    (folder / "checkpoint.pt").unlink()  # to go on from, once there is room
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after == before


def test_train_leaves_no_partial_files(trained):
    assert sorted(path.name for path in trained.iterdir()) == [
        "README.md",
        "model.safetensors",
        "provenance.json",
        "settings.json",
        "vocab.json",
    ]


def test_train_refuses_reviews_that_are_copies(write, tmp_path):
    rows = ["text,label", *["good film,1"] * 100, *["bad film,0"] * 100]
    path = write("copies.csv", "\n".join(rows))
    result = run("train", tmp_path / "new", "--source", path)
    assert result.exit_code == 2
    assert re.fullmatch(r"100% of the \w+ reviews .*\n", result.stderr)


@pytest.mark.slow
def test_train_says_how_many_copies_it_left_out(reviews_file, tmp_path):
    frame = pd.read_csv(reviews_file)
    frame.loc[:2, "text"] = frame["text"].iloc[-1]
    frame.to_csv(tmp_path / "copies.csv", index=False)
    words = ("--source", tmp_path / "copies.csv", "--device", "cpu")
    output = run("train", tmp_path / "new", *words).output
    assert "copies of reviews in later parts: 3" in output


@pytest.mark.parametrize("name", ["mps", "meta", "cpu:3", "gpu"])
def test_a_device_that_is_not_there_is_one_line(tmp_path, name):
    if name == "mps" and torch.backends.mps.is_available():
        pytest.skip("it is there")
    result = run("train", tmp_path / "new", "--device", name)
    assert result.exit_code == 2
    assert re.fullmatch(rf".*on '{name}'\. It has: .*\n", result.stderr)


@pytest.mark.parametrize(
    "error",
    [
        torch.cuda.OutOfMemoryError("CUDA out of memory. Tried\nto allocate."),
        RuntimeError("MPS backend out of memory (MPS allocated: 9 GB)."),
        RuntimeError("DefaultCPUAllocator: can't allocate memory: 9 bytes."),
        MemoryError(),
    ],
    ids=["cuda", "mps", "cpu", "python"],
)
def test_a_full_memory_is_one_line_of_error(
    reviews_file, tmp_path, monkeypatch, error
):
    def fill(*args, **how):
        raise error

    monkeypatch.setattr("imdbtutor.training.recipe.fit", fill)
    result = run("train", tmp_path, "--source", reviews_file)
    assert result.exit_code == 2
    assert re.fullmatch(r"Out of memory: .*--device cpu.*\n", result.stderr)


def test_another_error_of_pytorch_is_not_hidden(
    reviews_file, tmp_path, monkeypatch
):
    def fail(*args, **how):
        raise RuntimeError("shapes cannot be multiplied")

    monkeypatch.setattr("imdbtutor.training.recipe.fit", fail)
    result = run("train", tmp_path, "--source", reviews_file)
    assert isinstance(result.exception, RuntimeError)


@pytest.mark.slow
@pytest.mark.kills
def test_train_goes_on_where_it_was_killed(trained, reviews_file, tmp_path):
    words = ("train", tmp_path, "--source", reviews_file, "--device", "cpu")
    command = [sys.executable, "-m", "imdbtutor", *words]
    env = os.environ | {"OMP_NUM_THREADS": "1"}
    with subprocess.Popen(
        command, env=env, stdout=subprocess.DEVNULL
    ) as child:
        while not (tmp_path / "checkpoint.pt").exists():
            assert child.poll() is None
        child.kill()
    result = run(*words)
    assert "epoch 1" not in result.output
    for name in ("model.safetensors", "vocab.json"):
        assert (tmp_path / name).read_bytes() == (trained / name).read_bytes()


def test_evaluate_as_json_counts_reviews_and_measures_them(
    trained, other_file
):
    options = ("--model", trained, "--source", other_file, "--json")
    found = json.loads(run("evaluate", *options).stdout)
    assert found["reviews"] == 80
    assert set(found["metrics"]) == {"accuracy", "precision", "recall", "F1"}
    assert set(found["metrics"]["F1"]) == {"value", "low", "high"}


def test_info_tells_sizes_and_figures(trained):
    classifier = SentimentClassifier.load(trained)
    output = run("info", "--model", trained).output
    size = sum(p.numel() for p in classifier.model.parameters())
    assert str(size) in output
    assert str(len(classifier.vocab)) in output
    assert "accuracy" in output


def test_info_as_json_says_what_the_settings_say(trained):
    found = json.loads(run("info", "--model", trained, "--json").stdout)
    settings = json.loads((trained / "settings.json").read_text("utf-8"))
    assert settings["model"].items() <= found.items()
    assert found["figures"] == settings["figures"]
    assert found["folder"] == str(trained)


def test_info_on_a_model_without_figures_tells_its_size(trained, tmp_path):
    classifier = SentimentClassifier.load(trained)
    SentimentClassifier.from_parts(classifier.model, classifier.vocab).save(
        tmp_path
    )
    result = run("info", "--model", tmp_path)
    assert result.exit_code == 0
    assert "parameters" in result.output


def test_left_alone_the_commands_use_the_model_of_the_package():
    assert json.loads(run("info", "--json").stdout)["folder"] == str(
        PRETRAINED
    )


@pytest.mark.parametrize(
    ("figure", "expected"),
    [
        ({"value": 0.5}, "0.500 │ not measured"),
        ({"high": 1, "value": 0.5, "low": 0}, "0.500 │ 0.000 to 1.000"),
        ({"value": 1, "n": 3}, "1.000 │ not measured"),
    ],
)
def test_info_shows_figures_of_any_make(
    pretrained, tmp_path, figure, expected
):
    figures = {"mine [/b]": {"F1 [/b]": figure}}
    made = SentimentClassifier.from_parts(
        pretrained.model, pretrained.vocab, metrics=figures
    )
    made.save(tmp_path)
    result = run("info", "--model", tmp_path)
    assert f"F1 [/b] │ {expected}" in result.output


# --- predict


def test_predict_answers_for_every_text(trained):
    texts = ("A wonderful film.", "A dreadful film.")
    result = run("predict", *texts, "--model", trained)
    assert all(text.split()[1] in result.output for text in texts)
    assert "negative" in result.output


def test_predict_names_a_text_without_words(trained):
    result = run("predict", "Good.", "<br />", "--model", trained)
    assert result.exit_code == 2
    assert "Text 1 has no words" in result.output


def test_predict_names_what_a_folder_lacks(tmp_path):
    result = run("predict", "Good.", "--model", tmp_path)
    assert result.exit_code == 2
    assert "model.safetensors" in result.output


def test_predict_as_json_says_what_the_classifier_says(trained):
    texts = ["A wonderful film.", "A dreadful film."]
    result = run("predict", *texts, "--model", trained, "--json")
    rows = json.loads(result.stdout)
    chances = SentimentClassifier.load(trained).predict_proba(texts)[:, 1]
    assert [row["text"] for row in rows] == texts
    assert [row["verdict"] for row in rows] == ["positive", "negative"]
    found = [row["positive"] for row in rows]
    assert found == pytest.approx(chances, abs=5.1e-5)


@pytest.mark.parametrize("command", ["predict", "explain"])
def test_brackets_in_a_review_are_no_markup(trained, command):
    result = run(command, "A [/b] [red] film", "--model", trained)
    assert result.exit_code == 0
    assert "[/b]" in result.output
    assert "[red]" in result.output


@pytest.mark.parametrize("command", ["predict", "explain"])
@pytest.mark.parametrize(
    ("mark", "shown"),
    [("\ud800", r"\ud800"), ("\x1b[2j", r"\x1b[2j"), ("\0", r"\x00")],
)
def test_what_cannot_be_printed_is_shown_as_an_escape(command, mark, shown):
    result = run(command, f"A{mark}film")
    assert result.exit_code == 0
    assert mark not in result.output
    assert shown in result.output


def test_a_file_gets_the_verdicts_of_its_texts(trained, write, tmp_path):
    texts, target = ["A wonderful film.", "Cold, \nlong."], tmp_path / "out"
    table = pd.DataFrame({"text": texts}).to_csv(index=False)
    path = write("in.csv", b"\xef\xbb\xbf" + table.encode())
    options = ("--file", path, "--out", target, "--model", trained)
    assert run("predict", *options).exit_code == 0
    alone = run("predict", *texts, "--model", trained, "--json").stdout
    found = pd.read_csv(target).to_dict("records")
    assert found == [dict(row) for row in json.loads(alone)]


def test_another_column_of_a_file_can_be_judged(write, tmp_path):
    path, target = write("in.csv", "id,review\n7,So.\n"), tmp_path / "out"
    options = ("--file", path, "--out", target, "--column", "review")
    assert run("predict", *options).exit_code == 0
    columns = ["id", "review", "verdict", "positive"]
    assert list(pd.read_csv(target)) == columns


SPANISH = "Una película maravillosa, muy divertida."


def test_of_words_it_does_not_know_a_model_cannot_tell(write, tmp_path):
    praise = "A wonderful film, very funny."
    options = ("--least-known", "0.6", "--json")
    found = json.loads(run("predict", SPANISH, praise, *options).stdout)
    assert [row["verdict"] for row in found] == ["cannot tell", "positive"]
    assert found[0]["known"] < 0.6 < found[1]["known"] == 1
    table = f'text\n"{SPANISH}"\n"{praise}"\n'
    path, target = write("in.csv", table), tmp_path / "out.csv"
    options = ("--file", path, "--out", target, "--least-known", "0.6")
    assert run("predict", *options).exit_code == 0
    rows = pd.read_csv(target)
    assert list(rows) == ["text", "verdict", "positive", "known"]
    assert rows["verdict"].tolist() == ["cannot tell", "positive"]
    assert rows["known"].tolist() == [row["known"] for row in found]
    asked = run("predict", SPANISH, "--json").stdout
    assert json.loads(asked)[0].keys() == {"verdict", "positive", "text"}
    assert run("predict", SPANISH, "--least-known", "2").exit_code == 2


def test_json_lines_go_out_as_json_lines(write, tmp_path):
    lines = '{"id": 7, "Review": "Só so.", "x": [1]}\n{"id": 8, "Review": "b"}'
    path, target = write("in.jsonl", lines), tmp_path / "out.jsonl"
    result = run("predict", "--file", path, "--out", target)
    assert result.exit_code == 0
    assert "texts from the column 'Review'" in result.stderr
    rows = [
        json.loads(line) for line in target.read_text("utf-8").split("\n")[:2]
    ]
    names = ["id", "Review", "x", "verdict", "positive"]
    assert [list(row) for row in rows] == [names, names]
    assert rows[0]["Review"] == "Só so."
    assert rows[0]["x"] == [1]


def test_a_table_goes_out_as_it_came_in(write, tmp_path):
    table = "nr;Café;content\r\n1;é;Superb!\r\n2;;Awful.\r\n"
    path, target = write("in.csv", table.encode("cp1252")), tmp_path / "o.csv"
    options = ("--file", path, "--out", target)
    result = run("predict", *options)
    assert result.exit_code == 2
    assert "--encoding cp1252" in result.stderr
    assert not target.exists()
    result = run("predict", *options, "--encoding", "cp1252")
    assert result.exit_code == 0
    header, *rows = target.read_bytes().decode("cp1252").splitlines()
    assert header == "nr;Café;content;verdict;positive"
    assert [row.split(";")[:3] for row in rows] == [
        ["1", "é", "Superb!"],
        ["2", "", "Awful."],
    ]


def test_training_takes_the_labels_that_are_asked_for(
    reviews_file, trained, tmp_path
):
    """The same reviews as stars, in other columns: the same model."""
    frame = pd.read_csv(reviews_file)
    stars = frame["label"].map({0: 2, 1: 9})
    other = pd.DataFrame({"Stars": stars, "Opinion": frame["text"]})
    other.loc[len(other)] = [5, "A lukewarm film."]
    path, folder = tmp_path / "stars.tsv", tmp_path / "model"
    other.to_csv(path, index=False, sep="\t", encoding="utf-16")
    options = ["--source", path, "--text-column", "Opinion"]
    options += ["--label-column", "Stars"]
    assert "label '9' is" in run("train", folder, *options).stderr
    assert not folder.exists()
    options += ["--negative", "1-4", "--positive", 10, "--positive", "7-9"]
    result = run("train", folder, *options, "--device", "cpu")
    assert result.exit_code == 0, result.output
    assert "left out by their labels: 1 of '5'" in result.stderr
    expected = (trained / "model.safetensors").read_bytes()
    assert (folder / "model.safetensors").read_bytes() == expected
    made = json.loads((folder / "provenance.json").read_text("utf-8"))
    assert made["negative"] == ["1-4"]
    result = run("evaluate", "--model", folder, *options, "--json")
    assert json.loads(result.stdout)["reviews"] == 16


TOPICS = {
    "billing": "charged twice on my bill",
    "delay": "late again by weeks",
    "manners": "rude on the phone",
    "quality": "broke apart after a day",
    "Größe": "much too small for me",
}


def test_classes_of_any_names_are_trained_measured_and_predicted(
    write, tmp_path
):
    """Complaints as a program of their own writes them."""
    rows = [
        f"{number};{words}, order {number};{name}"
        for number in range(40)
        for name, words in TOPICS.items()
    ]
    rows.insert(7, "")
    rows.insert(9, rows[0])
    table = "\r\n".join(["nr;Content;Class", *rows, ""]).encode("cp1252")
    path, folder = write("complaints.csv", table), tmp_path / "model"
    options = ["--source", path, "--encoding", "cp1252"]
    result = run("train", folder, *options)
    assert result.exit_code == 2
    assert "label 'billing' is neither 0" in result.stderr
    assert "--all-classes" in result.stderr
    how = ["--all-classes", "--device", "cpu", "--balance"]
    result = run("train", folder, *options, *how, "weight")
    assert result.exit_code == 2
    assert "balance='weight': must be one of" in result.stderr
    assert not folder.exists()
    result = run("train", folder, *options, *how, "weights", "--epochs", 1)
    assert result.exit_code == 0, result.output
    said = " ".join(result.output.split())
    assert "The best of 1 epochs" in said
    assert "The last one was the best: try more, with --epochs." in said
    assert "No text was found of: " in said
    more = ["--epochs", 20, "--learning-rate", 0.03]
    result = run("train", folder, *options, *how, "weights", *more)
    assert result.exit_code == 0, result.output
    assert "No text was found of" not in result.output
    said = result.output
    assert re.search("┃ class .*┃ precision .*┃ recall .*┃ F1 ", said)
    assert re.search(r"│ Größe +(│ 1.00 \([01].00-1.00\) +){3}│", said)
    made = json.loads((folder / "provenance.json").read_text("utf-8"))
    expected = {"balance": "weights", "epochs": 20, "learning_rate": 0.03}
    assert made["training"] | expected == made["training"]
    assert made["all_classes"] is True
    assert "separated by ';'" in result.stderr
    classifier = SentimentClassifier.load(folder)
    assert classifier.classes_.tolist() == sorted(TOPICS)
    assert {"accuracy", "macro F1", "F1 of Größe"} <= {
        *classifier.metrics["validation"]
    }
    card = (folder / "README.md").read_text("utf-8")
    assert "# A classifier of texts, with 5 classes" in card
    assert "Größe" in card
    assert "film" not in card
    own = run("evaluate", "--model", folder, *options, "--json")
    found = json.loads(own.stdout)
    assert found["reviews"] == 40  # those that training did not see
    assert found["metrics"]["recall of delay"]["value"] == 1
    options[1] = write("others.csv", table + b"1;late;delay\r\n")
    other = run("evaluate", "--model", folder, *options, "--json")
    assert json.loads(other.stdout)["reviews"] == 202
    out = tmp_path / "out.csv"
    options = ["--file", path, "--out", out, "--encoding", "cp1252"]
    assert run("predict", *options, "--model", folder).exit_code == 0
    header, first, *_ = out.read_bytes().decode("cp1252").splitlines()
    assert header == "nr;Content;Class;verdict;probability"
    assert first.split(";")[3] in TOPICS
    told = run("predict", "rude", "--model", folder, "--json").stdout
    [row] = json.loads(told)
    assert row["verdict"] in TOPICS
    assert 0.2 <= row["probability"] <= 1
    assert run("explain", "rude", "--model", folder).exit_code == 0
    assert "num_classes" in run("info", "--model", folder).output


def test_progress_is_not_shown_where_results_are(write, tmp_path):
    path, target = write("in.csv", "text\nSo.\nNo.\n"), tmp_path / "out.csv"
    result = run("predict", "--file", path, "--out", target, "--json")
    assert json.loads(result.stdout) == [{"rows": 2, "file": str(target)}]


@pytest.mark.parametrize("name", ["in.csv", "in.csv.gz"])
def test_a_terminal_sees_how_far_a_file_is_read(name, write, monkeypatch):
    screen = io.StringIO()
    screen.isatty = lambda: True
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setattr(terminal, "tqdm", partial(tqdm, mininterval=0))
    pack = gzip.compress if name.endswith(".gz") else bytes
    path = write(name, pack(b"text\nSo.\nNo.\n"))
    with terminal.open_watched(path) as table:
        assert [row.fields for row in table.rows] == [["So."], ["No."]]
    assert "  0%|" in screen.getvalue()
    assert "100%|" in screen.getvalue()


def test_tqdm_alone_draws_bars():
    sources = (ROOT / "imdbtutor").glob("**/*.py")
    drawn = r"rich\.progress|rich import progress|rich\.status|\.status\("
    assert not any(
        re.search(drawn, path.read_text("utf-8")) for path in sources
    )


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--file", "in.csv"),
        ("--out", "out.csv"),
        ("Good.", "--out", "out.csv"),
        ("Good.", "--file", "in.csv"),
        ("Good.", "--file", "in.csv", "--out", "out.csv"),
    ],
    ids=" ".join,
)
def test_texts_and_files_do_not_go_together(words):
    result = run("predict", *words)
    assert result.exit_code == 2
    assert "both --file and --out" in result.stderr


bad_file = pytest.mark.parametrize(
    "table",
    [
        b"",
        b"text\n",
        b"body\nSo.\n",
        b"text\nSo.\n<br />\n",
        b"text\nSo.\ncaf\xe9\n",
        b"text,x\nSo.,1\nNo.,2,3\n",
    ],
)


@bad_file
def test_a_bad_file_prints_and_leaves_nothing(write, tmp_path, table):
    path, target = write("in.csv", table), tmp_path / "out.csv"
    result = run("predict", "--file", path, "--out", target)
    assert (result.exit_code, result.stdout) == (2, "")
    assert list(tmp_path.iterdir()) == [path]


@bad_file
def test_a_bad_file_is_named_in_one_line_of_error(write, tmp_path, table):
    path, target = write("in.csv", table), tmp_path / "out.csv"
    result = run("predict", "--file", path, "--out", target)
    assert re.fullmatch(r".*in\.csv.*\n", result.stderr)


@pytest.mark.parametrize(
    "words",
    [
        ("predict", "--out", "out.csv", "--file"),
        ("train", "model", "--source"),
        ("evaluate", "--source"),
    ],
)
@pytest.mark.parametrize("name", ["in.csv.gz", "in.zip", "in.parquet"])
def test_a_damaged_file_is_one_line_of_error(
    write, tmp_path, monkeypatch, words, name
):
    monkeypatch.chdir(tmp_path)
    result = run(*words, write(name, gzip.compress(b"text,label\n")[:-9]))
    assert (result.exit_code, result.stdout) == (2, "")
    assert re.fullmatch(rf".*{name}: cannot be read.*\n", result.stderr)
    assert [path.name for path in tmp_path.iterdir()] == [name]


@unix
def test_a_pipe_gets_the_verdicts_and_stays_a_pipe(write, tmp_path):
    path, pipe, found = write("in.csv", "text\nSo.\n"), tmp_path / "p", []
    os.mkfifo(pipe)
    reader = threading.Thread(
        target=lambda: found.append(pipe.read_text("utf-8"))
    )
    reader.start()
    result = run("predict", "--file", path, "--out", pipe)
    reader.join(60)
    assert result.exit_code == 0
    assert found[0].startswith("text,verdict,positive\n")
    assert pipe.is_fifo()


@unix
def test_a_full_device_is_one_line_of_error(write):
    path = write("in.csv", "text\nSo.\n")
    result = run("predict", "--file", path, "--out", "/dev/full")
    assert result.exit_code == 2
    assert re.fullmatch(r".*No space left.*'/dev/full'\n", result.stderr)


def test_a_place_that_cannot_be_written_is_told_as_it_was_given(write):
    path = write("in.csv", "text\nSo.\n")
    result = run("predict", "--file", path, "--out", path / "out.csv")
    assert result.exit_code == 2
    assert re.fullmatch(r".*cannot be .*in\.csv.out\.csv'\n", result.stderr)


def test_a_file_is_not_written_over_with_its_verdicts(write):
    path = write("in.csv", "text\nSo.\n")
    result = run("predict", "--file", path, "--out", path)
    assert result.exit_code == 2
    assert "is the file to read" in result.stderr
    assert path.read_text("utf-8") == "text\nSo.\n"


def test_a_missing_file_is_named(tmp_path):
    options = ("--file", tmp_path / "no.csv", "--out", tmp_path / "out.csv")
    result = run("predict", *options)
    assert result.exit_code == 2
    assert "no.csv" in result.stderr
    assert list(tmp_path.iterdir()) == []


# --- explain


def test_explain_shows_every_word_and_marks_the_strong_ones():
    result = run("explain", "Dull at first, and then wonderful.")
    assert result.exit_code == 0
    assert re.search(r"dull\(-\d+\.\d\)", result.output)
    shown = re.sub(r"\([+-]\d+\.\d\)", "", result.output)
    assert "dull at first , and then wonderful ." in shown
    assert re.search(r"wonderful\(\+\d+\.\d\)", result.output)


@pytest.mark.parametrize("how", ["gradients", "leave_one_out"])
def test_explain_as_json_says_what_the_classifier_says(pretrained, how):
    text = "Dull at first, and then wonderful."
    result = run("explain", text, "--how", how, "--json")
    found = json.loads(result.stdout)
    chance = pretrained.predict_proba([text])[0, 1]
    assert found["positive"] == pytest.approx(chance, abs=5.1e-5)
    assert (found["verdict"] == "positive") == (chance > 0.5)
    found = pd.DataFrame(found["words"])
    expected = pretrained.explain(text, how=how)
    pd.testing.assert_frame_equal(
        found, expected, check_dtype=False, rtol=0, atol=1e-4
    )


def test_weights_in_json_add_up_to_the_score(pretrained):
    text = "Dull at first, and then wonderful."
    found = json.loads(run("explain", text, "--json").stdout)
    pair = [text, "dodo " * len(found["words"])]
    scores = logit(pretrained.predict_proba(pair)[:, 1])
    total = sum(word["weight"] for word in found["words"])
    assert total == pytest.approx(scores[0] - scores[1], rel=0.011)


def test_weights_in_json_have_four_decimals():
    found = json.loads(run("explain", "It was dull.", "--json").stdout)
    weights = [word["weight"] for word in found["words"]]
    assert weights == [round(weight, 4) for weight in weights]


def test_an_unknown_way_to_explain_is_named():
    result = run("explain", "Good.", "--how", "shap")
    assert result.exit_code == 2
    assert "leave_one_out" in result.stderr


# --- serve


def test_a_port_that_is_taken_is_one_line_with_what_to_do():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = run("serve", "--port", port)
    assert result.exit_code == 2
    assert f"port {port} of 127.0.0.1 cannot be opened" in result.stderr
    assert "another with --port" in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_model_that_is_not_there_is_not_served(tmp_path):
    result = run("serve", tmp_path / "nowhere", "--port", 0)
    assert result.exit_code == 2
    assert "nowhere" in result.stderr


@pytest.mark.parametrize("name", ["fastapi", "uvicorn"])
def test_without_its_packages_serve_says_what_to_install(monkeypatch, name):
    for module in ("messages", "server", "service"):
        where = f"imdbtutor.inference.{module}"
        monkeypatch.delitem(sys.modules, where, raising=False)
    monkeypatch.setitem(sys.modules, name, None)
    result = run("serve")
    assert result.exit_code == 2
    assert name in result.stderr
    assert "pip install fastapi uvicorn" in result.stderr
    assert result.stderr.count("\n") == 1


# --- download


def test_download_prints_where_the_reviews_are(tmp_path, monkeypatch):
    monkeypatch.setattr(
        "imdbtutor.__main__.fetch_aclimdb", lambda folder: folder / "aclImdb"
    )
    result = run("download", tmp_path)
    assert result.stdout == f"{tmp_path / 'aclImdb'}\n"


def test_a_failed_download_is_one_line_of_error(monkeypatch):
    def fail(folder):
        raise ReviewsNotFound("no connection")

    monkeypatch.setattr("imdbtutor.__main__.fetch_aclimdb", fail)
    result = run("download")
    assert result.exit_code == 2
    assert result.stderr == "no connection\n"
    assert result.stdout == ""


# --- what is missing


def test_brackets_in_a_path_are_no_markup(tmp_path):
    result = run("predict", "Good.", "--model", tmp_path / "[b]" / "[")
    assert result.exit_code == 2
    assert "[b]" in result.stderr


def test_a_missing_source_is_named_and_leaves_nothing(tmp_path):
    result = run("train", tmp_path / "model", "--source", "nowhere.csv")
    assert result.exit_code == 2
    assert "nowhere.csv" in result.output
    assert list(tmp_path.iterdir()) == []
