from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from ictal.core.errors import ParameterError
from ictal.models.eegwavenet import EEGWaveNet, EEGWaveNetConfig, load_published


@pytest.fixture
def oracle(read_oracle: Callable[[str], Any]) -> SimpleNamespace:
    found = read_oracle("eegwavenet_21ch")
    return SimpleNamespace(
        state={key: torch.from_numpy(value) for key, value in found.state.items()},
        signal=torch.from_numpy(found.signal),
        outputs=found.outputs,
        intermediates=found.intermediates,
    )


def make_model(seed: int = 0, **settings: Any) -> EEGWaveNet:
    torch.manual_seed(seed)
    return EEGWaveNet(EEGWaveNetConfig(**{"n_channels": 3, **settings})).eval()


def make_published_state(n_channels: int = 3) -> dict[str, torch.Tensor]:
    shapes = {f"temp_conv{i}.weight": (n_channels, 1, 2) for i in range(1, 7)}
    shapes |= {f"temp_conv{i}.bias": (n_channels,) for i in range(1, 7)}
    for i in range(1, 6):
        shapes |= {f"chpool{i}.0.weight": (32, n_channels, 4), f"chpool{i}.3.weight": (32, 32, 4)}
        for layer in (0, 3):
            shapes[f"chpool{i}.{layer}.bias"] = (32,)
            for name in ("weight", "bias", "running_mean", "running_var"):
                shapes[f"chpool{i}.{layer + 1}.{name}"] = (32,)
    for layer, (rows, columns) in {0: (64, 160), 2: (32, 64), 4: (2, 32)}.items():
        shapes |= {f"classifier.{layer}.weight": (rows, columns), f"classifier.{layer}.bias": (rows,)}
    return {key: torch.ones(shape) for key, shape in shapes.items()}


