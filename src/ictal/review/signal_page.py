"""A page of EEG for the screen: in a montage, filtered, reduced to the columns of the screen, in 16 bits."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from ictal.core.errors import ParameterError, check_option
from ictal.core.recording import Recording, Signal
from ictal.core.spans import Span, intersect_spans
from ictal.preprocessing.notch import MAINS
from ictal.review.display_filter import Filters
from ictal.review.display_montages import Hemisphere, choose_leads
from ictal.review.page_artefacts import LeadArtefact, find_page_artefacts

LONGEST_PAGE = 600.0
"""Seconds."""

MOST_COLUMNS = 8000
LOWEST_CUTOFF = 0.01
"""Hz; below, a page would have to read many minutes around it."""

NO_SIGNAL = -32768
"""What stands for a gap; samples are from -32767 to 32767."""

_MOST_SAMPLES_PER_COLUMN = 2
_SMALLEST_PEAK = 1e-6


@dataclass(frozen=True, slots=True)
class SignalQuery:
    """What a page shall show.

    Parameters
    ----------
    start, stop : float
        Seconds of the recording, at most 600 apart.
    montage : str
        One of :func:`ictal.review.display_montages.list_montages`.
    high_pass, low_pass : float or None
        Hz; no filter where ``None``.
    notch : float or None
        50 or 60 Hz.
    columns : int
        Pixels across.

    Raises
    ------
    ParameterError
        If a value is not allowed.

    Examples
    --------
    >>> SignalQuery(0.0, 10.0, "double-banana", high_pass=0.5, low_pass=35.0).filters
    Filters(high_pass=0.5, low_pass=35.0, notch=None)
    """

    start: float
    stop: float
    montage: str
    high_pass: float | None = None
    low_pass: float | None = None
    notch: float | None = None
    columns: int = 1000

    def __post_init__(self) -> None:
        if not (0 <= self.start < self.stop and self.stop - self.start <= LONGEST_PAGE):
            raise ParameterError(
                f"page: {self.start!r} to {self.stop!r} s is not allowed; it must begin at 0 or later, end after its "
                f"start and be at most {LONGEST_PAGE:g} s long."
            )
        if not 1 <= self.columns <= MOST_COLUMNS:
            raise ParameterError(f"columns: {self.columns!r} is not allowed; allowed are 1 to {MOST_COLUMNS}.")
        for name, cutoff in (("high-pass", self.high_pass), ("low-pass", self.low_pass)):
            if cutoff is not None and not LOWEST_CUTOFF <= cutoff < math.inf:
                raise ParameterError(f"{name}: {cutoff!r} Hz is not allowed; it must be {LOWEST_CUTOFF:g} Hz or more.")
        if self.high_pass is not None and self.low_pass is not None and self.high_pass >= self.low_pass:
            raise ParameterError(
                f"high-pass: {self.high_pass:g} Hz is not allowed; "
                f"it must be below the {self.low_pass:g} Hz of the low-pass."
            )
        if self.notch is not None:
            check_option("notch", self.notch, MAINS)

    @property
    def filters(self) -> Filters:
        """What is taken out."""
        return Filters(self.high_pass, self.low_pass, self.notch)


@dataclass(frozen=True, slots=True)
class SignalHeader:
    """What the numbers of a page mean; ``SignalHeader`` of the page's ``types.js``.

    Parameters
    ----------
    start, stop : float
        Seconds; as asked for, to the nearest sample.
    n_columns : int
        Numbers of a lead, or pairs of them.
    kind : {"samples", "envelope"}
        Every sample, or the lowest and the highest of each column.
    leads : tuple of str
    hemispheres : tuple of str
    scale : tuple of float
        µV of one unit, for each lead.
    gaps : tuple of (start, stop)
        Seconds of the recording, those on the page.
    artefacts : tuple of LeadArtefact
    filters : Filters
        As they were applied.
    """

    start: float
    stop: float
    n_columns: int
    kind: Literal["samples", "envelope"]
    leads: tuple[str, ...]
    hemispheres: tuple[Hemisphere, ...]
    scale: tuple[float, ...]
    gaps: tuple[Span, ...]
    artefacts: tuple[LeadArtefact, ...]
    filters: Filters


@dataclass(frozen=True, eq=False)
class SignalPage:
    """A page of EEG as it travels to the screen.

    Parameters
    ----------
    header : SignalHeader
    data : ndarray of int16, shape (n_leads, n_columns) or (n_leads, n_columns, 2)
        -32768 where there is no signal.
    """

    header: SignalHeader
    data: NDArray[np.int16]

    @property
    def microvolts(self) -> NDArray[np.float64]:
        """The values in µV, NaN where there is no signal; of the shape of the data."""
        scale = np.array(self.header.scale).reshape(-1, *[1] * (self.data.ndim - 1))
        return np.where(self.data == NO_SIGNAL, np.nan, self.data * scale)


def read_page(recording: Recording, query: SignalQuery, mapping: Mapping[str, str] | None = None) -> SignalPage:
    """Read a page of a recording.

    A page is what it would be as a part of the whole recording: filters read what they need around it. What of it lies
    behind the end of the recording holds no signal.

    Parameters
    ----------
    recording : Recording
        As recorded.
    query : SignalQuery
    mapping : mapping of str to str, optional
        What an odd label of the file means.

    Raises
    ------
    ParameterError
        If the recording cannot be shown in the montage, or ends before the page begins.
    RecordingError
        If it cannot be read.

    Examples
    --------
    >>> recording = Recording.from_array([[0.0, 1.0, 2.0, 3.0]], 4.0, ["left cortex"])
    >>> page = read_page(recording, SignalQuery(0.0, 1.0, "as-recorded"))
    >>> page.header.kind, page.microvolts.round(3)
    ('samples', array([[0., 1., 2., 3.]]))
    """
    rate = recording.sampling_rate
    first = round(query.start * rate)
    last = max(first + 1, round(query.stop * rate))
    if first >= recording.n_samples:
        raise ParameterError(
            f"page: {query.start!r} s is not allowed as its start; the recording is {recording.duration:g} s long."
        )
    leads = choose_leads(recording, query.montage, mapping)
    inside = query.filters.apply(leads.apply(recording)).read_samples(first, min(last, recording.n_samples))
    signal = np.full((len(leads.labels), last - first), np.nan, np.float32)
    signal[:, : inside.shape[1]] = inside
    is_wide = last - first <= _MOST_SAMPLES_PER_COLUMN * query.columns
    shown = signal if is_wide else reduce_to_envelope(signal, query.columns)
    data, scale = quantise(shown)
    span = (first / rate, last / rate)
    header = SignalHeader(
        start=span[0],
        stop=span[1],
        n_columns=data.shape[1],
        kind="samples" if is_wide else "envelope",
        leads=leads.labels,
        hemispheres=leads.hemispheres,
        scale=tuple(scale.tolist()),
        gaps=intersect_spans(recording.gaps, [span]),
        artefacts=find_page_artefacts(recording, span, leads),
        filters=query.filters.fit(rate),
    )
    return SignalPage(header, data)


def reduce_to_envelope(signal: Signal, n_columns: int) -> Signal:
    """Return the lowest and the highest sample of each column; every sample is in exactly one.

    Parameters
    ----------
    signal : ndarray of float32, shape (n_leads, n_samples)
        With at least as many samples as columns. NaN is no signal.
    n_columns : int

    Returns
    -------
    ndarray of float32, shape (n_leads, n_columns, 2)
        NaN in columns without any signal.

    Examples
    --------
    >>> reduce_to_envelope(np.array([[1, 2, 3, 4, 5]], np.float32), 2)
    array([[[1., 2.],
            [3., 5.]]], dtype=float32)
    """
    edges = np.arange(n_columns) * signal.shape[1] // n_columns
    envelope = np.empty((len(signal), n_columns, 2), np.float32)
    np.fmin.reduceat(signal, edges, axis=1, out=envelope[..., 0])
    np.fmax.reduceat(signal, edges, axis=1, out=envelope[..., 1])
    return envelope


def quantise(signal: Signal) -> tuple[NDArray[np.int16], NDArray[np.float64]]:
    """Return a signal in 16 bits, and the µV of one unit of each lead.

    The largest value of a lead is 32767 units, so that nothing is rounded by more than 1/65534 of it.

    Parameters
    ----------
    signal : ndarray of float32, shape (n_leads, ...)
        NaN is no signal.

    Examples
    --------
    >>> quantise(np.array([[-32767.0, np.nan]], np.float32))
    (array([[-32767, -32768]], dtype=int16), array([1.]))
    """
    rows: NDArray[Any] = signal.reshape(len(signal), -1)
    peak = np.nan_to_num(np.fmax.reduce(np.abs(rows), axis=1, initial=0.0)).astype(np.float64)
    scale = np.where(peak > 0, np.maximum(peak, _SMALLEST_PEAK) / 32767, 1.0)
    units = np.rint(rows / scale[:, None].astype(np.float32))
    units[np.isnan(units)] = NO_SIGNAL
    return units.astype(np.int16).reshape(signal.shape), scale
