"""Each mistake of chapter 13 runs, and is what its name says."""

import ast
import json
from dataclasses import replace
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest
import torch
from places import ROOT, prose
from torch import nn
from torch.nn import functional as F

from benchmarks.accuracy import (
    mistake_costs,
    mistake_data,
    mistake_models,
    mistake_rows,
    mistake_runs,
    mistake_scores,
    mistakes,
)
from benchmarks.accuracy.runs import read_runs
from imdbtutor.data.batches import ReviewDataset, pad_batch
from imdbtutor.data.reviews import split_reviews
from imdbtutor.data.tokens import tokenize
from imdbtutor.models.lstm import LSTMClassifier, ModelConfig

ROWS = {row.id: row for row in mistakes.ROWS}
TRAINED = [row for row in mistakes.ROWS if row.recipe]
BASE = ROWS["base"].recipe
JSON = ROOT / "results" / "mistakes.json"
CHAPTER = ROOT / "notebooks" / "13_pay_for_mistakes.ipynb"


@pytest.fixture
def reviews(texts, labels):
    """Two hundred reviews, class after class, no two alike."""
    rows = [
        (f"{text} Take {number}.", label)
        for label, text in sorted(zip(labels, texts, strict=True))
        for number in range(25)
    ]
    return pd.DataFrame(rows, columns=["text", "label"])


@pytest.fixture
def prepared(reviews):
    """Split, vocabulary and test reviews, done right or by a recipe."""

    def prepare(recipe=BASE):
        split = recipe.split(reviews)
        vocab = mistake_runs.number_words(recipe, split)
        parts = [mistake_runs.encode(recipe, vocab, part) for part in split]
        return split, vocab, parts

    return prepare


def build(kind, **choices):
    torch.manual_seed(0)
    return kind(ModelConfig(40, 8, 6, **choices)).eval()


def random_review(length, seed=0):
    generator = torch.Generator().manual_seed(seed)
    return torch.randint(2, 40, (length,), generator=generator)


def scored(model, *reviews):
    """Return the score of the last review, in the company of the others."""
    batch = pad_batch([(review, torch.tensor(0)) for review in reviews])
    return model(batch.token_ids, batch.lengths)[-1].detach()


# --- models


def loss_of_a_sure_model(kind):
    model = build(kind)
    with torch.no_grad():
        model.linear.bias.copy_(torch.tensor([-99.0, 99.0]))
    scores = scored(model, random_review(5))
    return F.cross_entropy(scores, torch.tensor(1)).item()


@pytest.mark.parametrize("id_", ["softmax", "sigmoid"])
def test_squeezed_scores_keep_the_loss_above_its_floor(id_):
    assert loss_of_a_sure_model(LSTMClassifier) < 1e-6
    floor = loss_of_a_sure_model(ROWS[id_].recipe.model)
    assert floor == pytest.approx(np.log(1 + np.exp(-1)))


def moved_by(id_, company):
    """Tell how far a review's score moves when another joins its batch."""
    recipe = ROWS[id_].recipe
    model = build(recipe.model, **getattr(recipe.config, "keywords", {}))
    review = random_review(7)
    change = scored(model, company, review) - scored(model, review)
    return change.abs().max()


@pytest.mark.parametrize("id_", ["base", "last", "softmax", "sigmoid"])
@pytest.mark.parametrize("length", [7, 30])
def test_no_neighbour_moves_the_score(id_, length):
    assert moved_by(id_, random_review(length, seed=1)) < 1e-6


def test_a_longer_neighbour_moves_the_score_read_after_padding():
    assert moved_by("padding", random_review(30, seed=1)) > 1e-4
    assert moved_by("padding", random_review(7, seed=1)) < 1e-6


@pytest.mark.parametrize("length", [7, 30])
def test_without_batch_first_any_neighbour_moves_the_score(length):
    assert moved_by("batch-first", random_review(length, seed=1)) > 1e-4


