"""Text in, sentiment out."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils.validation import check_is_fitted

from imdbtutor.data.arguments import (
    check_reviews,
    check_texts,
    number_labels,
)
from imdbtutor.data.batches import ReviewDataset
from imdbtutor.data.encoding import encode_reviews
from imdbtutor.data.reviews import Split, hold_out
from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.inference.explanation import weigh_tokens
from imdbtutor.inference.saving import PRETRAINED, Saving
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.training.loop import TrainingConfig, Watcher
from imdbtutor.training.recipe import Recipe, train_model

__all__ = ["PRETRAINED", "SentimentClassifier"]


class SentimentClassifier(Saving, ClassifierMixin, BaseEstimator):
    """A classifier of texts, as scikit-learn's are: `fit`, then `predict`.

    `pretrained`, `load` and `from_parts` give one that is fitted already.
    Labels may be any names or whole numbers; the book's are 0 and 1.

    Args:
        embedding_dim: As those below, one of `ModelConfig`.
        hidden_dim: Likewise.
        num_layers: Likewise.
        bidirectional: Likewise.
        pooling: Likewise.
        dropout: Likewise.
        word_dropout: Likewise.
        epochs: As those below, one of `TrainingConfig`.
        learning_rate: Likewise.
        weight_decay: Likewise.
        clip_norm: Likewise.
        patience: Likewise.
        max_tokens: As those below, one of `Recipe`.
        max_length: Likewise.
        batch_size: Likewise.
        balance: Likewise.
        seed: Fixes all that is random.
        device: Where to train.
        tokenize: Text to tokens.
        progress: Whether `fit` shows a bar for each epoch.

    Attributes:
        classes_: The classes, in the order of the columns of `predict_proba`.
        model_: The network.
        vocab_: Its vocabulary.
        history_: How each epoch of `fit` went.
        metrics_: What it was measured at: by name of the reviews, then of
            the metric, `value`, `low` and `high`.

    Example:
        >>> classifier = SentimentClassifier.pretrained()
        >>> classifier.predict(["What a wonderful film!"])
        array([1])

    Built in chapter 10.
    """

    def __init__(
        self,
        *,
        embedding_dim: int = 100,
        hidden_dim: int = 64,
        num_layers: int = 1,
        bidirectional: bool = True,
        pooling: str = "max",
        dropout: float = 0.5,
        word_dropout: float = 0.2,
        epochs: int = 5,
        learning_rate: float = 2e-3,
        weight_decay: float = 0.01,
        clip_norm: float = 1.0,
        patience: int = 2,
        max_tokens: int = 5_000,
        max_length: int | None = 600,
        batch_size: int = 64,
        balance: str | None = None,
        seed: int = 0,
        device: str = "cpu",
        tokenize: Tokenizer = tokenize,
        progress: bool = False,
    ) -> None:
        """Keep the settings; `fit` looks at them."""
        given = locals()
        for name in self._get_param_names():
            setattr(self, name, given[name])

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence,
        *,
        validation: pd.DataFrame | None = None,
        on_epoch: Watcher | None = None,
    ) -> "SentimentClassifier":
        """Train a new model from scratch, as chapter 8 does.

        Args:
            texts: The training reviews.
            labels: A name or a whole number for each; `classes_` has them in
                order afterwards.
            validation: Columns `text` and `label`, for choosing the epoch;
                left out, `hold_out` takes the last tenth of each class.
            on_epoch: Is told of each epoch when it is over: of its number,
                losses, accuracies and seconds.

        Returns:
            The classifier itself.

        Raises:
            TypeError: If a text is no string, or `validation` no table.
            ValueError: If there is not a label for each review, all are of
                one class, there are too few reviews of a class, or a column
                is missing.
        """
        train, classes = check_reviews({"text": texts, "label": labels})
        if validation is None:
            names = classes[train["label"]]
            train, validation = hold_out(train.assign(label=names))
            train, _ = check_reviews(train, classes)
        validation, _ = check_reviews(validation, classes)
        training = TrainingConfig(**self._settings(TrainingConfig))
        trained = train_model(
            Split(train, validation, None),
            ModelConfig(
                0, num_classes=len(classes), **self._settings(ModelConfig)
            ),
            Recipe(training=training, **self._settings(Recipe)),
            seed=self.seed,
            device=self.device,
            progress=self.progress,
            tokenize=self.tokenize,
            on_epoch=on_epoch,
        )
        self.model_, self.vocab_, self.history_ = trained
        self.classes_, self.metrics_ = classes, None
        return self

    def _settings(self, kind: type) -> dict:
        """Return those of the settings that are fields of a class."""
        fields = kind.__annotations__
        settings = self.get_params(deep=False)
        return {name: settings[name] for name in fields if name in settings}

    def encode(self, texts: Sequence[str]) -> ReviewDataset:
        """Turn texts into what the model reads.

        Raises:
            TypeError: If given no list, Series or array of strings.
            ValueError: If there is no model, no text, or one has no words.
        """
        check_is_fitted(self)
        encoded = encode_reviews(
            texts, self.vocab_, tokenize=self.tokenize, cache=False
        )
        return ReviewDataset(encoded, [0] * len(encoded))

    def predict_proba(self, texts: Sequence[str]) -> np.ndarray:
        """Return the probability of each class for each text.

        Args:
            texts: The reviews: a list, a Series or an array.

        Returns:
            float64, (texts, classes); rows add up to 1, columns as in
            `classes_`.
        """
        encoded = self.encode(texts)
        logits = predict_logits(self.model_, encoded)
        return logits.double().softmax(dim=1).numpy()

    def predict(self, texts: Sequence[str]) -> np.ndarray:
        """Return the likeliest of `classes_` for each text."""
        likeliest = self.predict_proba(texts).argmax(axis=1)
        return self.classes_[likeliest]

    def score(
        self,
        texts: Sequence[str],
        labels: Sequence,
        sample_weight: Sequence[float] | None = None,
    ) -> float:
        """Return the share of texts that are classified right.

        Raises:
            ValueError: If there is not a label of a class for each text.
        """
        check_is_fitted(self)
        texts = check_texts(texts)
        checked = number_labels(labels, len(texts), self.classes_)
        return super().score(texts, self.classes_[checked], sample_weight)

    def explain(
        self, text: str, *, how: str = "gradients", of: object = None
    ) -> pd.DataFrame:
        """Say which words led to the prediction, in logits.

        Args:
            text: One review.
            how: `"gradients"` shares the score out over the words, less that
                of as many unknown words; `"leave_one_out"` tells how far the
                score falls without the word. The score is the logit of a
                class, minus those of the others put together: of two, minus
                the other's.
            of: The class; left out, positive, or of more than two the
                likeliest.

        Returns:
            One row a token in reading order: `token` and `weight`, above 0
            where it speaks for the class.

        Raises:
            ValueError: If there is no such way or class, or over 5,000
                tokens.
        """
        token_ids = self.encode([text]).reviews[0]
        target = 1
        if of is not None:
            target = int(number_labels([of], 1, self.classes_)[0])
        elif len(self.classes_) > 2:
            target = int(self.predict_proba([text]).argmax())
        weights = weigh_tokens(self.model_, token_ids, how, target)
        tokens = pd.Series(self.tokenize(text), dtype=object)  # any string
        return pd.DataFrame({"token": tokens, "weight": weights})
