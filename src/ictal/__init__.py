"""ictal finds seizures in EEG: from a raw recording to reviewed, scored annotations.

Examples
--------
>>> import numpy as np
>>> import ictal
>>> rec = ictal.Recording.from_array(np.zeros((1, 256 * 60)), 256.0, ["left cortex"])
>>> det = ictal.load_detector("spike-rate")
>>> len(det.detect(rec))
0
"""

from __future__ import annotations

from typing import Any

from ictal.core.tables import Table
from ictal.core.version import __version__

EXPORTS = Table(
    "name",
    {
        "Annotations": "ictal.core.events:Annotations",
        "Detection": "ictal.detection.result:Detection",
        "Detector": "ictal.detection.detector:Detector",
        "Event": "ictal.core.events:Event",
        "IctalError": "ictal.core.errors:IctalError",
        "Montage": "ictal.core.montage:Montage",
        "Recording": "ictal.core.recording:Recording",
        "Scores": "ictal.core.scores:Scores",
        "WindowGrid": "ictal.core.windows:WindowGrid",
        "fit": "ictal.training.arrays:fit",
        "load_detector": "ictal.detection.library:load_detector",
        "read": "ictal.io.formats:read",
        "read_events": "ictal.io.events_tsv:read_events",
        "write_events": "ictal.io.events_tsv:write_events",
    },
)
"""The public names, loaded on first use, so that ``import ictal`` is free."""

__all__ = [
    "Annotations",
    "Detection",
    "Detector",
    "Event",
    "IctalError",
    "Montage",
    "Recording",
    "Scores",
    "WindowGrid",
    "__version__",
    "fit",
    "load_detector",
    "read",
    "read_events",
    "write_events",
]


def __getattr__(name: str) -> Any:
    if name not in EXPORTS:
        raise AttributeError(f"module 'ictal' has no attribute {name!r}; it has {', '.join(__all__)}")
    return EXPORTS.load(name)


def __dir__() -> list[str]:
    return __all__
