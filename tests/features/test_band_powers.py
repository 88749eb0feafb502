"""Band powers against sines and noise whose power is known."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
import torch
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.features.band_powers import BANDS, band_powers

RATE = 256.0
T = np.arange(2048) / RATE


@given(name=st.sampled_from(sorted(BANDS)), amplitude=st.floats(1.0, 200.0), phase=st.floats(0.0, 6.28))
def test_a_sine_has_half_its_squared_amplitude_in_its_band_and_nothing_elsewhere(
    name: str, amplitude: float, phase: float
) -> None:
    low, high = BANDS[name]
    frequency = round(low + high) / 2  # a multiple of the resolution, away from the limits of the band
    powers = band_powers(amplitude * np.sin(2 * np.pi * frequency * T + phase), RATE, segment=512)
    expected = np.where(np.array(list(BANDS)) == name, amplitude**2 / 2, 0.0)
    np.testing.assert_allclose(powers, expected, atol=1e-9 * amplitude**2)


def test_equals_the_sum_over_the_spectrum_of_scipy() -> None:
    signal = np.random.default_rng(0).normal(size=(2, 3, 2048))
    frequencies, spectrum = scipy.signal.welch(signal, RATE, nperseg=512)
    powers = band_powers(signal, RATE, segment=512)
    for column, (low, high) in enumerate(BANDS.values()):
        inside = (frequencies >= low) & (frequencies < high)
        np.testing.assert_allclose(powers[..., column], spectrum[..., inside].sum(axis=-1) * 0.5, rtol=1e-9)


def test_torch_gives_the_same() -> None:
    signal = np.random.default_rng(1).normal(size=(4, 1024))
    powers = band_powers(torch.from_numpy(signal), RATE, [(1.0, 4.0), (4.0, 30.0)], segment=256)
    np.testing.assert_allclose(powers, band_powers(signal, RATE, [(1.0, 4.0), (4.0, 30.0)], segment=256), rtol=1e-9)


def test_a_band_above_half_the_rate_is_refused() -> None:
    with pytest.raises(ParameterError, match="70 to 80 Hz"):
        band_powers(np.zeros(512), 128.0, [(70.0, 80.0)], segment=128)
