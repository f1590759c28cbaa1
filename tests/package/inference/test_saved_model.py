"""The folder of a saved model.

`tests/golden/model_format_1` is a model that was saved once, in format 1, for
every later version to read. It is never made again: a new format gets a
folder of its own, which this file writes, run with `PYTHONPATH=tests`.
"""

import itertools
import json
import math
import os
import pickle
import re
from dataclasses import replace

import pytest
import torch
import yaml
from places import GOLDEN
from tiny import TEXTS, build_dataset, build_vocab
from torch import nn

from imdbtutor import __version__
from imdbtutor.data.batches import make_loader
from imdbtutor.data.vocab import Vocab
from imdbtutor.inference import saved_model
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.saved_model import (
    FORMAT,
    Parts,
    model_card,
    read_folder,
    write_folder,
)
from imdbtutor.inference.saving import MODELS
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.training.loop import TrainingConfig, fit

DATA = GOLDEN
FILES = ["README.md", "model.safetensors", "settings.json", "vocab.json"]
NEEDED = FILES[1:]
METRICS = {"validation": {"F1": {"value": 0.5, "low": 0.4, "high": 0.625}}}


def small_parts(vocab):
    return Parts(LSTMClassifier(ModelConfig(len(vocab), 5, 4)), vocab, METRICS)


@pytest.fixture
def parts(vocab):
    return small_parts(vocab)


@pytest.fixture
def saved(parts, tmp_path):
    write_folder(tmp_path / "saved", parts)
    return tmp_path / "saved"


def same(parts, others):
    weights, expected = parts.model.state_dict(), others.model.state_dict()
    return (
        list(weights) == list(expected)
        and all(map(torch.equal, weights.values(), expected.values()))
        and parts.vocab.state() == others.vocab.state()
        and parts.model.config == others.model.config
        and parts.metrics == others.metrics
    )


def loads(folder):
    try:
        read_folder(folder)
    except ValueError:
        return False
    return True


def refuse(folder, message=""):
    """Check that a folder is refused, by its name."""
    pattern = f"{re.escape(str(folder))}.*{message}"
    with pytest.raises(ValueError, match=pattern):
        read_folder(folder)


def change_unsealed(folder, edit):
    """Rewrite the settings as `edit` leaves them, the digests too."""
    path = folder / "settings.json"
    settings = json.loads(path.read_text("utf-8"))
    edit(settings)
    path.write_text(json.dumps(settings), encoding="utf-8")


def change(folder, edit):
    """Rewrite the settings as `edit` leaves them, with the right digests."""

    def seal(settings):
        edit(settings)
        settings["sha256"] = saved_model._digests(folder.joinpath, settings)

    change_unsealed(folder, seal)


def replace_sealed(folder, name, raw):
    """Put other contents in a file, and the right digest in the settings."""
    (folder / name).write_bytes(raw)
    change(folder, lambda settings: None)


# --- there and back


def test_what_was_saved_is_loaded(any_model, vocab, tmp_path):
    written = Parts(any_model, vocab, METRICS)
    write_folder(tmp_path, written)
    assert same(read_folder(tmp_path), written)


def test_half_precision_rounds_the_weights_and_no_more(
    any_model, vocab, tmp_path
):
    write_folder(tmp_path, Parts(any_model, vocab, METRICS), half=True)
    any_model.half().float()
    assert same(read_folder(tmp_path), Parts(any_model, vocab, METRICS))


def test_half_precision_takes_half_the_space(pretrained, tmp_path):
    pretrained.save(tmp_path / "whole")
    pretrained.save(tmp_path / "half", half=True)
    name = "model.safetensors"
    whole = (tmp_path / "whole" / name).stat().st_size
    assert (tmp_path / "half" / name).stat().st_size < 0.51 * whole


def test_saving_what_was_loaded_writes_the_same_bytes(saved, tmp_path):
    write_folder(tmp_path / "again", read_folder(saved))
    for name in FILES:
        again = (tmp_path / "again" / name).read_bytes()
        assert again == (saved / name).read_bytes()


