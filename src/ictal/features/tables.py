"""Which features there are."""

from __future__ import annotations

from ictal.core.tables import Table

FEATURES = Table(
    "features",
    {
        "line-length": "ictal.features.line_length:line_length",
        "arc-and-spikes": "ictal.features.spikes:arc_and_spikes",
    },
)
"""Functions from signal, sampling rate, window and hop in samples to (n_channels, n_windows, n_features)."""

FRONTS = Table(
    "features",
    {
        "components": "ictal.features.components:Components",
        "cwt": "ictal.features.scalograms:CwtFront",
        "mel": "ictal.features.spectrograms:MelFront",
        "numbers": "ictal.features.numbers:Numbers",
        "stft": "ictal.features.spectrograms:StftFront",
    },
)
"""Modules that stand before a network of pictures or of numbers; each has a `Config`, a `kind` and a `shape`."""
