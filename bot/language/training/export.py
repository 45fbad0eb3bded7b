"""Writes the trained encoder as an ONNX file with weights of 8 bits, one text at a time."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

OPSET = 20
Weights = Mapping[str, NDArray[np.float32]]


class _Graph:
    """Nodes and weights as they are added; `add` returns the name of what a node puts out."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, name: str, values: object) -> str:
        self.constants.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def add(self, kind: str, *inputs: str, out: str = "", **attributes: Any) -> str:
        out = out or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [out], **attributes))
        return out

    def linear(self, x: str, name: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        product = self.add("MatMul", x, self.constant(f"{name}.w", np.ascontiguousarray(weight.T)))
        return self.add("Add", product, self.constant(f"{name}.b", bias))

    def norm(self, x: str, name: str, weights: Weights, epsilon: float) -> str:
        scale = self.constant(f"{name}.scale", weights[f"{name}.weight"])
        shift = self.constant(f"{name}.shift", weights[f"{name}.bias"])
        return self.add("LayerNormalization", x, scale, shift, axis=-1, epsilon=epsilon)


def write(weights: Weights, heads: int, epsilon: float, texts: Sequence[str], path: Path) -> None:
    """Write the encoder to `path`.

    `weights` are those of `bot.language.training.encoder.Encoder`, by name; `texts` names the linear layers over
    the mean of a text, in the order in which their outputs are joined. Inputs of the graph: `ids`, `places` (both
    one number a token) and `kind` (0 message, 1 reflection); outputs: `clause` (a row a token) and `text`.
    """
    graph = _Graph()
    x = _embedded(graph, weights, epsilon)
    layers = 1 + max(int(name.split(".")[1]) for name in weights if name.startswith("layers."))
    for layer in range(layers):
        x = _layer(graph, x, f"layers.{layer}", weights, heads, epsilon)
    graph.add(
        "Identity", graph.linear(x, "clause", weights["clause.weight"], weights["clause.bias"]), out="clause"
    )
    mean = graph.add("ReduceMean", x, graph.constant("first", np.array([0], np.int64)), keepdims=1)
    joined = [np.concatenate([weights[f"{name}.{part}"] for name in texts]) for part in ("weight", "bias")]
    graph.add("Identity", graph.linear(mean, "texts", *joined), out="text")
    _save(graph, path)


def _embedded(graph: _Graph, weights: Weights, epsilon: float) -> str:
    word = graph.add("Gather", graph.constant("word", weights["word.weight"]), "ids")
    place = graph.add("Gather", graph.constant("place", weights["place"]), "places")
    kind = graph.add("Gather", graph.constant("kinds", weights["kinds"]), "kind")
    return graph.norm(graph.add("Add", graph.add("Add", word, place), kind), "norm", weights, epsilon)


def _layer(graph: _Graph, x: str, name: str, weights: Weights, heads: int, epsilon: float) -> str:
    """A layer of BERT (Devlin et al., 2019): attention and a wide layer, each added to what came in and normed."""
    width = weights[f"{name}.q.weight"].shape[0]
    size = width // heads
    scale = {"q": size**-0.5, "k": 1.0, "v": 1.0}
    asked = [
        np.concatenate([weights[f"{name}.{one}.{part}"] * np.float32(by) for one, by in scale.items()])
        for part in ("weight", "bias")
    ]
    split = graph.constant(f"{name}.heads", np.array([0, 3, heads, size], np.int64))
    together = graph.add("Reshape", graph.linear(x, f"{name}.qkv", *asked), split)
    parts = [
        graph.add(
            "Squeeze",
            graph.add("Gather", together, graph.constant(f"{name}.{n}", np.array([n])), axis=1),
            graph.constant(f"{name}.axis{n}", np.array([1])),
        )
        for n in range(3)
    ]
    query = graph.add("Transpose", parts[0], perm=[1, 0, 2])
    key = graph.add("Transpose", parts[1], perm=[1, 2, 0])
    value = graph.add("Transpose", parts[2], perm=[1, 0, 2])
    seen = graph.add("MatMul", graph.add("Softmax", graph.add("MatMul", query, key), axis=-1), value)
    whole = graph.constant(f"{name}.whole", np.array([0, width], np.int64))
    gathered = graph.add("Reshape", graph.add("Transpose", seen, perm=[1, 0, 2]), whole)
    told = graph.linear(gathered, f"{name}.out", weights[f"{name}.ao.weight"], weights[f"{name}.ao.bias"])
    x = graph.norm(graph.add("Add", x, told), f"{name}.aln", weights, epsilon)
    wide = graph.add(
        "Gelu", graph.linear(x, f"{name}.wide", weights[f"{name}.fi.weight"], weights[f"{name}.fi.bias"])
    )
    back = graph.linear(wide, f"{name}.back", weights[f"{name}.fo.weight"], weights[f"{name}.fo.bias"])
    return graph.norm(graph.add("Add", x, back), f"{name}.oln", weights, epsilon)


def _save(graph: _Graph, path: Path) -> None:
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, [size])
        for name, size in (("ids", "tokens"), ("places", "tokens"), ("kind", 1))
    ]
    outputs = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, [rows, f"{name} scores"])
        for name, rows in (("clause", "tokens"), ("text", 1))
    ]
    made = helper.make_graph(graph.nodes, "encoder", inputs, outputs, graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)
    onnx.checker.check_model(model)
    with TemporaryDirectory() as folder:
        full = Path(folder) / "full.onnx"
        onnx.save(model, full)
        quantize_dynamic(
            full,
            path,
            per_channel=True,
            weight_type=QuantType.QInt8,
            op_types_to_quantize=["MatMul", "Gather"],
        )