def test_a_loaded_model_is_in_evaluation_mode(saved):
    assert not read_folder(saved).model.training


def test_four_files_are_saved_and_no_partial_ones(saved):
    assert sorted(path.name for path in saved.iterdir()) == FILES


def test_the_settings_name_the_format(saved):
    settings = json.loads((saved / "settings.json").read_text("utf-8"))
    assert settings["format"] == FORMAT


# --- what is damaged


@pytest.mark.parametrize("name", NEEDED)
def test_a_missing_file_is_named(saved, name):
    (saved / name).unlink()
    with pytest.raises(FileNotFoundError, match=f"no '{name}' in .*saved"):
        read_folder(saved)


def test_a_model_loads_without_its_card(saved, parts):
    (saved / "README.md").unlink()
    assert same(read_folder(saved), parts)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["model.safetensors", "vocab.json"])
def test_no_byte_can_be_flipped_unseen(saved, name):
    raw = (saved / name).read_bytes()
    unseen = []
    for place in range(len(raw)):
        flipped = bytes([raw[place] ^ 1])
        (saved / name).write_bytes(raw[:place] + flipped + raw[place + 1 :])
        if loads(saved):
            unseen.append(place)
    assert unseen == []


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.json"])
def test_a_flipped_byte_is_refused_by_file_and_folder(saved, name):
    raw = (saved / name).read_bytes()
    (saved / name).write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    refuse(saved, f"'{name}' is not the file that was saved")


@pytest.mark.parametrize("name", NEEDED)
@pytest.mark.parametrize("share", [0, 0.1, 0.5, 0.9])
def test_a_truncated_file_is_refused(saved, name, share):
    raw = (saved / name).read_bytes()
    (saved / name).write_bytes(raw[: int(share * len(raw))])
    refuse(saved)


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("vocab.json", b"[1, 2]"),
        ("vocab.json", b'{"tokens": ["a", "a"]}'),
        ("vocab.json", b'{"tokens": 5}'),
        ("vocab.json", b"\xff"),
        ("model.safetensors", b""),
        ("model.safetensors", b"no weights, but long enough for a head"),
    ],
)
def test_what_is_no_model_is_refused_though_its_digest_is_right(
    saved, name, raw
):
    replace_sealed(saved, name, raw)
    refuse(saved)


def test_a_vocabulary_of_another_size_is_refused(saved, vocab, tmp_path):
    vocab.append_token("one-more")
    vocab.save(tmp_path / "longer.json")
    raw = (tmp_path / "longer.json").read_bytes()
    replace_sealed(saved, "vocab.json", raw)
    with pytest.raises(ValueError, match="does not fit a model made for"):
        SentimentClassifier.load(saved)


@pytest.mark.parametrize(
    "raw",
    [
        {"tokens": list(range(34)), "default_index": 1},
        {"default_index": None},
        {"default_index": 34},
        {"default_index": -1},
    ],
    ids=str,
)
def test_a_vocabulary_that_cannot_be_used_is_refused(saved, vocab, raw):
    text = json.dumps(vocab.state() | raw)
    replace_sealed(saved, "vocab.json", text.encode())
    refuse(saved)


@pytest.mark.parametrize(
    "figures",
    [
        *(None, [], 1, "x", {"a": 1}, {"a": {"b": 1}}, {"a": {"b": {}}}),
        *({"a": {"b": {"value": bad}}} for bad in (None, "1", [1], 10**400)),
        {"a": {"b": {"value": 1, "low": 0, "high": "1"}}},
    ],
    ids=lambda figures: str(figures)[:40],
)
def test_figures_of_another_shape_are_refused(saved, figures):
    change(saved, lambda settings: settings.update(figures=figures))
    refuse(saved)


# --- what is not saved


@pytest.mark.parametrize("weight", [math.nan, math.inf, -math.inf, 65_505])
def test_weights_that_would_not_load_do_not_replace_a_model(
    saved, parts, weight
):
    other = small_parts(build_vocab())
    other.model.linear.bias.data[1] = weight
    with pytest.raises(
        ValueError, match=r"'linear\.bias' are not all numbers"
    ):
        write_folder(saved, other)
    assert same(read_folder(saved), parts)


