"""What is written for a recording, one function an output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.core.spans import complement_spans, total_time
from ictal.core.tables import Table
from ictal.detection.detector import Detector
from ictal.detection.result import Detection
from ictal.io.edf_annotate import copy_with_events
from ictal.io.events_json import write_events_json
from ictal.io.events_tsv import write_events
from ictal.io.scores_file import write_scores

ENDINGS = {
    "tsv": "events.tsv",
    "scores": "scores.npz",
    "json": "events.json",
    "edf": "annotated.edf",
    "report": "report.html",
}
"""Output → how its file name ends."""

WRITERS = Table(
    "format",
    {
        "tsv": "ictal.experiments.outputs:write_table",
        "scores": "ictal.experiments.outputs:write_probabilities",
        "json": "ictal.experiments.outputs:write_json",
        "edf": "ictal.experiments.outputs:write_copy",
        "report": "ictal.experiments.report:write_report_of",
    },
)
"""Output → its function; loaded when asked for, so that a plain run loads no plotting."""

ALWAYS = ("tsv", "scores")
"""The outputs that every run writes."""


@dataclass(frozen=True)
class Finished:
    """A recording and all that was found in it.

    Attributes
    ----------
    recording, detector, detection
        What was read, what ran, what it found.
    mapping : mapping of str to str
        What odd labels of the file mean.
    keep_identity : bool
        Whether dates and the identity of the patient may be written.
    reference : Annotations or None
        What a reader marked, for the report to compare with.
    """

    recording: Recording
    detector: Detector
    detection: Detection
    mapping: Mapping[str, str]
    keep_identity: bool
    reference: Annotations | None = None

    @property
    def told_start(self) -> datetime | None:
        """When the recording began, if that may be told."""
        return self.recording.start_time if self.keep_identity else None


def write_output(name: str, path: Path, finished: Finished) -> None:
    """Write one output by name, whole or not at all."""
    WRITERS.load(name)(path, finished)


def write_table(path: Path, finished: Finished) -> None:
    """Write the events as a SzCORE table; dates only if the identity may be kept."""
    write_events(path, finished.detection.events, finished.told_start)


def write_probabilities(path: Path, finished: Finished) -> None:
    """Write the probability of every frame."""
    write_scores(path, finished.detection.scores)


def write_json(path: Path, finished: Finished) -> None:
    """Write the events and what was and was not analysed as JSON."""
    metadata = summarise(finished.detection)
    write_events_json(path, finished.detection.events, start_time=finished.told_start, metadata=metadata)


def write_copy(path: Path, finished: Finished) -> None:
    """Write the recording with the events as annotations, as EDF+ (BDF+ from a BDF)."""
    copy_with_events(finished.recording, path, finished.detection.events, keep_identity=finished.keep_identity)


def summarise(detection: Detection) -> dict[str, Any]:
    """Return what was run and what was and was not looked at, ready for JSON, without identity.

    Returns
    -------
    dict
        Seconds for all times; `artefact_seconds` is by kind, over all channels.
    """
    analysed = float(detection.scores.analysed.sum() * detection.scores.step)
    by_kind: dict[str, float] = {}
    for artefact in detection.artefacts:
        by_kind[artefact.kind] = by_kind.get(artefact.kind, 0.0) + artefact.stop - artefact.start
    return {
        "detector": detection.detector,
        "threshold": detection.threshold,
        "recording_seconds": detection.duration,
        "sampling_rate": detection.sampling_rate,
        "signal_seconds": total_time(complement_spans(detection.gaps, 0.0, detection.duration)),
        "analysed_seconds": analysed,
        "gaps": [list(gap) for gap in detection.gaps],
        "artefact_seconds": by_kind,
        "montage": detection.montage,
        "leads": list(detection.leads),
        "interpolated_leads": list(detection.interpolated),
        "masked_leads": list(detection.masked),
        "missing_electrodes": list(detection.missing_electrodes),
        "n_seizures": len(detection.events.seizures),
        "seizure_seconds": detection.events.seizures.total_time,
        "notes": list(detection.notes),
        "settings": detection.settings,
        "provenance": detection.provenance,
    }
