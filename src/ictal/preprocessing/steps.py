"""Every step of preprocessing, by name."""

from __future__ import annotations

from ictal.core.tables import Table

STEPS = Table(
    "step",
    {
        "band-pass": "ictal.preprocessing.band_pass:BandPass",
        "high-pass": "ictal.preprocessing.high_pass:HighPass",
        "low-pass": "ictal.preprocessing.low_pass:LowPass",
        "mad": "ictal.preprocessing.mad:Mad",
        "montage": "ictal.preprocessing.montage:MontageStep",
        "notch": "ictal.preprocessing.notch:Notch",
        "reference": "ictal.preprocessing.reference:Reference",
        "resample": "ictal.preprocessing.resample:Resample",
        "running-mad": "ictal.preprocessing.running_mad:RunningMad",
        "running-z-score": "ictal.preprocessing.running_z_score:RunningZScore",
        "z-score": "ictal.preprocessing.z_score:ZScore",
    },
)
"""Name → class; a new step is one file and one line here."""
