"""Zero-phase filters of an hour of 18 leads."""

from __future__ import annotations

import numpy as np
from ratios import compare
from scipy.signal import butter, sosfiltfilt

from ictal import Recording
from ictal.preprocessing.band_pass import BandPass
from ictal.preprocessing.low_pass import LowPass

RATE = 256.0
signal = np.random.default_rng(0).normal(0, 30, (18, int(3600 * RATE))).astype(np.float32)
recording = Recording.from_array(signal, RATE)


def compare_filter(title: str, step: LowPass | BandPass, sections: np.ndarray) -> None:
    """Compare one of our steps with scipy on the same design."""
    filtered = step.design(RATE).apply(recording)
    compare(
        title,
        {
            "ictal, blocks of 5 minutes": lambda: [
                filtered.read(start, start + 300.0) for start in range(0, 3600, 300)
            ],
            "ictal, whole": filtered.read,
            "scipy sosfiltfilt, whole": lambda: sosfiltfilt(sections, signal),
        },
        repeats=3,
    )


compare_filter("64 Hz low-pass, order 4", LowPass(cutoff=64.0), butter(4, 64.0, fs=RATE, output="sos"))
compare_filter(
    "0.5-50 Hz band-pass, order 4",
    BandPass(low=0.5, high=50.0),
    butter(4, [0.5, 50.0], "bandpass", fs=RATE, output="sos"),
)
