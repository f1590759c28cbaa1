"""A trained model in one folder, with all it takes to use it."""

import hashlib
import json
import os
from dataclasses import asdict
from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load, save
from torch import Tensor

from imdbtutor import __version__
from imdbtutor.model import LSTMClassifier, ModelConfig
from imdbtutor.vocab import Vocab

FORMAT = 1  # of the folder; to be raised when older code cannot read it
WEIGHTS, VOCAB, SETTINGS = "model.safetensors", "vocab.json", "settings.json"
CARD = "README.md"
LARGEST = 65_504  # of all weights: 16 bits hold no larger one
# What may happen on the way through a damaged folder:
DAMAGE = (AttributeError, KeyError, TypeError, ValueError, OverflowError)
DAMAGE += (RuntimeError, SafetensorError)
CARD_TEXT = """\
---
language: en
license: mit
library_name: imdbtutor
pipeline_tag: text-classification
---

# A sentiment classifier for film reviews

Reads an English film review and says how likely it is positive. An LSTM
classifier of {parameters:,} weights with a vocabulary of {words:,} words, made
with imdbtutor {version}, the package of *Movie reviews with PyTorch*.

## Use

```python
from imdbtutor.classifier import SentimentClassifier

classifier = SentimentClassifier.load("this folder")
classifier.predict(["What a wonderful film!"])
```

## Measured

{figures}

## Limits

It was trained on IMDb's reviews (Maas and others, 2011) or what its maker
chose instead. It answers on any text, also on one that is no review, and it
has no idea of irony. Words outside its vocabulary are all one to it. Its
probabilities are what it was trained to, not how sure anybody should be.

## Files

- `{weights}`: the weights, numbers only; loading them runs no code.
- `{vocab}`: which word is which number.
- `{settings}`: sizes, figures, and SHA-256 of the two files above.
"""


class Parts(NamedTuple):
    """What a folder holds: model, vocabulary and measured figures.

    Used in chapter 10.
    """

    model: LSTMClassifier
    vocab: Vocab
    figures: dict


def write_folder(folder: Path, parts: Parts, *, half: bool = False) -> None:
    """Write weights, vocabulary, settings and a model card.

    The settings are written last and name the SHA-256 of the other files
    and of themselves, so a folder that was not finished, or is changed later,
    does not load.

    Args:
        folder: Where to; it is made if need be.
        parts: What to write.
        half: Whether to round the weights to 16 bits.

    Raises:
        ValueError: If the folder could not be loaded.

    Used in chapter 10.
    """
    dtype = torch.float16 if half else torch.float32
    weights = {
        name: weight.to("cpu", dtype).contiguous()
        for name, weight in parts.model.state_dict().items()
    }
    _check_weights(weights)
    _check_vocab(parts.vocab, parts.model.config.vocab_size)
    folder.mkdir(parents=True, exist_ok=True)
    names = [WEIGHTS, VOCAB, CARD, SETTINGS]
    partial = {name: folder / f"{name}.partial" for name in names}
    try:
        partial[WEIGHTS].write_bytes(save(weights))
        parts.vocab.save(partial[VOCAB])
        partial[CARD].write_text(model_card(parts), "utf-8", "replace")
        settings = {
            "format": FORMAT,
            "imdbtutor": __version__,
            "model": asdict(parts.model.config),
            "figures": parts.figures,
        }
        files = partial[WEIGHTS], partial[VOCAB]
        settings["sha256"] = _digests(*files, settings)
        text = json.dumps(settings, indent=2) + "\n"
        partial[SETTINGS].write_text(text, encoding="utf-8")
        for name in names:
            os.replace(partial[name], folder / name)
    finally:
        for path in partial.values():
            path.unlink(missing_ok=True)


