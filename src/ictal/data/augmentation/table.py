"""Every augmentation, by name."""

from __future__ import annotations

from ictal.core.tables import Table

AUGMENTATIONS = Table(
    "augmentation",
    {
        "amplitude": "ictal.data.augmentation.amplitude:Amplitude",
        "band-stop": "ictal.data.augmentation.band_stop:BandStop",
        "channel-drop": "ictal.data.augmentation.channel_drop:ChannelDrop",
        "mirror": "ictal.data.augmentation.mirror:Mirror",
        "mixup": "ictal.data.augmentation.mixup:Mixup",
        "narrow-band": "ictal.data.augmentation.narrow_band:NarrowBand",
        "noise": "ictal.data.augmentation.noise:Noise",
        "pattern": "ictal.data.augmentation.pattern:Pattern",
        "polarity": "ictal.data.augmentation.polarity:Polarity",
        "rhythm": "ictal.data.augmentation.rhythm:Rhythm",
        "surrogate": "ictal.data.augmentation.surrogate:Surrogate",
        "synthetic-seizure": "ictal.data.augmentation.synthetic_seizure:SyntheticSeizure",
        "tilt": "ictal.data.augmentation.tilt:Tilt",
        "time-shift": "ictal.data.augmentation.time_shift:TimeShift",
    },
)
"""Name → class; a new augmentation is one file and one line here."""
