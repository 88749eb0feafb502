"""A prepared store: recordings that went through a chain once, and windows of them at any place, as fast as memory."""

from __future__ import annotations

import contextlib
import functools
import mmap
import sys
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, RecordingError
from ictal.core.recording import Recording, Signal
from ictal.data.manifest import Manifest, SignalRow, read_manifest
from ictal.data.prepared import PreparedRecording
from ictal.data.store_write import find_damage, signal_path
from ictal.data.tiles import DTYPE, HEADER_BYTES, TILE, Rows, copy_windows, lay_out
from ictal.preprocessing.chain import Chain

if sys.platform != "win32":
    import resource

Numbers = NDArray[np.int64]

_AHEAD = 256
"""Windows that are copied while as many are asked of the disk."""

_LONGEST = 2**40
"""Samples; more than any recording has, so that recording and sample make one number."""

_MOST_MAPS = 32_768
"""Half of the maps that Linux allows a process."""


class Store:
    """A folder that ``ictal prepare`` made.

    Nothing but the manifest is read before it is asked for; signals are mapped, so private memory does not grow with
    the store. It may be pickled, and read by many processes and threads at once.

    Parameters
    ----------
    folder : path

    Attributes
    ----------
    folder : Path
    manifest : Manifest
        All that is known of the store.
    recordings : tuple of PreparedRecording
        What windows may be cut from; their numbers are those that :meth:`read_windows` takes.

    Raises
    ------
    RecordingError
        If the folder holds no store, or its manifest is damaged.

    Examples
    --------
    >>> import tempfile
    >>> from ictal.data.manifest import RecordingRow, write_manifest
    >>> from ictal.data.store_write import open_for_writing, write_signal
    >>> night = Recording.from_array(np.arange(20_000.0), 256.0, ["C3"])
    >>> folder = Path(tempfile.mkdtemp(), "store")
    >>> with open_for_writing(folder):
    ...     row = RecordingRow("night", "anna", "1", write_signal(folder, "key", "hash", night, Chain()))
    ...     write_manifest(folder, Manifest("0.1.0", "mine", {}, recordings=(row,)))
    >>> store = Store(folder)
    >>> store.recordings[0].duration, store.read_windows([0, 0], [0, 9_999], length=3).tolist()
    (78.125, [[[0.0, 1.0, 2.0]], [[9999.0, 10000.0, 10001.0]]])
    """

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.manifest: Manifest = read_manifest(self.folder)
        self.recordings: tuple[PreparedRecording, ...] = tuple(row.prepared for row in self.manifest.recordings)
        signals = [row.signal for row in self.manifest.recordings]
        n_maps = _allow_maps(len(signals))
        self._mapped = functools.lru_cache(n_maps)(functools.partial(_map_signal, self.folder, signals))
        self._ahead = _AHEAD if n_maps == len(signals) else min(_AHEAD, n_maps)
        self._from_disk = True

    def __len__(self) -> int:
        return len(self.recordings)

    def __iter__(self) -> Iterator[PreparedRecording]:
        return iter(self.recordings)

    def __reduce__(self) -> tuple[type[Store], tuple[Path]]:
        return Store, (self.folder,)

    def __repr__(self) -> str:
        return f"<Store: {len(self)} recordings, {self.manifest.hours:g} h, {self.manifest.corpus}>"

    @cached_property
    def chain(self) -> Chain:
        """What every recording went through."""
        return Chain.model_validate(self.manifest.chain)

    @property
    def starts(self) -> dict[str, float]:
        """Name → seconds from the start of the session, where the owner of the corpus says so."""
        return {row.name: row.start for row in self.manifest.recordings if row.start is not None}

    def read_windows(self, recordings: ArrayLike, starts: ArrayLike, length: int, out: Signal | None = None) -> Signal:
        """Return windows of equal length, from any recordings and with any overlap.

        Parameters
        ----------
        recordings : array-like of int, shape (n_windows,)
            Numbers in :attr:`recordings`.
        starts : array-like of int, shape (n_windows,)
            First sample of each.
        length : int
            Samples.
        out : ndarray of float32, shape (n_windows, n_channels, length), optional
            Filled and returned; memory that is used again costs less than new one.

        Returns
        -------
        ndarray of float32, shape (n_windows, n_channels, length)

        Raises
        ------
        ParameterError
            If a window lies outside its recording or over a gap, or the recordings differ in channels or rate.
        RecordingError
            If a file is missing or damaged.
        """
        numbers, firsts = _check_windows(recordings, starts, length)
        places = self._locate(numbers, firsts, length)
        shape = (len(numbers), self._count_channels(numbers), length)
        windows = np.empty(shape, np.float32) if out is None else _check_out(out, shape)
        blocks, ahead = _count_blocks(), self._ahead
        for first in range(0, len(numbers), ahead):
            now, soon = slice(first, first + ahead), slice(first + ahead if first else 0, first + 2 * ahead)
            if self._from_disk:
                self._ask(numbers[soon].tolist(), places[soon].tolist(), length)
            copy_windows([self._mapped(number).rows for number in numbers[now].tolist()], places[now], windows[now])
            self._from_disk = _count_blocks() != blocks
        return windows

    def recording(self, number: int) -> Recording:
        """Return a prepared recording as one that can be read like any other, gaps included.

        Raises
        ------
        ParameterError
            If there is none of this number.
        """
        if not 0 <= number < len(self):
            raise ParameterError(f"recording: {number!r} is not allowed; the store has {len(self)}, from 0 on.")
        return StoredRecording(self, number)

    def rows(self, number: int) -> Rows:
        """Return the signal of a recording as it lies in its file, float32 of shape (n_tiles * n_channels, TILE)."""
        return self._mapped(number).rows

    def find_damage(self) -> Iterator[tuple[str, str]]:
        """Read every signal; yield the name of each recording whose file is missing or changed, and what is wrong."""
        for row in self.manifest.recordings:
            problem = find_damage(self.folder, row.signal)
            if problem is not None:
                yield row.name, problem

    def _count_channels(self, numbers: Numbers) -> int:
        first = numbers[0] if len(numbers) else 0
        return len(self.recordings[first].channels) if self.recordings else 0

    def _ask(self, numbers: Sequence[int], places: Sequence[int], length: int) -> None:
        """Ask the system to fetch some windows from the disk, all at once."""
        if not hasattr(mmap, "MADV_WILLNEED"):
            return
        for number, place in zip(numbers, places, strict=True):
            file, _, tile_bytes = self._mapped(number)
            begin = HEADER_BYTES + place // TILE * tile_bytes
            end = HEADER_BYTES + -(-(place + length) // TILE) * tile_bytes
            begin -= begin % mmap.PAGESIZE
            file.madvise(mmap.MADV_WILLNEED, begin, end - begin)

    def _locate(self, recordings: Numbers, starts: Numbers, length: int) -> Numbers:
        """Return where windows begin in their files, or refuse the first that is not allowed."""
        keys, ends, places = self._stretches
        wanted = recordings * _LONGEST + starts
        found = np.searchsorted(keys, wanted, side="right") - 1
        # As unsigned numbers those below 0 are too large, too.
        wrong = (recordings.view(np.uint64) >= len(self)) | (starts.view(np.uint64) >= _LONGEST)
        wrong |= wanted + length > ends[found]
        if wrong.any():
            self._refuse(recordings, starts, length, int(np.argmax(wrong)))
        if self._kinds is not None:
            self._refuse_mixture(recordings)
        return np.asarray(wanted - keys[found] + places[found])

    @cached_property
    def _stretches(self) -> tuple[Numbers, Numbers, Numbers]:
        """First and last sample and place of every stretch of signal; samples are counted on through all recordings."""
        before_all = (-_LONGEST, -_LONGEST, 0)
        rows = [
            before_all,
            *(
                (number * _LONGEST + stretch.first, number * _LONGEST + stretch.last, stretch.place)
                for number, row in enumerate(self.manifest.recordings)
                for stretch in lay_out(row.signal.segments)
            ),
        ]
        keys, ends, places = np.array(rows, np.int64).T.copy()
        return keys, ends, places

    @cached_property
    def _kinds(self) -> Numbers | None:
        """A number for each recording that is the same where channels and rate are; ``None`` where all are the same."""
        known: dict[Any, int] = {}
        kinds = [known.setdefault((one.channels, one.sampling_rate), len(known)) for one in self.recordings]
        return np.array(kinds, np.int64) if len(known) > 1 else None

    def _refuse_mixture(self, recordings: Numbers) -> None:
        kinds = self._kinds[recordings] if self._kinds is not None else recordings[:0]
        if not (kinds != kinds[:1]).any():
            return
        pair = [self.recordings[recordings[window]] for window in (0, int(np.argmax(kinds != kinds[0])))]
        told = [f"{one.name} has {len(one.channels)} channels at {one.sampling_rate:g} Hz" for one in pair]
        raise ParameterError(
            f"recordings: {' and '.join(told)}, not all of the same names; windows of both do not fit into one array."
        )

    def _refuse(self, recordings: Numbers, starts: Numbers, length: int, window: int) -> None:
        number, start = int(recordings[window]), int(starts[window])
        if not 0 <= number < len(self):
            raise ParameterError(f"recordings: {number} is not allowed; the store has {len(self)}, from 0 on.")
        one = self.recordings[number]
        gaps = [f"{begin:g} to {end:g} s" for begin, end in one.gaps]
        without = f", without the gaps from {', '.join(gaps[:3])}{' …' if len(gaps) > 3 else ''}" if gaps else ""
        raise ParameterError(
            f"windows: samples {start} to {start + length} of {one.name} are not allowed; "
            f"its signal is from 0 to {one.n_samples}{without}."
        )


class StoredRecording(Recording):
    """A prepared recording, read from its store; made by :meth:`Store.recording`."""

    def __init__(self, store: Store, number: int) -> None:
        prepared, facts = store.recordings[number], store.manifest.recordings[number].signal
        self.channels = prepared.channels
        self.sampling_rate = prepared.sampling_rate
        self.n_samples = prepared.n_samples
        self.gaps = prepared.gaps
        self.annotations = prepared.annotations
        self.notes = facts.notes
        self.source = signal_path(store.folder, facts.key)
        self._store, self._number = store, number
        self._stretches = lay_out(facts.segments)

    def read_samples(self, first: int, last: int) -> Signal:
        signal = np.full((len(self.channels), last - first), np.nan, np.float32)
        for stretch in self._stretches:
            begin, end = max(first, stretch.first), min(last, stretch.last)
            if begin < end:
                place = np.array([stretch.place + begin - stretch.first])
                window = signal[None, :, begin - first : end - first]
                copy_windows([self._store.rows(self._number)], place, window)
        return signal


def _check_windows(recordings: ArrayLike, starts: ArrayLike, length: int) -> tuple[Numbers, Numbers]:
    if length < 1:
        raise ParameterError(f"length: {length!r} is not allowed; it must be at least one sample.")
    arrays = []
    for name, values in (("recordings", recordings), ("starts", starts)):
        array = np.asarray(values)
        if array.dtype.kind not in "iu" and array.size:
            raise ParameterError(f"{name}: numbers of type {array.dtype} are not allowed; they must be integers.")
        arrays.append(np.ascontiguousarray(array, np.int64))
    if arrays[0].shape != arrays[1].shape or arrays[0].ndim != 1:
        shapes = " and ".join(str(array.shape) for array in arrays)
        raise ParameterError(f"windows: recordings and starts of shape {shapes} came; each window has one of both.")
    return arrays[0], arrays[1]


def _check_out(out: Signal, shape: tuple[int, ...]) -> Signal:
    if out.shape != shape or out.dtype != np.float32:
        raise ParameterError(
            f"out: {out.dtype} of shape {out.shape} is not allowed; it must be float32 of shape {shape}."
        )
    return out


class MappedSignal(NamedTuple):
    """The file of a signal in memory, the rows of its tiles, and the bytes of a tile."""

    file: mmap.mmap
    rows: Rows
    tile_bytes: int


def _map_signal(folder: Path, signals: Sequence[SignalRow], number: int) -> MappedSignal:
    facts = signals[number]
    path = signal_path(folder, facts.key)
    problem = find_damage(folder, facts, verify=False)
    if problem is not None:
        raise RecordingError(f"{problem}; `ictal prepare --verify` makes it anew", file=path)
    try:
        with path.open("rb") as file:
            mapped = _map_file(file.fileno())
    except OSError as error:
        raise RecordingError(f"cannot be opened: {error.strerror}", file=path) from None
    if hasattr(mmap, "MADV_RANDOM"):
        mapped.madvise(mmap.MADV_RANDOM)
    rows = np.frombuffer(mapped, DTYPE, offset=HEADER_BYTES).reshape(-1, TILE)
    return MappedSignal(mapped, rows, len(facts.channels) * TILE * DTYPE.itemsize)


def _map_file(descriptor: int) -> mmap.mmap:
    if sys.version_info >= (3, 13):
        return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ, trackfd=False)
    return mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ)


def _allow_maps(wanted: int) -> int:
    """Return how many files may stay mapped.

    Before Python 3.13 each counts as an open file: this process is then allowed four times as many open files as are
    wanted, if the system lets it, and a store keeps a quarter of what is allowed.
    """
    if sys.platform == "win32" or sys.version_info >= (3, 13):
        return max(1, min(wanted, _MOST_MAPS))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return max(1, min(wanted, _MOST_MAPS))
    allowed = 4 * wanted if hard == resource.RLIM_INFINITY else min(4 * wanted, hard)
    if soft < allowed:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
            soft = allowed
    return max(1, min(wanted, _MOST_MAPS, soft // 4))


def _count_blocks() -> int:
    """Return how many blocks were read from a disk so far, by this thread where the system knows."""
    if sys.platform == "win32":
        return 0
    return resource.getrusage(getattr(resource, "RUSAGE_THREAD", resource.RUSAGE_SELF)).ru_inblock