@pytest.mark.parametrize(("precision", "tolerance"), [(torch.float64, 1e-9), (torch.float32, 1e-5)])
def test_published_weights_give_the_published_answer(
    oracle: SimpleNamespace, precision: torch.dtype, tolerance: float
) -> None:
    model = load_published({key: value.to(precision) for key, value in oracle.state.items()})
    with torch.no_grad():
        features = model.extract_features(oracle.signal.to(precision))[:, 0]
        logits = model(oracle.signal.to(precision))[:, 0]
    np.testing.assert_allclose(features, oracle.outputs["features_160"], rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(logits, oracle.outputs["logits"], rtol=tolerance, atol=tolerance)
    np.testing.assert_allclose(
        torch.log_softmax(logits, dim=-1), oracle.outputs["log_probs"], rtol=tolerance, atol=tolerance
    )


def test_every_stage_and_branch_gives_the_published_maps(oracle: SimpleNamespace) -> None:
    model = load_published(oracle.state)
    layers = {f"temporal_halving_{i}": stage for i, stage in enumerate(model.stages, start=1)}
    for i, branch in enumerate(model.branches, start=1):
        layers |= {f"scale_{i}_conv_a": branch[0], f"scale_{i}_out_before_mean": branch}
    seen: dict[str, torch.Tensor] = {}
    for name, layer in layers.items():
        layer.register_forward_hook(lambda _, __, maps, name=name: seen.update({name: maps}))
    with torch.no_grad():
        model(oracle.signal)
    assert {*seen, "classifier_logits"} == set(oracle.intermediates)
    for name, maps in seen.items():
        expected = oracle.intermediates[name]
        assert list(maps.squeeze(2).shape) == expected["shape"]
        np.testing.assert_allclose(maps.flatten()[expected["sample_index"]], expected["sample"], atol=1e-9)


@pytest.mark.parametrize(("n_channels", "parameters"), [(21, 47_708), (18, 45_734)])
def test_parameter_count_is_the_published_one(n_channels: int, parameters: int) -> None:
    assert sum(parameter.numel() for parameter in make_model(n_channels=n_channels).parameters()) == parameters


def test_first_weights_are_those_of_pytorch_defaults() -> None:
    torch.manual_seed(5)
    expected = torch.nn.Conv1d(3, 3, kernel_size=2, stride=2, groups=3)
    ours = make_model(seed=5).stages[0]
    assert torch.equal(ours.weight.squeeze(2), expected.weight)
    assert torch.equal(ours.bias, expected.bias)


@pytest.mark.parametrize("settings", [{}, {"hop": 0.25}, {"window": 2.0, "hop": 1.5}, {"window": 1.75, "hop": 4.0}])
def test_dense_equals_window_by_window(settings: dict[str, float]) -> None:
    model = make_model(**settings)
    window, hop = model.config.window_samples, model.config.hop_samples
    signal = 50 * torch.randn(2, 3, window + 4 * hop + 63)
    with torch.no_grad():
        dense = model(signal)
        windowed = torch.cat([model(signal[..., i * hop : i * hop + window]) for i in range(5)], dim=1)
    assert dense.shape == (2, 5, 2)
    assert dense.std(dim=1).min() > 1e-4
    torch.testing.assert_close(dense, windowed, rtol=0.0, atol=1e-6)


def test_a_window_of_any_length_is_one_frame() -> None:
    """800 samples halve to 400, 200, 100, 50, 25 and 12: the last stage drops a sample, as the original does."""
    model = make_model(sampling_rate=200.0)
    signal = torch.randn(1, 3, 999)
    with torch.no_grad():
        assert model(signal).shape == (1, 1, 2)
        assert torch.equal(model(signal), model(signal[..., :800]))
        assert model(signal[..., :448]).shape == (1, 1, 2)


def test_shortest_signal_is_448_samples() -> None:
    model = make_model()
    with torch.no_grad():
        assert model(torch.zeros(1, 3, 448)).shape == (1, 1, 2)
    with pytest.raises(ParameterError, match=r"signal: 447 samples came; .* 448"):
        model(torch.zeros(1, 3, 447))


def test_windows_that_share_no_maps_are_refused_together() -> None:
    model = make_model(sampling_rate=200.0)
    with pytest.raises(ParameterError, match=r"1000 samples came.*multiples of 64"):
        model(torch.zeros(1, 3, 1000))


@pytest.mark.parametrize("shape", [(1, 4, 1024), (3, 1024)])
def test_another_shape_is_refused_by_name(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match=r"signal: shape .* came; allowed is \(batch, 3, samples\)"):
        make_model()(torch.zeros(shape))


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"window": 1.0}, "448"),
        ({"hop": 0.001}, "whole number"),
        ({"sampling_rate": 250.7}, "whole number"),
        ({"n_channels": 0}, "greater than 0"),
        ({"n_classes": 1}, "greater than 1"),
        ({"sampling_rate": float("inf")}, "finite"),
        ({"stride": 64}, "stride"),
    ],
)
def test_settings_that_cannot_be_are_refused(settings: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        EEGWaveNetConfig(**{"n_channels": 3, **settings})


def test_published_checkpoint_may_hold_batch_counters() -> None:
    state = make_published_state() | {"chpool1.1.num_batches_tracked": torch.tensor(7)}
    model = load_published(state)
    assert model.config == EEGWaveNetConfig(n_channels=3)
    assert not model.training
    assert model.state_dict()["branches.0.1.num_batches_tracked"] == 7


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"temp_conv1.weight": None}, "key 'temp_conv1.weight' is missing"),
        ({"chpool2.0.bias": None}, "branches.1.0.bias"),
        ({"conv9.weight": torch.zeros(1)}, "key 'conv9.weight' is not allowed"),
        ({"temp_conv7.weight": torch.zeros(1)}, "stages.6.weight"),
        ({"chpool1.0.weight": torch.zeros(32, 4, 4)}, "size mismatch"),
    ],
)
def test_other_checkpoints_are_refused_by_key(change: dict[str, torch.Tensor | None], message: str) -> None:
    state = {key: value for key, value in (make_published_state() | change).items() if value is not None}
    with pytest.raises(ParameterError, match=message) as refusal:
        load_published(state)
    assert "\n" not in str(refusal.value)
