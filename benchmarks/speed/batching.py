"""Real tokens a second in training, by the way to make batches."""

import time
from collections.abc import Iterator

from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence
from torch.utils.data import DataLoader

from benchmarks.speed.timing import in_turn, row
from imdbtutor.data.batches import ReviewDataset, make_loader
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.data.reviews import load_reviews, split_reviews
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig
from imdbtutor.runtime import keep_freed_memory, seed_everything
from imdbtutor.training.loop import TrainingConfig, make_optimizer
from imdbtutor.training.step import take_step

NAMES = {"steps": ", whole reviews", "steps_cut": ", cut at 600 tokens"}
ROUNDS = 3
SIZE = 64  # reviews in a batch
CUT = 600
WAYS = {  # by name: what it is, how it deals, packed or not, steps a round
    "longest": ("All padded to the longest review", "longest", False, 1),
    "random": ("Random batches, padded", "random", False, 5),
    "random_packed": ("Random batches, packed", "random", True, 3),
    "length_packed": ("Batches by length, packed", "length", True, 6),
    "ours": ("Batches by length, padded (ours)", "length", False, 20),
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
    vocab = build_vocab(train["text"], max_tokens=5_000)
    ids = encode_reviews(train["text"], vocab)
    return ReviewDataset(ids, train["label"], cut)


def make_model(packed: bool) -> LSTMClassifier:
    """Create the book's model, or the same that packs its reviews."""
    seed_everything(0)
    model = LSTMClassifier(ModelConfig(5_000))
    if packed:
        config = model.config
        model.layers[0] = PackedLayer(config.embedding_dim, config.hidden_dim)
    return model.train()


def deal(data: ReviewDataset, how: str) -> DataLoader:
    """Return the batches; "longest" makes all as wide as the widest."""
    loader = make_loader(data, SIZE, by_length=how == "length")
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

    def __init__(self, data: ReviewDataset, way: str) -> None:
        """Take one step that is not measured."""
        _, how, packed, self.steps = WAYS[way]
        self.model, self.loader = make_model(packed), deal(data, how)
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
        started = time.perf_counter()
        tokens = sum(self._take() for _ in range(self.steps))
        return tokens / (time.perf_counter() - started)


def padding(data: ReviewDataset, how: str) -> float:
    """Return the share of an epoch's batches that is padding."""
    real = cells = 0
    for batch in deal(data, how):
        real += batch.lengths.sum().item()
        cells += batch.token_ids.numel()
    return 1 - real / cells


def compare(data: ReviewDataset, prefix: str, ways: list[str]) -> list[dict]:
    """Train every way in turn, on the same reviews."""
    trainers = {way: Trainer(data, way) for way in ways}
    works = {way: trainer.rate for way, trainer in trainers.items()}
    found = in_turn(works, ROUNDS)
    rows = []
    for way in ways:
        name, how, *_ = WAYS[way]
        packed = (WAYS["random_packed"][0], found["random_packed"])
        name += NAMES[prefix]
        rows.append(
            row(
                f"{prefix}.{way}",
                name,
                found[way],
                "tokens/s",
                against=packed if way != "random_packed" else None,
                goal="ratio >= 8" if way == "ours" else None,
            )
        )
        if not WAYS[way][2]:
            share = [padding(data, how)]
            rows.append(row(f"{prefix}.padding.{way}", name, share, "share"))
    rows.append(
        row(
            f"{prefix}.ours_padded",
            WAYS["ours"][0] + NAMES[prefix],
            found["ours"],
            "tokens/s",
            against=(WAYS["random"][0], found["random"]),
            goal="ratio >= 3",
        )
    )
    return rows


def measure() -> list[dict]:
    """Compare on whole reviews, and on reviews cut as the book cuts them."""
    keep_freed_memory()
    ways = list(WAYS)
    whole = compare(load(None), "steps", ways)
    return whole + compare(load(CUT), "steps_cut", ways[1:])
