"""The lazy signal that every stage takes and gives."""

from __future__ import annotations

import abc
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, RecordingError, check_option, check_positive
from ictal.core.events import Annotations
from ictal.core.spans import Span, complement_spans, merge_spans
from ictal.core.tables import Table

Signal = NDArray[np.float32]

BRIDGES = Table(
    "bridge",
    {
        "from_mne": "ictal.io.mne_bridge:from_mne",
        "to_mne": "ictal.io.mne_bridge:to_mne",
    },
)
"""Exchange with other packages; resolved on first use, so that core stays numpy alone."""

MICROVOLTS = {"V": 1e6, "mV": 1e3, "uV": 1.0, "µV": 1.0, "nV": 1e-3}
"""How many µV one of each unit is."""


class Recording(abc.ABC):
    """A multi-channel signal in µV; nothing is loaded until it is read.

    A subclass sets the attributes and answers :meth:`read_samples`. Steps of preprocessing wrap one in another.

    Attributes
    ----------
    channels : tuple of str
        One label a row, as the file spells it.
    sampling_rate : float
        Hz, the same for all channels.
    n_samples : int
        Samples on the time axis, those inside gaps included.
    start_time : datetime or None
        When sample 0 was taken.
    gaps : tuple of (start, stop)
        Stretches in seconds without signal; reading them gives NaN.
    annotations : Annotations
        What the file itself says happened.
    source : Path or None
        The file behind the signal, for messages.
    notes : tuple of str
        What was mended or left out on the way here, for the reader.
    """

    channels: tuple[str, ...]
    sampling_rate: float
    n_samples: int
    start_time: datetime | None = None
    gaps: tuple[Span, ...] = ()
    annotations: Annotations = Annotations()
    source: Path | None = None
    notes: tuple[str, ...] = ()

    @abc.abstractmethod
    def read_samples(self, first: int, last: int) -> Signal:
        """Return samples ``[first, last)`` of every channel in µV, float32 of shape (n_channels, last - first).

        The caller keeps ``0 <= first <= last <= n_samples``; samples in a gap are NaN.
        """

    @property
    def duration(self) -> float:
        """Length of the time axis in seconds, gaps included."""
        return self.n_samples / self.sampling_rate

    @property
    def segments(self) -> tuple[tuple[int, int], ...]:
        """The stretches with signal, as ``(first, last)`` sample numbers."""
        spans = complement_spans(self.gaps, 0.0, self.duration)
        numbers = [(round(start * self.sampling_rate), round(stop * self.sampling_rate)) for start, stop in spans]
        return tuple((first, last) for first, last in numbers if first < last)

    def read(self, start: float = 0.0, stop: float | None = None) -> Signal:
        """Return the signal between two times.

        Parameters
        ----------
        start, stop : float
            Seconds; rounded to the nearest sample. `stop` defaults to the end.

        Returns
        -------
        ndarray of float32, shape (n_channels, n_samples)
            µV; NaN in gaps.

        Raises
        ------
        ParameterError
            If the stretch is not inside the recording.
        """
        last_second = self.duration if stop is None else stop
        first, last = round(start * self.sampling_rate), round(last_second * self.sampling_rate)
        if not 0 <= first <= last <= self.n_samples:
            raise ParameterError(
                f"read: {start!r} to {stop!r} s is not allowed; the recording runs from 0 to {self.duration:g} s."
            )
        return self.read_samples(first, last)

    def select(self, labels: Sequence[str]) -> Recording:
        """Return the recording with some channels alone, in this order; of equal labels the first is taken.

        Raises
        ------
        ParameterError
            If there is no such channel, or none is wanted.
        """
        return SelectedRecording(self, labels)

    @staticmethod
    def from_array(
        data: ArrayLike,
        sampling_rate: float,
        channels: Sequence[str] | None = None,
        *,
        unit: str = "uV",
        start_time: datetime | None = None,
        annotations: Annotations | None = None,
        gaps: Iterable[Span] = (),
    ) -> ArrayRecording:
        """Make a recording from an array.

        Parameters
        ----------
        data : array-like, shape (n_channels, n_samples) or (n_samples,)
            The signal. Stretches where every channel is NaN become gaps.
        sampling_rate : float
            Hz.
        channels : sequence of str, optional
            Labels; ``EEG1``, ``EEG2`` … where not given.
        unit : {"uV", "µV", "mV", "V", "nV"}
            What one unit of `data` is.
        start_time, annotations, gaps
            See the attributes of :class:`Recording`.

        Raises
        ------
        ParameterError
            If shapes, labels or units do not fit, or one channel alone is NaN somewhere.

        Examples
        --------
        >>> rec = Recording.from_array(np.zeros((2, 512)), 256.0, ["Fp1", "F7"])
        >>> rec.duration, rec.read(0.5, 1.0).shape
        (2.0, (2, 128))
        """
        return ArrayRecording(
            data, sampling_rate, channels, unit=unit, start_time=start_time, annotations=annotations, gaps=gaps
        )

    @staticmethod
    def from_mne(raw: Any) -> Recording:
        """Wrap an ``mne.io.Raw``; see :func:`ictal.io.mne_bridge.from_mne`."""
        recording: Recording = BRIDGES.load("from_mne")(raw)
        return recording

    def to_mne(self) -> Any:
        """Return an ``mne.io.RawArray``; see :func:`ictal.io.mne_bridge.to_mne`."""
        return BRIDGES.load("to_mne")(self)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.channels)} channels, {self.sampling_rate:g} Hz, {self.duration:g} s>"


