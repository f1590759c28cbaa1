"""How long 25,000 reviews take from text to token ids."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import nltk
import pandas as pd
from nltk.tokenize.punkt import PunktTrainer, save_punkt_params
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

from benchmarks.speed.timing import Measured, in_turn, make_row, seconds
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.data.vocab import PAD, UNK
from imdbtutor.training.recipe import MAX_TOKENS

ROUNDS = 3
EVERY = 5  # the original reads every fifth review: it is slow
NAMES = {
    "original": "Series.apply(nltk.word_tokenize)",
    "rust_batch": "tokenizers, encode_batch_fast",
    "rust_single": "tokenizers, encode",
    "cold": "Encode cold: vocabulary, ids, cache file",
    "warm": "Encode warm: ids from the cache file",
}


@contextmanager
def sentence_splitter(texts: list[str]) -> Iterator[None]:
    """Give `nltk.word_tokenize` the file that it asks for, `punkt_tab`.

    NLTK would download it. What is learned here, from some reviews, by
    NLTK's own trainer, is smaller, and of the same kind.
    """
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "tokenizers" / "punkt_tab" / "english"
        target.parent.mkdir(parents=True)
        learned = PunktTrainer("\n".join(texts)).get_params()
        with mock.patch.object(nltk.data, "path", [folder]):
            save_punkt_params(learned, str(target))
            yield


@contextmanager
def empty_cache() -> Iterator[None]:
    """Keep what is cached in a folder of its own, and then forget it."""
    with (
        tempfile.TemporaryDirectory() as folder,
        mock.patch.dict("os.environ", IMDBTUTOR_CACHE=folder),
    ):
        yield


def original(texts: pd.Series, train: int) -> list[list[int]]:
    """Do as the original tutorial: one Series of tokens, then of ids."""
    tokens = texts.apply(nltk.word_tokenize)
    counts = Counter(token for row in tokens[:train] for token in row)
    numbers = {
        token: number
        for number, (token, _) in enumerate(
            counts.most_common(MAX_TOKENS), start=2
        )
    }
    return [[numbers.get(token, 1) for token in row] for row in tokens]


def rust(texts: list[str], train: int, single: bool) -> list[list[int]]:
    """Do it with Hugging Face's `tokenizers`, which is written in Rust."""
    tokenizer = Tokenizer(models.WordLevel(unk_token=UNK))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace("<br />", " "), normalizers.Lowercase()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    trainer = trainers.WordLevelTrainer(
        vocab_size=MAX_TOKENS, special_tokens=[PAD, UNK], show_progress=False
    )
    tokenizer.train_from_iterator(texts[:train], trainer)
    if single:
        return [tokenizer.encode(text).ids for text in texts]
    return [found.ids for found in tokenizer.encode_batch_fast(texts)]


def make_rows() -> list[dict]:
    """Time all ways in turn; every one counts its own vocabulary first."""
    split = split_reviews(load_reviews())
    train = len(split.train)
    texts = pd.concat([part["text"] for part in split], ignore_index=True)
    few = texts[::EVERY].reset_index(drop=True)
    every = texts.tolist()

    def cold() -> None:
        with empty_cache():
            vocab = build_vocab(every[:train], max_tokens=MAX_TOKENS)
            encode_reviews(every, vocab)

    with sentence_splitter(every[:1_000]), empty_cache():
        vocab = build_vocab(every[:train], max_tokens=MAX_TOKENS)
        encode_reviews(every, vocab)
        works = {
            "original": lambda: original(few, train // EVERY),
            "cold": cold,
            "warm": lambda: encode_reviews(every, vocab),
            "rust_batch": lambda: rust(every, train, single=False),
            "rust_single": lambda: rust(every, train, single=True),
        }
        timed = {n: lambda w=work: seconds(w) for n, work in works.items()}
        found = in_turn(timed, ROUNDS)
    found["original"] = [EVERY * spent for spent in found["original"]]
    return compare_ways(found)


def compare_ways(found: dict[str, list[float]]) -> list[dict]:
    """Make a row of each way, and a second of the cold one."""
    ways = {way: Measured(NAMES[way], found[way]) for way in NAMES}
    by_hand, batch = ways["original"], ways["rust_batch"]

    def compare(id_: str, way: str, **how: object) -> dict:
        return make_row(f"text.{id_}", ways[way], "s", **how) | {"way": way}

    return [
        compare("original", "original"),
        compare("rust_batch", "rust_batch", against=by_hand),
        compare("rust_single", "rust_single", against=by_hand),
        compare("cold", "cold", against=by_hand, goal="ratio >= 12"),
        compare("cold_rust", "cold", against=batch, goal="ratio >= 1"),
        compare("warm", "warm", goal="median <= 0.5"),
    ]
