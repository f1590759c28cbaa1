"""Write the verdict that the front page shows, with the words behind it."""

from html import escape
from pathlib import Path

from imdbtutor.classifier import SentimentClassifier
from imdbtutor.evaluation import CLASSES

REVIEW = (
    "A tired plot, and yet the two leads are wonderful and I laughed from "
    "start to end."
)
PAGE = Path(__file__).parents[1] / "verdict.html"


def draw_verdict(review: str) -> str:
    """Let the shipped model read a review, and shade its words.

    Words that pushed towards positive are underlined, those that pushed
    towards negative by dots, so that the figure can be
    read without its colours.

    Args:
        review: Any text with at least one word.

    Returns:
        An HTML figure; its colours are in `book.css`.
    """
    classifier = SentimentClassifier.pretrained()
    positive = classifier.predict_proba([review])[0, 1]
    verdict = CLASSES[int(positive > 0.5)]
    weights = classifier.explain(review)
    strength = weights["weight"] / weights["weight"].abs().max()
    words = [
        f'<span class="{"for" if share > 0 else "against"}" '
        f'style="--push: {abs(share):.1f}">{escape(token)}</span>'
        if abs(share) > 0.1
        else escape(token)
        for token, share in zip(weights["token"], strength, strict=True)
    ]
    return (
        '<figure class="verdict">\n'
        f"<blockquote>{escape(review)}</blockquote>\n"
        f'<p class="words">{" ".join(words)}</p>\n'
        f"<p><strong>{verdict}</strong>, with a probability of "
        f"{max(positive, 1 - positive):.2f}</p>\n"
        "<figcaption>What you type, what the network reads, what it says. "
        "Underlined words spoke for praise, dotted ones against it; the "
        "darker, the more.</figcaption>\n"
        "</figure>\n"
    )


if __name__ == "__main__":
    PAGE.write_text(draw_verdict(REVIEW), "utf-8")
    print(PAGE.read_text("utf-8"))
