import inspect
import io
import json
import sys
import unittest

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from imdbtutor.data.batches import pad_batch
from imdbtutor.evaluation.report import predict_logits
from imdbtutor.evaluation.results import read_results
from imdbtutor.inference.onnx_export import OPSET, onnx_model

FILES = ["model.onnx", "vocab.json"]


def open_session(model):
    """Load a file, or the bytes of one, to run on one thread."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(
        model, options, providers=["CPUExecutionProvider"]
    )


def run(session, token_ids, lengths):
    inputs = {"token_ids": token_ids.numpy(), "lengths": lengths.numpy()}
    return session.run(["logits"], inputs)[0]


def random_batch(vocab, lengths):
    """Make reviews of these lengths, padded to the longest."""
    reviews = [torch.randint(1, len(vocab), (length,)) for length in lengths]
    return pad_batch([(review, torch.tensor(0)) for review in reviews])


# --- the graph


def test_one_session_reads_batches_of_any_shape(any_model, vocab):
    session = open_session(onnx_model(any_model).SerializeToString())
    for lengths in ([7, 3, 1], [1], [5, 5], [2, 40, 1, 17, 9, 40], [300]):
        token_ids, sizes, _ = random_batch(vocab, lengths)
        with torch.no_grad():
            expected = any_model(token_ids, sizes)
        found = run(session, token_ids, sizes)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-5)


def test_padding_does_not_change_what_onnx_says(any_model, vocab):
    session = open_session(onnx_model(any_model).SerializeToString())
    token_ids, lengths, _ = random_batch(vocab, [4, 9, 1])
    wider = torch.nn.functional.pad(token_ids, (0, 6))
    expected = run(session, token_ids, lengths)
    found = run(session, wider, lengths)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-6)


def test_a_model_in_training_mode_is_written_without_dropout(any_model, vocab):
    expected = onnx_model(any_model)
    assert onnx_model(any_model.train()) == expected


def test_inputs_and_output_have_the_names_they_are_documented_by(small_model):
    session = open_session(onnx_model(small_model).SerializeToString())
    shapes = {value.name: value.shape for value in session.get_inputs()}
    assert shapes == {"token_ids": ["batch", "time"], "lengths": ["batch"]}
    assert [value.name for value in session.get_outputs()] == ["logits"]


@pytest.mark.skipif(
    "dynamo" not in inspect.signature(torch.onnx.export).parameters,
    reason="this PyTorch has one exporter",
)
@pytest.mark.filterwarnings("ignore")
def test_pytorchs_older_exporter_says_the_same(small_model, vocab):
    graph, (token_ids, lengths, _) = io.BytesIO(), random_batch(vocab, [7, 3])
    torch.onnx.export(
        small_model.eval(),
        (token_ids, lengths),
        graph,
        input_names=["token_ids", "lengths"],
        output_names=["logits"],
        dynamic_axes={"token_ids": [0, 1], "lengths": [0]},
        opset_version=OPSET,
        dynamo=False,
    )
    theirs = open_session(graph.getvalue())
    ours = open_session(onnx_model(small_model).SerializeToString())
    for sizes in ([7, 3], [1], [2, 40, 1]):
        token_ids, lengths, _ = random_batch(vocab, sizes)
        np.testing.assert_allclose(
            run(ours, token_ids, lengths),
            run(theirs, token_ids, lengths),
            rtol=0,
            atol=1e-5,
        )


# --- the files


def test_the_vocabulary_is_written_beside_the_model(pretrained, tmp_path):
    path = pretrained.export_onnx(tmp_path / "a" / "b")
    assert sorted(p.name for p in path.parent.iterdir()) == FILES
    state = json.loads((path.parent / "vocab.json").read_text("utf-8"))
    assert state == pretrained.vocab.state()


def test_a_quantized_model_leaves_no_whole_one_behind(pretrained, tmp_path):
    with unittest.TestCase().assertNoLogs(level="WARNING"):
        pretrained.export_onnx(tmp_path, quantize=True)
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == ["model.int8.onnx", "vocab.json"]


def test_whole_and_quantized_can_share_a_folder(pretrained, tmp_path):
    paths = [pretrained.export_onnx(tmp_path, quantize=q) for q in (0, 1)]
    assert [path.exists() for path in paths] == [True, True]
    assert paths[0] != paths[1]


@pytest.mark.parametrize("name", ["onnx", "onnxruntime.quantization"])
def test_a_missing_package_is_named_with_how_to_get_it(
    pretrained, tmp_path, monkeypatch, name
):
    monkeypatch.delitem(sys.modules, "imdbtutor.inference.onnx_export")
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(ImportError, match="pip install onnx onnxruntime"):
        pretrained.export_onnx(tmp_path)


# --- the model that comes with the package


@pytest.fixture(scope="module")
def reviews(split, pretrained):
    """A thousand new reviews, from the shortest to the longest."""
    lengths = split.validation["text"].str.split().str.len()
    places = np.linspace(0, len(lengths) - 1, 1_000).round().astype(int)
    chosen = split.validation["text"].iloc[lengths.argsort().iloc[places]]
    return pretrained.encode(chosen)


@pytest.fixture(scope="module")
def expected(reviews, pretrained):
    return predict_logits(pretrained.model, reviews).numpy()


@pytest.fixture(scope="module")
def whole(pretrained, tmp_path_factory):
    return pretrained.export_onnx(tmp_path_factory.mktemp("onnx"))


@pytest.fixture(scope="module")
def quantized(pretrained, tmp_path_factory):
    folder = tmp_path_factory.mktemp("onnx")
    return pretrained.export_onnx(folder, quantize=True)


def score(path, reviews):
    """Score reviews in batches of like length."""
    session, logits = open_session(path), np.empty((len(reviews), 2))
    for rows in reviews.lengths.argsort(stable=True).split(50):
        token_ids, lengths, _ = pad_batch([reviews[row] for row in rows])
        logits[rows] = run(session, token_ids, lengths)
    return logits


@pytest.mark.slow
def test_a_thousand_reviews_score_as_in_pytorch(whole, reviews, expected):
    found = score(whole, reviews)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-4)


@pytest.mark.slow
def test_eight_bits_turn_few_verdicts_around(quantized, reviews, expected):
    verdicts = score(quantized, reviews).argmax(axis=1)
    assert (verdicts != expected.argmax(axis=1)).mean() <= 0.01


def test_eight_bits_take_less_than_a_third_of_the_space(whole, quantized):
    assert quantized.stat().st_size < whole.stat().st_size / 3


def test_the_written_model_passes_onnxs_own_check(whole):
    onnx.checker.check_model(onnx.load(whole), full_check=True)
    assert [o.version for o in onnx.load(whole).opset_import] == [OPSET]


# --- what was measured (`make measure WHAT=exports`)


def test_the_export_that_was_measured_is_the_model():
    _, whole, _ = read_results("exports")["rows"]
    assert whole["turned"] == 0
    assert whole["logit_difference"] < 1e-4


def test_no_more_accuracy_is_lost_than_verdicts_are_turned():
    found = read_results("exports")
    whole, *others = found["rows"]
    for row in others:
        lost = abs(whole["accuracy"] - row["accuracy"])
        assert lost <= row["turned"] / found["reviews"] + 1e-4
    assert others[-1]["bytes"] < whole["bytes"] / 3
