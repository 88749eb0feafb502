"""The recordings of one patient as files: in the order of time, with what a reader marked, as a detector sees them."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from ictal.core.errors import IctalWarning, ParameterError, RecordingError
from ictal.core.events import Annotations
from ictal.core.recording import Recording
from ictal.core.scores import Scores
from ictal.core.spans import Span, intersect_spans
from ictal.data.fingerprint import hash_input
from ictal.data.loader import BatchSet
from ictal.data.portions import Portion
from ictal.data.prepared import PreparedRecording
from ictal.data.windows import cut_windows
from ictal.detection.detector import Detector
from ictal.evaluation.operating import ScoredRecording
from ictal.evaluation.patient_gain import GAINS
from ictal.experiments.reference import read_reference
from ictal.io.discover import FoundRecording, find_recordings, reference_for
from ictal.scoring.curves import auroc, frame_truth, known_frames
from ictal.training.frames import clip_annotations
from ictal.training.metrics import event_figures
from ictal.training.readers import SignalsInMemory
from ictal.training.settings import TaskSettings

PATIENT = "patient"
"""What the one subject is called: nobody's name is kept."""

_ROUNDING = 1e-6


@dataclass(frozen=True, eq=False)
class PatientRecording:
    """A recording, what a reader marked in it, and what a detector looks at.

    Attributes
    ----------
    recording : Recording
        As read from its file.
    reference : Annotations
        Seizures.
    looked_at : Recording
        The leads of the detector after its chain.
    prepared : PreparedRecording
        The same as windows are cut from it.
    input_hash : str
        Of the file.
    """

    recording: Recording
    reference: Annotations
    looked_at: Recording
    prepared: PreparedRecording
    input_hash: str


def read_patient(
    paths: Sequence[Path | str],
    detector: Detector,
    *,
    events: Path | None = None,
    seizure_labels: Sequence[str] = (),
    mapping: Mapping[str, str] | None = None,
) -> tuple[PatientRecording, ...]:
    """Read the recordings of a patient, in the order of their start times; as they came where these do not say.

    Parameters
    ----------
    paths : sequence of path
        Files, or folders of them.
    detector : Detector
        Says which leads and which chain.
    events : Path, optional
        The table of what a reader marked, for a single recording; else it is the one beside each recording.
    seizure_labels : sequence of str
        What marks a seizure in the file itself, in place of tables.
    mapping : mapping of str to str, optional
        What odd labels of the files mean: label → electrode or lead.

    Raises
    ------
    ParameterError
        If one table came for several recordings.
    RecordingError
        If a recording cannot be read or analysed, or nothing says what was marked in it.

    Warns
    -----
    IctalWarning
        If the recordings were not given in the order of time.
    """
    found = find_recordings(paths)
    if events is not None and len(found) > 1:
        raise ParameterError(f"events: one table came for {len(found)} recordings; give one recording.")
    marked = partial(_read_marked, events=events, seizure_labels=seizure_labels)
    return sort_by_time([read_recording(one, detector, partial(marked, one), mapping) for one in found])


def read_recording(
    found: FoundRecording,
    detector: Detector,
    reference: Callable[[Recording], Annotations],
    mapping: Mapping[str, str] | None = None,
) -> PatientRecording:
    """Read a recording as a detector looks at it.

    Parameters
    ----------
    found : FoundRecording
    detector : Detector
        Says which leads and which chain.
    reference : callable
        Says what is true of the recording: its seizures.
    mapping : mapping of str to str, optional
        As in :func:`read_patient`.

    Raises
    ------
    RecordingError
        If the recording cannot be read or analysed.
    """
    recording = found.read()
    seizures = reference(recording)
    _, looked_at = detector.prepare(recording, mapping)
    prepared = PreparedRecording(
        name=(found.relative / found.stem).as_posix(),
        subject=PATIENT,
        session="1",
        split="",
        channels=looked_at.channels,
        sampling_rate=looked_at.sampling_rate,
        n_samples=looked_at.n_samples,
        annotations=seizures,
        gaps=looked_at.gaps,
    )
    return PatientRecording(recording, seizures, looked_at, prepared, hash_input(found.path))


def sort_by_time(recordings: Sequence[PatientRecording]) -> tuple[PatientRecording, ...]:
    """Return recordings as :func:`order_by_time` orders them.

    Warns
    -----
    IctalWarning
        If that is another order than they came in.
    """
    ordered = order_by_time([one.recording for one in recordings])
    if ordered != list(range(len(recordings))):
        told = ", ".join(recordings[number].prepared.name for number in ordered)
        warnings.warn(f"recordings: taken in the order of their start times: {told}", IctalWarning, stacklevel=3)
    return tuple(recordings[number] for number in ordered)


