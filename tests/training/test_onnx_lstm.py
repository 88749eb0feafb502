"""An LSTM becomes one node of a graph, and answers there what it answers in torch."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.detection.settings import Model
from ictal.training.export import export_onnx
from ictal.training.network import make_network
from ictal.training.onnx_lstm import ONNXLSTM, exchange_lstms


class Reader(nn.Module):
    """A network of the signal: an LSTM that begins with what the first sample says, and all that it ends with."""

    n_classes, sampling_rate, frame_rate, receptive_field = 8, 10.0, 1.0, 1.2

    def __init__(self, begins: bool, **settings: Any) -> None:
        super().__init__()
        self.lstm = nn.LSTM(3, 4, batch_first=True, **settings)
        self.begins = begins

    def forward(self, signal: Tensor) -> Tensor:
        """Return the steps beside the last states: (B, n_frames, 8)."""
        state = None
        if self.begins:
            n_states = self.lstm.num_layers * (2 if self.lstm.bidirectional else 1)
            first = signal[:, :1, 0].expand(n_states, -1, 4).contiguous()
            state = (first, 2 * first)
        steps, (remembered, cells) = self.lstm(signal.transpose(1, 2), state)
        pieces = [steps.flatten(1), remembered.transpose(0, 1).flatten(1), cells.transpose(0, 1).flatten(1)]
        return torch.cat(pieces, dim=1).unflatten(1, (-1, 8))


@pytest.mark.parametrize("begins", [False, True])
@pytest.mark.parametrize(
    "settings", [{"num_layers": 2, "bidirectional": True, "dropout": 0.3}, {"num_layers": 2, "bias": False}]
)
def test_the_graph_answers_as_torch_for_any_batch(settings: dict[str, Any], begins: bool) -> None:
    torch.manual_seed(0)
    model = Reader(begins, **settings).eval()
    graph = onnx.load_from_string(export_onnx(model, n_channels=3))
    assert [node.op_type for node in graph.graph.node].count("LSTM") == 2
    session = onnxruntime.InferenceSession(graph.SerializeToString(), providers=["CPUExecutionProvider"])
    for batch in (1, 5):
        signal = torch.randn(batch, 3, 12)
        with torch.no_grad():
            expected = model(signal).numpy()
        np.testing.assert_allclose(session.run(None, {"signal": signal.numpy()})[0], expected, rtol=0.0, atol=1e-6)


def test_a_hundred_steps_cost_no_more_than_ten() -> None:
    """Their number must not be in the graph, nor in the time: 5 to 7 times as much where each step was imagined."""
    taken, sizes = [], []
    for n_columns in (10, 10, 100):
        facts = {"n_channels": 3, "n_classes": 2, "sampling_rate": 128.0, "window": 4.0}
        features = {"features": "stft", "size": (20, n_columns), "tiled": True}
        model = Model(name="lstm-attention", config={"hidden": 16}, features=features)
        network = make_network(model, facts).eval()
        started = time.process_time()
        graph = onnx.load_from_string(export_onnx(network, n_channels=3))
        taken.append(time.process_time() - started)
        sizes.append(len(graph.graph.node))
    assert sizes[2] <= sizes[1] + 5
    assert taken[2] < 2.5 * taken[1] + 0.5, taken


def test_what_cannot_be_exchanged_stays_or_is_refused() -> None:
    model = nn.ModuleDict({"inner": nn.Sequential(nn.LSTM(3, 4, proj_size=2), nn.LSTM(3, 4))})
    exchange_lstms(model)
    inner: Any = model["inner"]
    assert [type(one) for one in inner] == [nn.LSTM, ONNXLSTM]
    with pytest.raises(ParameterError, match="a sequence of 2 axes cannot be exported"):
        inner[1](torch.zeros(5, 3))