@pytest.mark.parametrize(
    "wrap",
    [
        lambda model: torch.compile(model, backend="eager"),
        nn.DataParallel,
        lambda model: torch.compile(nn.DataParallel(model), backend="eager"),
    ],
    ids=["compiled", "parallel", "both"],
)
def test_a_wrapped_model_is_saved_as_the_one_within(
    saved, vocab, tmp_path, wrap
):
    parts = small_parts(vocab)
    write_folder(saved, parts._replace(model=wrap(parts.model)))
    assert same(read_folder(saved), parts)
    made = SentimentClassifier.from_parts(
        wrap(parts.model), vocab, metrics=METRICS
    )
    made.save(tmp_path / "other")
    assert same(read_folder(tmp_path / "other"), parts)


class Reversed(LSTMClassifier):
    """Names and shapes as they should be, another sum."""


def other_model(kind, config):
    """Make a model that would not come back from its folder as it was."""
    model = (Reversed if kind == "subclass" else LSTMClassifier)(config)
    if kind == "more weights":
        model.more = nn.Linear(1, 1)
    elif kind == "another shape":
        model.linear = nn.Linear(8, 3)
    elif kind == "other names":
        nn.utils.parametrizations.weight_norm(model.linear)
    elif kind == "another kind":
        model = nn.Sequential(nn.Linear(1, 1))
    elif kind == "other sizes":
        model.config = replace(config, hidden_dim=9)
    elif kind == "no numbers":
        model.to("meta")
    return model


@pytest.mark.parametrize(
    "kind",
    [
        "subclass",
        "more weights",
        "another shape",
        "other names",
        "another kind",
        "other sizes",
        "no numbers",
    ],
)
def test_a_model_that_would_not_load_does_not_replace_one_that_does(
    saved, parts, kind
):
    before = {path: path.read_bytes() for path in saved.iterdir()}
    other = other_model(kind, parts.model.config)
    with pytest.raises(
        ValueError, match=r"^nothing was written, .* again: .+$"
    ):
        write_folder(saved, parts._replace(model=other))
    assert {path: path.read_bytes() for path in saved.iterdir()} == before


def test_saving_leaves_the_random_numbers_as_they_were(parts, tmp_path):
    state = torch.get_rng_state()
    write_folder(tmp_path, parts)
    assert torch.equal(torch.get_rng_state(), state)


def test_weights_that_16_bits_hold_are_saved_with_them(parts, tmp_path):
    parts.model.linear.bias.data[:] = torch.tensor([65_504, -65_504])
    write_folder(tmp_path, parts, half=True)
    assert read_folder(tmp_path).model.linear.bias.tolist() == [65504, -65504]


def test_a_vocabulary_without_an_id_for_unknown_words_is_not_saved(
    parts, tmp_path
):
    parts.vocab.set_default_index(None)
    with pytest.raises(ValueError, match="with None for all others"):
        write_folder(tmp_path / "new", parts)
    assert not (tmp_path / "new").exists()


def test_any_name_of_a_figure_can_be_saved(parts, tmp_path):
    figures = {"\ud800": {"a|b": {"value": 1}}}
    write_folder(tmp_path, parts._replace(metrics=figures))
    assert read_folder(tmp_path).metrics == figures


# --- what another program or version wrote


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", "null", "1", '"format"', "{", '{"format": 1}', "\xff"],
)
def test_foreign_settings_are_refused(saved, text):
    (saved / "settings.json").write_bytes(text.encode("latin-1"))
    refuse(saved)


@pytest.mark.parametrize("found", [0, 3, 99, "1", None, [1], 1.5])
def test_another_format_is_refused(saved, found):
    change(saved, lambda settings: settings.update(format=found))
    refuse(saved, "format|written by")