class RecordingView(Recording):
    """Another recording seen through something; what it does not change, it passes on.

    Annotations and notes are asked for late: in a long file the annotations are in every record.

    Attributes
    ----------
    inner : Recording
        What is looked at.
    """

    def __init__(self, inner: Recording) -> None:
        self.inner = inner
        self.channels = inner.channels
        self.sampling_rate = inner.sampling_rate
        self.n_samples = inner.n_samples
        self.start_time = inner.start_time
        self.gaps = inner.gaps
        self.source = inner.source

    @property
    def annotations(self) -> Annotations:  # type: ignore[override]
        """What the file itself says happened."""
        return self.inner.annotations

    @property
    def notes(self) -> tuple[str, ...]:  # type: ignore[override]
        """What was mended or left out on the way here."""
        return (*self.inner.notes, *self.own_notes())

    def own_notes(self) -> tuple[str, ...]:
        """Return what this view has to say; late, since some know only once they have read."""
        return ()


class SelectedRecording(RecordingView):
    """Some channels of another recording; made by :meth:`Recording.select`."""

    def __init__(self, inner: Recording, labels: Sequence[str]) -> None:
        super().__init__(inner)
        if not labels:
            raise ParameterError("channels: an empty list is not allowed; give one label or more.")
        self._rows = [inner.channels.index(check_option("channel", label, inner.channels)) for label in labels]
        self.channels = tuple(labels)

    def read_samples(self, first: int, last: int) -> Signal:
        return self.inner.read_samples(first, last)[self._rows]


class ArrayRecording(Recording):
    """A recording held in memory; made by :meth:`Recording.from_array`."""

    def __init__(
        self,
        data: ArrayLike,
        sampling_rate: float,
        channels: Sequence[str] | None = None,
        *,
        unit: str = "uV",
        start_time: datetime | None = None,
        annotations: Annotations | None = None,
        gaps: Iterable[Span] = (),
    ) -> None:
        factor = MICROVOLTS[check_option("unit", unit, MICROVOLTS)]
        signal = np.atleast_2d(np.asarray(data, dtype=np.float64))
        if signal.ndim != 2:
            raise ParameterError(
                f"data: an array of shape {signal.shape} came; allowed is (n_channels, n_samples) or (n_samples,)."
            )
        self._data: Signal = np.ascontiguousarray(signal * factor, dtype=np.float32)
        self.sampling_rate = check_positive("sampling_rate", float(sampling_rate))
        self.channels = tuple(channels) if channels is not None else tuple(f"EEG{i + 1}" for i in range(len(signal)))
        self.n_samples = signal.shape[1]
        self.start_time = start_time
        if len(self.channels) != len(signal):
            raise ParameterError(f"channels: {len(self.channels)} labels came for {len(signal)} rows of data.")
        self.annotations = annotations if annotations is not None else Annotations((), self.duration)
        self.gaps = merge_spans([*gaps, *self._nan_stretches()])
        self._blank_gaps()

    def _nan_stretches(self) -> list[Span]:
        """Return the stretches where every channel is NaN; refuse a channel that is not a number by itself."""
        invalid = ~np.isfinite(self._data)
        if not invalid.any():
            return []
        everywhere = invalid.all(axis=0)
        alone = invalid & ~everywhere
        if alone.any():
            row, column = np.argwhere(alone)[0]
            raise RecordingError(
                f"is not a number at {column / self.sampling_rate:g} s; "
                "fill it, or set every channel to NaN to mark a gap",
                field=f"channel {self.channels[row]}",
            )
        edges = np.flatnonzero(np.diff(np.concatenate([[False], everywhere, [False]])))
        return [(a / self.sampling_rate, b / self.sampling_rate) for a, b in edges.reshape(-1, 2)]

    def _blank_gaps(self) -> None:
        for start, stop in self.gaps:
            self._data[:, round(start * self.sampling_rate) : round(stop * self.sampling_rate)] = np.nan

    def read_samples(self, first: int, last: int) -> Signal:
        return self._data[:, first:last].copy()
