"""Which models there are."""

from __future__ import annotations

from ictal.core.tables import Table

MODELS = Table(
    "model",
    {
        "eegwavenet": "ictal.models.eegwavenet:EEGWaveNet",
        "line-length": "ictal.models.line_length:LineLengthRule",
        "spike-rate": "ictal.models.spike_rate:SpikeRateRule",
    },
)
"""Networks and rules; each has a `Config` and a `kind`: ``waveform``, ``picture``, ``table`` or ``rule``."""