def order_by_time(recordings: Sequence[Recording]) -> list[int]:
    """Return the numbers of recordings by their start times; as they came where one has none, or two the same.

    Examples
    --------
    >>> from datetime import datetime
    >>> times = (datetime(2020, 1, 2), datetime(2020, 1, 1))
    >>> order_by_time([Recording.from_array([0.0] * 9, 1.0, start_time=time) for time in times])
    [1, 0]
    """
    times = [one.start_time for one in recordings]
    known = [time for time in times if time is not None]
    if len(set(known)) < len(times):
        return list(range(len(times)))
    return sorted(range(len(times)), key=lambda number: known[number])


def gather_windows(patient: Sequence[PatientRecording], portions: Sequence[Portion], task: TaskSettings) -> BatchSet:
    """Read some stretches of a patient into memory, and cut them into windows of training.

    Parameters
    ----------
    patient : sequence of PatientRecording
    portions : sequence of Portion
        In the order of time.
    task : TaskSettings
        Windows and classes.

    Raises
    ------
    RecordingError
        If a file is damaged.
    """
    by_name = {one.prepared.name: one for one in patient}
    parts, signals = [], []
    for portion in portions:
        one = by_name[portion.recording]
        signal = one.looked_at.read(portion.start, portion.stop)
        n_samples = signal.shape[1]
        stop = portion.start + n_samples / one.prepared.sampling_rate
        gaps = intersect_spans(one.prepared.gaps, [(portion.start, stop)])
        parts.append(
            PreparedRecording(
                name=f"{portion.recording}@{portion.start:g}",
                subject=PATIENT,
                session=one.prepared.session,
                split="",
                channels=one.prepared.channels,
                sampling_rate=one.prepared.sampling_rate,
                n_samples=n_samples,
                annotations=clip_annotations(one.reference, portion.start, stop),
                gaps=tuple((start - portion.start, end - portion.start) for start, end in gaps),
            )
        )
        signals.append(signal)
    windows = task.windows
    table = cut_windows(parts, windows.training_grid, task.scheme, rule=windows.rule, n_frames=windows.n_frames)
    return BatchSet(SignalsInMemory(parts, signals), table)


def measure_stretches(
    detector: Detector,
    patient: Sequence[PatientRecording],
    portions: Sequence[Portion],
    mapping: Mapping[str, str] | None = None,
) -> dict[str, float]:
    """Return what a detector is worth on some stretches of a patient: all figures of a patient's gain.

    Parameters
    ----------
    detector : Detector
    patient : sequence of PatientRecording
    portions : sequence of Portion
        What counts; the detector is run on the whole of each recording, as it always is.
    mapping : mapping of str to str, optional
        As in :func:`read_patient`.
    """
    by_name = {one.prepared.name: one for one in patient}
    scores = {
        name: detector.analyse(by_name[name].recording, mapping).scores
        for name in dict.fromkeys(portion.recording for portion in portions)
    }
    scored = [
        ScoredRecording(
            PATIENT,
            clip_scores(scores[one.recording], detector.settings.windows.length, (one.start, one.stop)),
            clip_annotations(by_name[one.recording].reference, one.start, one.stop),
        )
        for one in portions
    ]
    frames = [known_frames(one.scores.seizure, frame_truth(one.reference, one.scores)) for one in scored]
    values, truth = (np.concatenate(part) for part in zip(*frames, strict=True))
    figures = {**event_figures(scored, detector.settings.postprocessing), "auroc": auroc(values, truth)}
    return {name: figures[name] for name in GAINS}


def clip_scores(scores: Scores, window: float, stretch: Span) -> Scores:
    """Return the scores of the windows that lie wholly in a stretch, on the time axis of that stretch.

    Parameters
    ----------
    scores : Scores
        Of a whole recording, the first frame in the middle of the first window.
    window : float
        Seconds of a window.
    stretch : (start, stop)

    Examples
    --------
    >>> scores = Scores(np.eye(2)[[0, 1, 0, 1, 0, 0]], start=1.5, step=1.0)
    >>> clipped = clip_scores(scores, 4.0, (0.5, 8.0))
    >>> clipped.start, clipped.seizure
    (2.0, array([1., 0., 1., 0.]))
    """
    start, stop = stretch
    begins = scores.times - scores.times[0] if len(scores) else scores.times
    inside = (begins >= start - _ROUNDING) & (begins + window <= stop + _ROUNDING)
    first = float(scores.times[inside][0]) - start if inside.any() else scores.start
    return Scores(scores.values[inside], first, scores.step, scores.classes)


def _read_marked(
    found: FoundRecording, recording: Recording, *, events: Path | None, seizure_labels: Sequence[str]
) -> Annotations:
    """Return what was marked in a recording: in the table that is given, in the file itself, or in the table beside."""
    table = events if events is not None else None if seizure_labels else reference_for(found)
    reference = read_reference(recording, table, seizure_labels)
    if reference is None:
        raise RecordingError(
            "has no events table beside it; give one, without rows where there is no seizure, or --seizure-label",
            file=found.path,
        )
    return reference
