"""The classifier for programs that have no PyTorch."""

import tempfile
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from imdbtutor.data.vocab import Vocab
from imdbtutor.inference.saved_model import VOCAB
from imdbtutor.models.lstm import LSTMClassifier, LSTMLayer

try:
    import onnx
    from onnx import TensorProto, checker, helper, numpy_helper
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.quantization.shape_inference import quant_pre_process
except ImportError as error:
    how = "exporting takes two more packages; run: pip install"
    raise ImportError(f"{how} onnx onnxruntime") from error

OPSET = 17


def write_onnx(
    model: LSTMClassifier, vocab: Vocab, folder: Path, *, quantize: bool
) -> Path:
    """Write a model as ONNX, with its vocabulary beside it.

    Args:
        model: The classifier.
        vocab: Its vocabulary.
        folder: Where to; it is made if need be.
        quantize: Whether to write 8-bit weights.

    Returns:
        The file, `model.onnx` or `model.int8.onnx`. Its inputs are
        `token_ids`, int64, (batch, time), padded with 0 at the end, and
        `lengths`, int64, (batch,); its output `logits`, (batch, classes).

    Used in chapter 10.
    """
    folder.mkdir(parents=True, exist_ok=True)
    vocab.save(folder / VOCAB)
    graph = onnx_model(model)
    if not quantize:
        onnx.save(graph, folder / "model.onnx")
        return folder / "model.onnx"
    target = folder / "model.int8.onnx"
    with tempfile.TemporaryDirectory() as scratch:
        plain, whole = (
            Path(scratch) / "plain.onnx",
            Path(scratch) / "model.onnx",
        )
        onnx.save(graph, plain)  # by path: older onnxruntimes need a file
        # It names every value's shape; quantization asks for that.
        quant_pre_process(
            plain, whole, skip_symbolic_shape=True, skip_optimization=True
        )
        quantize_dynamic(whole, target, weight_type=QuantType.QInt8)
    return target


def onnx_model(model: LSTMClassifier) -> onnx.ModelProto:
    """Write the classifier's equations down in ONNX's words.

    By hand. Of PyTorch's exporters the older one (`dynamo=False`) keeps the
    length free as well, but is deprecated since PyTorch 2.9 and warns of it;
    the newer one asks for one more package, and its graph (PyTorch 2.13)
    takes no other length than that of the review it was shown.

    Args:
        model: The classifier.

    Returns:
        The checked model, with weights in float32.

    Used in chapter 10.
    """
    graph = _Graph()
    graph.add("Cast", ["lengths"], "steps", to=6)  # int32
    embedding = graph.keep("embedding", model.embedding.weight)
    graph.add("Gather", [embedding, "token_ids"], "vectors")
    graph.add("Transpose", ["vectors"], "values", perm=[1, 0, 2])
    values = "values"  # (time, batch, features)
    for number, layer in enumerate(model.layers):
        values, last = _add_layer(graph, layer, values, f"layer{number}")
    if model.config.pooling == "last":
        graph.add("Transpose", [last], "by_review", perm=[1, 0, 2])
        graph.add("Flatten", ["by_review"], "pooled")
    else:
        _add_pooling(graph, values, model.config.pooling)
    weight = graph.keep("weight", model.linear.weight)
    bias = graph.keep("bias", model.linear.bias)
    graph.add("Gemm", ["pooled", weight, bias], "logits", transB=1)
    return graph.finish(model.config.num_classes)


