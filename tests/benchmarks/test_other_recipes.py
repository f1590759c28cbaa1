"""Other people's recipes are what they are said to be."""

import json

import torch
from places import ROOT

from benchmarks.speed.other_recipes import (
    FILLED,
    PACKED,
    PUBLISHED,
    step_by_length,
)
from benchmarks.speed.recipe_models import PackedLSTM, as_dense, fill_front
from imdbtutor.data.batches import Batch, pad_batch
from imdbtutor.training.step import take_step


def test_the_dense_twin_of_the_packed_recipe_has_its_logits():
    packed = PackedLSTM(50, 12).eval()
    lengths = torch.tensor([5, 9, 2])
    ids = [torch.randint(2, 50, (n,)) for n in lengths]
    batch = pad_batch([(review, torch.tensor(0)) for review in ids])
    twin = as_dense(packed).eval()
    found = twin(batch.token_ids, batch.lengths)
    expected = packed(batch.token_ids, batch.lengths)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-5)


def test_a_large_batch_in_pieces_takes_the_same_step():
    moved = {}
    lengths = torch.randint(1, 12, (150,))
    ids = torch.randint(2, 50, (150, 12))
    ids[torch.arange(12) >= lengths[:, None]] = 0
    batch = Batch(ids, lengths, torch.ones(150, dtype=torch.int64))
    for step in (take_step, step_by_length):
        torch.manual_seed(0)
        model = as_dense(PackedLSTM(50, 12)).eval()  # no dropout
        before = model.linear.weight.detach().clone()
        optimizer = torch.optim.SGD(model.parameters(), lr=1.0)
        _, _, seen = step(model, batch, optimizer, float("inf"))
        moved[step] = model.linear.weight.detach() - before
        assert seen == 150
    largest = moved[take_step].abs().max()
    assert largest > 0.01
    gap = (moved[step_by_length] - moved[take_step]).abs().max()
    assert gap < 0.05 * largest  # 16 bits


def test_the_filled_recipe_keeps_the_end_and_fills_the_front():
    long, short = torch.arange(1, 301), torch.arange(1, 4)
    cut = [FILLED.cut(ids) for ids in (long, short)]
    batch = fill_front([(ids, torch.tensor(1)) for ids in cut])
    assert batch.token_ids.shape == (2, 200)
    assert batch.token_ids[0].tolist() == list(range(101, 301))
    assert batch.token_ids[1].tolist() == [0] * 197 + [1, 2, 3]


def test_the_packed_recipe_keeps_the_beginning():
    assert PACKED.cut(torch.arange(300)).tolist() == list(range(256))


def test_the_epochs_of_the_packed_recipe_are_there():
    path = ROOT / "results" / "recipes.json"
    found = json.loads(path.read_text("utf-8"))
    assert len(found["rows"]) == PACKED.epochs
    assert not any("seconds" in row for row in found["rows"])


def test_the_packed_recipe_is_told_with_what_its_author_reached():
    found = json.loads((ROOT / "results" / "recipes.json").read_text("utf-8"))
    theirs = found["published"]
    assert theirs == PUBLISHED
    assert theirs["source"].startswith("https://")
    shown = (ROOT / "book" / "speed_packed.csv").read_text("utf-8")
    for value in (theirs["source"], "GloVe", "GPU", "0.884", "about 75"):
        assert value in shown