def test_without_padding_the_last_column_is_the_last_state():
    right, wrong = (
        build(ROWS[id_].recipe.model, pooling="last", bidirectional=False)
        for id_ in ("last", "padding")
    )
    review = random_review(9)
    assert torch.equal(scored(right, review), scored(wrong, review))


# --- words, splits, cuts, batches


def test_one_id_for_pad_and_unk_is_zero(prepared):
    for id_, expected in [("base", 1), ("pad-unk", 0)]:
        _, vocab, _ = prepared(ROWS[id_].recipe)
        assert vocab["never seen"] == expected
        assert vocab["<pad>"] == 0


def test_without_unk_unknown_words_vanish(prepared):
    unknown = pd.DataFrame({"text": ["A splendiferous film"], "label": [1]})
    lengths = {}
    for id_ in ("base", "no-unk"):
        recipe = ROWS[id_].recipe
        _, vocab, _ = prepared(recipe)
        lengths[id_] = mistake_runs.encode(
            recipe, vocab, unknown
        ).lengths.item()
    assert lengths == {"base": 3, "no-unk": 2}


def test_only_the_leaky_vocabulary_knows_words_of_the_test(reviews, prepared):
    reviews.loc[reviews.index[-1], "text"] = "Stupendous."
    assert "stupendous" in split_reviews(reviews).test["text"].iloc[-1].lower()
    assert "stupendous" not in prepared()[1]
    assert "stupendous" in prepared(ROWS["vocabulary"].recipe)[1]


def test_unshuffled_batches_come_class_after_class(prepared):
    _, _, (train, *_) = prepared()
    in_order, at_random = (
        torch.cat([b.labels for b in ROWS[id_].recipe.deal(train, 0)])
        for id_ in ("no-shuffle", "base")
    )
    assert torch.equal(in_order, in_order.sort().values)
    assert not torch.equal(at_random, at_random.sort().values)


def test_the_random_split_is_random_and_complete(reviews):
    parts = mistake_data.split_at_random(reviews)
    texts = pd.concat(parts)["text"]
    assert sorted(texts) == sorted(reviews["text"])
    assert texts.tolist() != reviews["text"].tolist()
    assert [len(p) for p in parts] == [len(p) for p in split_reviews(reviews)]


@pytest.mark.parametrize(
    ("id_", "expected"),
    [
        ("breaks", ["a", "<br", "/><br", "/>great", "film"]),
        ("case", ["A", "Great", "film"]),
        ("base", ["a", "great", "film"]),
    ],
)
def test_each_tokenizer_keeps_what_it_says(id_, expected):
    found = ROWS[id_].recipe.tokenize("A <br /><br />Great film")
    assert found == expected


def test_the_other_rules_of_the_tokenizers_are_the_book_s():
    text = 'Well, it\'s "fine"; see it (twice)!'
    assert mistake_data.keep_breaks(text) == tokenize(text)
    assert [word.lower() for word in mistake_data.keep_case(text)] == tokenize(
        text
    )


def test_cuts_keep_what_they_say():
    long, short = torch.arange(500), torch.arange(7)
    assert mistake_data.first_tokens(long).tolist() == [*range(200)]
    assert mistake_data.last_tokens(long).tolist() == [*range(300, 500)]
    ends = [*range(100), *range(400, 500)]
    assert mistake_data.both_ends(long).tolist() == ends
    for keep in ("first_tokens", "last_tokens", "both_ends"):
        assert torch.equal(getattr(mistake_data, keep)(short), short)


@pytest.mark.parametrize("id_", ["last-200", "both-ends"])
def test_a_cut_is_the_same_in_training_and_in_the_test(id_):
    recipe = ROWS[id_].recipe
    assert recipe.scores["test"].keywords["keep"] is recipe.keep


