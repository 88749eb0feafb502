"""Welch's spectrum against scipy, in numpy and in torch."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.signal
import torch

from ictal.core.errors import ParameterError
from ictal.features.welch import band_columns, make_basis, welch

SIGNAL = np.random.default_rng(0).normal(3.0, 20.0, (2, 3, 1000)).cumsum(axis=-1)


@pytest.mark.parametrize("segment", [256, 255, 100, 1000, 17])
def test_equals_scipy(segment: int) -> None:
    frequencies, expected = scipy.signal.welch(SIGNAL, 128.0, nperseg=segment)
    spectrum = welch(SIGNAL, 128.0, segment)
    np.testing.assert_allclose(spectrum, expected, rtol=1e-9, atol=1e-9 * expected.max())
    assert spectrum.shape[-1] == len(frequencies)


def test_torch_gives_the_same_in_double_and_nearly_in_single_precision() -> None:
    expected = welch(SIGNAL, 128.0, 256)
    double = welch(torch.from_numpy(SIGNAL), 128.0, 256)
    single = welch(torch.from_numpy(SIGNAL).float(), 128.0, 256, basis=torch.from_numpy(make_basis(128.0, 256)).float())
    np.testing.assert_allclose(double, expected, rtol=1e-9)
    np.testing.assert_allclose(single, expected, rtol=1e-3, atol=1e-5 * expected.max())


def test_white_noise_has_its_variance_spread_evenly() -> None:
    noise = np.random.default_rng(1).normal(0.0, 5.0, 100_000)
    spectrum = welch(noise, 200.0, 200)
    np.testing.assert_allclose(spectrum[2:-2], 25.0 / 100.0, rtol=0.25)
    assert spectrum.sum() == pytest.approx(25.0, rel=0.02)


def test_a_band_holds_its_first_frequency_and_not_its_last() -> None:
    assert band_columns(0.5, 4.0, 256.0, segment=512) == slice(1, 8)
    assert band_columns(4.0, 8.0, 256.0, segment=512) == slice(8, 16)
    assert band_columns(0.0, 128.0, 256.0, segment=512) == slice(0, 256)


def test_a_band_without_a_frequency_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"0.6 to 0.9 Hz came; .* every 0.5 Hz up to 128 Hz, is inside"):
        band_columns(0.6, 0.9, 256.0, segment=512)


def test_a_signal_shorter_than_a_segment_is_refused() -> None:
    with pytest.raises(ParameterError, match="100 samples"):
        welch(np.zeros(100), 128.0, 128)
