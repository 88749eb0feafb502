"""What every front in the table promises, whatever its features."""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from pydantic import ValidationError
from torch import Tensor

from ictal.features.tables import FRONTS

N_CHANNELS = 3

SMALL: dict[str, list[dict[str, Any]]] = {
    "components": [{"window": 1.0, "n_components": 8}],
    "cwt": [{"wavelet": "cmor1.5-1.0", "low": 2.0, "n_rows": 20, "scale": "z-score"}],
    "mel": [{"n_bands": 9, "scale": "log", "size": None}],
    "numbers": [{}, {"per_channel": False, "window": 1.0, "quantities": ("line-length", "hjorth")}],
    "stft": [{}, {"tiled": True, "scale": "z-score", "size": (40, 30)}],
}
"""Settings that the contract is tried with; a front without any is tried with its defaults."""

CASES = [(name, settings) for name in FRONTS for settings in SMALL.get(name, [{}])]
every_front = pytest.mark.parametrize(("name", "settings"), CASES, ids=lambda value: str(value))


def make_front(name: str, settings: dict[str, Any]) -> Any:
    front = FRONTS.load(name)
    torch.manual_seed(0)
    made = front(front.Config(n_channels=N_CHANNELS, **settings)).eval()
    if hasattr(made, "load"):
        made.load(**{key: torch.rand_like(value) for key, value in made.named_buffers()})
    return made


def make_signal(front: Any, batch: int = 2) -> Tensor:
    """Noise of 50 µV."""
    return 50 * torch.randn(batch, N_CHANNELS, front.config.window_samples, generator=torch.Generator().manual_seed(1))


def assert_same(features: Tensor, expected: Tensor) -> None:
    """Refuse what is more than rounding."""
    torch.testing.assert_close(features, expected, rtol=0.0, atol=1e-5 * max(1.0, float(expected.abs().max())))


@every_front
def test_kind_says_how_many_axes_there_are(name: str, settings: dict[str, Any]) -> None:
    front = make_front(name, settings)
    assert len(front.shape) == {"picture": 3, "table": 1}[front.kind]


@every_front
def test_config_is_frozen_and_refuses_unknown_keys(name: str, settings: dict[str, Any]) -> None:
    config = FRONTS.load(name).Config
    with pytest.raises(ValidationError, match="n_chanels"):
        config(n_channels=N_CHANNELS, n_chanels=2, **settings)
    with pytest.raises(ValidationError, match="frozen"):
        config(n_channels=N_CHANNELS, **settings).n_channels = 4


@every_front
def test_settings_survive_json(name: str, settings: dict[str, Any]) -> None:
    config = make_front(name, settings).config
    assert type(config).model_validate_json(config.model_dump_json()) == config


@every_front
def test_shape_is_the_one_promised(name: str, settings: dict[str, Any]) -> None:
    front = make_front(name, settings)
    for batch in (1, 3):
        features = front(make_signal(front, batch))
        assert features.shape == (batch, *front.shape)
        assert features.dtype == torch.float32


@every_front
@pytest.mark.parametrize("amplitude", [0.0, 1e-3, 1.0, 1e3])
def test_features_and_their_gradients_are_finite(name: str, settings: dict[str, Any], amplitude: float) -> None:
    front = make_front(name, settings)
    signal = (amplitude * make_signal(front)).requires_grad_()
    features = front(signal)
    features.square().sum().backward()
    assert features.isfinite().all()
    assert signal.grad is not None
    assert signal.grad.isfinite().all()


@every_front
def test_gradient_reaches_every_channel(name: str, settings: dict[str, Any]) -> None:
    front = make_front(name, settings)
    signal = make_signal(front).requires_grad_()
    front(signal).square().sum().backward()
    assert signal.grad is not None
    assert signal.grad.abs().sum(dim=2).min() > 0


@every_front
def test_a_window_does_not_see_its_neighbours_in_the_batch(name: str, settings: dict[str, Any]) -> None:
    front = make_front(name, settings)
    signal = make_signal(front, 3)
    with torch.no_grad():
        assert_same(front(signal), torch.cat([front(window[None]) for window in signal]))


@every_front
def test_features_repeat_themselves(name: str, settings: dict[str, Any]) -> None:
    front, again = make_front(name, settings), make_front(name, settings)
    signal = make_signal(front)
    with torch.no_grad():
        assert torch.equal(front(signal), again(signal))


@every_front
def test_exported_graph_answers_as_the_module(name: str, settings: dict[str, Any], tmp_path: Path) -> None:
    front = make_front(name, settings)
    path = tmp_path / "front.onnx"
    logging.getLogger("torch.onnx._internal.exporter._registration").setLevel(logging.ERROR)
    with warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")
        torch.onnx.export(
            front,
            (make_signal(front, 2),),
            path,
            dynamo=True,
            external_data=False,
            verbose=False,
            input_names=["signal"],
            dynamic_shapes=({0: torch.export.Dim("batch")},),
        )
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    for batch in (1, 5):
        signal = make_signal(front, batch)
        with torch.no_grad():
            expected = front(signal)
        (answer,) = session.run(None, {"signal": signal.numpy()})
        assert answer.dtype == np.float32
        assert_same(torch.from_numpy(answer), expected)


PICTURES = [(name, settings) for name, settings in CASES if FRONTS.load(name).kind == "picture"]


@pytest.mark.parametrize(("hertz", "second"), [(8.0, 1.2), (20.0, 2.7), (33.0, 2.0)])
@pytest.mark.parametrize(("name", "settings"), PICTURES, ids=lambda value: str(value))
def test_a_burst_lights_up_the_row_and_the_column_of_its_frequency_and_time(
    name: str, settings: dict[str, Any], hertz: float, second: float
) -> None:
    front = make_front(name, {**settings, "size": None})
    seconds = np.arange(front.config.window_samples) / front.config.sampling_rate
    burst = 100 * np.cos(2 * np.pi * hertz * (seconds - second)) * np.exp(-0.5 * ((seconds - second) / 0.15) ** 2)
    power = front.power(torch.tensor(np.tile(burst, (1, N_CHANNELS, 1)), dtype=torch.float32))[0, 0].numpy()
    assert power.shape == (len(front.frequencies), len(front.times))
    row, column = np.unravel_index(power.argmax(), power.shape)
    assert abs(front.frequencies[row] - hertz) <= np.diff(front.frequencies).max() / 2 + 1.0
    assert abs(front.times[column] - second) <= np.diff(front.times).max() / 2 + 1e-9
    assert (np.diff(front.frequencies) > 0).all() and (np.diff(front.times) > 0).all()
    assert front.times[0] >= 0 and front.times[-1] <= front.config.window