def test_unclipped_gradients_stay_as_they_are():
    weight = nn.Parameter(torch.zeros(3))
    for id_, expected in [("no-clip", 2e6), ("base", 1.0)]:
        weight.grad = torch.tensor([0.0, 2e6, 0.0])
        limit = ROWS[id_].recipe.training.clip_norm
        nn.utils.clip_grad_norm_([weight], limit)
        assert weight.grad.norm().item() == pytest.approx(expected, rel=1e-3)


def test_but_for_the_clipping_training_is_the_same():
    kept = replace(
        mistake_rows.UNCLIPPED, clip_norm=mistake_runs.TRAINING.clip_norm
    )
    assert kept == mistake_runs.TRAINING


# --- scores


@pytest.fixture
def mixed():
    """Twenty made reviews of different lengths."""
    encoded = [random_review(3 + 2 * n, seed=n) for n in range(20)]
    return ReviewDataset(encoded, [0, 1] * 10)


def test_without_eval_the_same_review_gets_other_scores(mixed):
    model = build(LSTMClassifier)
    first, again = (
        mistake_scores.score_without_eval(model, mixed) for _ in range(2)
    )
    assert np.abs(first - again).max() > 1e-3
    assert not model.training


def test_without_dropout_it_would_not_matter(mixed):
    model = build(LSTMClassifier, dropout=0.0, word_dropout=0.0)
    found = mistake_scores.score_without_eval(model, mixed)
    assert found == pytest.approx(mistake_scores.score(model, mixed), abs=1e-6)


def test_random_batches_change_nothing_for_a_right_model(mixed):
    model = build(LSTMClassifier)
    found = mistake_scores.score_random_batches(model, mixed)
    assert found == pytest.approx(mistake_scores.score(model, mixed), abs=1e-6)


# --- runs


@pytest.mark.slow
@pytest.mark.parametrize("row", TRAINED, ids=lambda row: row.id)
def test_every_recipe_can_be_run(row, reviews):
    found = mistakes.run(row.recipe, 0, reviews)
    assert found["train_seconds"] >= 0  # rounded to tenths
    for name in row.recipe.scores:
        assert set(found["right"][name]) <= {"0", "1"}
        assert len(found["right"][name]) == 40


@pytest.mark.parametrize("row", TRAINED, ids=lambda row: row.id)
def test_a_recipe_differs_from_its_reference_in_one_thing(row):
    reference = ROWS[row.against].recipe
    changed = {
        name
        for name in vars(reference)
        if getattr(row.recipe, name) != getattr(reference, name)
    } - {"scores", "looks"}
    expected = {"base": 0, "last": 3, "no-unk": 2}
    assert len(changed) == expected.get(row.id, 1)


@pytest.mark.slow
def test_looking_twenty_times_leaves_the_training_as_it_is(prepared):
    _, vocab, parts = prepared()
    trained = {}
    for often in (20, 0):
        recipe = replace(BASE, looks=often)
        model, looks, _ = mistake_runs.train(recipe, 0, parts, len(vocab))
        trained[often] = torch.cat([p.flatten() for p in model.parameters()])
        assert len(looks.found) == often
    assert torch.equal(trained[20], trained[0])


@pytest.mark.slow
def test_two_runs_with_one_seed_get_the_same_reviews_right(reviews):
    first, again = (mistakes.run(BASE, 3, reviews) for _ in range(2))
    assert first["right"] == again["right"]


# --- costs


def test_a_harm_counts_what_was_lost():
    right, reference = np.array([[1, 0, 0, 0]]), np.array([[1, 1, 1, 0]])
    found = ROWS["softmax"].cost(right, reference)
    assert found["cost_points"] == 50
    assert found["interval"][0] <= 50 <= found["interval"][1]


def test_a_flattery_counts_what_was_won():
    right, reference = np.array([[1, 1, 1, 0]]), np.array([[1, 0, 0, 0]])
    assert ROWS["vocabulary"].cost(right, reference)["cost_points"] == 50


