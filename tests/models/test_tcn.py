from __future__ import annotations

from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor, nn

from ictal.core.errors import ParameterError
from ictal.models.tcn import TCN, ResidualBlock, TCNConfig
from ictal.training.export import export_onnx


def make_model(seed: int = 0, **settings: Any) -> TCN:
    small = {"n_channels": 2, "sampling_rate": 64.0, "frame": 0.25, "n_blocks": 3, "width": 8, "kernel": 3}
    torch.manual_seed(seed)
    return TCN(TCNConfig(**{**small, **settings})).eval()


def samples_seen(model: TCN, frame: int, n_samples: int) -> tuple[int, int]:
    """The first and the last sample that a frame depends on; in one signal alone, rectifiers can hide some."""
    signal = torch.randn(32, 2, n_samples, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(model.double()(signal)[:, frame].sum(), signal)
    seen = slope.abs().sum(dim=(0, 1)).nonzero()[:, 0]
    return int(seen[0]), int(seen[-1])


@pytest.mark.parametrize("settings", [{}, {"stride": 1}, {"kernel": 4}, {"n_blocks": 4}, {"frame": 0.5}])
def test_a_causal_frame_looks_back_from_its_end(settings: dict[str, Any]) -> None:
    model = make_model(**settings)
    stop = 40 * model.config.frame_samples
    first, last = samples_seen(model, frame=39, n_samples=2 * stop)
    assert last == stop - 1
    assert last - first + 1 == model.config.field_samples == model.receptive_field * 64.0


def test_a_frame_that_is_not_causal_looks_as_far_to_both_sides() -> None:
    model = make_model(causal=False)
    first, last = samples_seen(model, frame=20, n_samples=41 * 16)
    assert first + last + 1 == 2 * 20 * 16 + 16
    assert last - first + 1 == model.config.field_samples


def test_a_causal_network_can_be_asked_as_the_signal_comes() -> None:
    model, signal = make_model(), 50 * torch.randn(1, 2, 16 * 30)
    with torch.no_grad():
        whole = model(signal)
        for n_frames in (1, 7, 29):
            torch.testing.assert_close(model(signal[..., : 16 * n_frames]), whole[:, :n_frames])


@pytest.mark.parametrize("causal", [True, False])
def test_a_residual_block_follows_its_figure(causal: bool) -> None:
    """F(s) is the sum over i of f(i) x(s - d i); twice, each behind a rectifier, beside the way around."""
    torch.manual_seed(0)
    dilation, kernel = 4, 3
    config = TCNConfig(n_channels=1, width=5, kernel=kernel, causal=causal)
    block = ResidualBlock(config, dilation).eval().double()
    maps = torch.randn(2, 5, 30, dtype=torch.float64)

    def convolve(values: Tensor, layer: nn.Module) -> Tensor:
        direction, size = layer.parametrizations.weight.original1, layer.parametrizations.weight.original0
        weight = size * direction / direction.norm(dim=(1, 2), keepdim=True)
        answer = layer.bias[:, None].expand(2, 5, 30).clone()
        ahead = 0 if causal else dilation
        for s in range(30):
            for i in range(kernel):
                place = s + ahead - dilation * i
                if 0 <= place < 30:
                    answer[:, :, s] += values[:, :, place] @ weight[:, :, kernel - 1 - i].T
        return answer.relu()

    with torch.no_grad():
        inner = convolve(convolve(maps, block.path[1]), block.path[5])
        torch.testing.assert_close(block(maps), (maps + inner).relu())


def test_dilations_double() -> None:
    model = make_model(n_blocks=5)
    dilations = [
        layer.dilation[0] for layer in model.modules() if isinstance(layer, nn.Conv1d) and layer.dilation[0] > 1
    ]
    assert dilations == [2, 2, 4, 4, 8, 8, 16, 16]


def test_samples_after_the_last_whole_frame_have_no_frame() -> None:
    model = make_model()
    signal = 50 * torch.randn(1, 2, 16 * 9 + 15)
    with torch.no_grad():
        torch.testing.assert_close(model(signal), model(signal[..., : 16 * 9]))


def test_training_leaves_out_whole_channels_and_evaluation_none() -> None:
    model, signal = make_model(dropout=0.5), 50 * torch.randn(2, 2, 160)
    outputs: list[Tensor] = []
    model.blocks[0].path[3].register_forward_hook(lambda layer, came, gave: outputs.append(gave))
    with torch.no_grad():
        assert torch.equal(model(signal), model(signal))
        model.train()(signal)
    silent = [(output == 0).all(dim=-1).float().mean() for output in outputs]
    assert silent[0] == silent[1] < silent[2]


def test_a_batch_of_one_frame_can_be_trained_on() -> None:
    model = make_model().train()
    model(torch.randn(1, 2, 16)).sum().backward()
    assert all(value.grad is not None for value in model.parameters())


def test_it_learns_where_in_a_window_a_rhythm_is() -> None:
    draws = torch.Generator().manual_seed(0)
    signal = torch.randn(16, 2, 64 * 8, generator=draws)
    labels = torch.zeros(16, 32, dtype=torch.int64)
    for row, start in enumerate(torch.randint(4, 20, (16,), generator=draws).tolist()):
        labels[row, start : start + 8] = 1
        signal[row, :, start * 16 : (start + 8) * 16] += 2 * torch.sin(2 * torch.pi * 5 * torch.arange(128) / 64)
    model = make_model().train()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(40):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(signal).flatten(0, 1), labels.flatten()).backward()
        optimizer.step()
    with torch.no_grad():
        found = model.eval()(signal).argmax(dim=-1)
    assert (found == labels).float().mean() > 0.95


@pytest.mark.parametrize("causal", [True, False])
def test_its_graph_answers_as_it_does(causal: bool) -> None:
    model = make_model(causal=causal)
    graph = export_onnx(model, 2, window=16 * 50)
    session = onnxruntime.InferenceSession(graph, providers=["CPUExecutionProvider"])
    signal = 50 * torch.randn(3, 2, 16 * 50)
    with torch.no_grad():
        expected = model(signal).numpy()
    (answer,) = session.run(["logits"], {"signal": signal.numpy()})
    assert answer.shape == (3, 50, 2)
    np.testing.assert_allclose(answer, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", [(1, 3, 64), (1, 2, 15), (2, 64)], ids=["channels", "too short", "no batch"])
def test_a_signal_of_another_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"allowed is \(batch, 2, samples\) of at least 16 samples"):
        make_model()(torch.zeros(shape))


@pytest.mark.parametrize("settings", [{"frame": 0.3}, {"stride": 5}, {"frame": 1 / 64}])
def test_a_frame_is_whole_strides(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="whole number of strides"):
        make_model(**settings)
