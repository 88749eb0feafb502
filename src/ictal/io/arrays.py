"""Recordings that are kept as plain arrays, by NumPy, MATLAB or HDF5.

Such a file seldom says which axis is time, how fast it was sampled, or in which unit. What it says under an obvious
key is taken; the rest the caller says. A wrong guess would look like EEG, so none is made.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, RecordingError, check_option, check_positive
from ictal.core.recording import MICROVOLTS, Recording, Signal
from ictal.core.spans import Span, merge_spans
from ictal.io.array_files import ArrayFile, find_key, open_array_file

AXES = (
    "samples",
    "channels samples",
    "samples channels",
    "segments samples",
    "segments channels samples",
    "segments samples channels",
)
"""What the axes of an array may mean, first to last; segments follow each other in time."""

DATA_KEYS = ("data", "eeg", "signal", "signals", "x", "segments")
RATE_KEYS = ("sampling_rate", "sampling_frequency", "samplingfrequency", "sample_rate", "sfreq", "srate", "fs")
CHANNEL_KEYS = ("channels", "channel_names", "channel_labels", "ch_names", "chan_names")
UNIT_KEYS = ("unit", "units")
"""The keys that are obvious, in small letters, in the order in which they are looked for."""

_BLOCK_SAMPLES = 1 << 20


@dataclass(frozen=True, slots=True)
class ArrayLayout:
    """How the arrays of a file are to be read; what is not given, the file has to say.

    Parameters
    ----------
    axes : str, optional
        One of :data:`AXES`. An array of one axis is of samples.
    sampling_rate : float, optional
        Hz; else under one of :data:`RATE_KEYS`.
    channels : sequence of str
        Labels; else under one of :data:`CHANNEL_KEYS`, else ``EEG1``, ``EEG2`` …
    unit : {"uV", "µV", "mV", "V", "nV"}, optional
        Else under one of :data:`UNIT_KEYS`; taken as µV where neither says, with a note.
    gain : float
        Units for each step of the numbers in the file.
    variables : sequence of str
        The name of the array in the file, or of several with one channel each; else the one that is called like
        :data:`DATA_KEYS`, else the only one.
    pause : float
        Seconds without signal put between segments, so that no filter runs from one into the next.

    Raises
    ------
    ParameterError
        If a value is not allowed.
    """

    axes: str | None = None
    sampling_rate: float | None = None
    channels: Sequence[str] = ()
    unit: str | None = None
    gain: float = 1.0
    variables: Sequence[str] = ()
    pause: float = 0.0

    def __post_init__(self) -> None:
        if self.axes is not None:
            check_option("axes", self.axes, AXES)
        if self.sampling_rate is not None:
            check_positive("sampling_rate", self.sampling_rate)
        if self.unit is not None:
            check_option("unit", self.unit, MICROVOLTS)
        check_positive("gain", self.gain)
        if not 0 <= self.pause < float("inf"):
            raise ParameterError(f"pause: {self.pause!r} is not allowed; it must be finite seconds, 0 or more.")


class ArrayFileRecording(Recording):
    """A recording whose samples stay in a file of arrays until they are read; made by :func:`read_array`.

    Nothing is held open. What a format cannot give in parts (compressed ``.npz``, ``.mat`` up to version 7) is read
    whole when the first sample is asked for, and kept as long as the recording is.

    Attributes
    ----------
    axes : str
        One of :data:`AXES`.
    n_segments, segment_samples, pause_samples : int
        How many segments, and samples in each and between two; 1 and all samples where there are no segments.
    """

    def __init__(self, file: ArrayFile, layout: ArrayLayout) -> None:
        self.source: Path = file.path
        self._file = file
        self._names = tuple(layout.variables) if layout.variables else (find_signal(file),)
        shape = self._check_shapes()
        self.axes = find_axes(file.path, shape, layout.axes) if len(self._names) == 1 else "channels samples"
        sizes = dict(zip(self.axes.split(), shape, strict=True))
        self.sampling_rate = find_sampling_rate(file, layout, self._names[0])
        self.channels = find_channels(file, layout, self._names, sizes.get("channels", 1))
        self.n_segments, self.segment_samples = sizes.get("segments", 1), sizes["samples"]
        self.pause_samples = round(layout.pause * self.sampling_rate)
        self.n_samples = self.n_segments * (self.segment_samples + self.pause_samples) - self.pause_samples
        if min(shape) == 0:
            raise RecordingError(f"an array of shape {shape} holds no signal", file=file.path)
        unit, self.notes = find_unit(file, layout, self._names[0])
        self._factor = MICROVOLTS[unit] * layout.gain

    @functools.cached_property
    def gaps(self) -> tuple[Span, ...]:  # type: ignore[override]
        """The pauses between segments, and stretches where every channel is NaN, for which the first one is read."""
        length = self.segment_samples + self.pause_samples
        pauses = (
            [(n * length - self.pause_samples, n * length) for n in range(1, self.n_segments)]
            if self.pause_samples
            else []
        )
        rate = self.sampling_rate
        return merge_spans((first / rate, last / rate) for first, last in [*pauses, *self._find_missing()])

    def read_samples(self, first: int, last: int) -> Signal:
        signal = self._read(first, last)
        invalid = ~np.isfinite(signal)
        if invalid.any():
            alone = invalid & ~invalid.all(axis=0)
            if alone.any():
                row, column = np.argwhere(alone)[0]
                problem = f"is not a number at {(first + column) / self.sampling_rate:g} s, where others are"
                raise RecordingError(problem, file=self.source, field=f"channel {self.channels[row]}")
            signal[invalid] = np.nan
        return signal

    def _check_shapes(self) -> tuple[int, ...]:
        shapes = self._file.shapes
        for name in self._names:
            if name not in shapes:
                listed = ", ".join(shapes) if shapes else "none"
                raise RecordingError(f"{name!r} is no array of numbers here; there are {listed}", file=self.source)
        if len(self._names) == 1:
            return shapes[self._names[0]]
        found = {(int(np.prod(shapes[name])), max(shapes[name], default=0)) for name in self._names}
        if len(found) > 1 or any(size != longest for size, longest in found):
            problem = "several arrays can be read together only if each is one channel of the same length"
            raise RecordingError(problem, file=self.source, field=", ".join(self._names))
        return (len(self._names), found.pop()[0])

    def _read(self, first: int, last: int, rows: slice = slice(None)) -> Signal:
        if len(self._names) > 1:
            taken = np.stack([self._take_vector(name, first, last) for name in self._names[rows]])
        elif self.axes.startswith("segments"):
            taken = self._read_segments(first, last, rows)
        else:
            taken = self._take({"samples": slice(first, last), "channels": rows})
        if taken.dtype != np.float32 or self._factor != 1.0:
            taken = taken * self._factor
        return np.array(taken, dtype=np.float32, order="C")

    def _read_segments(self, first: int, last: int, rows: slice) -> NDArray[Any]:
        length = self.segment_samples + self.pause_samples
        begin, end = first // length, -(-last // length)
        taken = self._take({"segments": slice(begin, end), "channels": rows})
        if self.pause_samples:
            padding = ((0, 0), (0, 0), (0, self.pause_samples))
            taken = np.pad(taken.astype(np.float64), padding, constant_values=np.nan)
        joined = taken.reshape(len(taken), (end - begin) * length)
        return joined[:, first - begin * length : last - begin * length]

    def _take(self, parts: Mapping[str, slice]) -> NDArray[Any]:
        """Return a part of the array, its axes in the order channels, segments, samples."""
        axes = self.axes.split()
        taken = self._file.take(self._names[0], tuple(parts.get(axis, slice(None)) for axis in axes))
        return np.moveaxis(taken, axes.index("channels"), 0) if "channels" in axes else taken[None]

    def _take_vector(self, name: str, first: int, last: int) -> NDArray[Any]:
        index = tuple(slice(first, last) if size > 1 else slice(None) for size in self._file.shapes[name])
        return self._file.take(name, index).ravel()

    def _find_missing(self) -> Iterator[tuple[int, int]]:
        """Yield the stretches where every channel is NaN; the others are read only near those of the first."""
        if self._read_dtype().kind != "f":
            return
        for start in range(0, self.n_samples, _BLOCK_SAMPLES):
            stop = min(start + _BLOCK_SAMPLES, self.n_samples)
            if np.isfinite(self._read(start, stop, slice(0, 1))).all():
                continue
            missing = (~np.isfinite(self._read(start, stop))).all(axis=0)
            edges = np.flatnonzero(np.diff(np.concatenate([[False], missing, [False]])))
            yield from ((start + int(a), start + int(b)) for a, b in edges.reshape(-1, 2))

    def _read_dtype(self) -> np.dtype[Any]:
        name = self._names[0]
        return self._file.take(name, (slice(0, 0),) * len(self._file.shapes[name])).dtype


def read_array(path: Path | str, layout: ArrayLayout | None = None) -> ArrayFileRecording:
    """Open a recording that is kept as an array in ``.npy``, ``.npz``, ``.mat``, ``.h5`` or ``.hdf5``.

    Parameters
    ----------
    path : path
    layout : ArrayLayout, optional
        What the file does not say itself.

    Returns
    -------
    ArrayFileRecording
        In µV. Segments follow each other on the time axis.

    Raises
    ------
    RecordingError
        If the file cannot be read, or neither it nor the layout says what is needed; or ``.h5`` and ``.mat`` of version
        7.3 are to be read without h5py.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     np.save(f"{folder}/night.npy", np.arange(8.0).reshape(4, 2))
    ...     night = read_array(f"{folder}/night.npy", ArrayLayout("samples channels", 2.0, ["C3", "C4"], "mV"))
    ...     night, night.read(0.5, 1.5).tolist()
    (<ArrayFileRecording: 2 channels, 2 Hz, 2 s>, [[2000.0, 4000.0], [3000.0, 5000.0]])
    """
    return ArrayFileRecording(open_array_file(path), layout if layout is not None else ArrayLayout())


def find_signal(file: ArrayFile) -> str:
    """Return the name of the array that holds the signal: it is called so, or no other has more than one number.

    Raises
    ------
    RecordingError
        If there is none, or it could be several.
    """
    arrays = [name for name, shape in file.shapes.items() if np.prod(shape) > 1]
    name = find_key(arrays, DATA_KEYS)
    if name is None and len(arrays) == 1:
        return arrays[0]
    if name is None:
        problem = f"it could be any of {', '.join(arrays)}; say which" if arrays else "there is no array of numbers"
        raise RecordingError(problem, file=file.path, field="variables")
    return name


def find_axes(path: Path, shape: tuple[int, ...], axes: str | None) -> str:
    """Return what the axes of an array mean; one that is not said can only be known where all but one are of length 1.

    Raises
    ------
    RecordingError
        If it is not said, or does not fit.

    Examples
    --------
    >>> find_axes(Path("a.mat"), (1, 5000), None), find_axes(Path("a.mat"), (5000, 1), None)
    ('channels samples', 'samples channels')
    """
    if axes is None and len(shape) == 1:
        return "samples"
    if axes is None and len(shape) == 2 and 1 in shape:
        return "channels samples" if shape[0] == 1 else "samples channels"
    allowed = [text for text in AXES if len(text.split()) == len(shape)]
    if axes in allowed:
        return str(axes)
    came = "nothing" if axes is None else repr(axes)
    listed = ", ".join(map(repr, allowed)) if allowed else "an array of 1 to 3 axes"
    problem = f"{came} came for an array of shape {shape}; allowed are {listed}"
    raise RecordingError(problem, file=path, field="axes")


def find_sampling_rate(file: ArrayFile, layout: ArrayLayout, name: str) -> float:
    """Return Hz, as the layout or the file says.

    Raises
    ------
    RecordingError
        If neither says it, or it cannot be.
    """
    if layout.sampling_rate is not None:
        return float(layout.sampling_rate)
    said = file.find(RATE_KEYS, name)
    if said is None:
        problem = f"is not said; give it in Hz (a file may hold it as {', '.join(RATE_KEYS)})"
        raise RecordingError(problem, file=file.path, field="sampling_rate")
    if isinstance(said, bool) or not isinstance(said, int | float) or not 0 < said < float("inf"):
        problem = f"{said!r} is not allowed; it must be a finite number above 0"
        raise RecordingError(problem, file=file.path, field="sampling_rate")
    return float(said)


def find_channels(file: ArrayFile, layout: ArrayLayout, names: Sequence[str], n_channels: int) -> tuple[str, ...]:
    """Return one label for each channel.

    Raises
    ------
    RecordingError
        If the labels that the layout or the file gives are more or fewer.
    """
    labels: Any = tuple(layout.channels)
    if not labels and len(names) > 1:
        labels = names
    if not labels:
        labels = file.find(CHANNEL_KEYS, names[0])
    if isinstance(labels, str):
        labels = [labels]
    if not isinstance(labels, list | tuple):
        return tuple(f"EEG{number + 1}" for number in range(n_channels))
    if len(labels) != n_channels:
        problem = f"{len(labels)} labels came for {n_channels} channels"
        raise RecordingError(problem, file=file.path, field="channels")
    return tuple(labels)


def find_unit(file: ArrayFile, layout: ArrayLayout, name: str) -> tuple[str, tuple[str, ...]]:
    """Return the unit, and the note that it is not said anywhere.

    Raises
    ------
    RecordingError
        If the file says one that is not known.
    """
    if layout.unit is not None:
        return layout.unit, ()
    said = file.find(UNIT_KEYS, name)
    if said is None:
        return "uV", ("unit: is not said; the numbers are taken as µV",)
    spelled = find_key(MICROVOLTS, [str(said).lower()]) if str(said) not in MICROVOLTS else str(said)
    if spelled is None:
        problem = f"{said!r} is not allowed; allowed are {', '.join(MICROVOLTS)}"
        raise RecordingError(problem, file=file.path, field="unit")
    return spelled, ()
