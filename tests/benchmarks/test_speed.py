"""What `make bench` measures, how it counts, and two ratios that must hold."""

import json
from collections import Counter

import nltk
import pytest
import show_speed
import torch
from places import ROOT
from torch.utils.flop_counter import FlopCounterMode

from benchmarks.speed.__main__ import PARTS, part_of, put_together
from benchmarks.speed.batching import Trainer, load
from benchmarks.speed.limit import arithmetic
from benchmarks.speed.other_recipes import (
    FILLED,
    PACKED,
    PackedLSTM,
    as_dense,
    epoch_of_goal,
    fill_front,
    step_by_length,
)
from benchmarks.speed.text import original, rust, sentence_splitter
from benchmarks.speed.timing import in_turn, is_met, row, seconds
from imdbtutor.data.batches import Batch, pad_batch
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.evaluation.results import read_results
from imdbtutor.models.cell import LSTMCell
from imdbtutor.models.lstm import ModelConfig
from imdbtutor.training.step import take_step

SPEED = read_results("speed")
ROWS = {row["id"]: row for row in SPEED["rows"]}
KEYS = {"id", "what", "against", "ratio", "median", "unit", "goal"}
each_row = pytest.mark.parametrize("row", SPEED["rows"], ids=lambda r: r["id"])


# --- what is committed


@pytest.mark.parametrize(
    ("path", "text"),
    show_speed.files(SPEED).items(),
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_page_shows_what_was_measured(path, text):
    assert path.read_text("utf-8") == text


def test_every_part_is_there_and_says_what_it_was_measured_on():
    assert {part_of(row) for row in SPEED["rows"]} == set(PARTS)
    assert {"commit", "hardware", "versions"} <= set(SPEED)
    assert len(ROWS) == len(SPEED["rows"])


@each_row
def test_a_row_is_complete(row):
    assert set(row) >= KEYS
    low, high = row["spread"]
    assert low <= row["median"] <= high
    assert (row["ratio"] is None) == (row["against"] is None)
    assert row["goal"] is None or row["met"] == is_met(row)


def test_a_missed_goal_is_explained():
    notes = (ROOT / "benchmarks" / "NOTES.md").read_text("utf-8")
    missed = [id_ for id_, row in ROWS.items() if row.get("met") is False]
    assert [id_ for id_ in missed if f"`{id_}`" not in notes] == []


def test_the_profile_says_where_most_of_a_step_goes():
    shares = [
        row["median"]
        for id_, row in ROWS.items()
        if id_.startswith("limit.share.")
    ]
    assert min(shares) >= 0
    assert ROWS["limit.share.rest"]["median"] < 0.2  # most is accounted for


# --- how it counts


@pytest.mark.parametrize(("unit", "ratio"), [("s", 4.0), ("reviews/s", 0.25)])
def test_a_ratio_says_how_many_times_better(unit, ratio):
    found = row("a.b", "a", [1, 2, 3], unit, against=("b", [4, 8, 12]))
    assert found["ratio"] == ratio
    assert found["median"] == 2


def test_a_ratio_is_taken_round_by_round():
    found = row("a.b", "a", [1, 10, 2], "s", against=("b", [3, 10, 40]))
    assert found["ratio"] == 3  # of the medians, it would be 5


@pytest.mark.parametrize(
    ("goal", "met"),
    [("ratio >= 4", True), ("ratio >= 5", False), ("median <= 1", False)],
)
def test_a_goal_is_met_or_not(goal, met):
    found = row("a.b", "a", [2], "s", against=("b", [8]), goal=goal)
    assert found["met"] is met


def test_measurements_take_turns():
    order = []
    works = {name: lambda n=name: order.append(n) or 1.0 for name in "ab"}
    assert in_turn(works, 2) == {"a": [1.0, 1.0], "b": [1.0, 1.0]}
    assert order == list("abab")


def test_a_part_replaces_its_own_rows_only():
    old = [{"id": "text.a"}, {"id": "steps.a"}, {"id": "steps_cut.a"}]
    new = [{"id": "steps.b"}]
    found = put_together({"rows": old}, {"commit": "abc"}, "steps", new)
    ids = [row["id"] for row in found["rows"]]
    assert ids == ["text.a", "steps.b"]
    assert found["commit"] == "abc"


@pytest.mark.parametrize("both", [False, True])
def test_the_arithmetic_is_that_of_the_step_by_hand(both):
    config = ModelConfig(9, 12, 8, bidirectional=both)
    cell = LSTMCell(12, 8)
    state = torch.zeros(1, 8), torch.zeros(1, 8)
    with FlopCounterMode(display=False) as counter:
        cell(torch.zeros(1, 12), state)
    ways = 1 + both
    assert arithmetic(config) == 3 * ways * counter.get_total_flops()


def test_layers_and_directions_add_their_arithmetic():
    two = arithmetic(ModelConfig(9, 16, 8, num_layers=2))
    assert two == 2 * arithmetic(ModelConfig(9, 16, 8))


# --- other people's recipes


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


def test_the_first_epoch_that_reaches_the_goal_counts():
    rows = [{"validation_accuracy": share} for share in (0.8, 0.88, 0.89)]
    assert epoch_of_goal(rows) == 2
    assert epoch_of_goal(rows[:1]) is None


def test_the_epochs_of_the_packed_recipe_are_there():
    path = ROOT / "results" / "recipes.json"
    found = json.loads(path.read_text("utf-8"))
    done = len(found["rows"])
    assert epoch_of_goal(found["rows"]) == done or done == PACKED.epochs


# --- other people's tokenizers


def test_the_originals_tokenizer_runs_with_what_was_learned_here(packaged):
    texts = packaged["text"][:40]
    with sentence_splitter(texts.tolist()):
        assert nltk.word_tokenize("A film. It ended.")[2] == "."
        ids = original(texts, 20)
    assert [len(row) > 0 for row in ids] == [True] * 40
    counts = Counter(number for row in ids[:20] for number in row)
    assert counts[2] == max(counts.values())  # the commonest token is first


def test_the_rust_tokenizer_reads_the_same_one_by_one(packaged):
    texts = packaged["text"][:40].tolist()
    assert rust(texts, 20, single=True) == rust(texts, 20, single=False)


# --- what must not become slow again: ratios, on a small load


def test_batches_by_length_stay_faster_than_packed_ones():
    data = load(200, reviews=640)
    ours, packed = Trainer(data, "ours"), Trainer(data, "random_packed")
    packed.steps = 1
    found = in_turn({"ours": ours.rate, "packed": packed.rate}, 3)
    rates = row("a.b", "", found["ours"], "1/s", against=("", found["packed"]))
    assert rates["ratio"] >= 4


def test_reading_the_cache_stays_faster_than_encoding(packaged):
    texts = packaged["text"][:4_000].tolist()

    def encode(cache):
        vocab = build_vocab(texts, max_tokens=5_000)
        encode_reviews(texts, vocab, cache=cache)

    vocab = build_vocab(texts, max_tokens=5_000)
    encode_reviews(texts, vocab)  # writes the file
    cold = min(seconds(lambda: encode(cache=False)) for _ in range(3))
    warm = min(seconds(lambda: encode_reviews(texts, vocab)) for _ in range(3))
    assert cold >= 10 * warm
