"""A trained model in one folder, with all it takes to use it."""

import hashlib
import json
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from imdbtutor import __version__
from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.data.vocab import Vocab
from imdbtutor.inference.parts import (
    BINARY,
    OWN,
    Parts,
    check_classes,
    check_vocab,
    describe_classes,
    tokenizer_name,
)
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import whole_file
from imdbtutor.training.step import unwrap

# Of the folder; to be raised when older code cannot read it. 1 has two
# classes and does not name them.
FORMAT = 2
WEIGHTS, VOCAB, SETTINGS = "model.safetensors", "vocab.json", "settings.json"
CARD = "README.md"
LARGEST = 65_504  # of all weights: 16 bits hold no larger one
DAMAGE = (AttributeError, KeyError, TypeError, ValueError, OverflowError)
DAMAGE += (RuntimeError, SafetensorError)  # what reading may come upon
TEMPLATE = Path(__file__).with_name("model_card.md")


def write_folder(folder: Path, parts: Parts, *, half: bool = False) -> None:
    """Write weights, vocabulary, settings and a model card.

    The settings are written last and name the SHA-256 of all, so a folder
    that was not finished, or is changed later, does not load.

    Args:
        folder: Where to; it is made if need be.
        parts: What to write.
        half: Whether to round the weights to 16 bits.

    Raises:
        ValueError: If the folder could not be loaded; nothing is written.

    Used in chapter 10.
    """
    parts = parts._replace(model=unwrap(parts.model))
    weights = _loadable(parts, torch.float16 if half else torch.float32)
    settings = {
        "format": FORMAT,
        "imdbtutor": __version__,
        "model": asdict(parts.model.config),
        "classes": list(parts.classes),
        "figures": parts.metrics,
    }
    if parts.tokenize is not tokenize:
        settings["tokenizer"] = tokenizer_name(parts.tokenize)
    with ExitStack() as files:  # they get their names at the end, in turn
        partial = {
            name: files.enter_context(whole_file(folder / name))
            for name in (SETTINGS, CARD, VOCAB, WEIGHTS)
        }
        partial[WEIGHTS].write_bytes(save(weights))
        parts.vocab.save(partial[VOCAB])
        partial[CARD].write_text(model_card(parts), "utf-8", "replace")
        settings["sha256"] = _digests(partial.__getitem__, settings)
        text = json.dumps(settings, indent=2) + "\n"
        partial[SETTINGS].write_text(text, encoding="utf-8")


def read_folder(folder: Path, tokenize: Tokenizer = tokenize) -> Parts:
    """Read what `write_folder` wrote.

    Args:
        folder: The folder.
        tokenize: The tokenizer that the model was trained with.

    Returns:
        The parts; the model in float32, on the CPU, in evaluation mode.

    Raises:
        FileNotFoundError: If a file is missing, naming it.
        ValueError: If the folder is damaged, of another program or of a
            later version, or needs another tokenizer.

    Used in chapter 10.
    """
    for name in (WEIGHTS, VOCAB, SETTINGS):
        if not (folder / name).is_file():
            raise FileNotFoundError(
                f"no '{name}' in '{folder}'. Expected a folder that "
                "SentimentClassifier.save wrote."
            )
    try:
        settings = json.loads((folder / SETTINGS).read_text("utf-8"))
        _check_format(settings)
        _check_digests(folder, settings)
        weights = load((folder / WEIGHTS).read_bytes())
        config = ModelConfig(**settings["model"])
        vocab = Vocab.load(folder / VOCAB)
        model = _rebuild(config, weights, vocab)
        classes = settings.get("classes", BINARY)
        check_classes(classes, config.num_classes)
        parts = Parts(model, vocab, settings["figures"], classes=classes)
        model_card(parts)  # fails where the metrics have another shape
    except DAMAGE as error:
        raise ValueError(
            f"'{folder}' is no model that can be used: "
            f"{str(error).rstrip('.')}. Save it again, or get a fresh copy."
        ) from error
    _check_tokenizer(settings.get("tokenizer", OWN), tokenize, folder)
    return parts._replace(tokenize=tokenize)


