"""The high-pass takes out what is slow and nothing else."""

from __future__ import annotations

import numpy as np
from scipy import signal as ss

from ictal.core.recording import Recording
from ictal.preprocessing.high_pass import HighPass


def test_a_large_offset_and_drift_cost_no_precision() -> None:
    time = np.arange(256 * 120) / 256
    x = np.array([20 * np.sin(2 * np.pi * 7 * time) + 1e5 + 50 * time]).astype(np.float32)
    step = HighPass(cutoff=0.5).design(256.0)
    expected = ss.sosfiltfilt(step.sections, x.astype(np.float64))
    found = step.apply(Recording.from_array(x, 256.0))
    np.testing.assert_allclose(found.read(), expected, atol=1e-6 * np.ptp(expected))
    np.testing.assert_allclose(found.read(60.0, 64.0), expected[:, 15_360:16_384], atol=1e-6 * np.ptp(expected))


def test_a_constant_vanishes() -> None:
    constant = Recording.from_array(np.full((1, 2000), 1234.5), 256.0)
    np.testing.assert_allclose(HighPass(cutoff=1.0).apply(constant).read(), 0.0, atol=1e-9)
    np.testing.assert_allclose(HighPass(cutoff=1.0, phase="causal").apply(constant).read(), 0.0, atol=1e-9)
