"""Chapter 16: coverage, analogies, word pieces, what is trained."""

from collections import Counter

from torch import Tensor, nn
from torch.nn import functional as F

from imdbtutor.checks.stages import exercise, try_on
from imdbtutor.checks.values import real, whole


@exercise("16.1")
def _coverage(answer):
    drawn = [f"word{n}" for n in (whole(0, 30, 200) ** 2 // 30).tolist()]
    for counts, known in (
        (Counter({"the": 97, "film": 2, "unwatchable": 1}), {"the", "film"}),
        (Counter(b=3, c=5), {"a", "b"}),
        (Counter(drawn), set(drawn[:9]) | {"elsewhere"}),
    ):
        kinds = sum(word in known for word in counts) / len(counts)
        running = sum(counts[word] for word in known) / counts.total()
        tempting = [
            (
                (running, kinds),
                "The other way round: first the different words.",
            ),
            (
                (len(known) / len(counts), running),
                "`known` holds words, too, that do not occur here. Count "
                "those that do.",
            ),
            (
                (kinds, kinds),
                "Of the running words, each counts as often as it occurs.",
            ),
            (
                (1 - kinds, 1 - running),
                "Those are the shares without a vector.",
            ),
            (
                (100 * kinds, 100 * running),
                "Between 0 and 1, not in percent.",
            ),
        ]
        try_on(
            answer,
            counts,
            known,
            expected=(kinds, running),
            tempting=tempting,
        )
    return "A few common words are most of any text."


def _nearest(vectors: dict[str, Tensor], target: Tensor, left_out: str) -> str:
    others = [word for word in vectors if word not in left_out]
    return max(others, key=lambda word: float(vectors[word] @ target))


def _draw_vectors() -> dict[str, Tensor]:
    sizes = real(26).abs() + 0.2
    drawn = real(26, 5) * sizes[:, None]
    return dict(zip("abcdefghijklmnopqrstuvwxyz", drawn, strict=True))


def _found(vectors: dict[str, Tensor]) -> list[str]:
    """Find what is right, then what known slips lead to."""
    unit = {word: F.normalize(v, dim=0) for word, v in vectors.items()}
    target = unit["b"] - unit["a"] + unit["c"]
    raw = vectors["b"] - vectors["a"] + vectors["c"]
    others = [word for word in vectors if word not in "abc"]
    return [
        _nearest(unit, target, "abc"),
        _nearest(unit, target, ""),
        _nearest(unit, unit["a"] - unit["b"] + unit["c"], "abc"),
        min(others, key=lambda word: float((vectors[word] - raw).norm())),
        _nearest(unit, raw, "abc"),
        _nearest(vectors, target, "abc"),
    ]


@exercise("16.2")
def _analogy(answer):
    for _ in range(3):
        found = []
        while len(set(found)) < 6:  # until every slip shows
            vectors = _draw_vectors()
            found = _found(vectors)
        right, *slips = found
        hints = (
            "Leave out the three words.",
            "From a to b, not from b to a.",
            "Nearest by cosine, after each vector has got the length 1.",
            "Give the vectors the length 1 before you add them up.",
            "The other words' vectors need the length 1, too: a long one has "
            "a large product with anything.",
        )
        tempting = [*zip(slips, hints, strict=True)]
        vector = F.normalize(vectors[right], dim=0)
        tempting.append((vector, "Return the word, not its vector."))
        inputs = vectors, "a", "b", "c"
        try_on(answer, *inputs, expected=right, tempting=tempting)
    return "The step from a to b, taken from c."


def _cut(word: str, pieces: set[str], *, longest: bool = True) -> list[str]:
    """Cut a word as far as pieces fit."""
    found, start = [], 0
    while start < len(word):
        before = "##" if start else ""
        ends = range(len(word), start, -1)
        fitting = [e for e in ends if before + word[start:e] in pieces]
        if not fitting:
            break
        end = fitting[0 if longest else -1]
        found.append(before + word[start:end])
        start = end
    return found


def _whole(word: str, pieces: set[str], **how: bool) -> list[str]:
    found = _cut(word, pieces, **how)
    done = sum(len(piece.removeprefix("##")) for piece in found) == len(word)
    return found if done else ["[UNK]"]


@exercise("16.3")
def _pieces(answer):
    known = {"un", "u", "n", "watch", "wat", "able", "a"}
    known |= {f"##{piece}" for piece in known | {"c", "h", "b", "l", "e"}}
    drawn = "".join("abn"[k] for k in whole(0, 3, 12).tolist())
    made = {"a", "ab", "##a", "##b", "##n", "##nb", "##ba", "##bab", "b", "n"}
    for word, pieces in (
        ("unwatchable", known - {"##n"}),
        ("watch", known),
        ("unwatched", known),
        ("chable", known),
        (drawn, made),
    ):
        right = _whole(word, pieces)
        bare = {piece.removeprefix("##") for piece in pieces}
        tempting = [
            (
                [piece.removeprefix("##") for piece in right],
                "All pieces but the first are returned with `##` before them.",
            ),
            (
                _whole(word, pieces, longest=False),
                "The longest piece that fits, not the shortest.",
            ),
            (
                _cut(word, pieces),
                'Where nothing fits, the whole word is `["[UNK]"]`.',
            ),
            (
                _whole(word, bare | {f"##{piece}" for piece in bare}),
                "Inside a word only pieces with `##` before them fit, and at "
                "its beginning only those without.",
            ),
            (" ".join(right), "A list of the pieces was asked for."),
        ]
        try_on(answer, word, pieces, expected=right, tempting=tempting)
    return "With a piece for each letter no word would be unknown."


@exercise("16.4")
def _trained_numbers(answer):
    fresh = [int(whole(2, 9, 1)) for _ in range(3)]
    made = [(50, 8, 6), (1, 1, 1), (5_000, 100, 64), fresh]
    for words, dim, hidden in made:
        lstm = nn.LSTM(dim, hidden, bidirectional=True)
        inside = sum(numbers.numel() for numbers in lstm.parameters())
        linear = 4 * hidden + 2
        for frozen in (False, True):
            table = words * dim * (not frozen)
            right = table + inside + linear
            other = words * dim * frozen
            biases = 2 * 4 * hidden
            tempting = [
                (
                    other + inside + linear,
                    "With `frozen`, the embedding's numbers do not count; "
                    "without, they do.",
                ),
                (
                    right - biases,
                    "An `nn.LSTM` has two biases for each gate, one with the "
                    "input's weights and one with the state's.",
                ),
                (
                    table + inside // 2 + linear,
                    "There are two directions, each with weights of its own.",
                ),
                (
                    right - 2 * hidden,
                    "The linear layer sees both directions: twice `hidden` "
                    "numbers for each of the two logits.",
                ),
                (right - 2, "The linear layer has a bias for each logit."),
                (
                    table + inside // 4 + linear,
                    "An LSTM has four gates with weights of their own.",
                ),
            ]
            inputs = words, dim, hidden, frozen
            try_on(answer, *inputs, expected=right, tempting=tempting)
    return "In the book's LSTM most numbers are the embedding's."
