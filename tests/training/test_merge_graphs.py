"""Features and trees as one graph, from the signal to the logits."""

from __future__ import annotations

import logging
import warnings

import numpy as np
import onnxruntime
import pytest
import torch
from onnx import parser, version_converter

from ictal.core.errors import ParameterError
from ictal.features.numbers import Numbers, NumbersConfig
from ictal.models.trees import BoostedTrees, BoostedTreesConfig
from ictal.training.merge_graphs import merge_graphs


def export_front(front: Numbers) -> bytes:
    """The features as torch exports them."""
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", FutureWarning)
        program = torch.onnx.export(
            front,
            (torch.zeros(2, front.config.n_channels, front.config.window_samples),),
            dynamo=True,
            verbose=False,
            external_data=False,
            input_names=["signal"],
            output_names=["logits"],  # the name of what comes out in the end must not clash
            dynamic_shapes=({0: torch.export.Dim("batch")},),
        )
    return program.model_proto.SerializeToString()


def make_front(operation: str) -> bytes:
    """A graph of one operation on a signal of three numbers."""
    text = f'<ir_version: 10, opset_import: ["": 18]> f (float[b, 3] signal) => (float[b, 3] x) {{ {operation} }}'
    return parser.parse_model(text).SerializeToString()


def make_trees() -> BoostedTrees:
    chance = np.random.default_rng(0)
    features = chance.normal(size=(200, 3))
    trees = BoostedTrees(BoostedTreesConfig(n_features=3, max_iter=10))
    trees.fit(features, (features[:, 0] > features[:, 1]).astype(int))
    return trees


def run(graph: bytes, signal: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    assert [part.name for part in session.get_inputs()] == ["signal"]
    assert [part.name for part in session.get_outputs()] == ["logits"]
    return session.run(None, {"signal": signal})[0]


def test_the_merged_graph_answers_signals_as_both_modules_do() -> None:
    front = Numbers(NumbersConfig(n_channels=2, quantities=("line-length", "hjorth"))).eval()
    signal = torch.randn(90, 2, 1024, generator=torch.Generator().manual_seed(0))
    signal = signal * torch.linspace(5, 100, 90)[:, None, None]
    trees = BoostedTrees(BoostedTreesConfig(n_features=8, n_classes=3, max_iter=10, min_samples_leaf=5))
    trees.fit(front(signal).numpy(), np.arange(90) // 30)
    graph = merge_graphs(export_front(front), trees.to_onnx())
    for batch in (signal[::7], signal[:1]):
        np.testing.assert_allclose(run(graph, batch.numpy()), trees(front(batch)), atol=1e-4)


def test_either_may_be_of_older_operators() -> None:
    trees = make_trees()
    signal = np.random.default_rng(1).normal(size=(50, 3)).astype(np.float32)
    expected = trees(torch.from_numpy(-signal))
    for opset in (18, 21):
        estimator = version_converter.convert_version(trees.to_onnx(), opset)
        graph = merge_graphs(make_front("x = Neg(signal)"), estimator)
        np.testing.assert_allclose(run(graph, signal), expected, atol=1e-5)


def test_the_same_graphs_give_the_same_bytes_and_are_left_as_they_are() -> None:
    front, estimator = make_front("x = Neg(signal)"), make_trees().to_onnx()
    before = estimator.SerializeToString(deterministic=True)
    assert merge_graphs(front, estimator) == merge_graphs(front, estimator)
    assert estimator.SerializeToString(deterministic=True) == before


def test_graphs_that_do_not_fit_together_are_refused() -> None:
    other = BoostedTrees(BoostedTreesConfig(n_features=2, max_iter=2, min_samples_leaf=1))
    other.fit([[0.0, 0.0], [1.0, 1.0]], [0, 1])
    with pytest.raises(ParameterError, match=r"features of shape \[3\] came; the estimator was fitted to \[2\]"):
        merge_graphs(make_front("x = Neg(signal)"), other.to_onnx())
