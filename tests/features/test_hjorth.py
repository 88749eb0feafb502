"""Hjorth's parameters against closed forms."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from ictal.features.hjorth import hjorth

RATE = 256.0


@given(cycles=st.integers(4, 800), amplitude=st.floats(0.1, 500.0))
def test_a_sine(cycles: int, amplitude: float) -> None:
    """The difference of a sine of frequency f is a sine, larger by 2 sin(π f / rate)."""
    frequency = cycles / 10
    sine = amplitude * np.sin(2 * np.pi * frequency * np.arange(25600) / RATE)
    activity, mobility, complexity = hjorth(sine, RATE)
    assert activity == pytest.approx(amplitude**2 / 2, rel=1e-3)
    assert mobility == pytest.approx(2 * RATE * np.sin(np.pi * frequency / RATE), rel=1e-3)
    assert complexity == pytest.approx(1.0, rel=1e-3)


def test_white_noise() -> None:
    """First and second differences of white noise have 2 and 6 times its variance."""
    noise = np.random.default_rng(0).normal(0.0, 3.0, 200_000)
    expected = [9.0, np.sqrt(2) * RATE, np.sqrt(6 / 2) / np.sqrt(2)]
    np.testing.assert_allclose(hjorth(noise, RATE), expected, rtol=0.01)


def test_leading_axes_and_torch() -> None:
    signal = np.random.default_rng(1).normal(size=(2, 3, 400))
    parameters = hjorth(signal, RATE)
    assert parameters.shape == (2, 3, 3)
    np.testing.assert_allclose(parameters[1, 2], hjorth(signal[1, 2], RATE))
    np.testing.assert_allclose(hjorth(torch.from_numpy(signal), RATE), parameters, rtol=1e-9)


def test_a_flat_line_has_parameters_and_a_gradient() -> None:
    flat = torch.zeros(1, 256, requires_grad=True)
    parameters = hjorth(flat, RATE)
    parameters.sum().backward()
    assert parameters.tolist() == [[pytest.approx(1e-12), 1.0, 1.0]]
    assert flat.grad is not None and not flat.grad.isnan().any()
