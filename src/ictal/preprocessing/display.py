"""EEG as it is read by eye."""

from __future__ import annotations

from ictal.core.recording import Recording
from ictal.preprocessing.band_pass import BandPass

DISPLAY_BAND = (0.5, 35.0)
"""Hz; what a reader of scalp EEG sets on the screen."""


def filter_for_display(recording: Recording) -> Recording:
    """Return a recording in the band that is read by eye; the top is lowered where the sampling rate is low.

    Examples
    --------
    >>> shown = filter_for_display(Recording.from_array([[0.0] * 640], 64.0))
    >>> shown.sampling_rate, shown.n_samples
    (64.0, 640)
    """
    low, high = DISPLAY_BAND
    top = min(high, 0.45 * recording.sampling_rate)
    return BandPass(low=low, high=top, order=2).design(recording.sampling_rate).apply(recording)
