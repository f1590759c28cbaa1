"""Text in, sentiment out."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save

from imdbtutor.batches import ReviewDataset, pad_batch
from imdbtutor.encoding import encode_reviews
from imdbtutor.evaluation import predict_logits
from imdbtutor.model import LSTMClassifier, ModelConfig
from imdbtutor.tokens import tokenize
from imdbtutor.vocab import Vocab

PRETRAINED = Path(__file__).parent / "pretrained"
WEIGHTS, VOCAB, SETTINGS = "model.safetensors", "vocab.json", "settings.json"


class SentimentClassifier:
    """A trained model together with all it takes to read a text.

    Vocabulary and weights belong together: with another vocabulary the
    same weights read other words.

    Args:
        model: The trained classifier.
        vocab: The vocabulary it was trained with.
        figures: What it was measured at, by name.

    Raises:
        ValueError: If the vocabulary has not the size the model was made for.

    Attributes:
        classes_: `[0, 1]`, the order of the columns of `predict_proba`, as
            in scikit-learn.

    Example:
        >>> classifier = SentimentClassifier.pretrained()
        >>> classifier.predict(["What a wonderful film!"])
        array([1])

    Built in chapter 10.
    """

    classes_ = np.array([0, 1])

    def __init__(
        self,
        model: LSTMClassifier,
        vocab: Vocab,
        *,
        figures: dict | None = None,
    ) -> None:
        """Keep the parts; the model is switched to evaluation mode."""
        if len(vocab) != model.config.vocab_size:
            raise ValueError(
                f"a vocabulary of {len(vocab)} tokens does not fit a model "
                f"made for {model.config.vocab_size}; use the one it was "
                "trained with."
            )
        self.model = model.eval()
        self.vocab = vocab
        self.figures = figures or {}

    @classmethod
    def pretrained(cls) -> "SentimentClassifier":
        """Load the model of chapter 8, which comes with the package."""
        return cls.load(PRETRAINED)

    def save(self, folder: str | Path, *, half: bool = False) -> None:
        """Write weights, vocabulary and settings into one folder.

        Args:
            folder: Where to; it is made if need be.
            half: Whether to round the weights to 16 bits: half the size,
                and logits that differ from the third digit on.
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        dtype = torch.float16 if half else torch.float32
        weights = {
            name: weight.to("cpu", dtype).contiguous()
            for name, weight in self.model.state_dict().items()
        }
        (folder / WEIGHTS).write_bytes(save(weights))
        self.vocab.save(folder / VOCAB)
        settings = {
            "model": asdict(self.model.config),
            "figures": self.figures,
        }
        text = json.dumps(settings, indent=2) + "\n"
        (folder / SETTINGS).write_text(text, encoding="utf-8")

    @classmethod
    def load(cls, folder: str | Path) -> "SentimentClassifier":
        """Read what `save` wrote.

        Args:
            folder: The folder with the three files.

        Returns:
            The classifier, on the CPU.

        Raises:
            FileNotFoundError: If a file is missing, naming it.
            ValueError: If the files are damaged or do not belong together.
        """
        folder = Path(folder)
        for name in (WEIGHTS, VOCAB, SETTINGS):
            if not (folder / name).is_file():
                raise FileNotFoundError(
                    f"no '{name}' in '{folder}'. Expected a folder that "
                    "SentimentClassifier.save wrote."
                )
        try:
            text = (folder / SETTINGS).read_text(encoding="utf-8")
            settings = json.loads(text)
            model = LSTMClassifier(ModelConfig(**settings["model"]))
            model.load_state_dict(load_file(folder / WEIGHTS))
            vocab = Vocab.load(folder / VOCAB)
            return cls(model, vocab, figures=settings["figures"])
        except (
            KeyError,
            TypeError,
            ValueError,
            RuntimeError,
            SafetensorError,
        ) as error:
            raise ValueError(
                f"'{folder}' is damaged or of another version: {error}"
            ) from error

    def encode(self, texts: Sequence[str]) -> ReviewDataset:
        """Turn texts into what the model reads.

        Raises:
            TypeError: If given one string instead of a list of them.
            ValueError: If there are no texts, or one has no words.
        """
        if isinstance(texts, str):
            raise TypeError(
                "expected a list of texts, got one string; "
                "write predict([text])."
            )
        if not len(texts):
            raise ValueError("no texts given; pass a list of at least one.")
        encoded = encode_reviews(texts, self.vocab, cache=False)
        return ReviewDataset(encoded, [0] * len(encoded))

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probability of each class for each text.

        Args:
            texts: The reviews.

        Returns:
            float64, shape (texts, 2); rows add up to 1, columns as in
            `classes_`.
        """
        logits = predict_logits(self.model, self.encode(texts))
        return logits.double().softmax(dim=1).numpy()

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Return 0 (negative) or 1 (positive) for each text, int64."""
        return self.predict_proba(texts).argmax(axis=1)

    def explain(self, text: str) -> pd.DataFrame:
        """Share the verdict out over the words that led to it.

        Integrated gradients (Sundararajan et al., 2017), by Captum: the
        shares add up to the difference between the text's score (positive
        logit minus negative) and that of a text of empty vectors.

        Args:
            text: One review.

        Returns:
            One row a token in reading order: `token` and `weight`, above 0
            where it speaks for positive.
        """
        dataset = self.encode([text])
        device = next(self.model.parameters()).device
        token_ids, lengths, _ = pad_batch([dataset[0]]).to(device)
        vectors = self.model.embedding(token_ids).detach()

        def score(vectors: torch.Tensor) -> torch.Tensor:
            copies = lengths.expand(len(vectors))
            logits = self.model.classify(vectors, copies)
            return logits[:, 1] - logits[:, 0]

        with warnings.catch_warnings(action="ignore"):  # it wants widgets
            from captum.attr import IntegratedGradients

        self.model.eval()
        with torch.backends.cudnn.flags(enabled=False):  # no eval gradients
            shares = IntegratedGradients(score).attribute(
                vectors, n_steps=64, internal_batch_size=16
            )
        words = tokenize(text)
        weights = shares.sum(dim=2)[0].cpu().numpy()
        return pd.DataFrame({"token": words, "weight": weights})
