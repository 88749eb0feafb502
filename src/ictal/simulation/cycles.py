"""Rhythms that do not evolve: cycle after cycle of one length, at one place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.core.spans import Span
from ictal.simulation.layers import Transient
from ictal.simulation.noise import narrow_power, shaped_noise

Floats = NDArray[np.float64]

_PIECE_SECONDS = 20.0
_OWN_SWELL = 0.1
_SWELLS_PER_CYCLE = 0.1


@dataclass(frozen=True, slots=True)
class Contour:
    """The shape of a cycle.

    Parameters
    ----------
    harmonic : float
        Height of twice the frequency, as a share of the rhythm's.
    lead : float
        Its phase in radians at the peak: 0 makes peaks pointed and troughs round, as arches; π the reverse, and notches
        the peak from a share of 0.25 on; between them one flank is steeper than the other.

    Examples
    --------
    >>> Contour(0.3, 0.0).course(np.array([0.0, 0.5, 1.0])).round(2)
    array([ 1.  , -0.54,  1.  ])
    """

    harmonic: float = 0.0
    lead: float = 0.0

    def course(self, cycles: Floats) -> Floats:
        """Return the shape at times counted in cycles: a peak near each whole number, 1 where it is farthest from 0."""
        return self._sum(cycles) / float(np.abs(self._sum(np.linspace(0.0, 1.0, 101))).max())

    def _sum(self, cycles: Floats) -> Floats:
        angle = 2 * np.pi * cycles
        summed: Floats = np.cos(angle) + self.harmonic * np.cos(2 * angle + self.lead)
        return summed


SINE = Contour()


@dataclass(frozen=True, eq=False, slots=True)
class Rhythm:
    """Cycles of some patches of cortex.

    Parameters
    ----------
    peaks : ndarray, shape (n_cycles,)
        Seconds, growing.
    heights : ndarray, shape (n_sources, n_cycles)
        Of each cycle; between peaks they change evenly, beyond the first and the last there is nothing.
    lags : ndarray, shape (n_sources,)
        Seconds that each source is late.
    contour : Contour
    """

    peaks: Floats
    heights: Floats
    lags: Floats
    contour: Contour = SINE

    @property
    def span(self) -> Span:
        """The first and the last peak of the first source, in seconds."""
        return float(self.peaks[0]), float(self.peaks[-1])

    def read(self, first: int, last: int, sampling_rate: float) -> Floats:
        """Return samples ``[first, last)`` of all sources, shape (n_sources, last - first)."""
        times = np.arange(first, last) / sampling_rate
        numbers = np.arange(len(self.peaks), dtype=np.float64)
        rows = []
        for heights, lag in zip(self.heights, self.lags, strict=True):
            gain = np.interp(times - lag, self.peaks, heights, left=0.0, right=0.0)
            rows.append(gain * self.contour.course(np.interp(times - lag, self.peaks, numbers)))
        return np.array(rows)

    def transients(self, fields: Floats, sampling_rate: float) -> Iterator[Transient]:
        """Yield the rhythm in pieces that are made when they are needed.

        Parameters
        ----------
        fields : ndarray, shape (19, n_sources)
            µV that a height of 1 gives each electrode.
        sampling_rate : float
            Hz.
        """
        start, stop = self.span
        end = int(np.ceil((stop + self.lags.max()) * sampling_rate))
        piece = round(_PIECE_SECONDS * sampling_rate)
        for first in range(int(start * sampling_rate), end, piece):
            length = min(piece, end - first)
            yield Transient(first, length, partial(seen, self, fields, first, length, sampling_rate))


def seen(rhythm: Rhythm, fields: Floats, first: int, length: int, sampling_rate: float) -> Floats:
    """Return what the electrodes see of a rhythm from a sample on, shape (19, length)."""
    course: Floats = fields @ rhythm.read(first, first + length, sampling_rate)
    return course


def steady_times(span: Span, frequency: float, jitter: float, rng: np.random.Generator) -> Floats:
    """Return times of one frequency from the first to the last: each is late or early by itself, none moves the next.

    Parameters
    ----------
    span : (start, stop)
        Seconds.
    frequency : float
        Hz.
    jitter : float
        Standard deviation as a share of the interval, below 0.2; no time is off by more than three of them.

    Returns
    -------
    ndarray
        Seconds, growing, inside the span.

    Examples
    --------
    >>> steady_times((10.0, 12.0), 2.0, 0.0, np.random.default_rng(0))
    array([10.25, 10.75, 11.25, 11.75])
    """
    start, stop = span
    count = int((stop - start) * frequency)
    off = np.clip(jitter * rng.standard_normal(count), -min(3 * jitter, 0.45), min(3 * jitter, 0.45))
    times: Floats = start + (np.arange(count) + 0.5 + off) / frequency
    return times


def steady_rhythm(
    span: Span,
    frequency: float,
    lags: Floats,
    contour: Contour,
    rng: np.random.Generator,
    *,
    jitter: float = 0.05,
    swell: float = 0.15,
) -> Rhythm:
    """Return a rhythm that keeps its frequency and its place, and swells and ebbs from one cycle to the next.

    Parameters
    ----------
    span : (start, stop)
        Seconds, of at least four cycles.
    frequency : float
        Hz.
    lags : ndarray, shape (n_sources,)
        Seconds.
    contour : Contour
    rng : numpy.random.Generator
    jitter : float
        As in :func:`steady_times`.
    swell : float
        Standard deviation of the logarithm of the height of cycles.

    Examples
    --------
    >>> rhythm = steady_rhythm((5.0, 15.0), 6.0, np.zeros(2), Contour(), np.random.default_rng(0))
    >>> rhythm.heights.shape
    (2, 60)
    """
    peaks = steady_times(span, frequency, jitter, rng)
    swells = shaped_noise(1 + len(lags), len(peaks), 1.0, narrow_power(0.0, _SWELLS_PER_CYCLE), rng)
    number = np.arange(len(peaks))
    ramp = np.clip(np.minimum(number, number[::-1]) / min(3.0, len(peaks) / 4), 0.0, 1.0)
    heights = ramp * np.exp(swell * swells[0] + _OWN_SWELL * swells[1:])
    return Rhythm(peaks, heights, lags, contour)
