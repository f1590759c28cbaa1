from dataclasses import FrozenInstanceError, replace
from itertools import product

import pytest
import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from imdbtutor.inference.classifier import SentimentClassifier
from imdbtutor.models.lstm import (
    POOLINGS,
    LSTMClassifier,
    ModelConfig,
    last_real_state,
    last_states,
    make_embedding,
    pool_states,
    reverse_reviews,
)

VOCAB_SIZE, EMBEDDING, HIDDEN = 11, 3, 4
SETTINGS = [
    ModelConfig(VOCAB_SIZE, EMBEDDING, HIDDEN, layers, bidirectional, pooling)
    for layers, bidirectional, pooling in product(
        (1, 2), (False, True), POOLINGS
    )
]


def setting_name(config):
    directions = "both" if config.bidirectional else "forward"
    return f"{config.num_layers}-{directions}-{config.pooling}"


@pytest.fixture(params=SETTINGS, ids=setting_name)
def model(request):
    return LSTMClassifier(request.param).double().eval()


@pytest.fixture
def large_model(model):
    """So many units that each word of a review has the maximum of some."""
    config = replace(model.config, hidden_dim=64)
    return LSTMClassifier(config).double().eval()


@pytest.fixture
def token_ids():
    """Reviews of 5, 2 and 1 tokens."""
    return torch.tensor([[3, 4, 5, 6, 7], [8, 9, 0, 0, 0], [2, 0, 0, 0, 0]])


@pytest.fixture
def lengths():
    return torch.tensor([5, 2, 1])


@pytest.fixture
def states():
    """Two reviews of 3 and 2 tokens, two features, hand-made."""
    return torch.tensor(
        [[[1.0, 9], [2, 8], [6, 4]], [[-5, -1], [-3, -2], [99, 99]]]
    )


def assert_same(actual, expected, within=1e-6):
    torch.testing.assert_close(actual, expected, rtol=0, atol=within)


# --- what must not change a score


def test_padding_does_not_change_the_score(model, token_ids, lengths):
    wider = F.pad(token_ids, (0, 4))
    assert_same(model(wider, lengths), model(token_ids, lengths))


def test_what_stands_in_the_padding_does_not_matter(model, token_ids, lengths):
    other = torch.where(token_ids == 0, 10, token_ids)
    assert_same(model(other, lengths), model(token_ids, lengths))


def test_a_review_alone_scores_as_in_a_batch(model, token_ids, lengths):
    together = model(token_ids, lengths)
    for row, length in enumerate(lengths):
        alone = model(token_ids[row : row + 1, :length], length[None])
        assert_same(alone[0], together[row])


def test_the_order_of_the_batch_does_not_matter(model, token_ids, lengths):
    backwards = model(token_ids.flip(0), lengths.flip(0)).flip(0)
    assert_same(backwards, model(token_ids, lengths))


def test_changing_one_review_does_not_change_another(
    model, token_ids, lengths
):
    changed = token_ids.clone()
    changed[0] = torch.tensor([9, 9, 2, 2, 9])
    before, after = model(token_ids, lengths), model(changed, lengths)
    assert_same(after[1:], before[1:])


@pytest.mark.parametrize("place", [0, 2, 4])
def test_every_word_of_a_review_counts(large_model, token_ids, lengths, place):
    changed = token_ids.clone()
    changed[0, place] = 10
    before = large_model(token_ids, lengths)
    after = large_model(changed, lengths)
    assert (after[0] - before[0]).abs().max() > 1e-6


def test_the_order_of_the_words_counts(model, token_ids, lengths):
    changed = token_ids.clone()
    changed[0] = changed[0].flip(0)
    before, after = model(token_ids, lengths), model(changed, lengths)
    assert (after[0] - before[0]).abs().max() > 1e-6


# --- against torch's own packed LSTM


def packed_lstm(model):
    """Build torch's LSTM of the same sizes and give it our weights."""
    config = model.config
    lstm = nn.LSTM(
        EMBEDDING,
        HIDDEN,
        config.num_layers,
        bidirectional=config.bidirectional,
        batch_first=True,
        dtype=torch.float64,
    )
    weights = {
        name.replace("_l0", f"_l{number}{side}"): weight
        for number, layer in enumerate(model.layers)
        for side, ours in (
            ("", layer.forward_lstm),
            ("_reverse", layer.backward_lstm),
        )
        if ours is not None
        for name, weight in ours.state_dict().items()
    }
    lstm.load_state_dict(weights)
    return lstm


