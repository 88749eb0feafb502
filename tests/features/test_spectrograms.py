from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from ictal.features.mel import gather_bands, make_mel_bands
from ictal.features.spectrograms import MelConfig, MelFront, SpectrogramConfig, StftFront
from ictal.features.stft import hann, power_of, stft


def make_signal(n_samples: int = 1024) -> torch.Tensor:
    return 50 * torch.randn(2, 3, n_samples, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    ("settings", "length", "hop", "rows"),
    [
        ({"low": 0.0, "high": 128.0}, 256, 16, slice(0, 129)),
        ({}, 256, 16, slice(1, 51)),
        ({"segment": 0.5, "step": 0.25, "low": 3.0, "high": 30.0}, 128, 64, slice(2, 16)),
        ({"segment": 4.0, "step": 1.0}, 1024, 256, slice(2, 201)),
        ({"segment": 0.301, "step": 0.01, "high": 40.0}, 77, 3, slice(1, 13)),
    ],
)
def test_power_is_that_of_the_transform(settings: dict[str, Any], length: int, hop: int, rows: slice) -> None:
    front = StftFront(SpectrogramConfig(n_channels=3, scale="power", size=None, **settings))
    signal = make_signal()
    expected = power_of(stft(signal.double(), hann(length), hop))[:, :, rows].numpy()
    pictures = front(signal)
    assert pictures.shape[1:] == front.shape == expected.shape[1:]
    np.testing.assert_allclose(pictures, expected, rtol=1e-4, atol=1e-6 * expected.max())


def test_a_sine_is_a_quarter_of_its_squared_amplitude() -> None:
    front = StftFront(SpectrogramConfig(n_channels=1, scale="power", size=None))
    sine = 20 * torch.sin(2 * torch.pi * 10 * torch.arange(1024) / 256)
    pictures = front(sine[None, None])[0, 0]
    assert pictures.argmax(dim=0).eq(9).all()
    torch.testing.assert_close(pictures[9], torch.full((49,), 100.0), rtol=1e-4, atol=0.0)


def test_time_runs_to_the_right_and_frequency_down() -> None:
    front = StftFront(SpectrogramConfig(n_channels=1))
    n = torch.arange(1024)
    burst = 50 * torch.sin(2 * torch.pi * 40 * n / 256) * (n > 800)
    picture = front(burst[None, None])[0, 0]
    row, column = divmod(int(picture.argmax()), 100)
    assert 75 <= row <= 82
    assert column > 90


@pytest.mark.parametrize("settings", [{}, {"low": 0.0, "high": 128.0, "htk": True, "normalised": True, "n_bands": 20}])
def test_mel_power_is_that_of_the_bands(settings: dict[str, Any]) -> None:
    front = MelFront(MelConfig(n_channels=3, scale="power", size=None, **settings))
    bands = {"low": 0.5, "high": 50.0, "normalised": False, "n_bands": 32, **settings}
    signal = make_signal()
    power = power_of(stft(signal.double(), hann(256), 16))
    expected = gather_bands(power, make_mel_bands(n_fft=256, sampling_rate=256.0, **bands)).numpy()
    np.testing.assert_allclose(front(signal), expected, rtol=1e-4, atol=1e-6 * expected.max())


def test_empty_bands_are_refused() -> None:
    with pytest.raises(ValidationError, match=r"n_bands 100 came; \d+ of them hold no multiple of 1 Hz"):
        MelConfig(n_channels=3, n_bands=100)
    assert MelConfig(n_channels=3, n_bands=100, segment=4.0).bands.shape == (100, 199)


@pytest.mark.parametrize("rate", [100.0, 200.0, 250.0, 512.0])
def test_defaults_fit_usual_rates(rate: float) -> None:
    config = SpectrogramConfig(n_channels=1, sampling_rate=rate)
    assert StftFront(config)(torch.zeros(1, 1, config.window_samples)).shape == (1, 1, 100, 100)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"segment": 5.0}, "segment 5 s came; it must not be longer than the window, 4 s"),
        ({"low": 1.2, "high": 1.8}, "no multiple of 1 Hz"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        SpectrogramConfig(n_channels=2, **settings)
