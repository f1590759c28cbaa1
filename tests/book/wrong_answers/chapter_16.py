import torch
from torch.nn import functional as F


def shares(counts, known):
    found = [word for word in counts if word in known]
    running = sum(counts[word] for word in found)
    return len(found) / len(counts), running / counts.total()


def nearest(vectors, target, left_out=()):
    return max(
        (word for word in vectors if word not in left_out),
        key=lambda word: float(vectors[word] @ target),
    )


def unit(vectors):
    return {word: F.normalize(v, dim=0) for word, v in vectors.items()}


def step(vectors, a, b, c):
    return vectors[b] - vectors[a] + vectors[c]


def by_distance(vectors, *words):
    target = step(vectors, *words)
    near = {w: -torch.dist(v, target) for w, v in vectors.items()}
    return max((w for w in near if w not in words), key=near.get)


def pieces_of(word, pieces, mark="##", longest=True, unknown=True):
    found, start = [], 0
    while start < len(word):
        before = mark if start else ""
        ends = range(start + 1, len(word) + 1)
        ends = [e for e in ends if before + word[start:e] in pieces]
        if not ends:
            return ["[UNK]"] if unknown else found
        end = ends[-1] if longest else ends[0]
        found.append(before + word[start:end])
        start = end
    return found


def without_marks(word, pieces):
    return [piece.removeprefix("##") for piece in pieces_of(word, pieces)]


def anywhere(word, pieces):
    bare = {piece.removeprefix("##") for piece in pieces}
    return pieces_of(word, bare | {f"##{piece}" for piece in bare})


def numbers(words, dim, hidden, frozen, biases=2, directions=2, gates=4):
    lstm = directions * gates * hidden * (dim + hidden + biases)
    return (not frozen) * words * dim + lstm + 4 * hidden + 2


WRONG = {
    "16.1": [
        ("other way round", lambda c, k: shares(c, k)[::-1]),
        ("do not occur", lambda c, k: (len(k) / len(c), shares(c, k)[1])),
        ("as often as", lambda c, k: shares(c, k)[:1] * 2),
        ("without a vector", lambda c, k: [1 - s for s in shares(c, k)]),
        ("in percent", lambda c, k: [100 * s for s in shares(c, k)]),
    ],
    "16.2": [
        ("Leave out", lambda v, *w: nearest(unit(v), step(unit(v), *w))),
        (
            "not from b to a",
            lambda v, a, b, c: nearest(
                unit(v), step(unit(v), b, a, c), (a, b, c)
            ),
        ),
        ("by cosine", by_distance),
        ("before you add", lambda v, *w: nearest(unit(v), step(v, *w), w)),
        ("large product", lambda v, *w: nearest(v, step(unit(v), *w), w)),
        (
            "not its vector",
            lambda v, *w: unit(v)[nearest(unit(v), step(unit(v), *w), w)],
        ),
    ],
    "16.3": [
        ("are returned with", without_marks),
        ("not the shortest", lambda w, p: pieces_of(w, p, longest=False)),
        ("only pieces with", anywhere),
        ("Where nothing fits", lambda w, p: pieces_of(w, p, unknown=False)),
        ("A list", lambda w, p: " ".join(pieces_of(w, p))),
    ],
    "16.4": [
        ("do not count", lambda w, d, h, f: numbers(w, d, h, not f)),
        ("two biases", lambda *args: numbers(*args, biases=1)),
        ("two directions", lambda *args: numbers(*args, directions=1)),
        ("sees both", lambda w, d, h, f: numbers(w, d, h, f) - 2 * h),
        ("a bias for each", lambda *args: numbers(*args) - 2),
        ("four gates", lambda *args: numbers(*args, gates=1)),
    ],
}
