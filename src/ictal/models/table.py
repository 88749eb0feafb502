"""Which models there are."""

from __future__ import annotations

from ictal.core.tables import Table

MODELS = Table(
    "model",
    {
        "eegwavenet": "ictal.models.eegwavenet:EEGWaveNet",
        "line-length": "ictal.models.line_length:LineLengthRule",
        "spike-rate": "ictal.models.spike_rate:SpikeRateRule",
        "tcn": "ictal.models.tcn:TCN",
    },
)
"""Networks and rules; each has a `Config` and a `kind`: ``waveform``, ``frames``, ``picture``, ``table`` or ``rule``.

Both of the first two take a signal ``(B, C, T)``. A ``waveform`` network answers every window of its receptive field at
a hop of one frame. A network of ``frames`` answers every whole frame of the signal, whatever is known around it.
"""