def packed_logits(model, token_ids, lengths):
    """Score as torch does, pooling each review's own states."""
    packed = pack_padded_sequence(
        model.embedding(token_ids), lengths, batch_first=True
    )
    output, (h, _) = packed_lstm(model)(packed)
    padded, _ = pad_packed_sequence(output, batch_first=True)
    reviews = [row[:n] for row, n in zip(padded, lengths, strict=True)]
    last = h[-2:] if model.config.bidirectional else h[-1:]
    pools = {
        "last": lambda: torch.cat(list(last), dim=1),
        "max": lambda: torch.stack([r.amax(dim=0) for r in reviews]),
        "mean": lambda: torch.stack([r.mean(dim=0) for r in reviews]),
    }
    names = {"max_mean": ["max", "mean"]}
    pooling = model.config.pooling
    pooled = [pools[name]() for name in names.get(pooling, [pooling])]
    return model.linear(torch.cat(pooled, dim=1))


def test_packing_gives_the_same_score(model, token_ids, lengths):
    expected = packed_logits(model, token_ids, lengths)
    assert_same(model(token_ids, lengths), expected, within=1e-5)


def test_packing_gives_the_same_gradients(model, token_ids, lengths):
    weight = model.embedding.weight
    ours = model(token_ids, lengths)[:, 1].sum()
    theirs = packed_logits(model, token_ids, lengths)[:, 1].sum()
    (expected,) = torch.autograd.grad(theirs, weight)
    assert_same(torch.autograd.grad(ours, weight)[0], expected, within=1e-5)


# --- gradients, parameters, logits


def test_the_pad_row_gets_no_gradient(model, token_ids, lengths):
    model(token_ids, lengths).square().sum().backward()
    assert model.embedding.weight.grad[0].abs().max() == 0


def test_the_pad_row_is_zero(model):
    assert model.embedding.weight[0].abs().max() == 0


def test_gradients_reach_every_parameter(model, token_ids, lengths):
    model(token_ids, lengths).square().sum().backward()
    for parameter in model.parameters():
        assert parameter.grad.abs().max() > 0


def test_gradients_reach_every_word_that_was_read(
    large_model, token_ids, lengths
):
    large_model(token_ids, lengths).square().sum().backward()
    touched = large_model.embedding.weight.grad.abs().sum(dim=1) > 0
    assert touched.nonzero().flatten().tolist() == [2, 3, 4, 5, 6, 7, 8, 9]


def test_parameters_are_as_many_as_the_formula_says(model):
    config = model.config
    directions = 2 if config.bidirectional else 1
    pools = 2 if config.pooling == "max_mean" else 1
    expected, width = VOCAB_SIZE * EMBEDDING, EMBEDDING
    for _ in range(config.num_layers):
        expected += directions * 4 * HIDDEN * (width + HIDDEN + 2)
        width = directions * HIDDEN
    expected += 2 * (pools * width + 1)
    assert sum(p.numel() for p in model.parameters()) == expected


def test_there_are_two_logits_a_review(model, token_ids, lengths):
    assert model(token_ids, lengths).shape == (3, 2)


def test_logits_are_not_probabilities(model, token_ids, lengths):
    """They grow with the last layer; a softmax or a sigmoid would not."""
    before = model(token_ids, lengths)
    with torch.no_grad():
        for parameter in model.linear.parameters():
            parameter *= 50
    assert_same(model(token_ids, lengths), 50 * before)


def test_word_vectors_score_as_their_ids(model, token_ids, lengths):
    scores = model.classify(model.embedding(token_ids), lengths)
    assert_same(scores, model(token_ids, lengths))


def test_in_training_dropout_is_at_work(model, token_ids, lengths):
    model.train()
    first, second = model(token_ids, lengths), model(token_ids, lengths)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("name", ["dropout", "word_dropout"])
def test_each_kind_of_dropout_is_at_work_alone(token_ids, lengths, name):
    rates = {"dropout": 0.0, "word_dropout": 0.0, name: 0.5}
    model = LSTMClassifier(ModelConfig(VOCAB_SIZE, 3, 4, **rates))
    first, second = model(token_ids, lengths), model(token_ids, lengths)
    assert not torch.equal(first, second)


def test_word_dropout_leaves_out_words_whole():
    sizes = ModelConfig(VOCAB_SIZE, 3, 4, dropout=0.0, word_dropout=0.5)
    model, seen = LSTMClassifier(sizes), []
    model.layers[0].register_forward_pre_hook(
        lambda layer, inputs: seen.append(inputs[0])
    )
    model.classify(torch.ones(4, 50, 3), torch.full((4,), 50))
    kept = (seen[0] != 0).sum(dim=2)  # of a word's 3 numbers
    assert kept.unique().tolist() == [0, 3]


def test_without_dropout_training_scores_are_the_same(token_ids, lengths):
    sizes = ModelConfig(VOCAB_SIZE, 3, 4, 2, dropout=0.0, word_dropout=0.0)
    model = LSTMClassifier(sizes)
    assert_same(
        model.train()(token_ids, lengths), model.eval()(token_ids, lengths)
    )


