"""EDF, EDF+, BDF and BDF+ files as recordings.

The samples are read here and not by a library: those at hand load a whole BDF into memory, believe headers that lie,
and close the gaps of EDF+D up without a word.
"""

from __future__ import annotations

import copy
import functools
import io
import os
import warnings
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import IctalWarning, ParameterError, RecordingError, check_option, located
from ictal.core.events import Annotations, Event
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span
from ictal.io.edf_annotations import decode_record_onset, decode_tals, find_texts, tals_to_events
from ictal.io.edf_fields import Finding, Ledger
from ictal.io.edf_header import EdfHeader, read_header
from ictal.io.edf_records import Run, open_file, place_records, read_annotation_rows, read_signals
from ictal.io.edf_signals import EdfSignal, choose_signals

_LARGEST_FIRST_ONSET = 86400.0
"""Seconds; the first record should begin within a second of the start time of the header."""

_BROKEN = "{} cannot be read and are left out"
_NAMED_SIGNALS = 8


class EdfRecording(Recording):
    """A recording whose samples stay in the file until they are read; made by :func:`read_edf`.

    Nothing is held open, so that it may be pickled and read by many threads at once.

    Attributes
    ----------
    header : EdfHeader
        What the file says, mended.
    signals : tuple of EdfSignal
        Every signal of the file, with its kind, unit and rate, and why it is left out if it is.
    findings : tuple of Finding
        What was mended; reading `annotations` adds to it if some of them are broken.
    """

    def __init__(
        self,
        path: Path,
        header: EdfHeader,
        signals: tuple[EdfSignal, ...],
        runs: tuple[Run, ...],
        first_onset: float,
        findings: tuple[Finding, ...],
    ) -> None:
        self.header = header
        self.signals = signals
        self.findings = findings
        self.source: Path = path
        self._rows = tuple(signal for signal in signals if not signal.left_out)
        self._runs = runs
        self._first_onset = first_onset
        self.channels = tuple(signal.label for signal in self._rows)
        self.sampling_rate = self._rows[0].sampling_rate
        self.n_samples = runs[-1].stop
        self.start_time = _add_seconds(header.start_time, first_onset)
        self.gaps = _find_gaps(runs, self.sampling_rate)
        self.notes = (*_word_findings(findings), *_word_left_out(signals))

    @functools.cached_property
    def annotations(self) -> Annotations:  # type: ignore[override]
        """The texts of the file as events, in seconds from sample 0; read on first use."""
        events, n_broken = _read_events(self.source, self.header, self._first_onset)
        if n_broken:
            finding = Finding("annotations", _BROKEN.format(n_broken))
            self.findings += (finding,)
            self.notes += _word_findings([finding])
            _warn([finding], self.source)
        return Annotations(events, self.duration)

    def read_samples(self, first: int, last: int) -> Signal:
        return read_signals(self.source, self.header, self._rows, self._runs, first, last)

    def select(self, labels: Sequence[str]) -> EdfRecording:
        """Return the recording with these channels alone, in this order; the others are not converted when it is read.

        Raises
        ------
        ParameterError
            If there is no such channel, or none is wanted.
        """
        if not labels:
            raise ParameterError("channels: an empty list is not allowed; give one label or more.")
        known = {signal.label: signal for signal in self._rows}
        chosen = copy.copy(self)
        chosen._rows = tuple(known[check_option("channel", label, known)] for label in labels)
        chosen.channels = tuple(labels)
        return chosen


def read_edf(path: str | os.PathLike[str]) -> EdfRecording:
    """Open an EDF, EDF+, BDF or BDF+ file; its content decides which, not its name.

    What is odd is mended where that is safe, with a warning that names file and field. The channels are the voltages
    at the sampling rate that most EEG channels have; all others are named in the notes.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    EdfRecording
        In µV; stretches between the records of a discontinuous file are gaps.

    Raises
    ------
    RecordingError
        If the file cannot be read, is no EDF or BDF, or has no EEG channel.

    Warns
    -----
    IctalWarning
        For each finding.

    Examples
    --------
    >>> import tempfile
    >>> from ictal.io.edf_header import EdfHeader, SignalHeader, encode_header
    >>> header = EdfHeader((SignalHeader("Fp1", "uV", -2048.0, 2047.0, -2048, 2047, 256),), 10, 1.0)
    >>> path = Path(tempfile.mkdtemp(), "short.edf")
    >>> _ = path.write_bytes(encode_header(header) + np.arange(2560, dtype="<i2").tobytes())
    >>> recording = read_edf(path)
    >>> recording
    <EdfRecording: 1 channels, 256 Hz, 10 s>
    >>> recording.read(1.0, 1.0 + 3 / 256)
    array([[256., 257., 258.]], dtype=float32)
    """
    path = Path(path)
    ledger = Ledger()
    with _open_regular(path) as file:
        header, header_findings = read_header(file, os.fstat(file.fileno()).st_size, path)
        signals = choose_signals(header, ledger)
        chosen = [signal for signal in signals if not signal.left_out]
        if not chosen:
            raise RecordingError(f"holds no EEG channel; {_word_signals(signals)}", file=path, field="signals")
        record_samples = header.signals[chosen[0].index].samples_per_record
        runs, first_onset = _read_times(file, header, record_samples, ledger)
    findings = (*header_findings, *ledger.findings)
    _warn(findings, path)
    return EdfRecording(path, header, signals, runs, first_onset, findings)


