"""EEG as it is read by eye: the gains of its filter."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.signal

from ictal.core.recording import Recording
from ictal.io.edf import read_edf
from ictal.preprocessing.display import DISPLAY_BAND, filter_for_display


def test_the_display_shows_what_is_read_by_eye() -> None:
    """Gain of a sine in and outside the band, held to the Butterworth that scipy designs."""
    rate, seconds = 256.0, 40
    times = np.arange(seconds * round(rate)) / rate
    rows = {frequency: np.sin(2 * np.pi * frequency * times) for frequency in (0.1, 10.0, 60.0)}
    shown = filter_for_display(Recording.from_array(np.array([*rows.values()]), rate)).read(15.0, 25.0)
    sos = scipy.signal.butter(2, DISPLAY_BAND, "bandpass", fs=rate, output="sos")
    _, response = scipy.signal.sosfreqz(sos, [*rows], fs=rate)
    gains = np.sqrt(2 * (shown**2).mean(axis=1))
    np.testing.assert_allclose(gains[1:], np.abs(response[1:]) ** 2, atol=0.01)
    assert gains[0] < 0.01 and gains[1] > 0.99 and gains[2] < 0.2


def test_the_display_of_a_slow_recording_stays_below_half_its_rate(quiet: Path) -> None:
    slow = Recording.from_array(read_edf(quiet).read()[:, ::5][:, :512], 51.2)
    assert np.isfinite(filter_for_display(slow).read()).all()