@pytest.mark.parametrize("pooling", ["", "median", "max-mean", "LAST"])
def test_an_unknown_pooling_is_named(pooling):
    with pytest.raises(ValueError, match=f"pooling='{pooling}' is unknown"):
        ModelConfig(VOCAB_SIZE, pooling=pooling)


@pytest.mark.parametrize(
    ("chapter", "trained_with"),
    [(8, {}), (18, {"dropout": 0.25, "word_dropout": 0.05})],
)
def test_the_shipped_models_have_the_sizes_that_are_left_out(
    chapter, trained_with
):
    found = SentimentClassifier.pretrained(chapter=chapter)
    sizes = ModelConfig(len(found.vocab))
    assert found.model.config == replace(sizes, **trained_with)


def test_the_sizes_of_a_model_cannot_be_changed_later():
    with pytest.raises(FrozenInstanceError):
        ModelConfig(VOCAB_SIZE).hidden_dim = 5


# --- the parts


def test_word_vectors_begin_ten_times_smaller_than_torchs():
    torch.manual_seed(0)
    theirs = nn.Embedding(400, 50, padding_idx=0)
    torch.manual_seed(0)
    small = make_embedding(400, 50)
    assert_same(10 * small.weight, theirs.weight)


def test_each_review_is_reversed_within_its_own_length():
    values = torch.tensor([[1, 2, 3, 4], [5, 6, 8, 9], [7, 0, 0, 0]])
    turned = reverse_reviews(values[:, :, None], torch.tensor([4, 2, 1]))
    expected = [[4, 3, 2, 1], [6, 5, 8, 9], [7, 0, 0, 0]]
    assert turned[:, :, 0].tolist() == expected


def test_reversing_twice_changes_nothing(lengths):
    values = torch.randn(3, 5, 2)
    twice = reverse_reviews(reverse_reviews(values, lengths), lengths)
    assert torch.equal(twice, values)


def test_the_last_real_state_is_not_read_from_the_padding(states):
    lengths = torch.tensor([3, 2])
    with torch.device("meta"):  # as where a GPU is the default
        last = last_real_state(states, lengths)
    assert last.tolist() == [[6, 4], [-3, -2]]


def test_backwards_the_last_state_is_the_first_tokens(states):
    last = last_states(states, torch.tensor([3, 2]), hidden_dim=1)
    assert last.tolist() == [[6, 9], [-3, -1]]


@pytest.mark.parametrize("how", ["softmax", "amax", "last", "", None, "MAX"])
def test_a_way_to_pool_that_does_not_exist_is_named(states, how):
    with pytest.raises(ValueError, match=f"how={how!r} is unknown: use max"):
        pool_states(states, torch.tensor([3, 2]), how)


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("max", [[6, 9], [-3, -1]]),
        ("mean", [[3, 7], [-4, -1.5]]),
        ("max_mean", [[6, 9, 3, 7], [-3, -1, -4, -1.5]]),
    ],
)
def test_pooling_leaves_the_padding_out(states, how, expected):
    pooled = pool_states(states, torch.tensor([3, 2]), how)
    assert pooled.tolist() == expected


# --- what dropout leaves out, and where tensors are


def inputs_of(module, seen):
    module.register_forward_pre_hook(
        lambda module, inputs: seen.append(inputs[0].detach())
    )


@pytest.mark.parametrize("pooling", POOLINGS)
def test_dropout_halves_what_each_layer_and_the_linear_one_see(pooling):
    sizes = ModelConfig(VOCAB_SIZE, 30, 20, 2, True, pooling, 0.5, 0.0)
    model, seen = LSTMClassifier(sizes), []
    for module in (*model.layers, model.linear):
        inputs_of(module, seen)
    token_ids, lengths = torch.randint(1, VOCAB_SIZE, (40, 6)), [6] * 40
    for training in (False, True):
        model.train(training)(token_ids, torch.tensor(lengths))
    shares = [(values == 0).float().mean().item() for values in seen]
    assert shares == pytest.approx([0, 0, 0, 0.5, 0.5, 0.5], abs=0.05)


def test_what_dropout_keeps_of_a_word_is_doubled():
    sizes = ModelConfig(VOCAB_SIZE, 30, 20, dropout=0.5, word_dropout=0.0)
    model, seen = LSTMClassifier(sizes), []
    inputs_of(model.layers[0], seen)
    values = torch.ones(2, 5, 30)
    model.classify(values, torch.tensor([5, 5]))
    assert seen[0].unique().tolist() == [0, 2]


def test_scores_are_computed_where_the_model_is(model):
    lengths = torch.tensor([5, 2], device="meta")
    ids = torch.ones(2, 5, dtype=torch.int64, device="meta")
    logits = model.to("meta")(ids, lengths)
    assert (logits.device.type, logits.shape) == ("meta", (2, 2))
