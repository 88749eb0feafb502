"""Any recording → an EDF+ file of 16 bits, a block at a time.

References
----------
Kemp and Olivan, European data format 'plus' (EDF+), Clin. Neurophysiol. 2003.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from pathlib import Path
from typing import IO

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import IctalWarning, ParameterError, RecordingError, located
from ictal.core.events import Annotations
from ictal.core.recording import Recording, Signal
from ictal.io.annotation_signal import AnnotationSignal
from ictal.io.atomic import atomic_write
from ictal.io.edf_fields import encode_number, encode_start_date
from ictal.io.edf_header import EdfHeader, SignalHeader, encode_header

NOBODY = "X X X X"
"""What EDF+ writes where the patient is not named."""

_LABEL_LENGTH = 16
_DIGITAL = (-32768, 32767)
_BLOCK_SAMPLES = 1 << 20
_SHORTEST, _LONGEST = 0.1, 10.0
"""Seconds that a data record may last."""
_SMALL_DRIFT = 1e-6
"""By this share the length of a record may be off, where no length can be written exactly: 0.09 s in a day."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The two fields of a header that may say whose recording it is; no message and no ``repr`` shows them.

    Parameters
    ----------
    patient, recording : str
        At most 80 letters each; EDF+ rules ``code sex birthdate name`` and ``Startdate date code technician device``.
    """

    patient: str = NOBODY
    recording: str = f"Startdate {NOBODY}"

    def __repr__(self) -> str:
        return "Identity(…)"


@dataclass(frozen=True, slots=True)
class RecordRun:
    """Data records that follow one another without a gap: `n_records` from sample `first` on."""

    first: int
    n_records: int


def write_edf(
    path: Path | str,
    recording: Recording,
    annotations: Annotations | None = None,
    *,
    start_time: datetime | None = None,
    identity: Identity | None = None,
    physical_range: tuple[float, float] | None = None,
) -> None:
    """Write a recording as EDF+; one with gaps as EDF+D, whose records say when they begin.

    Each channel spans its own range: the physical minimum and maximum are those of the channel, found by reading it
    once, rounded outwards to what eight characters hold. So no sample is clipped, and each is right to half a digital
    step, which is a 65535th of the range. Memory does not grow with the length of the recording.

    Parameters
    ----------
    path : path
        The file; it appears when it is complete.
    recording : Recording
        In µV. A gap at its beginning moves the start; one at its end is not written.
    annotations : Annotations, optional
        The events to write; those of the recording where not given.
    start_time : datetime, optional
        When sample 0 was taken. It is blanked unless given, since a date helps to identify a patient.
    identity : Identity, optional
        Who and what was recorded; blanked unless given.
    physical_range : (low, high), optional
        µV for all channels, in place of the pass that finds it; what lies beyond is clipped, with a warning.

    Raises
    ------
    OutputError
        If the file cannot be written.
    RecordingError
        If there is no signal, or one channel alone is not a number somewhere.
    ParameterError
        If a value does not fit into the header.

    Warns
    -----
    IctalWarning
        If labels are cut to 16 letters, samples are clipped, or the last data records had to be filled up.

    Examples
    --------
    >>> import tempfile
    >>> from ictal.io.edf import read_edf
    >>> rec = Recording.from_array(np.array([[0.0, 1.0, 2.0, 4.0]]), 4.0, ["EEG1"])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_edf(f"{folder}/a.edf", rec)
    ...     read_edf(f"{folder}/a.edf").read().round(3)
    array([[0., 1., 2., 4.]], dtype=float32)
    """
    if not recording.segments:
        raise RecordingError("holds no signal", file=recording.source)
    record_samples = choose_record_samples(recording.segments, recording.sampling_rate)
    record_duration = _as_written(record_samples / recording.sampling_rate)
    runs = place_runs(recording.segments, record_samples)
    n_records = sum(run.n_records for run in runs)
    first_onset = runs[0].first / recording.sampling_rate
    fraction = 0.0 if start_time is None else start_time.microsecond / 1e6
    said = annotations if annotations is not None else recording.annotations
    texts = AnnotationSignal(
        Annotations(said.events, recording.duration),
        n_records,
        first_onset=fraction,
        record_onsets=fraction + _record_onsets(runs, record_samples, recording.sampling_rate),
    )
    ranges = _find_ranges(recording) if physical_range is None else [physical_range] * len(recording.channels)
    header = EdfHeader(
        signals=(*_describe_channels(recording, ranges, record_samples), texts.header),
        n_records=n_records,
        record_duration=record_duration,
        start_time=None if start_time is None else start_time.replace(microsecond=0),
        reserved="EDF+D" if len(runs) > 1 or first_onset else "EDF+C",
        patient=NOBODY if identity is None else identity.patient,
        recording=_name_nobody(start_time) if identity is None else identity.recording,
    )
    _warn_of_filling(recording, n_records * record_samples, path)
    with atomic_write(path) as file:
        file.write(encode_header(header))
        _write_records(file, recording, header, texts, runs, path)


def choose_record_samples(segments: Sequence[tuple[int, int]], sampling_rate: float) -> int:
    """Return how many samples of a channel a data record shall hold.

    Records fill all segments exactly if any length from 0.1 to 10 s does that can also be written exactly in eight
    characters; of such lengths the one nearest to one second is taken. If there is none, records last about a second,
    or a tenth where there are gaps, and the last record of each segment is to be filled up.

    Examples
    --------
    >>> choose_record_samples([(0, 2560)], 256.0), choose_record_samples([(0, 2560), (3000, 3128)], 256.0)
    (256, 128)
    """
    shared = math.gcd(*(last - first for first, last in segments))
    shortest, longest = max(1, math.ceil(_SHORTEST * sampling_rate)), math.ceil(_LONGEST * sampling_rate)
    fitting = [n for n in range(shortest, min(shared, longest) + 1) if shared % n == 0]
    exact = [n for n in fitting if _as_written(n / sampling_rate) == n / sampling_rate]
    if exact:
        return min(exact, key=lambda n: abs(math.log(n / sampling_rate)))
    target = 1.0 if len(segments) == 1 else 0.1
    near = [max(1, round(sampling_rate * target * times)) for times in range(1, 11)]
    drifts = [abs(_as_written(n / sampling_rate) * sampling_rate / n - 1) for n in near]
    return next((n for n, drift in zip(near, drifts, strict=True) if drift < _SMALL_DRIFT), near[-1])


def place_runs(segments: Sequence[tuple[int, int]], record_samples: int) -> tuple[RecordRun, ...]:
    """Return the runs of data records that cover all segments; a gap shorter than the rest of a record is bridged.

    Examples
    --------
    >>> place_runs([(0, 100), (105, 200), (500, 510)], record_samples=10)
    (RecordRun(first=0, n_records=10), RecordRun(first=105, n_records=10), RecordRun(first=500, n_records=1))
    """
    runs: list[RecordRun] = []
    for first, last in segments:
        if runs and first < runs[-1].first + runs[-1].n_records * record_samples:
            first = runs.pop().first
        runs.append(RecordRun(first, -(-(last - first) // record_samples)))
    return tuple(runs)


def _record_onsets(runs: Sequence[RecordRun], record_samples: int, sampling_rate: float) -> NDArray[np.float64]:
    starts = [run.first + record_samples * np.arange(run.n_records) for run in runs]
    return np.concatenate(starts) / sampling_rate


def _as_written(seconds: float) -> float:
    return float(encode_number(seconds, "duration of a data record"))


def _name_nobody(start_time: datetime | None) -> str:
    return f"{encode_start_date(None if start_time is None else start_time.date())} X X X"


def _find_ranges(recording: Recording) -> list[tuple[float, float]]:
    low = np.full(len(recording.channels), np.inf)
    high = -low
    for block in _read_blocks(recording, recording.segments):
        low, high = np.fmin(low, np.fmin.reduce(block, axis=1)), np.fmax(high, np.fmax.reduce(block, axis=1))
    for label, smallest, largest in zip(recording.channels, low, high, strict=True):
        if not (math.isfinite(smallest) and math.isfinite(largest)):
            raise RecordingError("holds an infinite value", file=recording.source, field=f"channel {label}")
    return list(zip(low.tolist(), high.tolist(), strict=True))


def _read_blocks(recording: Recording, segments: Sequence[tuple[int, int]]) -> Iterator[Signal]:
    step = max(1, _BLOCK_SAMPLES // len(recording.channels))
    for first, last in segments:
        for start in range(first, last, step):
            yield recording.read_samples(start, min(start + step, last))


def round_outwards(low: float, high: float) -> tuple[float, float]:
    """Return the narrowest range around another whose two ends eight characters hold exactly.

    Raises
    ------
    ParameterError
        If an end needs more than eight characters without any decimals.

    Examples
    --------
    >>> round_outwards(-504.531252, 0.1234567891)
    (-504.532, 0.123457)
    >>> round_outwards(3.0, 3.0)
    (3.0, 4.0)
    """
    lower, upper = _round_to_field(low, ROUND_FLOOR), _round_to_field(high, ROUND_CEILING)
    return (lower, upper) if lower < upper else (lower, _round_to_field(lower + 1.0, ROUND_CEILING))


def _round_to_field(value: float, rounding: str) -> float:
    for decimals in range(6, -1, -1):
        text = f"{Decimal(value).quantize(Decimal(1).scaleb(-decimals), rounding):f}" if abs(value) < 1e8 else ""
        if 0 < len(text) <= 8:
            return float(text)
    raise ParameterError(f"physical range: {value!r} µV is not allowed; the header holds 8 characters.")


def _describe_channels(
    recording: Recording, ranges: Sequence[tuple[float, float]], record_samples: int
) -> list[SignalHeader]:
    cut = [label for label in recording.channels if len(label) > _LABEL_LENGTH]
    if cut:
        problem = f"is cut to {_LABEL_LENGTH} letters, which is all that EDF holds"
        warnings.warn(located(problem, field=f"label of {', '.join(cut)}"), IctalWarning, stacklevel=3)
    return [
        SignalHeader(label[:_LABEL_LENGTH], "uV", *round_outwards(low, high), *_DIGITAL, record_samples)
        for label, (low, high) in zip(recording.channels, ranges, strict=True)
    ]


def _warn_of_filling(recording: Recording, n_written: int, path: Path | str) -> None:
    extra = n_written - sum(last - first for first, last in recording.segments)
    if extra:
        problem = (
            f"{extra / recording.sampling_rate:g} s were added by holding the last value, "
            "since EDF holds whole data records only"
        )
        warnings.warn(located(problem, file=path, field="data records"), IctalWarning, stacklevel=3)


def _write_records(
    file: IO[bytes],
    recording: Recording,
    header: EdfHeader,
    texts: AnnotationSignal,
    runs: Sequence[RecordRun],
    path: Path | str,
) -> None:
    channels = header.signals[:-1]
    record_samples = channels[0].samples_per_record
    gain, offset = (np.array([[getattr(signal, name)] for signal in channels]) for name in ("gain", "offset"))
    step = max(1, _BLOCK_SAMPLES // (len(channels) * record_samples))
    held = np.zeros((len(channels), 1), dtype=np.float32)
    written = clipped = 0
    for run in runs:
        for done in range(0, run.n_records, step):
            count = min(step, run.n_records - done)
            first = run.first + done * record_samples
            signal = _read_filled(recording, first, first + count * record_samples, held)
            held = signal[:, -1:]
            digital = np.rint((signal - offset) / gain)
            clipped += int(np.count_nonzero((digital < _DIGITAL[0]) | (digital > _DIGITAL[1])))
            samples = np.clip(digital, *_DIGITAL).astype("<i2").reshape(len(channels), count, record_samples)
            rows = np.ascontiguousarray(samples.transpose(1, 0, 2)).view(np.uint8).reshape(count, -1)
            file.write(np.hstack([rows, texts.rows(written, written + count)]).tobytes())
            written += count
    if clipped:
        problem = f"{clipped} samples lie beyond it and are clipped"
        warnings.warn(located(problem, file=path, field="physical range"), IctalWarning, stacklevel=3)


def _read_filled(recording: Recording, first: int, last: int, held: Signal) -> Signal:
    """Return samples with the last value held where there are none, from `held` on, shape (n_channels, 1)."""
    signal = np.full((len(recording.channels), last - first), np.nan, dtype=np.float32)
    known = recording.read_samples(first, min(last, recording.n_samples))
    signal[:, : known.shape[1]] = known
    missing = np.isnan(signal)
    if not missing.any():
        return signal
    nowhere = missing.all(axis=0)
    if (missing & ~nowhere).any():
        row, column = np.argwhere(missing & ~nowhere)[0]
        problem = f"is not a number at {(first + column) / recording.sampling_rate:g} s; fill it before it is written"
        raise RecordingError(problem, file=recording.source, field=f"channel {recording.channels[row]}")
    sources = np.maximum.accumulate(np.where(nowhere, -1, np.arange(signal.shape[1])))
    return np.where(sources < 0, held, signal[:, sources])
