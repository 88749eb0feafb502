from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from numpy.typing import NDArray

from ictal.core.errors import ParameterError
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.training.export import export_onnx


def make_model() -> EEGWaveNet:
    """A network in training mode whose running statistics are not the initial ones."""
    torch.manual_seed(1)
    model = EEGWaveNet(EEGWaveNetConfig(n_channels=18))
    for _ in range(3):
        model(50 * torch.randn(4, 18, 1024))
    return model


@pytest.fixture(scope="module")
def model() -> EEGWaveNet:
    return make_model()


@pytest.fixture(scope="module")
def exported(model: EEGWaveNet) -> bytes:
    return export_onnx(model, n_channels=18)


def run(onnx_bytes: bytes, signal: torch.Tensor) -> NDArray[np.float32]:
    session = onnxruntime.InferenceSession(onnx_bytes, providers=["CPUExecutionProvider"])
    logits: NDArray[np.float32] = session.run(["logits"], {"signal": signal.numpy()})[0]
    return logits


@pytest.mark.parametrize(("batch", "samples"), [(1, 1024), (3, 1024), (1, 15_360 + 768), (2, 5_000)])
def test_graph_answers_as_torch_for_any_batch_and_length(
    model: EEGWaveNet, exported: bytes, batch: int, samples: int
) -> None:
    signal = 50 * torch.randn(batch, 18, samples)
    with torch.no_grad():
        expected = model.eval()(signal).numpy()
    model.train()
    answer = run(exported, signal)
    assert answer.dtype == np.float32
    assert answer.shape == (batch, (samples - 1024) // 256 + 1, 2)
    np.testing.assert_allclose(answer, expected, rtol=0.0, atol=1e-5)


def test_graph_is_one_valid_file_with_the_agreed_names(exported: bytes) -> None:
    proto = onnx.load_from_string(exported)
    onnx.checker.check_model(proto, full_check=True)
    assert [value.name for value in proto.graph.input] == ["signal"]
    assert [value.name for value in proto.graph.output] == ["logits"]
    assert all(tensor.data_location == onnx.TensorProto.DEFAULT for tensor in proto.graph.initializer)


def test_graph_has_the_form_that_runs_fast(exported: bytes) -> None:
    """Norms are folded away, and every convolution is in two dimensions, for which the runtime has its fast layout."""
    proto = onnx.load_from_string(exported)
    kernels = {tensor.name: tensor.dims for tensor in proto.graph.initializer}
    convolutions = [node for node in proto.graph.node if node.op_type == "Conv"]
    assert len(convolutions) == 16
    assert all(len(kernels[node.input[1]]) == 4 for node in convolutions)
    assert not {"BatchNormalization", "Slice"} & {node.op_type for node in proto.graph.node}


def test_graph_tells_nothing_of_where_it_was_made(exported: bytes) -> None:
    assert b".py" not in exported
    assert b"stack_trace" not in exported


def test_a_second_export_gives_the_same_bytes_in_silence(
    model: EEGWaveNet, exported: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    assert export_onnx(model, n_channels=18) == exported
    assert capfd.readouterr() == ("", "")
    assert model.training


def test_a_model_that_is_not_dense_takes_one_window() -> None:
    model = EEGWaveNet(EEGWaveNetConfig(n_channels=1, sampling_rate=200.0)).eval()
    session = onnxruntime.InferenceSession(export_onnx(model, n_channels=1), providers=["CPUExecutionProvider"])
    assert session.get_inputs()[0].shape[1:] == [1, 800]
    signal = 50 * torch.randn(3, 1, 800)
    with torch.no_grad():
        expected = model(signal).numpy()
    np.testing.assert_allclose(session.run(["logits"], {"signal": signal.numpy()})[0], expected, atol=1e-5)


def test_model_without_frames_is_refused_by_shape() -> None:
    class Pooled(EEGWaveNet):
        def forward(self, signal: torch.Tensor) -> torch.Tensor:
            return super().forward(signal).mean(dim=1)

    with pytest.raises(ParameterError, match=r"shape \(2, 2\) came .* allowed is \(2, 3, 2\)"):
        export_onnx(Pooled(EEGWaveNetConfig(n_channels=1)), n_channels=1)


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux tells the memory of a process")
def test_memory_does_not_grow_with_exports() -> None:
    code = """
import json
from pathlib import Path
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.training.export import export_onnx

def export():
    export_onnx(EEGWaveNet(EEGWaveNetConfig(n_channels=2)), n_channels=2)
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(float(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon:"))

print(json.dumps([export() for _ in range(12)]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    megabytes = json.loads(done.stdout.splitlines()[-1])
    assert np.median(megabytes[-4:]) - np.median(megabytes[2:6]) < 8.0, megabytes
