"""Notches against the reference numbers, and the choice of the mains frequency."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import signal as ss

from ictal.core.errors import ParameterError
from ictal.core.recording import Recording
from ictal.preprocessing.notch import AutoNotchRecording, Notch, find_line_frequency

Oracle = dict[str, NDArray[np.float64]]


@pytest.mark.parametrize("frequency", [1, 50, 60])
def test_reference_numbers(
    recording: Recording, oracle: Oracle, assert_close: Callable[..., None], frequency: int
) -> None:
    step = Notch(frequency=frequency, harmonics=False)
    section = np.array(step.design(256.0).sections)
    np.testing.assert_allclose(section[0, :3], oracle[f"notch{frequency}_b"], rtol=1e-12)
    np.testing.assert_allclose(section[0, 3:], oracle[f"notch{frequency}_a"], rtol=1e-12)
    assert_close(step.apply(recording).read(), oracle[f"notch{frequency}_filtfilt"])
    causal = Notch(frequency=frequency, harmonics=False, phase="causal", start="zero")
    assert_close(causal.apply(recording).read(), oracle[f"notch{frequency}_lfilter"])


def test_harmonics_reach_up_to_half_the_rate() -> None:
    assert Notch(frequency=50).frequencies(256.0) == (50.0, 100.0)
    assert Notch(frequency=50).frequencies(200.0) == (50.0,)
    assert Notch(frequency=60).frequencies(512.0) == (60.0, 120.0, 180.0, 240.0)
    sections = Notch(frequency=60).design(512.0).sections
    _, response = ss.sosfreqz(sections, [60, 120, 180, 240], fs=512)
    np.testing.assert_allclose(np.abs(response), 0, atol=1e-9)


def test_frequency_above_half_the_rate_is_refused() -> None:
    with pytest.raises(ParameterError, match="notch: 60 Hz is not allowed for a signal of 100 Hz"):
        Notch(frequency=60).design(100.0)


def noise(line: float, amplitude: float, rate: float = 256.0, n_channels: int = 6) -> Recording:
    rng = np.random.default_rng(7)
    time = np.arange(int(90 * rate)) / rate
    background = rng.standard_normal((n_channels, len(time))).cumsum(axis=1)
    background += 3 * rng.standard_normal(background.shape)
    background[-1] += amplitude * np.sin(2 * np.pi * line * time)
    return Recording.from_array(background, rate, gaps=[(20.0, 31.3)])


@pytest.mark.parametrize("line", [50.0, 60.0])
@pytest.mark.parametrize("rate", [200.0, 256.0, 511.5])
def test_the_line_that_stands_out_is_found_and_taken_out(line: float, rate: float) -> None:
    recording = noise(line, 20.0, rate)
    assert find_line_frequency(recording) == line
    applied = Notch().apply(recording)
    assert applied.notes == (f"notch: mains of {line:g} Hz was taken out",)
    np.testing.assert_array_equal(applied.read(), Notch(frequency=line).apply(recording).read())


def test_nothing_is_taken_out_where_no_line_stands_out() -> None:
    recording = noise(50.0, 0.0)
    applied = Notch().apply(recording)
    assert isinstance(applied, AutoNotchRecording)
    assert applied.line_frequency is None
    np.testing.assert_array_equal(applied.read(), recording.read())
    assert applied.notes == ("notch: no mains frequency stands out; nothing was taken out",)


@pytest.mark.parametrize(("rate", "seconds"), [(90.0, 90), (256.0, 3)])
def test_what_cannot_be_measured_is_not_filtered(rate: float, seconds: int) -> None:
    signal = np.sin(2 * np.pi * 50 * np.arange(int(rate * seconds)) / rate)
    assert find_line_frequency(Recording.from_array(signal, rate)) is None


def test_measuring_reads_a_bounded_sample_once() -> None:
    class Day(Recording):
        channels, sampling_rate, n_samples = ("Fz",), 256.0, 256 * 86_400
        n_read = 0

        def read_samples(self, first: int, last: int) -> np.ndarray:
            self.n_read += last - first
            return np.sin(2 * np.pi * 50 * np.arange(first, last) / 256).astype(np.float32)[None]

    day = Day()
    applied = Notch().apply(day)
    assert applied.notes and applied.notes
    assert day.n_read == 16 * 4 * 256


def test_auto_on_a_stream_is_refused() -> None:
    step = Notch(phase="causal")
    assert not step.causal
    with pytest.raises(ParameterError, match="'auto' is not allowed on a stream"):
        step.stream(("Fz",), 256.0)
