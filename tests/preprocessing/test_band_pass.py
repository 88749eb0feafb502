"""The band-pass against the reference numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import ValidationError

from ictal.core.recording import Recording
from ictal.preprocessing.band_pass import BandPass

Oracle = dict[str, NDArray[np.float64]]
Check = Callable[..., None]


def test_coefficients(oracle: Oracle) -> None:
    np.testing.assert_allclose(BandPass(low=0.5, high=50).design(256.0).sections, oracle["bandpass_sos"], rtol=1e-12)


def test_zero_phase(recording: Recording, oracle: Oracle, assert_close: Check) -> None:
    found = BandPass(low=0.5, high=50).apply(recording).read()
    assert_close(found, oracle["bandpass_sosfiltfilt"])
    assert_close(found, oracle["bandpass_ba_filtfilt"])


@pytest.mark.parametrize(("start", "name"), [("zero", "bandpass_sosfilt"), ("steady", "bandpass_sosfilt_steady_start")])
def test_causal(recording: Recording, oracle: Oracle, assert_close: Check, start: str, name: str) -> None:
    step = BandPass.model_validate({"low": 0.5, "high": 50, "phase": "causal", "start": start})
    assert_close(step.apply(recording).read(), oracle[name])


def test_an_empty_band_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"low 50 Hz must be below high 0\.5 Hz"):
        BandPass(low=50, high=0.5)
