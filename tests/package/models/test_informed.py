from dataclasses import replace

import numpy as np
import pytest
import torch

from imdbtutor.data.batches import ReviewDataset, make_loader, pad_batch
from imdbtutor.data.encoding import build_vocab, encode_reviews
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.models.informed import (
    InformedLSTM,
    learn_to_read,
    read_in_chunks,
)
from imdbtutor.models.lstm import LSTMLayer
from imdbtutor.models.ngrams import count_ngrams, held_out_weights
from imdbtutor.training.loop import TrainingConfig, fit


@pytest.fixture
def model():
    return InformedLSTM(torch.randn(9, 5), hidden_dim=4, chunk=4).eval()


def tokens(length, seed=0):
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(1, 9, (length, 1), generator=generator)
    return torch.cat(
        [ids.float(), torch.randn(length, 3, generator=generator)], dim=1
    )


def score(model, *reviews):
    batch = pad_batch([(review, torch.tensor(0)) for review in reviews])
    return model(batch.token_ids, batch.lengths)


@pytest.mark.parametrize("length", [1, 3, 4, 5, 8, 13])
def test_padding_and_company_do_not_change_the_score(model, length):
    review = tokens(length)
    alone = score(model, review)
    beside = score(model, review, tokens(21, seed=1))
    assert torch.allclose(alone[0], beside[0], atol=1e-6)


def test_a_piece_is_read_like_a_review_of_its_own():
    layer, values = LSTMLayer(3, 4, bidirectional=True), torch.randn(1, 8, 3)
    states = read_in_chunks(layer, values, torch.tensor([8]), 4)
    second = layer(values[:, 4:], torch.tensor([4]))
    assert torch.allclose(states[:, 4:], second, atol=1e-6)


def test_one_long_chunk_is_plain_reading():
    layer, values = LSTMLayer(3, 4, bidirectional=True), torch.randn(2, 7, 3)
    lengths = torch.tensor([7, 5])
    plain = layer(values, lengths)
    states = read_in_chunks(layer, values, lengths, 20)
    assert torch.allclose(states[0], plain[0], atol=1e-6)
    assert torch.allclose(states[1, :5], plain[1, :5], atol=1e-6)


def test_short_texts_are_not_padded_to_a_whole_chunk():
    layer, read = LSTMLayer(3, 4, bidirectional=True), []

    def spy(pieces, real):
        read.append((tuple(pieces.shape), real.tolist()))
        return layer(pieces, real)

    values, lengths = torch.randn(2, 7, 3), torch.tensor([7, 5])
    read_in_chunks(spy, values, lengths, 20)
    assert read == [((2, 7, 3), [7, 5])]


def test_word_vectors_stay_as_they_are(model):
    before = model.embedding.weight.clone()
    loss = score(model.train(), tokens(6)).logsumexp(1).sum()
    loss.backward()
    assert not model.embedding.weight.requires_grad
    assert torch.equal(model.embedding.weight, before)


def test_the_sum_of_the_weights_goes_to_either_logit(model):
    review = tokens(6)
    other = review.clone()
    other[0, 1] += 0.25
    with torch.no_grad():  # cut off all but the sum of the weights
        model.linear.weight[:, :-3] = 0
    change = score(model, other) - score(model, review)
    assert torch.allclose(change, torch.tensor([[-0.125, 0.125]]), atol=1e-5)


def seen_by_the_linear_layer(model, review):
    seen = []
    model.linear.register_forward_pre_hook(
        lambda layer, inputs: seen.append(inputs[0][0])
    )
    with torch.no_grad():
        score(model, review)
    return seen[0].tensor_split([16, 21])  # 4 * 4 of states, 5 of vectors


def test_the_linear_layer_sees_the_states_and_both_sums():
    vectors, review = torch.randn(9, 5), tokens(6)
    model = InformedLSTM(vectors, hidden_dim=4, chunk=4).eval()
    states, summed, bag = seen_by_the_linear_layer(model, review)
    words = 0.3 * vectors[review[:, 0].long()]
    values = torch.cat([words, 6 * review[:, 1:]], dim=1)
    pieces = [
        model.layer(piece[None], torch.tensor([len(piece)]))[0]
        for piece in values.split(4)
    ]
    read = torch.cat(pieces)
    expected = torch.cat([read.amax(dim=0), read.mean(dim=0)])
    assert torch.allclose(states, expected, atol=1e-6)
    assert torch.allclose(summed, words.sum(dim=0) / 6**0.5, atol=1e-6)
    assert torch.allclose(bag, review[:, 1:].sum(dim=0), atol=1e-6)


def test_a_new_model_takes_the_weights_side(model):
    weight = model.linear.weight[:, -3:]
    assert weight.tolist() == [[-0.5] * 3, [0.5] * 3]
    assert (model.linear.weight[:, :-3].abs() < 0.3).all()


def test_the_vectors_given_are_left_alone():
    vectors = torch.ones(9, 5)
    InformedLSTM(vectors, hidden_dim=4)
    assert torch.equal(vectors, torch.ones(9, 5))


def test_the_sizes_left_out_are_those_of_chapter_12():
    model = InformedLSTM(torch.ones(9, 5))
    assert (model.chunk, model.layer.forward_lstm.hidden_size) == (64, 64)
    assert model.linear.in_features == 4 * 64 + 5 + 3
    assert (model.dropout.p, model.word_dropout.p) == (0.5, 0.1)


def test_a_reader_takes_the_tokenizer_it_is_given(texts, labels):
    vocab = build_vocab(texts, tokenize=str.split)
    encoded = encode_reviews(texts, vocab, tokenize=str.split, cache=False)
    reader, _ = learn_to_read(encoded, np.array(labels), vocab)
    reader = replace(reader, tokenize=str.split)
    (read,) = reader.read(texts[:1])
    assert torch.equal(read[:, 0], encoded[0].float())
    assert torch.equal(
        read[:, 1:], reader.weights[reader.ngrams.number(encoded[:1])[0]]
    )


