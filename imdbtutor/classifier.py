"""Text in, sentiment out."""

import json
import warnings
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from safetensors.torch import load_file, save_file

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
        save_file(weights, folder / WEIGHTS)
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
        """
        folder = Path(folder)
        for name in (WEIGHTS, VOCAB, SETTINGS):
            if not (folder / name).is_file():
                raise FileNotFoundError(
                    f"no '{name}' in '{folder}'. Expected a folder that "
                    "SentimentClassifier.save wrote."
                )
        settings = json.loads((folder / SETTINGS).read_text(encoding="utf-8"))
        model = LSTMClassifier(ModelConfig(**settings["model"]))
        model.load_state_dict(load_file(folder / WEIGHTS))
        return cls(
            model,
            Vocab.load(folder / VOCAB),
            figures=settings["figures"],
        )

    def encode(self, texts: Sequence[str]) -> ReviewDataset:
        """Turn texts into what the model reads.

        Raises:
            TypeError: If given one string instead of a list of them.
            ValueError: If a text has no words, naming the first such text.
        """
        if isinstance(texts, str):
            raise TypeError(
                "expected a list of texts, got one string; "
                "write predict([text])."
            )
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
        token_ids, lengths, _ = pad_batch([dataset[0]])
        vectors = self.model.embedding(token_ids).detach()

        def score(vectors: torch.Tensor) -> torch.Tensor:
            copies = lengths.expand(len(vectors))
            logits = self.model.classify(vectors, copies)
            return logits[:, 1] - logits[:, 0]

        with warnings.catch_warnings(action="ignore"):  # it wants widgets
            from captum.attr import IntegratedGradients

        shares = IntegratedGradients(score).attribute(vectors, n_steps=64)
        words = tokenize(text)
        weights = shares.sum(dim=2)[0].numpy()
        return pd.DataFrame({"token": words, "weight": weights})
