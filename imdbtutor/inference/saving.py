"""How a classifier is kept, and comes back."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.utils.validation import check_is_fitted

import imdbtutor
from imdbtutor.data.tokens import Tokenizer, tokenize
from imdbtutor.data.vocab import Vocab
from imdbtutor.inference.parts import (
    BINARY,
    Parts,
    check_classes,
    check_vocab,
)
from imdbtutor.inference.saved_model import read_folder, write_folder
from imdbtutor.models.lstm import LSTMClassifier
from imdbtutor.training.step import unwrap

HERE = Path(imdbtutor.__file__).parent
PRETRAINED = HERE / "pretrained"
MODELS = {8: HERE / "chapter_8", 18: PRETRAINED}  # by the chapter


class Saving:
    """What `SentimentClassifier` does with files, and its parts by name.

    Used in chapter 10.
    """

    @property
    def model(self) -> LSTMClassifier:
        """Return the trained network."""
        check_is_fitted(self)
        return self.model_

    @property
    def vocab(self) -> Vocab:
        """Return its vocabulary."""
        check_is_fitted(self)
        return self.vocab_

    @property
    def metrics(self) -> dict | None:
        """Return what it was measured at."""
        check_is_fitted(self)
        return self.metrics_

    @classmethod
    def from_parts(
        cls,
        model: LSTMClassifier,
        vocab: Vocab,
        *,
        metrics: dict | None = None,
        tokenize: Tokenizer = tokenize,
        classes: Sequence = BINARY,
    ) -> "Saving":
        """Put a trained model and all it takes to read a text together.

        With another vocabulary or tokenizer the same weights read other
        words.

        Args:
            model: The trained network; of a compiled or shared one, the model
                within is kept. It is switched to evaluation mode.
            vocab: The vocabulary it was trained with.
            metrics: What it was measured at.
            tokenize: Text to tokens, as the vocabulary's were made.
            classes: The classes, in the order of the logits.

        Raises:
            ValueError: If the vocabulary, or the number of classes, is not
                one the model was made for.
        """
        model = unwrap(model).eval()
        check_vocab(vocab, model.config.vocab_size)
        classes = np.array(classes)
        check_classes(classes.tolist(), model.config.num_classes)
        names = cls._get_param_names()
        sizes = {n: v for n, v in vars(model.config).items() if n in names}
        made = cls(tokenize=tokenize, **sizes)
        made.model_, made.vocab_, made.metrics_ = model, vocab, metrics
        made.classes_ = classes
        return made

    @classmethod
    def pretrained(cls, *, chapter: int = 18) -> "Saving":
        """Load a model that comes with the package.

        Args:
            chapter: 8 for the model that learned from labels alone, 18 for
                the one that teachers taught, too.

        Raises:
            ValueError: If it is of neither.
        """
        if chapter not in MODELS:
            raise ValueError(f"chapter={chapter!r}: expected 8 or 18.")
        return cls.load(MODELS[chapter])

    @classmethod
    def load(
        cls, folder: str | Path, *, tokenize: Tokenizer = tokenize
    ) -> "Saving":
        """Read what `save` wrote; the model comes to the CPU.

        Args:
            folder: The folder.
            tokenize: The tokenizer that the model was trained with.

        Raises:
            FileNotFoundError: If a file is missing, naming it.
            ValueError: If it is damaged, foreign, too new, or needs another
                tokenizer.
        """
        return cls.from_parts(**read_folder(Path(folder), tokenize)._asdict())

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
        metrics, classes = self.metrics_ or {}, self.classes_.tolist()
        parts = Parts(
            self.model_, self.vocab_, metrics, self.tokenize, classes
        )
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
        return write_onnx(self.model_, self.vocab_, target, quantize=quantize)
