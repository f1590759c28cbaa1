"""A drawing, shown by notebooks, Colab and the site alike."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import quoteattr


@dataclass(frozen=True)
class Picture:
    """A drawing that a notebook, Colab and the site show.

    Args:
        parts: Its elements, SVG, from the back to the front.
        size: Width and height in pixels.
        alt: What it shows, in a sentence or two, for those who cannot see it.
        frames: Parts that take turns, each with a name. One is drawn; on the
            site a slider leads through all of them.
        shown: Place of the frame that is drawn.
        turns: What the slider sets, in words.
        live: Name of a script on the site that goes on from the picture, for
            what no frame can hold, such as words that a reader types.
        values: The numbers that this script needs; JSON.

    Used in chapter 1.
    """

    parts: Sequence[str]
    size: tuple[float, float]
    alt: str
    frames: Sequence[tuple[str, str]] = ()
    shown: int = 0
    turns: str = ""
    live: str = ""
    values: dict = field(default_factory=dict)

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        return {"image/svg+xml": self.svg(), "text/plain": self.alt}

    def svg(self) -> str:
        """Write the picture as SVG, for any page or as a file."""
        width, height = self.size
        live = f" data-turns={quoteattr(self.turns)}" if self.frames else ""
        if self.live:
            values = quoteattr(json.dumps(self.values))
            live += f' data-live="{self.live}" data-values={values}'
        frames = []
        for place, (name, drawn) in enumerate(self.frames):
            hidden = "" if place == self.shown else ' display="none"'
            frame = f"<g data-frame={quoteattr(name)}{hidden}>{drawn}</g>"
            frames.append(frame)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg" role="img" '
            f'aria-label={quoteattr(self.alt)} class="picture" '
            f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
            'style="max-width: 100%; height: auto" '
            f'font-family="system-ui, sans-serif" font-size="14"{live}>\n'
            # As a file of its own, where no page gives the text a colour.
            "<style>@media (prefers-color-scheme: dark) "
            "{ svg:root { color: #ddd } }</style>\n"
            + "\n".join([*self.parts, *frames])
            + "\n</svg>"
        )
