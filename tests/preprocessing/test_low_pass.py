"""The low-pass against the reference numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal as ss

from ictal.core.recording import Recording
from ictal.preprocessing.low_pass import LowPass


@pytest.mark.parametrize("cutoff", [60, 64])
def test_zero_phase(
    recording: Recording, oracle: dict[str, NDArray[np.float64]], assert_close: Callable[..., None], cutoff: int
) -> None:
    assert_close(LowPass(cutoff=cutoff).apply(recording).read(), oracle[f"lowpass{cutoff}_filtfilt"])


def test_design_is_the_published_one(oracle: dict[str, NDArray[np.float64]]) -> None:
    numerator, denominator = ss.sos2tf(LowPass(cutoff=64).design(256.0).sections)
    np.testing.assert_allclose(numerator, oracle["lowpass64_b"], rtol=1e-9)
    np.testing.assert_allclose(denominator, oracle["lowpass64_a"], rtol=1e-9, atol=1e-12)


def test_a_constant_passes_unchanged() -> None:
    constant = Recording.from_array(np.full((1, 2000), 1234.5), 256.0)
    for phase in ("zero", "causal"):
        step = LowPass.model_validate({"cutoff": 1.0, "phase": phase})
        np.testing.assert_allclose(step.apply(constant).read(), 1234.5, rtol=1e-6)
