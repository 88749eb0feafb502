"""Where the data records of an EDF file lie in time, and how their bytes are read.

Files are read with plain seeks, a stretch at a time and never mapped: one that shrinks while it is open gives an
error, and memory stays small however long the recording is.
"""

from __future__ import annotations

import bisect
import io
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import RecordingError
from ictal.core.recording import Signal
from ictal.io.edf_fields import Ledger
from ictal.io.edf_header import EdfHeader
from ictal.io.edf_signals import EdfSignal

_BLOCK_BYTES = 1 << 20
"""Enough to make the cost of a call vanish, and little enough to stay in the cache while it is converted."""

_LONGEST_GAPS = 366 * 86400.0
"""Seconds that the gaps of a file may last together; a record that would need more has a broken time."""


@dataclass(frozen=True, slots=True)
class Run:
    """Data records that follow one another without a gap.

    Parameters
    ----------
    start, stop : int
        The samples of the recording that are read from this run.
    origin : int
        Where on the time axis the first sample of the first record lies; before `start` where the beginning of the
        run overlaps what came before.
    first_record : int
        Number of its first data record.
    """

    start: int
    stop: int
    origin: int
    first_record: int


def place_records(
    onsets: NDArray[np.float64], record_samples: int, record_duration: float, ledger: Ledger
) -> tuple[Run, ...]:
    """Return the runs of a file whose records say when they begin.

    A record that begins within one sample, or one millisecond, of where its predecessor ends follows it without a gap.
    What overlaps an earlier record is left out.

    Parameters
    ----------
    onsets : ndarray, shape (n_records,)
        Seconds from the first record; NaN where a record does not say.
    record_samples : int
        Samples of a channel in a record.
    record_duration : float
        Seconds.
    ledger : Ledger
        Takes note of records without a time, and of those that overlap.

    Examples
    --------
    >>> place_records(np.array([0.0, 1.0, 5.0]), 100, 1.0, Ledger())
    (Run(start=0, stop=200, origin=0, first_record=0), Run(start=500, stop=600, origin=500, first_record=2))
    """
    rate = record_samples / record_duration
    rounding = max(1.0, 1e-3 * rate)
    starts = []
    end = 0
    for position in (_forget_wild_onsets(onsets, record_duration, ledger) * rate).tolist():
        start = round(position) if abs(position - end) > rounding else end
        starts.append(start)
        end = start + record_samples
    breaks = [0, *(np.flatnonzero(np.diff(starts) != record_samples) + 1).tolist(), len(starts)]
    runs: list[Run] = []
    free_from = overlapping = 0
    for first_record, next_record in itertools.pairwise(breaks):
        origin = starts[first_record]
        stop = origin + (next_record - first_record) * record_samples
        overlapping += origin < free_from
        if stop > free_from:
            runs.append(Run(max(origin, free_from), stop, origin, first_record))
            free_from = stop
    if overlapping:
        ledger.add("time of data records", f"goes back {overlapping} times; what overlaps is left out")
    return tuple(runs)


def _forget_wild_onsets(onsets: NDArray[np.float64], record_duration: float, ledger: Ledger) -> NDArray[np.float64]:
    """Return the onsets with NaN for those that cannot be, which then follow their predecessor."""
    reach = len(onsets) * record_duration + _LONGEST_GAPS
    kept = np.where(np.abs(onsets) <= reach, onsets, np.nan)
    is_ahead_of_both = (kept[1:-1] > kept[2:]) & (kept[:-2] <= kept[2:])
    kept[1:-1][is_ahead_of_both] = np.nan
    n_unknown = int(np.isnan(kept).sum())
    if n_unknown:
        ledger.add("time of data records", f"is missing or impossible in {n_unknown}; taken to follow the one before")
    return kept


def open_file(path: Path) -> io.FileIO:
    """Open a file without a buffer.

    Raises
    ------
    RecordingError
        If there is no such file, or it may not be read.
    """
    try:
        return path.open("rb", buffering=0)
    except OSError as error:
        raise RecordingError(f"cannot be opened: {error.strerror}", file=path) from None


def read_signals(
    path: Path, header: EdfHeader, signals: Sequence[EdfSignal], runs: Sequence[Run], first: int, last: int
) -> Signal:
    """Return samples ``[first, last)`` of some signals in µV, NaN where there are no records.

    Parameters
    ----------
    path : Path
        The file.
    header : EdfHeader
        Its header.
    signals : sequence of EdfSignal
        Rows of the result; all have the same sampling rate.
    runs : sequence of Run
        Sorted by time.
    first, last : int
        Samples of the time axis.

    Returns
    -------
    ndarray of float32, shape (n_signals, last - first)

    Raises
    ------
    RecordingError
        If the file has become shorter or unreadable since it was opened.
    """
    data = np.empty((len(signals), last - first), dtype=np.float32)
    if not data.size:
        return data
    record_samples = header.signals[signals[0].index].samples_per_record
    read = _read_from_large_records if header.record_bytes > _BLOCK_BYTES else _read_from_small_records
    done = first
    with open_file(path) as file:
        for number in range(bisect.bisect_right(runs, first, key=lambda run: run.stop), len(runs)):
            run = runs[number]
            start, stop = max(first, run.start), min(last, run.stop)
            if start >= stop:
                break
            data[:, done - first : start - first] = np.nan
            shift = run.first_record * record_samples - run.origin
            read(file, header, signals, start + shift, stop + shift, data[:, start - first : stop - first])
            done = stop
    data[:, done - first :] = np.nan
    return data


