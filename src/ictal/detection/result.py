"""What a detector found in one recording, and under which conditions."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ictal.core.artefacts import Artefact
from ictal.core.events import Annotations
from ictal.core.localisation import Localisation
from ictal.core.scores import Scores
from ictal.core.spans import Span


@dataclass(frozen=True)
class Detection:
    """Events, scores, and what was and was not looked at.

    Attributes
    ----------
    events : Annotations
        Detected events with confidence, and as channels the leads that carry them, the most important first.
    localised : tuple of Localisation
        For each event, how much each lead carries it over time; or empty.
    scores : Scores
        Calibrated probabilities before smoothing; a frame of NaN was not analysed.
    detector : str
        Name of the detector.
    threshold : float
        The smoothed probability at which an event starts.
    montage : str
        ``double-banana``, or ``as-recorded``.
    leads, interpolated, masked, missing_electrodes : tuple of str
        Leads analysed in reading order; which of them were interpolated or masked, and for want of which electrodes.
    gaps : tuple of (start, stop)
        Stretches in seconds without signal.
    artefacts : tuple of Artefact
        Stretches of single channels that are flat, clipped or disconnected.
    notes : tuple of str
        What was mended or left out.
    settings : dict
        All settings of the detector, as in its file.
    provenance : dict
        Versions and origin.
    start_time : datetime or None
        When the recording began.
    duration, sampling_rate : float
        Seconds and Hz of the recording itself.
    """

    events: Annotations
    scores: Scores
    detector: str
    threshold: float
    montage: str
    leads: tuple[str, ...]
    interpolated: tuple[str, ...]
    masked: tuple[str, ...]
    missing_electrodes: tuple[str, ...]
    gaps: tuple[Span, ...]
    artefacts: tuple[Artefact, ...]
    notes: tuple[str, ...]
    start_time: datetime | None
    duration: float
    sampling_rate: float
    localised: tuple[Localisation, ...] = ()
    settings: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, str] = field(default_factory=dict)
