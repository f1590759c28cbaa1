"""Write what the front page shows: a prediction, numbers, and a preview."""

from html import escape
from pathlib import Path

import tell_facts
from draw_preview import draw_preview

from imdbtutor.evaluation.plots import shade_words
from imdbtutor.evaluation.report import CLASSES
from imdbtutor.evaluation.results import read_results
from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.inference.tracing import verdict_by_word
from imdbtutor.pictures.reading import draw_verdict

REVIEW = (
    "A tired plot, and yet the two leads are wonderful and I laughed from "
    "start to end."
)
TITLE = "Movie reviews with PyTorch"
PROMISE = "Build a network that reads a review, word by word"
BOOK = Path(__file__).parents[1]
PAGE = BOOK / "prediction.html"
PREVIEW = BOOK / "_assets" / "preview.png"
BOX = """\
<figure class="prediction">
<div id="reader">
<blockquote id="example">{review}</blockquote>
<p class="verdict"><output id="prediction" aria-live="polite">{verdict}\
</output>
<span id="meter" class="meter" role="meter" aria-label="probability of \
positive" aria-valuemin="0" aria-valuemax="1" aria-valuenow="{positive:.2f}" \
data-side="{side}"><span style="left: {left:.0f}%; width: {width:.0f}%">\
</span></span></p>
<div id="result">
<div id="curve">
{curve}
</div>
<div id="words">{words}</div>
<p id="progress"></p>
</div>
</div>
<figcaption>The curve: how likely praise is after each word, if the review \
ended there. Above a word: how far the score falls without it. The network \
runs in your browser; nothing that you type leaves the page.</figcaption>
</figure>
"""


def draw_prediction(review: str) -> str:
    """Let the shipped model read a review, word by word.

    Args:
        review: Any text with at least one word.

    Returns:
        An HTML figure, for `live/front.js` to go on from; its frame is in
        `book.css`.
    """
    classifier = SentimentClassifier.pretrained()
    tokens, verdict = read_by_word(classifier, review)
    positive = verdict[-1]
    side = CLASSES[int(positive > 0.5)]
    values = {"tokens": tokens, "verdict": [round(p, 3) for p in verdict]}
    curve = draw_verdict(tokens, verdict, live="front", values=values)
    return BOX.format(
        review=escape(review),
        verdict=f"{side}, with a probability of "
        f"{max(positive, 1 - positive):.2f}",
        positive=positive,
        side=side,
        left=100 * min(0.5, positive),
        width=100 * abs(positive - 0.5),
        curve=curve.svg(),
        words=shade_words(classifier.explain(review, how="leave_one_out")),
    )


def read_by_word(
    classifier: SentimentClassifier, review: str
) -> tuple[list[str], list[float]]:
    """Return a review's tokens, and the probability of positive after each."""
    [token_ids] = classifier.encode([review]).reviews
    verdict = verdict_by_word(classifier.model, token_ids)
    return classifier.tokenize(review), verdict.tolist()


def files() -> dict[Path, str]:
    """Return what stands in each file of the front page."""
    return {
        PAGE: draw_prediction(REVIEW),
        BOOK / "start.html": tell_facts.start(),
        BOOK / "scores.html": tell_facts.scores(read_results("ladder")),
    }


if __name__ == "__main__":
    for path, text in files().items():
        path.write_text(text, "utf-8")
        print(path)
    read = read_by_word(SentimentClassifier.pretrained(), REVIEW)
    PREVIEW.write_bytes(draw_preview(TITLE, PROMISE, *read))
    print(f"{PREVIEW}: {PREVIEW.stat().st_size / 1000:.0f} kB")