def test_a_later_format_is_called_so(saved):
    change(saved, lambda settings: settings.update(format=FORMAT + 1))
    refuse(saved, f"its format is {FORMAT + 1}, this version reads up to")


@pytest.mark.parametrize("key", ["format", "model", "figures"])
def test_settings_that_lack_a_part_are_refused(saved, key):
    change(saved, lambda settings: settings.pop(key))
    refuse(saved)


def test_settings_without_digests_are_refused(saved):
    change_unsealed(saved, lambda settings: settings.pop("sha256"))
    refuse(saved)


@pytest.mark.parametrize("name", ["model.safetensors", "vocab.json"])
def test_settings_that_lack_a_digest_are_refused(saved, name):
    change_unsealed(saved, lambda settings: settings["sha256"].pop(name))
    refuse(saved)


@pytest.mark.parametrize(
    "edit",
    [
        lambda settings: settings["model"].update(pooling="mean"),
        lambda settings: settings["model"].update(dropout=0.25),
        lambda settings: settings["figures"]["validation"].clear(),
        lambda settings: settings.update(imdbtutor="9.9"),
    ],
)
def test_settings_that_were_changed_later_are_refused(saved, edit):
    change_unsealed(saved, edit)
    refuse(saved, r"'settings\.json' is not the file that was saved")


def test_settings_saved_before_they_had_a_digest_are_read(saved, parts):
    change_unsealed(saved, lambda found: found["sha256"].pop("settings.json"))
    assert same(read_folder(saved), parts)


def test_settings_without_the_vocabularys_size_are_refused(saved):
    change(saved, lambda settings: settings["model"].pop("vocab_size"))
    refuse(saved)


@pytest.mark.parametrize(
    "other",
    [
        *({"vocab_size": size} for size in (1, -1, "30", None)),
        *({"hidden_dim": size} for size in (0, 5, -4, 4.5, "4", [4])),
        *({"embedding_dim": size} for size in (0, 6, -5, "5", None)),
        *({"num_layers": number} for number in (0, 2, "1", None)),
        *({"pooling": pooling} for pooling in ("median", "max_mean", None)),
        *({"dropout": share} for share in (-1, 2, "a")),
        {"bidirectional": False},
        {"attention": True},
    ],
    ids=str,
)
def test_sizes_that_do_not_fit_the_weights_are_refused(saved, other):
    change(saved, lambda settings: settings["model"].update(other))
    refuse(saved)


def test_loading_never_unpickles(saved, parts, monkeypatch):
    def forbidden(*args, **kwargs):
        pytest.fail("something was unpickled")

    for name in ("load", "loads", "Unpickler"):
        monkeypatch.setattr(pickle, name, forbidden)
    monkeypatch.setattr(torch, "load", forbidden)
    assert same(read_folder(saved), parts)


def test_a_pickle_in_place_of_the_weights_is_not_run(saved, tmp_path):
    class Trap:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "sprung"),)

    replace_sealed(saved, "model.safetensors", pickle.dumps(Trap()))
    refuse(saved)
    assert not (tmp_path / "sprung").exists()


# --- a save that was interrupted


@pytest.fixture
def interrupt(monkeypatch):
    """Let a save put some files in place, and then stop."""

    def interrupted_save(folder, parts, done):
        replace, calls = os.replace, itertools.count()

        def stop(*paths):
            if next(calls) >= done:
                raise KeyboardInterrupt
            replace(*paths)

        with monkeypatch.context() as patch:
            patch.setattr(os, "replace", stop)
            with pytest.raises(KeyboardInterrupt):
                write_folder(folder, parts)

    return interrupted_save


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_an_interrupted_save_never_loads_as_a_mixture(
    saved, parts, interrupt, done
):
    tokens = parts.vocab.get_itos()[:2] + parts.vocab.get_itos()[:1:-1]
    interrupt(saved, small_parts(Vocab(tokens, 1)), done)
    assert not loads(saved) or same(read_folder(saved), parts)


