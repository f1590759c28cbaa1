"""What a split separates: neighbours in the file, and who tests whom."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from imdbtutor.pictures.picture import Picture
from imdbtutor.pictures.shapes import COLOURS, INK, text

STEP, TALL, LEFT, LANE = 15, 18, 20, 112  # pixels


def draw_splits(
    links: Sequence[str],
    tests: Mapping[str, Sequence[bool]],
    counts: Mapping[str, int],
) -> Picture:
    """Draw a stretch of the file, once for each way to split it.

    An arc joins two reviews that stand next to each other and share a name.
    Where one of them trains a model and the other tests it, it is thick.

    Args:
        links: The name that each review shares with the next; "" for none.
        tests: For each way, which of the reviews are test reviews.
        counts: For each way, how many test reviews of the whole file share
            a name with a training review beside them.

    Used in chapter 4.
    """
    parts, said = [], []
    for lane, (way, is_test) in enumerate(tests.items()):
        y = LANE * lane
        parts.append(text(LEFT, y + 12, way, anchor="start", bold=True))
        count = f"test reviews with a thick arc, whole file: {counts[way]:,}"
        parts.append(text(620, y + 12, count, anchor="end"))
        parts += [
            text(_middle((start + stop) / 2), y + 40, name, size=13)
            for start, stop, name in _runs(links)
        ]
        for place, name in enumerate(links):
            if name:
                leaks = is_test[place] != is_test[place + 1]
                parts.append(_arc(_middle(place), y + 70, thick=leaks))
        parts += [
            _review(LEFT + STEP * place, y + 74, test=test)
            for place, test in enumerate(is_test)
        ]
        said.append(f"{way} {counts[way]:,}")
    parts += _key(LANE * len(tests) + 16)
    alt = (
        "Reviews in the order of the file, arcs between neighbours that "
        "share a rare name. Test reviews with such a neighbour in training: "
        f"{', '.join(said)}."
    )
    return Picture(parts, (640, LANE * len(tests) + 30), alt)


def _middle(place: float) -> float:
    return LEFT + STEP * place + STEP / 2 - 1


def _runs(links: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Find who stands together: first, last, and their commonest name."""
    start = 0
    for place, name in enumerate([*links, ""]):
        if name:
            continue
        if place > start:
            [(common, _)] = Counter(links[start:place]).most_common(1)
            yield start, place, common
        start = place + 1


def _arc(x: float, y: float, *, thick: bool) -> str:
    look = f'stroke="{COLOURS["plain"]}"'
    if thick:
        look = f'stroke="{INK}" stroke-width="3.5"'
    return (
        f'<path d="M{x:g} {y:g}Q{x + STEP / 2:g} {y - 24:g} {x + STEP:g} '
        f'{y:g}" fill="none" {look}/>'
    )


def _review(x: float, y: float, *, test: bool) -> str:
    filled = INK if test else "none"
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{STEP - 2}" height="{TALL}" '
        f'fill="{filled}" stroke="{INK}"/>'
    )


def _key(y: float) -> list[str]:
    return [
        _review(LEFT, y - 9, test=False),
        text(LEFT + 20, y, "training", anchor="start"),
        _review(120, y - 9, test=True),
        text(140, y, "test", anchor="start"),
        _arc(200, y + 6, thick=False),
        text(224, y, "share a rare name", anchor="start"),
        _arc(370, y + 6, thick=True),
        text(394, y, "one trains, one tests", anchor="start"),
    ]