def read_folder(folder: Path) -> Parts:
    """Read what `write_folder` wrote.

    Args:
        folder: The folder.

    Returns:
        Model (float32, on the CPU, in evaluation mode), vocabulary, figures.

    Raises:
        FileNotFoundError: If a file is missing, naming it.
        ValueError: If the folder is damaged, of another program or of a
            later version.

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
        found = _digests(folder / WEIGHTS, folder / VOCAB, settings)
        # Early folders have no digest of the settings.
        expected = {SETTINGS: found[SETTINGS]} | settings["sha256"]
        for name in found:
            if found[name] != expected[name]:
                raise ValueError(f"'{name}' is not the file that was saved")
        weights = load((folder / WEIGHTS).read_bytes())
        _check_weights(weights)
        model = _build_model(ModelConfig(**settings["model"]), weights)
        vocab = Vocab.load(folder / VOCAB)
        _check_vocab(vocab, model.config.vocab_size)
        parts = Parts(model, vocab, settings["figures"])
        model_card(parts)  # fails where the figures have another shape
        return parts
    except DAMAGE as error:
        raise ValueError(
            f"'{folder}' is no model that can be used: {error}. Save it "
            "again, or get a fresh copy."
        ) from error


def _check_format(settings: dict) -> None:
    found = settings.get("format")
    if found is None:
        raise ValueError(f"'{SETTINGS}' was not written by imdbtutor")
    if found != FORMAT:
        raise ValueError(
            f"its format is {found}, this version reads format {FORMAT}; "
            "another version of imdbtutor wrote it"
        )


def _digests(weights: Path, vocab: Path, settings: dict) -> dict[str, str]:
    """Return the SHA-256 of two files, and of what else is in the settings."""
    rest = {key: settings[key] for key in settings if key != "sha256"}
    raw = {WEIGHTS: weights.read_bytes(), VOCAB: vocab.read_bytes()}
    raw[SETTINGS] = json.dumps(rest).encode()
    return {name: hashlib.sha256(raw[name]).hexdigest() for name in raw}


def _build_model(config: ModelConfig, weights: dict) -> LSTMClassifier:
    """Make a model of weights; no room is taken for sizes they have not."""
    if config.num_layers > len(weights):
        raise ValueError(f"it has no weights for {config.num_layers} layers")
    with torch.device("meta"):
        model = LSTMClassifier(config)
    model.load_state_dict(weights, assign=True)
    return model.float().eval()


def _check_weights(weights: dict[str, Tensor]) -> None:
    for name, weight in weights.items():
        is_float = weight.dtype in (torch.float16, torch.float32)
        if not is_float or not (weight.abs() <= LARGEST).all():
            raise ValueError(
                f"the weights '{name}' are not all numbers up to {LARGEST:,}"
            )


def _check_vocab(vocab: Vocab, size: int) -> None:
    unknown = vocab.get_default_index()
    if len(vocab) != size or unknown not in range(size):
        raise ValueError(
            f"a vocabulary of {len(vocab)} tokens, with {unknown} for all "
            f"others, does not fit a model made for {size}"
        )


def model_card(parts: Parts) -> str:
    """Say what a model is, how good, and what not to expect of it.

    Returns:
        Markdown, with the head that model hubs read.

    Used in chapter 10.
    """
    rows = [
        f"| {part} | {metric} | {found['value']:.3f} | {_interval(found)} |"
        for part, metrics in parts.figures.items()
        for metric, found in metrics.items()
    ]
    head = ["| reviews | metric | value | 95 % interval |", "|---" * 4 + "|"]
    parameters = sum(weight.numel() for weight in parts.model.parameters())
    return CARD_TEXT.format(
        parameters=parameters,
        words=len(parts.vocab),
        version=__version__,
        figures="\n".join(head + rows) if rows else "Not yet.",
        weights=WEIGHTS,
        vocab=VOCAB,
        settings=SETTINGS,
    )


def _interval(found: dict) -> str:
    if not {"low", "high"} <= set(found):
        return "not measured"
    return f"{found['low']:.3f} to {found['high']:.3f}"
