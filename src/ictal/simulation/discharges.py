"""Epileptiform discharges: a few phases of either polarity, as some patches of cortex make them."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.layers import Transient

Floats = NDArray[np.float64]

_RISE, _FALL = 0.16, 0.24
"""Standard deviation of either side of a phase as a share of its width: up more steeply than down."""

_REACH = 3.5


def discharge_course(times: Floats, phases: Floats) -> Floats:
    """Return the course of discharges that are made of bell-shaped phases.

    Parameters
    ----------
    times : ndarray, shape (n_samples,)
        Seconds from the main peak.
    phases : ndarray, shape (..., n_phases, 3)
        Of each phase the delay of its peak and its width from base to base in seconds, and its height.

    Returns
    -------
    ndarray, shape (..., n_samples)

    Examples
    --------
    >>> spike_and_wave = np.array([[0.0, 0.06, -1.0], [0.2, 0.3, -0.5]])
    >>> discharge_course(np.array([-0.1, 0.0, 0.2]), spike_and_wave).round(2) + 0.0
    array([ 0. , -1. , -0.5])
    """
    delays, widths, heights = np.moveaxis(phases[..., np.newaxis, :], -1, 0)
    away = (times - delays) / widths
    away /= np.where(away < 0, _RISE, _FALL)
    course: Floats = (heights * np.exp(-0.5 * away**2)).sum(axis=-2)
    return course


def varied(phases: Floats, count: int, rng: np.random.Generator, spread: float = 0.2) -> Floats:
    """Return discharges of one morphology that differ as those of one patient do.

    Parameters
    ----------
    phases : ndarray, shape (n_sources, n_phases, 3)
        As :func:`discharge_course` takes them.
    count : int
    rng : numpy.random.Generator
    spread : float
        Standard deviation of the logarithm of the height of a whole discharge; each phase varies by half of it, times
        and widths by a tenth.

    Returns
    -------
    ndarray, shape (count, n_sources, n_phases, 3)

    Examples
    --------
    >>> varied(np.ones((2, 4, 3)), 5, np.random.default_rng(0)).shape
    (5, 2, 4, 3)
    """
    own = rng.standard_normal((count, 1, phases.shape[1], 3)) * [0.1, 0.1, 0.5 * spread]
    whole = rng.standard_normal((count, 1, 1)) * spread
    many = np.repeat(phases[np.newaxis], count, axis=0)
    many[..., 0] *= 1 + own[..., 0]
    many[..., 1] *= np.exp(own[..., 1])
    many[..., 2] *= np.exp(own[..., 2] + whole)
    return many


def extent(phases: Floats) -> tuple[float, float]:
    """Return when a discharge begins and ends, in seconds from its main peak.

    Examples
    --------
    >>> extent(np.array([[0.0, 0.05, -1.0], [0.25, 0.25, -0.5]]))
    (-0.02, 0.4)
    """
    delays, widths = phases[..., 0], phases[..., 1]
    share = _RISE / (_RISE + _FALL)
    return float((delays - share * widths).min()), float((delays + (1 - share) * widths).max())


def discharge_transient(peak: float, fields: Floats, phases: Floats, sampling_rate: float) -> Transient:
    """Return a discharge, made when it is needed.

    Parameters
    ----------
    peak : float
        Seconds; when the main phase of a source without delay peaks.
    fields : ndarray, shape (19, n_sources)
        µV that a height of 1 gives each electrode.
    phases : ndarray, shape (n_sources, n_phases, 3)
        As :func:`discharge_course` takes them.
    sampling_rate : float
        Hz.
    """
    reach = _REACH * phases[..., 1]
    begin, end = (phases[..., 0] - _RISE * reach).min(), (phases[..., 0] + _FALL * reach).max()
    first = int(np.floor((peak + begin) * sampling_rate))
    length = int(np.ceil((peak + end) * sampling_rate)) - first
    make = partial(discharge, first / sampling_rate - peak, length, fields, phases, sampling_rate)
    return Transient(first, length, make)


def discharge(start: float, length: int, fields: Floats, phases: Floats, sampling_rate: float) -> Floats:
    """Return what the electrodes see of a discharge, from `start` seconds after its peak on, shape (19, length)."""
    times = start + np.arange(length) / sampling_rate
    seen: Floats = fields @ discharge_course(times, phases)
    return seen
