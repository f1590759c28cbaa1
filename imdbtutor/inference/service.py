"""A saved model that answers requests, those that meet in one batch."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import datetime, timezone
from pathlib import Path

from fastapi import FastAPI, HTTPException
from torch import Tensor

from imdbtutor.data.batches import ReviewDataset
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.inference.batcher import Batcher
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.messages import (
    Explanation,
    Health,
    OneText,
    Predictions,
    Texts,
)
from imdbtutor.inference.predict_file import (
    added_names,
    hold_back,
    name_prediction,
)

BATCH = 32  # texts taken at once, scored by eights of like length


class Service:
    """A classifier, and the lines in which texts wait for it.

    A text becomes token ids as it comes: one that cannot be read is refused
    there, and no other in the batch hears of it. The model is read once; a
    folder that is replaced meanwhile counts from the next start on.

    Args:
        folder: What `SentimentClassifier.save` wrote.

    Raises:
        FileNotFoundError: If a file is missing, naming it.
        ValueError: If it is damaged, foreign or too new.

    Used in chapter 15.
    """

    def __init__(self, folder: Path) -> None:
        """Read the model."""
        self.classifier = SentimentClassifier.load(folder)
        self.name = folder.resolve().name
        self.loaded = datetime.now(timezone.utc)
        self.scoring = Batcher(self._score, most=BATCH, waiting=1_000)
        # An explanation takes as long as hundreds of verdicts.
        self.explaining = Batcher(self._explain, most=1, waiting=16)

    @asynccontextmanager
    async def lifespan(self, _: FastAPI) -> AsyncIterator[None]:
        """Work on both lines while the server runs, and until they end."""
        async with self.scoring.running(), self.explaining.running():
            yield

    async def predict(self, asked: Texts) -> Predictions:
        """Say of which class texts are: of the book's, if they are praise."""
        with _refusing():
            reviews = self.classifier.encode(asked.listed()).reviews
        found = [self._named(one) for one in await self.scoring.ask(reviews)]
        if (least := asked.least_known) is not None:
            vocab = self.classifier.vocab
            found = [
                hold_back(one, ids, vocab, least)
                for one, ids in zip(found, reviews, strict=True)
            ]
        return Predictions(predictions=found)

    async def explain(self, asked: OneText) -> Explanation:
        """Show which words led to a prediction."""
        with _refusing():
            reviews = self.classifier.encode([asked.text]).reviews
            (words,) = await self.explaining.ask([asked.text])
        (found,) = await self.scoring.ask(reviews)
        return Explanation(words=words, **self._named(found))

    async def health(self) -> Health:
        """Say that the server answers, and with which model."""
        waiting = len(self.scoring) + len(self.explaining)
        return Health(model=self.name, loaded=self.loaded, waiting=waiting)

    def _score(self, reviews: list[Tensor]) -> list[list[float]]:
        data = ReviewDataset(reviews, [0] * len(reviews))
        # Of few reviews, eight of like length have the least padding.
        logits = predict_logits(self.classifier.model, data, batch_size=8)
        return logits.double().softmax(dim=1).tolist()

    def _named(self, chances: list[float]) -> dict:
        """Name the likeliest class, and keep all digits of a probability."""
        classes = self.classifier.classes_.tolist()
        told = added_names(classes)[1]
        found = name_prediction(chances, classes)
        found[told] = chances[1] if told == "positive" else max(chances)
        return found

    def _explain(self, texts: list[str]) -> list[list[dict]]:
        explain = self.classifier.explain
        return [explain(text).to_dict("records") for text in texts]


@contextmanager
def _refusing() -> Iterator[None]:
    try:
        yield
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
