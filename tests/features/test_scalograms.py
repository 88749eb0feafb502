from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from pydantic import ValidationError

from ictal.features.scalograms import CwtFront, ScalogramConfig, group_by_length
from ictal.features.stft import power_of
from ictal.features.wavelet import convolve_kept, cwt_as_pywavelets


def make_front(**settings: Any) -> CwtFront:
    return CwtFront(ScalogramConfig(**{"n_channels": 2, "scale": "power", "size": None, "n_rows": 30, **settings}))


def make_signal(n_samples: int = 1024) -> torch.Tensor:
    return 50 * torch.randn(2, 2, n_samples, generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize(
    "settings", [{}, {"n_cycles": 3.0, "step": 0.1}, {"spacing": "logarithmic"}, {"wavelet": "cmor1.5-1.0"}]
)
def test_power_is_that_of_the_transform(settings: dict[str, Any]) -> None:
    front = make_front(**settings)
    signal = make_signal()
    hop = front.config.samples(front.config.step)
    expected = power_of(convolve_kept(signal.double(), front.config.make_wavelets(), hop)).numpy()
    pictures = front(signal)
    assert pictures.shape[1:] == front.shape == expected.shape[1:]
    np.testing.assert_allclose(pictures, expected, rtol=0.0, atol=1e-5 * expected.max())


@pytest.mark.parametrize("wavelet", ["morl", "mexh", "cmor1.5-1.0", "cmor3.0-1.0"])
def test_wavelets_of_pywavelets_keep_its_scale(wavelet: str) -> None:
    front = make_front(wavelet=wavelet, low=2.0, high=32.0)
    signal = make_signal()
    transform = cwt_as_pywavelets(signal.double(), 256.0, front.config.frequencies, wavelet, hop=16)
    expected = power_of(transform).numpy()
    np.testing.assert_allclose(front(signal), expected, rtol=0.0, atol=1e-5 * expected.max())


@pytest.mark.parametrize("frequency", [4.0, 10.0, 40.0])
@pytest.mark.parametrize("rate", [200.0, 256.0])
def test_a_sine_is_a_quarter_of_its_squared_amplitude(frequency: float, rate: float) -> None:
    front = make_front(n_channels=1, low=2.0, high=50.0, n_rows=49, sampling_rate=rate)
    sine = 20 * torch.sin(2 * torch.pi * frequency * torch.arange(front.config.window_samples) / rate)
    middle = front(sine[None, None])[0, 0][:, front.shape[2] // 2]
    assert int(middle.argmax()) == int(frequency) - 2
    np.testing.assert_allclose(middle.max(), 100.0, rtol=1e-2)


def test_a_burst_is_seen_when_it_is_there() -> None:
    front = make_front(n_channels=1, size=(100, 100), low=2.0)
    n = torch.arange(1024)
    burst = 50 * torch.sin(2 * torch.pi * 30 * n / 256) * ((n > 700) & (n < 800))
    row, column = divmod(int(front(burst[None, None])[0, 0].argmax()), 100)
    assert 55 <= row <= 60
    assert 68 <= column <= 78


def test_groups_hold_lengths_up_to_twice_the_shortest() -> None:
    wavelets = [np.arange(n) + 1j for n in (21, 13, 11, 9, 3)]
    groups = group_by_length(wavelets)
    assert [group.shape for group in groups] == [(6, 21), (2, 9), (2, 3)]
    assert groups[0][1, 4:17].tolist() == list(range(13))[::-1]
    assert groups[0][4].sum() == 13


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"wavelet": "db4"}, "'db4' is not allowed; allowed are 'morl'"),
        ({"low": 0.0}, "low"),
        ({"n_cycles": 0.0}, "n_cycles"),
    ],
)
def test_what_cannot_be_is_refused(settings: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        make_front(**settings)