def test_a_random_split_is_scored_on_other_reviews():
    right = np.random.default_rng(0).random((1, 900)) < 0.9
    paired = ROWS["vocabulary"].cost(right, right)["interval"]
    apart = ROWS["random-split"].cost(right, right)["interval"]
    assert np.ptp(paired) == 0
    assert np.ptp(apart) > 1


def test_the_mean_of_means_counts_a_small_batch_too_much():
    right = np.array([True] * 64 + [False])
    assert mistake_costs.mean_of_means(right) == 0.5
    assert mistake_costs.mean_of_means(right[:64]) == 1


def test_one_batch_misses_by_points_and_the_mean_of_means_by_little():
    right = np.random.default_rng(0).random((3, 5_000)) < 0.88
    batch, means = (
        ROWS[id_].cost(right, right)["cost_points"]
        for id_ in ("one-batch", "batch-means")
    )
    assert 2 < batch < 5
    assert 0 < means < 0.3


def test_the_best_of_twenty_coins_flatters():
    looks = np.random.default_rng(0).random((3, 20, 400)) < 0.5
    found = mistake_costs.pick_best_look(looks, looks[:, 0])
    assert found["cost_points"] > 3
    assert np.mean(found["accuracy"]) > 0.52
    assert np.mean(found["compared_with"]) == pytest.approx(0.5, abs=0.02)


def test_twenty_equal_looks_do_not():
    look = np.random.default_rng(0).random((3, 1, 400)) < 0.8
    found = mistake_costs.pick_best_look(look.repeat(20, axis=1), look[:, 0])
    assert abs(found["cost_points"]) < 0.5


# --- the command


@pytest.fixture
def command(monkeypatch, tmp_path, reviews):
    """Run the command on made reviews, in a folder of its own."""
    done = []
    real = mistakes.run

    def spy(recipe, seed, all_reviews):
        if len(done) == command.stop_after:
            raise KeyboardInterrupt
        done.append(seed)
        return real(recipe, seed, all_reviews)

    def command(*chosen, stop_after=None):
        command.stop_after = stop_after
        done.clear()
        mistakes.main(chosen)
        return len(done)

    monkeypatch.setattr(mistakes, "RESULTS", tmp_path)
    monkeypatch.setattr(mistakes, "RUNS", tmp_path / "runs")
    monkeypatch.setattr(mistakes, "ROWS", list(FEW))
    monkeypatch.setattr(mistakes, "load_reviews", lambda: reviews)
    monkeypatch.setattr(mistakes, "run", spy)
    return command


FEW = [
    ROWS[id_]
    for id_ in ("base", "softmax", "random-split", "no-eval", "looks")
]


@pytest.mark.slow
def test_a_stopped_command_goes_on_where_it_was(command, tmp_path):
    with pytest.raises(KeyboardInterrupt):
        command(stop_after=2)
    assert len(list((tmp_path / "runs").iterdir())) == 2
    assert not (tmp_path / "mistakes.json").exists()
    assert command() == 7
    assert command() == 0
    assert (tmp_path / "mistakes.json").exists()


@pytest.mark.slow
def test_one_mistake_can_be_chosen(command, tmp_path):
    assert command("softmax") == 3
    assert not (tmp_path / "mistakes.json").exists()


@pytest.mark.slow
def test_the_command_writes_what_the_chapter_reads(command, tmp_path):
    command()
    found = json.loads((tmp_path / "mistakes.json").read_text("utf-8"))
    check_table(found, FEW)


def check_table(table, rows):
    assert {"commit", "hardware", "versions", "setup", "kinds"} <= set(table)
    assert [row["id"] for row in table["rows"]] == [row.id for row in rows]
    assert [row["name"] for row in table["rows"]] == [row.name for row in rows]
    for row in table["rows"]:
        assert row["kind"] in table["kinds"]
        assert len(row["accuracy"]) == len(row["train_seconds"]) == 3
        assert all(0 <= share <= 1 for share in row["accuracy"])
        if row["kind"] != "reference":
            check_cost(row, {r["id"]: r for r in table["rows"]})