def _read_from_small_records(
    file: io.FileIO, header: EdfHeader, signals: Sequence[EdfSignal], first: int, last: int, out: Signal
) -> None:
    """Fill `out` with samples counted from the first record of the file, a block of whole records at a time."""
    record_samples = header.signals[signals[0].index].samples_per_record
    record_bytes, offsets = header.record_bytes, header.signal_offsets
    next_record = -(-last // record_samples)
    block_records = min(_BLOCK_BYTES // record_bytes, next_record - first // record_samples)
    buffer = np.empty(block_records * record_bytes + 1, dtype=np.uint8)
    for record in range(first // record_samples, next_record, block_records):
        n_records = min(block_records, next_record - record)
        block = buffer[: n_records * record_bytes]
        read_exactly(file, header.header_bytes + record * record_bytes, block)
        block_start = record * record_samples
        begin, end = max(first, block_start), min(last, block_start + n_records * record_samples)
        for row, signal in zip(out[:, begin - first : end - first], signals, strict=True):
            shape, strides = (n_records, record_samples), (record_bytes, header.sample_bytes)
            digital = decode_samples(buffer, offsets[signal.index], shape, strides)
            row[:] = _calibrate(digital[begin - block_start : end - block_start], signal)


def _read_from_large_records(
    file: io.FileIO, header: EdfHeader, signals: Sequence[EdfSignal], first: int, last: int, out: Signal
) -> None:
    """Fill `out` with samples counted from the first record of the file, reading only what is wanted of each record."""
    record_samples = header.signals[signals[0].index].samples_per_record
    record_bytes, offsets = header.record_bytes, header.signal_offsets
    for record in range(first // record_samples, -(-last // record_samples)):
        begin, end = max(first, record * record_samples), min(last, (record + 1) * record_samples)
        skipped = (begin - record * record_samples) * header.sample_bytes
        buffer = np.empty((end - begin) * header.sample_bytes + 1, dtype=np.uint8)
        for row, signal in zip(out[:, begin - first : end - first], signals, strict=True):
            place = header.header_bytes + record * record_bytes + offsets[signal.index] + skipped
            read_exactly(file, place, buffer[:-1])
            digital = decode_samples(buffer, 0, (1, end - begin), (0, header.sample_bytes))
            row[:] = _calibrate(digital, signal)


def decode_samples(
    buffer: NDArray[np.uint8], offset: int, shape: tuple[int, int], strides: tuple[int, int]
) -> NDArray[np.floating]:
    """Return the digital values of one signal as floating-point numbers.

    Parameters
    ----------
    buffer : ndarray of uint8
        Data records and at least one byte more.
    offset : int
        Where the signal begins in the first record.
    shape : (n_records, samples in a record)
    strides : (bytes of a record, bytes of a sample)

    Returns
    -------
    ndarray of float32 or float64, shape (n_records * samples in a record,)
        float64 for the 24 bits of BDF, which float32 would blur once they are scaled.

    Examples
    --------
    >>> decode_samples(np.array([1, 0, 255, 255, 0], dtype=np.uint8), 0, (1, 2), (4, 2))
    array([ 1., -1.], dtype=float32)
    """
    if strides[1] == 2:
        return np.ndarray(shape, "<i2", buffer.data, offset, strides).astype(np.float32).reshape(-1)
    four_bytes = np.ndarray(shape, "<i4", buffer.data, offset, strides)
    return ((four_bytes << 8) >> 8).astype(np.float64).reshape(-1)


def _calibrate(digital: NDArray[np.floating], signal: EdfSignal) -> NDArray[np.floating]:
    digital *= signal.gain
    digital += signal.offset
    return digital


def read_annotation_rows(file: io.FileIO, header: EdfHeader, index: int, records: range) -> Iterator[NDArray[np.uint8]]:
    """Read the bytes of one signal in some records, and only those.

    Yields
    ------
    ndarray of uint8, shape (n_records, n_bytes)
        Consecutive records, as many as fit into a block; the array is used again for the next.
    """
    width = header.signals[index].samples_per_record * header.sample_bytes
    place = header.header_bytes + header.signal_offsets[index]
    rows = np.empty((min(len(records), max(1, _BLOCK_BYTES // width)), width), dtype=np.uint8)
    for block_start in range(0, len(records), len(rows)):
        block = records[block_start : block_start + len(rows)]
        for row, record in zip(rows, block, strict=False):
            read_exactly(file, place + record * header.record_bytes, row)
        yield rows[: len(block)]


def read_exactly(file: io.FileIO, place: int, out: NDArray[np.uint8]) -> None:
    """Fill `out` with the bytes at `place`.

    Raises
    ------
    RecordingError
        If the file ends before, or cannot be read.
    """
    view = out.data
    try:
        file.seek(place)
        while view:
            n_bytes = file.readinto(view)
            if not n_bytes:
                raise RecordingError("has become shorter while it was read", file=file.name, field="data records")
            view = view[n_bytes:]
    except OSError as error:
        raise RecordingError(f"cannot be read: {error.strerror}", file=file.name) from None