def _loadable(parts: Parts, dtype: torch.dtype) -> dict[str, Tensor]:
    """Return a model's weights, if `read_folder` could make it of them."""
    try:
        if type(parts.model) is not LSTMClassifier:
            name = type(parts.model).__name__
            raise TypeError(f"the model is no LSTMClassifier but {name}.")
        weights = {
            name: weight.to("cpu", dtype).contiguous()
            for name, weight in parts.model.state_dict().items()
        }
        with torch.random.fork_rng(devices=()):
            _rebuild(parts.model.config, weights, parts.vocab)
        model_card(parts)
    except DAMAGE as error:
        reason = " ".join(str(error).split())
        raise ValueError(
            f"nothing was written, as it would not load again: {reason}"
        ) from error
    return weights


def _rebuild(
    config: ModelConfig, weights: dict[str, Tensor], vocab: Vocab
) -> LSTMClassifier:
    _check_weights(weights)
    _check_sizes(config, weights)
    check_vocab(vocab, config.vocab_size)
    model = LSTMClassifier(config)
    model.load_state_dict(weights)
    return model.eval()


def _check_tokenizer(name: str, given: Tokenizer, folder: Path) -> None:
    if tokenizer_name(given) != name:
        raise ValueError(
            f"'{folder}' was saved with the tokenizer '{name}' and reads no "
            "text with another one. Give it: "
            f"SentimentClassifier.load(folder, tokenize={name})."
        )


def _check_format(settings: dict) -> None:
    found = settings.get("format")
    if found is None:
        raise ValueError(f"'{SETTINGS}' was not written by imdbtutor")
    if found not in range(1, FORMAT + 1):
        raise ValueError(
            f"its format is {found}, this version reads up to {FORMAT}; "
            "another version of imdbtutor wrote it"
        )


def _check_digests(folder: Path, settings: dict) -> None:
    found = _digests(folder.joinpath, settings)
    # Early folders have no digest of the settings.
    expected = {SETTINGS: found[SETTINGS]} | settings["sha256"]
    for name in found:
        if found[name] != expected[name]:
            raise ValueError(f"'{name}' is not the file that was saved")


def _digests(find: Callable[[str], Path], settings: dict) -> dict[str, str]:
    """Return the SHA-256 of two files, and of what else is in the settings."""
    raw = {name: find(name).read_bytes() for name in (WEIGHTS, VOCAB)}
    rest = {key: settings[key] for key in settings if key != "sha256"}
    raw[SETTINGS] = json.dumps(rest).encode()
    return {name: hashlib.sha256(raw[name]).hexdigest() for name in raw}


def _check_sizes(config: ModelConfig, weights: dict[str, Tensor]) -> None:
    """Refuse sizes that the weights have not; no room is taken for them."""
    words = weights["embedding.weight"].shape
    state = weights["layers.0.forward_lstm.weight_hh_l0"].shape
    classes = weights["linear.weight"].shape[0]
    hidden, dim = config.hidden_dim, config.embedding_dim
    sizes = (config.vocab_size, dim, 4 * hidden, hidden, config.num_classes)
    deep = config.num_layers > len(weights)
    one_or_two = config.bidirectional in (0, 1)
    if (*words, *state, classes) != sizes or deep or not one_or_two:
        raise ValueError("its sizes are not those of its weights")


def _check_weights(weights: dict[str, Tensor]) -> None:
    for name, weight in weights.items():
        is_float = weight.dtype in (torch.float16, torch.float32)
        if not is_float or not (weight.abs() <= LARGEST).all():
            raise ValueError(
                f"the weights '{name}' are not all numbers up to {LARGEST:,}"
            )


def model_card(parts: Parts) -> str:
    """Say what a model is, how good, and what not to expect of it.

    Returns:
        Markdown, with the head that model hubs read.

    Used in chapter 10.
    """
    rows = [
        f"| {part} | {metric} | {found['value']:.3f} | {_interval(found)} |"
        for part, metrics in parts.metrics.items()
        for metric, found in metrics.items()
    ]
    head = ["| reviews | metric | value | 95 % interval |", "|---" * 4 + "|"]
    parameters = sum(weight.numel() for weight in parts.model.parameters())
    own = parts.tokenize is tokenize
    return TEMPLATE.read_text(encoding="utf-8").format(
        **describe_classes(parts.classes),
        parameters=parameters,
        words=len(parts.vocab),
        version=__version__,
        metrics="\n".join(head + rows) if rows else "Not yet.",
        weights=WEIGHTS,
        vocab=VOCAB,
        settings=SETTINGS,
        more="" if own else f", tokenize={tokenizer_name(parts.tokenize)}",
    )


def _interval(found: dict) -> str:
    if not {"low", "high"} <= set(found):
        return "not measured"
    return f"{found['low']:.3f} to {found['high']:.3f}"
