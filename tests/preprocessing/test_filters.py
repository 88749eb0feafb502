"""What the filters share: designs that fit, are carried, and are refused."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError
from scipy import signal as ss

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.preprocessing.band_pass import BandPass
from ictal.preprocessing.filters import design_butterworth
from ictal.preprocessing.low_pass import LowPass


def test_design_for_another_rate_is_refused_with_both_rates() -> None:
    with pytest.raises(ParameterError, match="low-pass: designed for 256 Hz, but a signal of 250 Hz"):
        LowPass(cutoff=64).design(256.0).design(250.0)


def test_cutoff_above_half_the_rate_is_refused() -> None:
    with pytest.raises(ParameterError, match="low-pass: 64 Hz is not allowed for a signal of 100 Hz"):
        LowPass(cutoff=64).design(100.0)


def test_sections_of_other_settings_are_refused() -> None:
    designed = LowPass(cutoff=64).design(256.0).model_dump()
    with pytest.raises(ValidationError, match="designed for other settings"):
        LowPass.model_validate(designed | {"cutoff": 30.0})


def test_unstable_sections_are_refused() -> None:
    with pytest.raises(ValidationError, match="not stable"):
        LowPass(cutoff=64, designed_for=256.0, sections=((1.0, 0.0, 0.0, 1.0, -2.1, 1.2),))


def test_half_a_design_is_refused() -> None:
    with pytest.raises(ValidationError, match="come together"):
        LowPass(cutoff=64, designed_for=256.0)


def test_a_start_from_zeros_needs_a_causal_filter() -> None:
    with pytest.raises(ValidationError, match="needs phase='causal'"):
        LowPass(cutoff=64, start="zero")


@pytest.mark.parametrize("kind", ["lowpass", "highpass"])
def test_butterworth_is_that_of_scipy(kind: str) -> None:
    sections = design_butterworth("step", kind, (10.0,), 5, 128.0)  # type: ignore[arg-type]
    np.testing.assert_array_equal(sections, ss.butter(5, 10.0, kind, fs=128.0, output="sos"))


@pytest.mark.parametrize("n_samples", [1, 2, 5, 27])
def test_segments_shorter_than_the_edges_are_extended_by_what_there_is(n_samples: int) -> None:
    step = BandPass(low=0.5, high=50).design(256.0)
    x = np.random.default_rng(n_samples).standard_normal((1, n_samples))
    found = step.apply(Recording.from_array(x, 256.0)).read()
    expected = ss.sosfiltfilt(step.sections, x.astype(np.float32).astype(np.float64), padlen=n_samples - 1)
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_reading_nothing_gives_nothing() -> None:
    recording = Recording.from_array(np.zeros((2, 512)), 256.0)
    assert LowPass(cutoff=64).apply(recording).read(1.0, 1.0).shape == (2, 0)


def test_a_read_block_stays_small() -> None:
    """A low-pass reads little more than what is asked for."""

    class Watched(Recording):
        channels, sampling_rate, n_samples = ("Fz",), 256.0, 256 * 86_400
        longest = 0

        def read_samples(self, first: int, last: int) -> np.ndarray:
            self.longest = max(self.longest, last - first)
            return np.zeros((1, last - first), np.float32)

    source = Watched()
    LowPass(cutoff=64).apply(source).read(43_200.0, 43_204.0)
    assert 1024 <= source.longest <= 1024 + 256
