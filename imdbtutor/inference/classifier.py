"""Text in, sentiment out."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

import imdbtutor
from imdbtutor.data.arguments import check_labels, check_reviews, check_texts
from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import Split, hold_out
from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.data.vocab import Vocab
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.inference.explanation import weigh_tokens
from imdbtutor.inference.parts import Parts, check_vocab
from imdbtutor.inference.saved_model import read_folder, write_folder
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.training.recipe import train_model
from imdbtutor.training.step import unwrap

PRETRAINED = Path(imdbtutor.__file__).parent / "pretrained"


class SentimentClassifier(ClassifierMixin, BaseEstimator):
    """A model together with all it takes to read a text.

    With another vocabulary or tokenizer the same weights read other words.
    It is a scikit-learn classifier, so scikit-learn's tools work on it.

    Args:
        model: The trained classifier; left out, `fit` makes one. Of a
            compiled or shared one, the model within is kept.
        vocab: The vocabulary it was trained with.
        metrics: What it was measured at: by name of the reviews, then of
            the metric, `value`, `low` and `high`.
        tokenize: Text to tokens, as the vocabulary's were made.

    Raises:
        ValueError: If the vocabulary is not one the model was made for.

    Attributes:
        classes_: `[0, 1]`, the order of the columns of `predict_proba`.

    Example:
        >>> classifier = SentimentClassifier.pretrained()
        >>> classifier.predict(["What a wonderful film!"])
        array([1])

    Built in chapter 10.
    """

    classes_ = np.array([0, 1])

    def __init__(
        self,
        model: LSTMClassifier | None = None,
        vocab: Vocab | None = None,
        *,
        metrics: dict | None = None,
        tokenize: Tokenizer = tokenize,
    ) -> None:
        """Keep the parts; the model is switched to evaluation mode."""
        if model is not None:
            model = unwrap(model).eval()
            check_vocab(vocab or Vocab([]), model.config.vocab_size)
        self.model = model
        self.vocab = vocab
        self.metrics = metrics
        self.tokenize = tokenize

    @classmethod
    def pretrained(cls) -> "SentimentClassifier":
        """Load the model of chapter 8, which comes with the package."""
        return cls.load(PRETRAINED)

    @classmethod
    def load(
        cls, folder: str | Path, *, tokenize: Tokenizer = tokenize
    ) -> "SentimentClassifier":
        """Read what `save` wrote; the model comes to the CPU.

        Args:
            folder: The folder.
            tokenize: The tokenizer that the model was trained with.

        Raises:
            FileNotFoundError: If a file is missing, naming it.
            ValueError: If it is damaged, foreign, too new, or needs another
                tokenizer.
        """
        return cls(**read_folder(Path(folder), tokenize)._asdict())

    def save(self, folder: str | Path, *, half: bool = False) -> None:
        """Write weights, vocabulary, settings and a model card.

        Args:
            folder: Where to; it is made if need be.
            half: Whether to round the weights to 16 bits: half the size,
                and logits that differ from the third digit on.

        Raises:
            ValueError: If it would not load again; nothing is written then.
        """
        check_is_fitted(self)
        metrics = self.metrics or {}
        parts = Parts(self.model, self.vocab, metrics, self.tokenize)
        write_folder(Path(folder), parts, half=half)

    def export_onnx(
        self, folder: str | Path, *, quantize: bool = False
    ) -> Path:
        """Write the model for programs that have no PyTorch.

        Args:
            folder: Where to; it is made if need be.
            quantize: Whether to write 8-bit weights: a quarter of the size.

        Returns:
            The ONNX file; `vocab.json` lies beside it.

        Raises:
            ImportError: If onnx or onnxruntime is not installed.
        """
        check_is_fitted(self)
        from imdbtutor.inference.onnx_export import write_onnx

        target = Path(folder)
        return write_onnx(self.model, self.vocab, target, quantize=quantize)

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[int],
        *,
        validation: pd.DataFrame | None = None,
        seed: int = 0,
        progress: bool = False,
    ) -> "SentimentClassifier":
        """Train a new model of the same sizes, from scratch, as chapter 8.

        Args:
            texts: The training reviews.
            labels: 0 or 1 for each.
            validation: Columns `text` and `label`, for choosing the epoch;
                left out, `hold_out` takes the last tenth of each class.
            seed: Fixes all that is random.
            progress: Whether to show a bar for each epoch.

        Returns:
            The classifier itself. `history_` tells how each epoch went.

        Raises:
            TypeError: If a text is no string, or `validation` no table.
            ValueError: If there is not a label for each review, 0 or 1, too
                few reviews of a class, or a column is missing.
        """
        train = check_reviews({"text": texts, "label": labels})
        if validation is None:
            train, validation = hold_out(train)
        else:
            validation = check_reviews(validation)
        config, device = ModelConfig(0), "cpu"
        if self.model is not None:
            config = self.model.config
            device = next(self.model.parameters()).device
        self.model, self.vocab, self.history_ = train_model(
            Split(train, validation, None),
            config,
            seed=seed,
            device=device,
            progress=progress,
            tokenize=self.tokenize,
        )
        self.metrics = None
        return self

    def __sklearn_is_fitted__(self) -> bool:
        """Tell scikit-learn whether there is a trained model."""
        return self.model is not None

    def encode(self, texts: Sequence[str]) -> ReviewDataset:
        """Turn texts into what the model reads.

        Raises:
            TypeError: If given no list, Series or array of strings.
            ValueError: If there is no model, no text, or one has no words.
        """
        check_is_fitted(self)
        encoded = encode_reviews(
            texts, self.vocab, tokenize=self.tokenize, cache=False
        )
        return ReviewDataset(encoded, [0] * len(encoded))

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probability of each class for each text.

        Args:
            texts: The reviews: a list, a Series or an array.

        Returns:
            float64, (texts, 2); rows add up to 1, columns as in `classes_`.
        """
        logits = predict_logits(self.model, self.encode(texts))
        return logits.double().softmax(dim=1).numpy()

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Return 0 (negative) or 1 (positive) for each text, int64."""
        return self.predict_proba(texts).argmax(axis=1)

    def score(
        self,
        texts: Sequence[str],
        labels: Sequence[int],
        sample_weight: Sequence[float] | None = None,
    ) -> float:
        """Return the share of texts that are classified right.

        Raises:
            ValueError: If there is not a label for each text, 0 or 1.
        """
        texts = check_texts(texts)
        checked = check_labels(labels, len(texts))
        return super().score(texts, checked, sample_weight)

    def explain(self, text: str, *, how: str = "gradients") -> pd.DataFrame:
        """Say which words led to the prediction, in logits.

        Args:
            text: One review.
            how: `"gradients"` shares the score (positive logit minus
                negative), less that of as many unknown words, out over the
                words; `"leave_one_out"` tells how far the score falls
                without the word.

        Returns:
            One row a token in reading order: `token` and `weight`, above 0
            where it speaks for positive.

        Raises:
            ValueError: If there is no such way, or over 5,000 tokens.
        """
        token_ids = self.encode([text]).reviews[0]
        weights = weigh_tokens(self.model, token_ids, how)
        tokens = pd.Series(self.tokenize(text), dtype=object)  # any string
        return pd.DataFrame({"token": tokens, "weight": weights})
