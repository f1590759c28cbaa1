import pytest
import torch
from safetensors.torch import load_file
from tokenizers import Tokenizer
from torch import nn
from torch.nn import functional as F

from imdbtutor.data.minilm import fetch_minilm
from imdbtutor.evaluation.results import read_results
from imdbtutor.models.encoder import (
    Encoder,
    EncoderBlock,
    EncoderConfig,
    SelfAttention,
    load_minilm,
    rename,
)
from imdbtutor.models.lstm import pool_states

TINY = EncoderConfig(
    vocab_size=40, width=12, num_layers=2, num_heads=3, inner=20, positions=9
)
LENGTHS = torch.tensor([7, 3, 1])
REAL = torch.arange(7) < LENGTHS[:, None]
# What the official library said; tests/golden/make_golden_minilm.py asked.
GOLDEN = read_results("minilm")["rows"]


@pytest.fixture
def values():
    torch.manual_seed(0)
    return torch.randn(3, 7, 12)


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return Encoder(TINY).eval()


@pytest.fixture(scope="module")
def minilm():
    return load_minilm(fetch_minilm())


# --- attention


def theirs_of(ours):
    """PyTorch's own attention with the same weights."""
    theirs = nn.MultiheadAttention(12, 3, batch_first=True).eval()
    three = (ours.query, ours.key, ours.value)
    with torch.no_grad():
        for name in ("weight", "bias"):
            joined = torch.cat([getattr(layer, name) for layer in three])
            getattr(theirs, f"in_proj_{name}").copy_(joined)
            getattr(theirs.out_proj, name).copy_(getattr(ours.output, name))
    return theirs


def test_attention_is_that_of_pytorch(values):
    ours = SelfAttention(12, 3, 0.0).eval()
    padding = ~REAL
    expected, _ = theirs_of(ours)(
        values, values, values, key_padding_mask=padding
    )
    found = ours(values, REAL)
    assert torch.allclose(found[REAL], expected[REAL], atol=1e-6)


def test_a_head_is_a_mean_weighted_by_softmax(values):
    ours = SelfAttention(12, 1, 0.0).eval()
    query, key, value = (
        layer(values[0]) for layer in (ours.query, ours.key, ours.value)
    )
    weights = (query @ key.T / 12**0.5).softmax(dim=1)
    expected = ours.output(weights @ value)
    found = ours(values[:1], torch.ones(1, 7, dtype=torch.bool))[0]
    assert torch.allclose(found, expected, atol=1e-6)


def test_weights_are_dropped_in_training_alone(values):
    ours = SelfAttention(12, 3, 0.5)
    assert not torch.equal(ours(values, REAL), ours(values, REAL))
    ours.eval()
    assert torch.equal(ours(values, REAL), ours(values, REAL))


# --- a block


def test_a_block_is_that_of_pytorch(values):
    ours = EncoderBlock(TINY).eval()
    theirs = nn.TransformerEncoderLayer(
        12, 3, 20, activation="gelu", layer_norm_eps=1e-12, batch_first=True
    ).eval()
    attention = theirs_of(ours.attention).state_dict()
    theirs.self_attn.load_state_dict(attention)
    for one, other in [
        (theirs.norm1, ours.attention_norm),
        (theirs.norm2, ours.narrow_norm),
        (theirs.linear1, ours.widen),
        (theirs.linear2, ours.narrow),
    ]:
        one.load_state_dict(other.state_dict())
    expected = theirs(values, src_key_padding_mask=~REAL)
    assert torch.allclose(ours(values, REAL)[REAL], expected[REAL], atol=1e-5)


# --- the encoder


def test_padding_and_neighbours_change_nothing(encoder):
    ids = torch.randint(1, 40, (3, 7))
    together = encoder(ids, LENGTHS)
    for row, length in enumerate(LENGTHS.tolist()):
        alone = encoder(ids[row : row + 1, :length], LENGTHS[row : row + 1])
        assert torch.allclose(together[row, :length], alone[0], atol=1e-6)


def test_the_order_of_the_words_counts(encoder):
    ids = torch.arange(1, 8)[None]
    length = torch.tensor([7])
    there, back = encoder(ids, length), encoder(ids.flip(1), length)
    assert not torch.allclose(there, back.flip(1), atol=1e-3)


def test_without_places_the_order_would_not_count(encoder):
    encoder.places.weight.data.zero_()
    ids = torch.arange(1, 8)[None]
    length = torch.tensor([7])
    there, back = encoder(ids, length), encoder(ids.flip(1), length)
    assert torch.allclose(there, back.flip(1), atol=1e-5)


def test_there_is_a_layer_more_than_blocks_and_the_last_is_the_result(encoder):
    ids = torch.randint(1, 40, (3, 7))
    layers = encoder.layers(ids, LENGTHS)
    assert len(layers) == 3
    assert torch.equal(layers[0], encoder.embed(ids))
    assert torch.equal(layers[-1], encoder(ids, LENGTHS))


def test_a_text_longer_than_the_places_is_refused(encoder):
    with pytest.raises(ValueError, match=r"10 word pieces.*9 places"):
        encoder(torch.ones(1, 10, dtype=torch.long), torch.tensor([10]))
    assert encoder.embed(torch.ones(1, 9, dtype=torch.long)).shape[1] == 9


def test_heads_that_cannot_share_the_width_are_refused():
    with pytest.raises(ValueError, match="5 heads cannot share out width=12"):
        EncoderConfig(width=12, num_heads=5)


# --- MiniLM's weights


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["text"][:20])
def test_a_sentence_has_the_vector_that_the_official_library_gives(
    minilm, row
):
    ids = torch.tensor([row["pieces"]])
    length = torch.tensor([ids.shape[1]])
    with torch.no_grad():
        pooled = pool_states(minilm(ids, length), length, "mean")
    vector = F.normalize(pooled, dim=1)[0]
    assert torch.allclose(vector, torch.tensor(row["vector"]), atol=1e-5)


@pytest.mark.parametrize("row", GOLDEN, ids=lambda row: row["text"][:20])
def test_a_text_is_cut_into_the_official_pieces(row):
    cutter = Tokenizer.from_file(str(fetch_minilm().pieces))
    cutter.no_padding()
    cutter.no_truncation()
    assert cutter.encode(row["text"]).ids == row["pieces"]


def test_in_a_batch_a_sentence_has_the_same_vector(minilm):
    rows = [torch.tensor(row["pieces"]) for row in GOLDEN[:4]]
    lengths = torch.tensor(list(map(len, rows)))
    batch = nn.utils.rnn.pad_sequence(rows, batch_first=True)
    with torch.no_grad():
        pooled = pool_states(minilm(batch, lengths), lengths, "mean")
    expected = torch.tensor([row["vector"] for row in GOLDEN[:4]])
    assert torch.allclose(F.normalize(pooled, dim=1), expected, atol=1e-5)


def test_the_loaded_model_is_set_to_predict(minilm):
    assert not minilm.training


def test_every_number_of_the_file_has_a_place_but_the_poolers():
    files = fetch_minilm()
    left = {"embeddings.position_ids", "pooler.dense.weight"}
    left.add("pooler.dense.bias")
    names = load_file(files.weights).keys() - left
    ours = Encoder(EncoderConfig()).state_dict().keys()
    assert {rename(name) for name in names} == ours