def check_cost(row, rows):
    low, high = row["interval"]
    assert low <= high
    assert rows[row["against"]]["kind"] == "reference"
    if row["kind"] == "noise":
        assert row["cost_points"] >= 0
        return
    assert low - 0.01 <= row["cost_points"] <= high + 0.01
    lost = np.mean(row["compared_with"]) - np.mean(row["accuracy"])
    sign = {"harm": 1, "flattery": -1}[row["kind"]]
    assert row["cost_points"] == pytest.approx(100 * sign * lost, abs=0.02)


@pytest.mark.slow
def test_the_committed_costs_are_those_of_the_runs():
    runs = {row.id: read_runs(mistakes.RUNS, row) for row in TRAINED}
    found = json.loads(JSON.read_text("utf-8"))
    assert mistakes.sum_up(runs) == found


def test_the_committed_costs_are_whole():
    check_table(json.loads(JSON.read_text("utf-8")), mistakes.ROWS)


COSTS = {
    row["id"]: row
    for row in json.loads(JSON.read_text("utf-8"))["rows"]
    if row["kind"] != "reference"
}


@pytest.mark.parametrize("row", mistakes.ROWS, ids=lambda row: row.id)
def test_rows_scored_on_the_reference_s_runs_share_them(row):
    shared = getattr(row.cost, "keywords", {}).get("shared", False)
    assert shared == (row.kind == "harm" and not row.recipe)


def test_the_chapter_counts_harms_and_tells_their_ends():
    harms = [row for row in COSTS.values() if row["kind"] == "harm"]
    assert f"Of {len(harms)} harms" in prose(13)
    unclear = [row for row in harms if row["interval"][0] <= 0]
    assert len(unclear) == 6
    assert "Six well-known mistakes are not told apart" in prose(13)
    assert COSTS["last-200"]["interval"][0] == 0.01
    told = f"may cost {COSTS['pad-unk']['interval'][1]:.1f} points"
    assert told in prose(13)


def test_chapter_5_tells_what_a_leaky_vocabulary_wins():
    low, high = COSTS["vocabulary"]["interval"]
    assert low < 0 < high
    assert "chapter 13 does not tell apart from nothing" in prose(5)


def test_the_chapter_tells_which_seconds_stand_out():
    rows = {
        row["id"]: row for row in json.loads(JSON.read_text("utf-8"))["rows"]
    }
    apart = np.ptp(rows["last"]["train_seconds"])
    told = "the runs of the second model without a mistake differ by more than"
    assert told in prose(13)
    found = {
        id_: row["cost_seconds"]
        for id_, row in COSTS.items()
        if row["against"] == "base" and ROWS[id_].recipe
    }
    assert max(found, key=found.get) == "no-shuffle"
    assert max(np.abs([*found.values()])) < apart


def statements(source, name):
    """List what a class does, without docstrings and type hints."""
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = [
        node for node in ast.parse(source).body if isinstance(node, kinds)
    ]
    (shown,) = [node for node in found if node.name == name]
    return [
        ast.unparse(line)
        for method in shown.body
        if isinstance(method, ast.FunctionDef)
        for line in method.body
        if not isinstance(getattr(line, "value", None), ast.Constant)
    ]


@pytest.mark.parametrize(
    ("shown", "measured"),
    [
        ("ModelA", "SoftmaxLSTM"),
        ("ModelB", "LastColumnLSTM"),
        ("ModelC", "ColumnsLSTM"),
    ],
)
def test_the_chapter_shows_the_model_that_was_measured(shown, measured):
    (cell,) = [
        cell.source
        for cell in nbformat.read(CHAPTER, as_version=4).cells
        if f"class {shown}" in cell.source
    ]
    source = Path(mistake_models.__file__).read_text("utf-8")
    assert statements(cell, shown) == statements(source, measured)
