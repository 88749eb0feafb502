"""What is in a file, what was mended, what is missing, and which detectors can run on it."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ictal.core.artefacts import Artefact
from ictal.core.channels import channel_kind
from ictal.core.errors import IctalError, IctalWarning
from ictal.core.recording import Recording
from ictal.core.spans import total_time
from ictal.detection.library import BUNDLED, load_bundled
from ictal.io.discover import find_recordings
from ictal.io.formats import read
from ictal.plots.clock import format_duration
from ictal.preprocessing.artefacts import find_artefacts
from ictal.preprocessing.montage import MontageStep
from ictal.preprocessing.notch import find_line_frequency

_INDENT = "\n" + " " * 14


@dataclass(frozen=True)
class Examination:
    """What was found in one file.

    Attributes
    ----------
    path : Path
        The file.
    refused : bool
        Whether it cannot be read at all.
    rows : tuple of (str, tuple of str)
        A heading and what is to be said under it, in reading order. Nothing identifies the patient.
    """

    path: Path
    refused: bool
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    @property
    def text(self) -> str:
        """The page as plain text."""
        lines = [f"  {heading:<12}{_INDENT.join(said)}" for heading, said in self.rows if said]
        return "\n".join([str(self.path), *lines])


def examine(paths: Sequence[Path], mapping: Mapping[str, str] | None = None) -> Iterator[Examination]:
    """Examine every recording under some paths: what ``ictal doctor`` does.

    Parameters
    ----------
    paths : sequence of Path
        Files, folders or BIDS datasets.
    mapping : mapping of str to str, optional
        What odd labels of the files mean.

    Yields
    ------
    Examination
        One for each recording; one that cannot be read is not an error but a finding.
    """
    for found in find_recordings(paths):
        yield examine_file(found.path, {} if mapping is None else mapping)


def examine_file(path: Path, mapping: Mapping[str, str]) -> Examination:
    """Examine one recording; see :func:`examine`."""
    try:
        # What a warning would say is in the notes of the recording, and stands in the examination.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", IctalWarning)
            rows = _describe(read(path), mapping)
    except IctalError as problem:
        return Examination(path, True, (("refused", (str(problem).removeprefix(f"{path}: "),)),))
    return Examination(path, False, rows)


def _describe(recording: Recording, mapping: Mapping[str, str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (
        ("signal", (_describe_signal(recording),)),
        ("channels", _describe_channels(recording)),
        ("mended", recording.notes),
        ("gaps", _describe_gaps(recording)),
        ("artefacts", _describe_artefacts(find_artefacts(recording), recording)),
        ("mains", (_describe_mains(find_line_frequency(recording)),)),
        ("montage", _describe_montage(recording, mapping)),
        ("detectors", tuple(_judge(name, recording, mapping) for name in BUNDLED)),
    )


def _describe_signal(recording: Recording) -> str:
    start = "start time known" if recording.start_time is not None else "start time unknown"
    return f"{format_duration(recording.duration)} at {recording.sampling_rate:g} Hz, {start}"


def _describe_channels(recording: Recording) -> tuple[str, ...]:
    by_kind: dict[str, list[str]] = {}
    for label in recording.channels:
        by_kind.setdefault(channel_kind(label), []).append(label)
    return tuple(f"{len(labels)} {kind}: {', '.join(labels)}" for kind, labels in by_kind.items())


def _describe_gaps(recording: Recording) -> tuple[str, ...]:
    if not recording.gaps:
        return ("none",)
    longest = max(stop - start for start, stop in recording.gaps)
    n_gaps = len(recording.gaps)
    return (f"{n_gaps}, {total_time(recording.gaps):.1f} s without signal, the longest {longest:.1f} s",)


def _describe_artefacts(artefacts: tuple[Artefact, ...], recording: Recording) -> tuple[str, ...]:
    seconds: dict[tuple[str, str], float] = {}
    for artefact in artefacts:
        key = (artefact.kind, artefact.channel)
        seconds[key] = seconds.get(key, 0.0) + artefact.stop - artefact.start
    if not seconds:
        return ("none: no channel is flat, clipped or disconnected",)
    said = []
    for kind in dict.fromkeys(kind for kind, _ in seconds):
        shares = {channel: time / recording.duration for (of, channel), time in seconds.items() if of == kind}
        said.append(f"{kind}: " + ", ".join(f"{channel} {share:.0%}" for channel, share in shares.items()))
    return tuple(said)


def _describe_mains(line: float | None) -> str:
    return "no mains frequency stands out" if line is None else f"{line:g} Hz stands out"


def _describe_montage(recording: Recording, mapping: Mapping[str, str]) -> tuple[str, ...]:
    try:
        leads = MontageStep(missing="mask", mapping=dict(mapping)).derive(recording.channels, recording.source)
    except IctalError:
        return ("no lead of the double banana can be made; the channels can be used as recorded",)
    report = leads.report
    n_there = len(report.direct) + len(report.computed)
    said = [f"{n_there} of {len(leads.labels)} leads of the double banana ({len(report.computed)} by subtraction)"]
    if report.masked:
        said.append(f"not there: {', '.join(report.masked)}")
    if report.missing_electrodes:
        said.append(f"missing electrodes: {', '.join(report.missing_electrodes)}")
    return tuple(said)


def _judge(name: str, recording: Recording, mapping: Mapping[str, str]) -> str:
    """Say whether a bundled detector can run: prepare it, and read one window through its whole chain."""
    detector = load_bundled(name)
    try:
        _, prepared = detector.prepare(recording, mapping)
        first, last = prepared.segments[0]
        window = round(detector.settings.windows.length * prepared.sampling_rate)
        signal = prepared.read_samples(first, min(first + window, last))
    except IctalError as problem:
        return f"{name}: no, {str(problem).removeprefix(f'{recording.source}: ')}"
    return f"{name}: yes" if np.isfinite(signal).all() else f"{name}: no, its chain gives no finite signal"