class _Graph:
    """Nodes and weights, as they are added one after the other."""

    def __init__(self) -> None:
        self.nodes, self.weights = [], []

    def keep(self, name: str, values: Tensor | np.ndarray | list) -> str:
        if isinstance(values, Tensor):
            values = values.detach().cpu().float().numpy()
        array = np.ascontiguousarray(values)
        self.weights.append(numpy_helper.from_array(array, name))
        return name

    def add(
        self, kind: str, inputs: list[str], output: str, **how: object
    ) -> str:
        outputs = output.split()
        self.nodes.append(helper.make_node(kind, inputs, outputs, **how))
        return output

    def finish(self, classes: int) -> onnx.ModelProto:
        def value(name: str, kind: int, *shape: str | int) -> object:
            return helper.make_tensor_value_info(name, kind, shape)

        graph = helper.make_graph(
            self.nodes,
            "sentiment",
            [
                value("token_ids", TensorProto.INT64, "batch", "time"),
                value("lengths", TensorProto.INT64, "batch"),
            ],
            [value("logits", TensorProto.FLOAT, "batch", classes)],
            self.weights,
        )
        opset = helper.make_opsetid("", OPSET)
        model = helper.make_model(graph, opset_imports=[opset], ir_version=9)
        checker.check_model(model, full_check=True)
        return model


def _add_layer(
    graph: _Graph, layer: LSTMLayer, values: str, name: str
) -> tuple[str, str]:
    """Add one LSTM layer, one direction or both."""
    ways = [layer.forward_lstm]
    if layer.backward_lstm is not None:
        ways.append(layer.backward_lstm)

    def stack(what: str) -> Tensor:
        return torch.stack([_reorder(getattr(way, what)) for way in ways])

    biases = torch.cat([stack("bias_ih_l0"), stack("bias_hh_l0")], dim=1)
    weights = [
        graph.keep(f"{name}_input", stack("weight_ih_l0")),
        graph.keep(f"{name}_state", stack("weight_hh_l0")),
        graph.keep(f"{name}_bias", biases),
    ]
    states, last = f"{name}_states", f"{name}_last"
    graph.add(
        "LSTM",
        [values, *weights, "steps"],
        f"{states} {last}",
        hidden_size=ways[0].hidden_size,
        direction="bidirectional" if len(ways) == 2 else "forward",
    )
    # (time, ways, batch, hidden) to (time, batch, ways * hidden)
    graph.add("Transpose", [states], f"{name}_turned", perm=[0, 2, 1, 3])
    shape = graph.keep(f"{name}_shape", np.array([0, 0, -1]))
    graph.add("Reshape", [f"{name}_turned", shape], f"{name}_values")
    return f"{name}_values", last


def _reorder(weight: Tensor) -> Tensor:
    """Put PyTorch's gates i, f, g, o in ONNX's order i, o, f, g."""
    i, f, g, o = weight.detach().chunk(4)
    return torch.cat([i, o, f, g])


def _add_pooling(graph: _Graph, values: str, pooling: str) -> None:
    """Pool over each review's real tokens, as `pool_states` does."""
    graph.add("Shape", [values], "time", start=0, end=1)
    zero = graph.keep("zero", np.array(0))
    one = graph.keep("one", np.array(1))
    first = graph.keep("first", np.array([0]))
    graph.add("Squeeze", ["time", first], "end")
    graph.add("Range", [zero, "end", one], "range")
    axis = graph.keep("axis", np.array([1]))
    graph.add("Unsqueeze", ["range", axis], "places")  # (time, 1)
    graph.add("Less", ["places", "lengths"], "is_real")  # (time, batch)
    last = graph.keep("last_axis", np.array([2]))
    graph.add("Unsqueeze", ["is_real", last], "real")
    pooled = []
    if "max" in pooling:
        low = graph.keep("low", np.array(-np.inf, dtype=np.float32))
        graph.add("Where", ["real", values, low], "of_max")
        graph.add("ReduceMax", ["of_max"], "max", axes=[0], keepdims=0)
        pooled.append("max")
    if "mean" in pooling:
        nothing = graph.keep("nothing", np.array(0, dtype=np.float32))
        graph.add("Where", ["real", values, nothing], "of_mean")
        graph.add("ReduceSum", ["of_mean", first], "sum", keepdims=0)
        graph.add("Cast", ["lengths"], "sizes", to=1)  # float32
        graph.add("Unsqueeze", ["sizes", axis], "size")
        graph.add("Div", ["sum", "size"], "mean")
        pooled.append("mean")
    graph.add("Concat", pooled, "pooled", axis=1)