def test_reading_leaves_nothing_on_the_disk(texts, labels, cache):
    vocab = build_vocab(texts)
    encoded = encode_reviews(texts, vocab, cache=False)
    reader, _ = learn_to_read(encoded, np.array(labels), vocab)
    reader.read(texts)
    assert not cache.exists()


@pytest.mark.slow
def test_it_learns_repeated_reviews_and_reads_new_ones(texts, labels):
    texts, labels = 4 * texts, 4 * labels
    vocab = build_vocab(texts)
    encoded = encode_reviews(texts, vocab, cache=False)
    reader, training = learn_to_read(encoded, np.array(labels), vocab)
    dataset = ReviewDataset(training, labels)
    model = InformedLSTM(torch.randn(len(vocab), 6), hidden_dim=8)
    loader = make_loader(dataset, 4)
    config = TrainingConfig(epochs=40, learning_rate=0.02, patience=40)
    fit(model, loader, loader, config, progress=False)
    found = predict_logits(model, dataset).argmax(dim=1)
    assert found.tolist() == labels
    (read,) = reader.read(["Superb, warm and never seen"])
    assert read.shape == (6, 4)
    assert read[-1].tolist() == [1, 0, 0, 0]


def test_training_reviews_are_read_with_other_weights(texts, labels):
    vocab = build_vocab(texts)
    encoded = encode_reviews(texts, vocab, cache=False)
    labels = np.array(labels)
    reader, training = learn_to_read(encoded, labels, vocab)
    numbers = reader.ngrams.number(encoded)
    counts = count_ngrams(numbers, len(reader.ngrams))
    part, weights = held_out_weights(counts, labels)
    for row, review in enumerate(training):
        assert torch.equal(review[:, 0], encoded[row])
        assert torch.equal(review[:, 1:], weights[part[row]][numbers[row]])
    assert not torch.equal(training[0], reader.read(texts[:1])[0])


# --- what the layers see


def hear(module):
    """Return a list that gets what a module is given."""
    seen = []
    module.register_forward_pre_hook(
        lambda module, inputs: seen.append(inputs[0].detach())
    )
    return seen


def test_the_lstm_sees_vectors_and_weights_of_like_size():
    vectors = torch.randn(9, 5)
    model = InformedLSTM(vectors, hidden_dim=4, chunk=8).eval()
    seen, review = hear(model.layer), tokens(8)
    score(model, review)
    ids = review[:, 0].long()
    expected = torch.cat([0.3 * vectors[ids], 6 * review[:, 1:]], dim=1)
    assert torch.allclose(seen[0][0], expected)


@pytest.mark.parametrize("length", [1, 4, 9])
def test_the_linear_layer_sees_the_sum_of_the_vectors(length):
    """Over the root of the length; the weights are summed as they are."""
    vectors = torch.randn(9, 5)
    model = InformedLSTM(vectors, hidden_dim=4).eval()
    seen, review = hear(model.linear), tokens(length)
    score(model, review, tokens(12, seed=1))
    total = 0.3 * vectors[review[:, 0].long()].sum(dim=0)
    assert torch.allclose(seen[0][0, 16:21], total / length**0.5, atol=1e-6)
    bag = review[:, 1:].sum(dim=0)
    assert torch.allclose(seen[0][0, 21:], bag, atol=1e-5)


def test_padding_has_no_vector():
    model = InformedLSTM(torch.ones(9, 5), hidden_dim=4)
    assert model.embedding.weight[0].tolist() == [0] * 5


def test_in_training_numbers_are_dropped_but_not_the_bag():
    sizes = {"hidden_dim": 20, "chunk": 10, "word_dropout": 0.0}
    model = InformedLSTM(torch.randn(9, 30), **sizes).train()
    read, seen = hear(model.layer), hear(model.linear)
    score(model, *(tokens(10, seed) for seed in range(40)))
    assert (read[0] == 0).float().mean() == pytest.approx(0.2, abs=0.03)
    learned, bag = seen[0][:, :-3], seen[0][:, -3:]
    assert (learned == 0).float().mean() == pytest.approx(0.5, abs=0.03)
    assert (bag != 0).all()


def test_in_training_words_are_left_out_whole():
    model = InformedLSTM(torch.randn(9, 30), word_dropout=0.5).train()
    model.input_dropout.p = 0.0
    read = hear(model.layer)
    score(model, tokens(64))
    kept = (read[0] != 0).sum(dim=2).unique()  # of a word's 33 numbers
    assert kept.tolist() == [0, 33]


def test_scores_are_computed_where_the_model_is(model):
    lengths = torch.tensor([9, 2], device="meta")
    read = torch.ones(2, 9, 4, device="meta")
    logits = model.to("meta")(read, lengths)
    assert (logits.device.type, logits.shape) == ("meta", (2, 2))


@pytest.mark.parametrize("labels", [[1, 2] * 4, ["0", "1"] * 4, [1] * 8])
def test_labels_of_no_class_are_not_learned_from(texts, labels):
    vocab = build_vocab(texts)
    encoded = encode_reviews(texts, vocab, cache=False)
    with pytest.raises(ValueError, match=r"labels must be|each class needs"):
        learn_to_read(encoded, labels, vocab)


def test_texts_come_as_a_list(texts, labels):
    vocab = build_vocab(texts)
    encoded = encode_reviews(texts, vocab, cache=False)
    reader, _ = learn_to_read(encoded, labels, vocab)
    with pytest.raises(TypeError, match=r"got one string; write"):
        reader.read("Superb.")