def read_edf_annotations(path: str | os.PathLike[str]) -> Annotations:
    """Read the annotations of an EDF+ or BDF+ file, which need hold no signal.

    Parameters
    ----------
    path : path
        The file.

    Returns
    -------
    Annotations
        Texts as event types, in seconds from the first data record.

    Raises
    ------
    RecordingError
        If the file cannot be read or is no EDF or BDF.

    Warns
    -----
    IctalWarning
        For what was mended, and if annotations are broken.
    """
    path = Path(path)
    ledger = Ledger()
    with _open_regular(path) as file:
        header, header_findings = read_header(file, os.fstat(file.fileno()).st_size, path)
        first_onset = _read_first_onset(file, header, ledger)
    events, n_broken = _read_events(path, header, first_onset)
    if n_broken:
        ledger.add("annotations", _BROKEN.format(n_broken))
    _warn((*header_findings, *ledger.findings), path)
    end = max((event.stop for event in events), default=0.0)
    return Annotations(events, max(end, header.n_records * header.record_duration))


def _open_regular(path: Path) -> io.FileIO:
    if path.exists() and not path.is_file():
        raise RecordingError("is not a file", file=path)
    return open_file(path)


def _annotation_signals(header: EdfHeader) -> list[int]:
    return [i for i, signal in enumerate(header.signals) if signal.is_annotation and signal.samples_per_record]


def _read_onsets(file: io.FileIO, header: EdfHeader, records: range) -> NDArray[np.float64]:
    """Return when some records begin, in seconds after the start time of the header; NaN where they do not say."""
    time_keeper = _annotation_signals(header)[0]
    blocks = read_annotation_rows(file, header, time_keeper, records)
    return np.array([decode_record_onset(row.tobytes()) for rows in blocks for row in rows])


def _read_first_onset(file: io.FileIO, header: EdfHeader, ledger: Ledger) -> float:
    if not _annotation_signals(header):
        return 0.0
    onset = float(_read_onsets(file, header, range(1))[0])
    if abs(onset) <= _LARGEST_FIRST_ONSET:
        return onset
    ledger.add("time of data records", "is missing or impossible in the first; taken as the start time of the header")
    return 0.0


def _read_times(
    file: io.FileIO, header: EdfHeader, record_samples: int, ledger: Ledger
) -> tuple[tuple[Run, ...], float]:
    """Return where the records lie on the time axis, and when the first begins after the start time of the header.

    Of a file that says it has no gaps only the first and the last record are asked.
    """
    n_records, duration = header.n_records, header.record_duration
    continuous = (Run(0, n_records * record_samples, 0, 0),)
    first_onset = _read_first_onset(file, header, ledger)
    if not _annotation_signals(header):
        if header.is_discontinuous:
            ledger.add("reserved", "says that there are gaps, but nothing in the file says where; read without")
        return continuous, first_onset
    if not header.is_discontinuous:
        last_onset = float(_read_onsets(file, header, range(n_records - 1, n_records))[0])
        if not last_onset - first_onset > n_records * duration:
            return continuous, first_onset
        ledger.add("reserved", "says that there are no gaps, but the records do not follow one another; gaps are kept")
    onsets = _read_onsets(file, header, range(n_records)) - first_onset
    return place_records(onsets, record_samples, duration, ledger), first_onset


def _read_events(path: Path, header: EdfHeader, first_onset: float) -> tuple[list[Event], int]:
    """Return all texts as events, and how many lists are broken."""
    events: list[Event] = []
    n_broken = 0
    with open_file(path) as file:
        for index in _annotation_signals(header):
            for rows in read_annotation_rows(file, header, index, range(header.n_records)):
                for row in rows[find_texts(rows)]:
                    tals, n_bad = decode_tals(row.tobytes())
                    events += tals_to_events(tals, first_onset)
                    n_broken += n_bad
    return events, n_broken


def _add_seconds(moment: datetime | None, seconds: float) -> datetime | None:
    try:
        return None if moment is None else moment + timedelta(seconds=seconds)
    except OverflowError:
        return None


def _find_gaps(runs: Sequence[Run], rate: float) -> tuple[Span, ...]:
    ends = [0, *(run.stop for run in runs)]
    return tuple((end / rate, run.start / rate) for end, run in zip(ends, runs, strict=False) if run.start > end)


def _word_findings(findings: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(located(finding.text, field=finding.field) for finding in findings)


def _word_left_out(signals: Sequence[EdfSignal]) -> tuple[str, ...]:
    reasons: dict[str, list[str]] = {}
    for signal in signals:
        if signal.left_out and signal.kind != "annotation":
            reasons.setdefault(signal.left_out, []).append(signal.label or f"signal {signal.index + 1}")
    return tuple(located(f"left out, since it {reason}", field=", ".join(them)) for reason, them in reasons.items())


def _word_signals(signals: Sequence[EdfSignal]) -> str:
    """Say what a file holds instead of EEG."""
    described = [f"{signal.label or 'no label'} ({signal.left_out})" for signal in signals[:_NAMED_SIGNALS]]
    more = len(signals) - len(described)
    return "its signals are " + ", ".join(described) + (f" and {more} more" if more else "")


def _warn(findings: Sequence[Finding], path: Path) -> None:
    for finding in findings:
        warnings.warn(located(finding.text, file=path, field=finding.field), IctalWarning, stacklevel=3)