def test_a_save_that_moved_no_file_leaves_the_old_model(
    saved, parts, interrupt
):
    interrupt(saved, small_parts(parts.vocab), 0)
    assert same(read_folder(saved), parts)


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_a_first_save_that_was_interrupted_lacks_a_file(
    parts, tmp_path, interrupt, done
):
    interrupt(tmp_path, parts, done)
    with pytest.raises(FileNotFoundError):
        read_folder(tmp_path)


@pytest.mark.parametrize("done", [0, 1, 2, 3])
def test_saving_again_heals_an_interrupted_save(saved, interrupt, done):
    newer = small_parts(build_vocab())
    interrupt(saved, newer, done)
    write_folder(saved, newer)
    assert same(read_folder(saved), newer)
    assert sorted(path.name for path in saved.iterdir()) == FILES


# --- the model card


def test_the_card_gives_each_figure_with_its_interval(saved):
    card = (saved / "README.md").read_text("utf-8")
    assert "| validation | F1 | 0.500 | 0.400 to 0.625 |" in card


def test_the_card_counts_weights_and_words(parts):
    weights = sum(p.numel() for p in parts.model.parameters())
    card = " ".join(model_card(parts).split())
    assert f"{weights:,} weights" in card
    assert f"{len(parts.vocab):,} words" in card


def test_the_head_of_the_card_is_yaml(parts):
    head = yaml.safe_load(model_card(parts).split("---\n")[1])
    assert head["library_name"] == "imdbtutor"
    assert head["license"] == "mit"


def test_the_card_of_a_model_without_figures_says_so(parts):
    assert "Not yet." in model_card(parts._replace(metrics={}))
    assert "Not yet." not in model_card(parts)


def test_the_card_names_the_files_beside_it(saved):
    listed = re.findall(
        r"^- `(\S+)`", (saved / "README.md").read_text("utf-8"), re.M
    )
    assert sorted(listed) == NEEDED


@pytest.mark.parametrize("folder", MODELS.values(), ids=MODELS)
def test_the_card_of_a_shipped_model_is_the_one_it_would_get(folder):
    shipped = SentimentClassifier.load(folder)
    parts = Parts(shipped.model, shipped.vocab, shipped.metrics)
    settings = json.loads((folder / "settings.json").read_text("utf-8"))
    expected = model_card(parts).replace(__version__, settings["imdbtutor"])
    assert (folder / "README.md").read_text("utf-8") == expected


# --- models that older versions saved


def test_every_format_up_to_this_one_has_a_saved_model():
    found = {path.name for path in DATA.glob("model_format_*")}
    assert found == {f"model_format_{n}" for n in range(1, FORMAT + 1)}


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_model_saved_in_a_format_is_of_that_format(number):
    path = DATA / f"model_format_{number}" / "settings.json"
    assert json.loads(path.read_text("utf-8"))["format"] == number


@pytest.mark.parametrize("number", range(1, FORMAT + 1))
def test_a_model_of_an_older_version_says_what_it_said(number):
    folder = DATA / f"model_format_{number}"
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    loaded = SentimentClassifier.load(folder)
    positive = loaded.predict_proba(expected["texts"])[:, 1]
    assert positive == pytest.approx(expected["positive"], rel=0, abs=1e-6)


def save_this_format():
    """Train and save a tiny model, and write down what it says."""
    folder = DATA / f"model_format_{FORMAT}"
    if folder.exists():
        raise SystemExit(f"{folder} stays as it is")
    torch.set_num_threads(1)
    torch.manual_seed(0)
    parts = small_parts(build_vocab())
    loader = make_loader(build_dataset(), 4)
    config = TrainingConfig(epochs=30, learning_rate=0.05, patience=30)
    fit(parts.model, loader, loader, config, progress=False)
    classifier = SentimentClassifier.from_parts(*parts[:2], metrics=METRICS)
    classifier.save(folder)
    texts = [*TEXTS, "dodo", "A film. " * 50]
    positive = classifier.predict_proba(texts)[:, 1].tolist()
    expected = {"texts": texts, "positive": positive}
    text = json.dumps(expected, indent=2) + "\n"
    (folder / "expected.json").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    save_this_format()
