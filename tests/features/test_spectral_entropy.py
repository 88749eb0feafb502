"""Spectral entropy against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import digamma

from ictal.features.spectral_entropy import measure_entropy, spectral_entropy

RATE = 256.0


@pytest.mark.parametrize("frequency", [3.0, 10.0, 40.0])
def test_a_sine_is_three_columns_of_the_hann_window(frequency: float) -> None:
    """They hold 1/6, 2/3 and 1/6 of its power."""
    sine = 7 * np.sin(2 * np.pi * frequency * np.arange(1024) / RATE)
    expected = (2 / 3 * np.log(3 / 2) + 2 / 6 * np.log(6)) / np.log(99)
    assert spectral_entropy(sine, RATE, segment=512) == pytest.approx(expected, rel=1e-6)


def test_white_noise_in_one_segment() -> None:
    """Shares of n exponential powers have a mean entropy of digamma(n + 1) - digamma(2)."""
    noise = np.random.default_rng(0).normal(size=(2000, 512))
    entropies = spectral_entropy(noise, RATE, segment=512)
    assert entropies.shape == (2000,)
    expected = (digamma(100) - digamma(2)) / np.log(99)
    assert entropies.mean() == pytest.approx(expected, rel=2e-3)


def test_white_noise_in_many_segments_spreads_evenly() -> None:
    noise = np.random.default_rng(1).normal(size=256_000)
    assert 0.995 < spectral_entropy(noise, RATE, segment=512) < 1.0


@given(powers=arrays(float, 12, elements=st.floats(0.0, 1e6)), scale=st.floats(1e-2, 1e3))
def test_between_none_and_one_whatever_the_scale_and_the_order(powers: np.ndarray, scale: float) -> None:
    entropy = measure_entropy(powers)
    assert -1e-9 <= entropy <= 1.0 + 1e-9
    assert measure_entropy(powers[::-1]) == pytest.approx(entropy, abs=1e-9)
    if powers.sum() > 1e-6:
        assert measure_entropy(powers * scale) == pytest.approx(entropy, abs=1e-6)


def test_torch_gives_the_same_and_a_flat_line_has_none() -> None:
    signal = np.random.default_rng(2).normal(size=(3, 1024))
    signal[1] = 0.0
    entropies = spectral_entropy(torch.from_numpy(signal), RATE, segment=512)
    np.testing.assert_allclose(entropies, spectral_entropy(signal, RATE, segment=512), rtol=1e-9)
    assert entropies[1] == 0.0
