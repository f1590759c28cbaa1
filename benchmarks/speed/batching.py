"""Real tokens a second in training, by the way to make batches."""

from collections.abc import Iterator
from typing import NamedTuple

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.utils.data import DataLoader

from benchmarks.speed.timing import Measured, in_turn, make_row, timed
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import keep_freed_memory, seed_everything
from imdbtutor.training.loop import TrainingConfig, make_optimizer
from imdbtutor.training.recipe import BATCH_SIZE, MAX_LENGTH, MAX_TOKENS
from imdbtutor.training.step import take_step

ROUNDS = 3
RATE, PADDING = "tokens/s", "share"  # units


class Way(NamedTuple):
    """A way to make batches.

    Args:
        name: For the page.
        deal: "longest" pads all to the longest review, "random" and
            "length" to the longest of the batch.
        packed: Whether the model packs its reviews.
        steps: How many are taken in a round.
    """

    name: str
    deal: str
    packed: bool
    steps: int


WAYS = {
    "longest": Way("All padded to the longest review", "longest", False, 1),
    "random": Way("Random batches, padded", "random", False, 5),
    "random_packed": Way("Random batches, packed", "random", True, 3),
    "length_packed": Way("Batches by length, packed", "length", True, 6),
    "ours": Way("Batches by length, padded (ours)", "length", False, 20),
}


class PackedLayer(nn.Module):
    """The same reading as `LSTMLayer`, by way of `pack_padded_sequence`."""

    def __init__(self, width: int, hidden_dim: int) -> None:
        """Create one `nn.LSTM` with two directions."""
        super().__init__()
        self.lstm = nn.LSTM(
            width, hidden_dim, batch_first=True, bidirectional=True
        )

    def forward(self, values: Tensor, lengths: Tensor) -> Tensor:
        """Return the state after every token, (batch, time, 2 * hidden)."""
        packed = pack_padded_sequence(
            values, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        states, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        return states


def load(cut: int | None, reviews: int | None = None) -> ReviewDataset:
    """Encode the training reviews, or some of them."""
    train = split_reviews(load_reviews()).train
    if reviews:
        train = train.sample(reviews, random_state=0)
    vocab = build_vocab(train["text"], max_tokens=MAX_TOKENS)
    ids = encode_reviews(train["text"], vocab)
    return ReviewDataset(ids, train["label"], cut)


def make_model(packed: bool) -> LSTMClassifier:
    """Create the book's model, or the same that packs its reviews."""
    seed_everything(0)
    model = LSTMClassifier(ModelConfig(MAX_TOKENS))
    if packed:
        config = model.config
        model.layers[0] = PackedLayer(config.embedding_dim, config.hidden_dim)
    return model.train()


def deal(data: ReviewDataset, how: str) -> DataLoader:
    """Return the batches, made as `Way.deal` says."""
    loader = make_loader(data, BATCH_SIZE, by_length=how == "length")
    if how == "longest":
        width, pad_batch = int(data.lengths.max()), loader.collate_fn

        def pad_all(examples: list) -> object:
            batch = pad_batch(examples)
            gap = width - batch.token_ids.shape[1]
            wide = nn.functional.pad(batch.token_ids, (0, gap))
            return batch._replace(token_ids=wide)

        loader.collate_fn = pad_all
    return loader


class Trainer:
    """Train on and on, some steps at a time, and count the real tokens."""

    def __init__(self, data: ReviewDataset, way: Way) -> None:
        """Take one step that is not measured."""
        self.steps = way.steps
        self.model, self.loader = make_model(way.packed), deal(data, way.deal)
        config = TrainingConfig()
        self.optimizer, _ = make_optimizer(self.model, config, 1_000)
        self.batches = self._forever()
        self._take()

    def _forever(self) -> Iterator:
        while True:
            yield from self.loader

    def _take(self) -> int:
        batch = next(self.batches)
        take_step(self.model, batch, self.optimizer, 1.0)
        return batch.lengths.sum().item()

    def rate(self) -> float:
        """Return real tokens a second, dealing the batches included."""
        tokens, spent = timed(
            lambda: sum(self._take() for _ in range(self.steps))
        )
        return tokens / spent


def share_of_padding(data: ReviewDataset, how: str) -> float:
    """Return the share of an epoch's batches that is padding."""
    real = cells = 0
    for batch in deal(data, how):
        real += batch.lengths.sum().item()
        cells += batch.token_ids.numel()
    return 1 - real / cells


def compare(cut: int | None, ways: dict[str, Way]) -> list[dict]:
    """Train every way in turn, on the same reviews."""
    data = load(cut)
    trainers = {id_: Trainer(data, way) for id_, way in ways.items()}
    found = in_turn({id_: t.rate for id_, t in trainers.items()}, ROUNDS)
    shares = {
        id_: [share_of_padding(data, way.deal)]
        for id_, way in ways.items()
        if not way.packed
    }
    return name_rows(found, shares, cut)


def way_row(
    id_: str, way: str, numbers: list[float], cut: int | None, **how: object
) -> dict:
    """Make a row of a way, on whole reviews or on those that were cut."""
    reviews = f"cut at {cut} tokens" if cut else "whole reviews"
    measured = Measured(f"{WAYS[way].name}, {reviews}", numbers)
    row = make_row(
        f"batching.{'cut' if cut else 'whole'}.{id_}", measured, **how
    )
    return row | {"way": way} | ({"cut": cut} if cut else {})


def name_rows(
    found: dict[str, list[float]],
    shares: dict[str, list[float]],
    cut: int | None,
) -> list[dict]:
    """Make the rows of each way: its rate, and its share of padding.

    Args:
        found: By way, real tokens a second.
        shares: By way, the share of padding; not of those that pack.
        cut: Where the reviews were cut, if they were.
    """
    packed, padded = (
        Measured(WAYS[way].name, found[way])
        for way in ("random_packed", "random")
    )
    rows = []
    for way, rates in found.items():
        how = {
            "against": packed if way != "random_packed" else None,
            "goal": "ratio >= 8" if way == "ours" else None,
        }
        rows.append(way_row(way, way, rates, cut, unit=RATE, **how))
        if way in shares:
            id_, share = f"padding.{way}", shares[way]
            rows.append(way_row(id_, way, share, cut, unit=PADDING))
    ours, how = found["ours"], {"against": padded, "goal": "ratio >= 3"}
    rows.append(way_row("ours_padded", "ours", ours, cut, unit=RATE, **how))
    return rows


def make_rows() -> list[dict]:
    """Compare on whole reviews, and on reviews cut as the book cuts them."""
    keep_freed_memory()
    few = {id_: way for id_, way in WAYS.items() if id_ != "longest"}
    return compare(None, WAYS) + compare(MAX_LENGTH, few)
