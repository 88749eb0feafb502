"""What the exported graph of a network answers."""

from __future__ import annotations

import warnings

import numpy as np
import onnxruntime
import torch

from ictal.models.network import Network


def assert_graph_answers_as(network: Network) -> None:
    """Export a network with any number of examples, and refuse answers that differ from its own by more than 1e-5."""
    network = network.eval().requires_grad_(False)
    examples = torch.randn(3, *network.input_shape)
    with warnings.catch_warnings():
        # What torch says about its own internals, and about the weights of an LSTM, which it holds twice.
        warnings.simplefilter("ignore", FutureWarning)
        warnings.filterwarnings("ignore", message="The tensor attributes .*_flat_weights", category=UserWarning)
        program = torch.onnx.export(
            network,
            (examples[:2],),
            dynamo=True,
            verbose=False,
            external_data=False,
            input_names=["examples"],
            output_names=["logits"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
        )
    graph = program.model_proto.SerializeToString()
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    for batch in (examples[:1], examples):
        (logits,) = session.run(["logits"], {"examples": batch.numpy()})
        np.testing.assert_allclose(logits, network(batch), rtol=0.0, atol=1e-5)
