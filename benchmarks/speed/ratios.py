"""Check two ratios of times that must not become small again.

Run `make measure WHAT=ratios`. It takes half a minute, says what it measured,
and ends with an error where a ratio is missed. On a machine with other work a
ratio may be missed by chance: run it again.
"""

import sys
from collections.abc import Callable

from benchmarks.speed.batching import RATE, WAYS, Trainer, load
from benchmarks.speed.text import empty_cache
from benchmarks.speed.timing import Measured, in_turn, make_row, seconds
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import load_reviews
from imdbtutor.runtime import keep_freed_memory
from imdbtutor.training.recipe import MAX_TOKENS

ROUNDS = 3


def batches() -> dict:
    """Batches by length are faster than packed ones, on a small load."""
    keep_freed_memory()
    data = load(200, reviews=640)
    packed = WAYS["random_packed"]._replace(steps=1)
    ours = Trainer(data, WAYS["ours"])
    works = {"ours": ours.rate, "packed": Trainer(data, packed).rate}
    found = in_turn(works, ROUNDS)
    return make_row(
        "ratios.batches",
        Measured("Batches by length", found["ours"]),
        RATE,
        against=Measured("packed ones", found["packed"]),
        goal="ratio >= 4",
    )


def cache() -> dict:
    """Ids are read from the cache faster than they are encoded."""
    texts = load_reviews()["text"][:4_000].tolist()

    def encode() -> None:
        vocab = build_vocab(texts, max_tokens=MAX_TOKENS)
        encode_reviews(texts, vocab, cache=False)

    with empty_cache():
        vocab = build_vocab(texts, max_tokens=MAX_TOKENS)
        encode_reviews(texts, vocab)  # writes the file

        def read() -> None:
            encode_reviews(texts, vocab)

        works = {"cold": encode, "warm": read}
        timed = {n: lambda w=work: seconds(w) for n, work in works.items()}
        found = in_turn(timed, ROUNDS)
    return make_row(
        "ratios.cache",
        Measured("Ids from the cache file", found["warm"]),
        "s",
        against=Measured("encoding", found["cold"]),
        goal="ratio >= 10",
    )


RATIOS: tuple[Callable[[], dict], ...] = (batches, cache)


def main() -> None:
    """Measure each ratio, and stop with an error if one is missed."""
    rows = [ratio() for ratio in RATIOS]
    for row in rows:
        print(
            f"{row['what']} against {row['against']}: {row['ratio']:.1f} "
            f"times ({row['goal']}: {'met' if row['met'] else 'missed'})"
        )
    sys.exit(not all(row["met"] for row in rows))


if __name__ == "__main__":
    main()
