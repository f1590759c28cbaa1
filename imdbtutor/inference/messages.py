"""What a server is sent and what it answers, and the limits of both.

Used in chapter 15.
"""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, model_validator

from imdbtutor import __version__

MOST = 100  # texts of a request
LONGEST = 20_000  # letters of a text
LARGEST = 2**20  # bytes of a request


class Problem(BaseModel):
    """What was wrong, and what to do."""

    detail: str


REFUSED = {
    400: {"model": Problem, "description": "Not to be read at all"},
    413: {"model": Problem, "description": f"Over {LARGEST:,} bytes"},
    422: {"model": Problem, "description": "Not what is expected"},
    503: {"model": Problem, "description": "Too much waits: Retry-After"},
}
Text = Annotated[str, Field(max_length=LONGEST, examples=["A joy."])]


class Texts(BaseModel):
    """One text, or several; under what share of known words none is told."""

    text: Text | None = None
    texts: (
        Annotated[list[Text], Field(min_length=1, max_length=MOST)] | None
    ) = None
    least_known: Annotated[float, Field(ge=0, le=1)] | None = None

    @model_validator(mode="after")
    def _one_of_the_two(self) -> "Texts":
        if (self.text is None) == (self.texts is None):
            raise ValueError("give either 'text' or 'texts'")
        return self

    def listed(self) -> list[str]:
        """Return what was given, as a list."""
        return [self.text] if self.texts is None else self.texts


class OneText(BaseModel):
    """A text to explain."""

    text: Text


class Prediction(BaseModel):
    """The likeliest class; the probability of positive, or else of it."""

    verdict: str | int
    positive: float | None = None
    probability: float | None = None
    known: float | None = None


class Predictions(BaseModel):
    """A prediction for each text, in their order."""

    predictions: list[Prediction]


class Word(BaseModel):
    """A word, and how far it moved the score of the class, in logits."""

    token: str
    weight: float


class Explanation(Prediction):
    """A prediction, and the words in reading order."""

    words: list[Word]


class Health(BaseModel):
    """That the server answers, with which model, read when."""

    status: str = "ready"
    model: str
    loaded: datetime
    version: str = __version__
    waiting: int
