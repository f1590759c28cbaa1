"""Write the prediction that the front page shows, with the words behind it."""

from html import escape
from pathlib import Path

from imdbtutor.evaluation.plots import shade_words
from imdbtutor.evaluation.report import CLASSES
from imdbtutor.inference.classifier import SentimentClassifier

REVIEW = (
    "A tired plot, and yet the two leads are wonderful and I laughed from "
    "start to end."
)
PAGE = Path(__file__).parents[1] / "prediction.html"


def draw_prediction(review: str) -> str:
    """Let the shipped model read a review, and shade its words.

    Args:
        review: Any text with at least one word.

    Returns:
        An HTML figure; its frame is in `book.css`.
    """
    classifier = SentimentClassifier.pretrained()
    positive = classifier.predict_proba([review])[0, 1]
    predicted = CLASSES[int(positive > 0.5)]
    return (
        '<figure class="prediction">\n'
        f"<blockquote>{escape(review)}</blockquote>\n"
        f"{shade_words(classifier.explain(review))}\n"
        f"<p><strong>{predicted}</strong>, with a probability of "
        f"{max(positive, 1 - positive):.2f}</p>\n"
        "<figcaption>What you type, what the network reads, what it says. "
        "The numbers say how much a word spoke for praise, or against "
        'it. <a href="try_it.html">Try your own words.</a></figcaption>\n'
        "</figure>\n"
    )


if __name__ == "__main__":
    PAGE.write_text(draw_prediction(REVIEW), "utf-8")
    print(PAGE.read_text("utf-8"))
