"""What a store says about itself: ``manifest.json``, with a line for each recording.

It holds no date, no path and no field of a file's header; names and subjects are those of the corpus.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from pydantic import TypeAdapter, ValidationError

from ictal.core.errors import RecordingError
from ictal.core.events import SEIZURE, Annotations, Event
from ictal.core.spans import Span, complement_spans, intersect_spans, total_time
from ictal.data.prepared import PreparedRecording
from ictal.io.atomic import atomic_write

FILE = "manifest.json"
FORMAT: Final = "ictal-store"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class EventRow:
    """An :class:`~ictal.core.events.Event`."""

    onset: float
    duration: float
    event_type: str = SEIZURE
    confidence: float | None = None
    channels: tuple[str, ...] = ()

    @classmethod
    def of(cls, event: Event) -> EventRow:
        """Return the row of an event."""
        return cls(event.onset, event.duration, event.event_type, event.confidence, event.channels)

    @property
    def event(self) -> Event:
        """The event of the row."""
        return Event(self.onset, self.duration, self.event_type, self.confidence, self.channels)


@dataclass(frozen=True, slots=True)
class SignalRow:
    """What is known of a prepared signal, whatever recording it is of; ``signals/KEY.json`` holds it too.

    Parameters
    ----------
    key : str
        Of the input and the chain; ``signals/KEY.npy`` is the file.
    input : str
        SHA-256 of the file that was read, in hexadecimal digits; of several files, that of their digests in a row.
    sha256 : str
        Of the file of the signal.
    channels, sampling_rate, n_samples, gaps
        As in :class:`~ictal.data.prepared.PreparedRecording`.
    interpolated, masked : tuple of str
        Leads that were made for want of an electrode, and those that could not be made and are 0.
    notes : tuple of str
        What was mended or left out.
    """

    key: str
    input: str
    sha256: str
    channels: tuple[str, ...]
    sampling_rate: float
    n_samples: int
    gaps: tuple[Span, ...] = ()
    interpolated: tuple[str, ...] = ()
    masked: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def duration(self) -> float:
        """Seconds, gaps included."""
        return self.n_samples / self.sampling_rate

    @property
    def segments(self) -> tuple[tuple[int, int], ...]:
        """The stretches with signal, as ``(first, last)`` sample numbers."""
        spans = complement_spans(self.gaps, 0.0, self.duration)
        numbers = [(round(start * self.sampling_rate), round(stop * self.sampling_rate)) for start, stop in spans]
        return tuple((first, last) for first, last in numbers if first < last)

    @property
    def signal_time(self) -> float:
        """Seconds of signal, gaps left out."""
        return self.duration - total_time(self.gaps)


@dataclass(frozen=True, slots=True)
class RecordingRow:
    """A recording of the corpus and its signal; see :class:`~ictal.io.corpora.corpus.CorpusRecording`."""

    name: str
    subject: str
    session: str
    signal: SignalRow
    split: str = ""
    start: float | None = None
    events: tuple[EventRow, ...] = ()

    @property
    def prepared(self) -> PreparedRecording:
        """The recording as the store lists it."""
        signal = self.signal
        return PreparedRecording(
            name=self.name,
            subject=self.subject,
            session=self.session,
            split=self.split,
            channels=signal.channels,
            sampling_rate=signal.sampling_rate,
            n_samples=signal.n_samples,
            annotations=Annotations([row.event for row in self.events], signal.duration),
            gaps=signal.gaps,
        )

    @property
    def seizures_without_signal(self) -> tuple[Event, ...]:
        """Seizures that lie in gaps as a whole."""
        signal = complement_spans(self.signal.gaps, 0.0, self.signal.duration)
        seizures = (row.event for row in self.events if row.event.is_seizure)
        return tuple(seizure for seizure in seizures if not intersect_spans([seizure.span], signal))

    @property
    def n_seizures(self) -> int:
        """Seizures of which there is signal."""
        return sum(row.event.is_seizure for row in self.events) - len(self.seizures_without_signal)


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """A recording of the corpus that is not in the store, and why."""

    name: str
    subject: str
    hours: float
    n_seizures: int
    reason: str


@dataclass(frozen=True, slots=True)
class RemarkRow:
    """Something odd, and the rule that was applied; see :class:`~ictal.io.corpora.corpus.Remark`."""

    kind: str
    subject_of: str
    text: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """All that a store says about itself.

    Parameters
    ----------
    ictal : str
        The version that prepared the store.
    corpus : str
        Its name.
    chain : dict
        The settings of preprocessing, as in a detector.
    left_out : tuple of LeftOutRow
    remarks : tuple of RemarkRow
        Those of the corpus, and what was found odd while it was prepared.
    recordings : tuple of RecordingRow
        In the order of the corpus, which is that of the store.
    format, version
        Of the file.
    """

    ictal: str
    corpus: str
    chain: dict[str, Any]
    left_out: tuple[LeftOutRow, ...] = ()
    remarks: tuple[RemarkRow, ...] = ()
    recordings: tuple[RecordingRow, ...] = ()
    format: Literal["ictal-store"] = field(default=FORMAT, kw_only=True)
    version: Literal[1] = field(default=VERSION, kw_only=True)

    @property
    def hours(self) -> float:
        """Hours of signal."""
        return sum(recording.signal.signal_time for recording in self.recordings) / 3600.0

    @property
    def n_seizures(self) -> int:
        """Seizures of which there is signal."""
        return sum(recording.n_seizures for recording in self.recordings)

    @property
    def n_subjects(self) -> int:
        """Persons or animals of the recordings that are there."""
        return len({recording.subject for recording in self.recordings})


_MANIFEST = TypeAdapter(Manifest)
_SIGNAL = TypeAdapter(SignalRow)


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write ``manifest.json`` whole or not at all.

    Raises
    ------
    OutputError
        If the system refuses to write.
    """
    values = {"format": FORMAT, "version": VERSION} | _MANIFEST.dump_python(
        manifest, mode="json", exclude_defaults=True
    )
    parts = [f" {json.dumps(key)}: {_encode(value)}" for key, value in values.items()]
    with atomic_write(folder / FILE, "w") as file:
        file.write("{\n" + ",\n".join(parts) + "\n}\n")


def _encode(value: Any) -> str:
    """Return JSON with a line for each entry of a list, so that two manifests can be compared by eye."""
    if not isinstance(value, list):
        return json.dumps(value, ensure_ascii=False)
    return "[\n" + ",\n".join(f"  {json.dumps(entry, ensure_ascii=False)}" for entry in value) + "\n ]"


def read_manifest(folder: Path) -> Manifest:
    """Read ``manifest.json``.

    Raises
    ------
    RecordingError
        If there is none, or it is not as this version of ictal writes it.
    """
    path = folder / FILE
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        problem = "is no prepared store, or no finished one; `ictal prepare` makes it, or goes on where it stopped"
        raise RecordingError(problem, file=folder) from None
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=path) from None
    try:
        return _MANIFEST.validate_json(text)
    except ValidationError as problem:
        first = problem.errors()[0]
        raise RecordingError(first["msg"], file=path, field=".".join(map(str, first["loc"]))) from None


def encode_signal(signal: SignalRow) -> str:
    """Return what ``signals/KEY.json`` says."""
    return json.dumps(asdict(signal), ensure_ascii=False, indent=1) + "\n"


def decode_signal(path: Path) -> SignalRow | None:
    """Return what ``signals/KEY.json`` says; ``None`` where it is not there, or so damaged that it says nothing."""
    try:
        return _SIGNAL.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
