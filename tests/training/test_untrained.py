from __future__ import annotations

import numpy as np
import onnxruntime
import torch
from safetensors.torch import load

from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig
from ictal.training.untrained import make_untrained


def test_graph_and_weights_are_one_seeded_network() -> None:
    before = torch.random.get_rng_state()
    onnx_bytes, safetensors_bytes = make_untrained(seed=0, n_channels=2)
    assert torch.equal(torch.random.get_rng_state(), before)

    torch.manual_seed(0)
    expected = EEGWaveNet(EEGWaveNetConfig(n_channels=2)).eval()
    state = load(safetensors_bytes)
    assert all(torch.equal(state[key], value) for key, value in expected.state_dict().items())

    signal = 50 * torch.randn(1, 2, 1536)
    answer = onnxruntime.InferenceSession(onnx_bytes).run(["logits"], {"signal": signal.numpy()})[0]
    with torch.no_grad():
        np.testing.assert_allclose(answer, expected(signal), rtol=0.0, atol=1e-5)
