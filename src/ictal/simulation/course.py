"""How a seizure goes: which cortex joins when, how fast it discharges, and what becomes of the background."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.core.spans import Span
from ictal.core.tables import load_attribute
from ictal.simulation.regions import Region, mixing
from ictal.simulation.seizure import KINDS, Seizure
from ictal.simulation.tracks import Track

Floats = NDArray[np.float64]

Render = Callable[[float, np.random.Generator], Floats]
"""Makes what the 19 electrodes see at a sampling rate in Hz, shape (19, n_samples)."""

_AT_ONCE = 1.0
"""Seconds within which all regions join in a generalised onset."""


@dataclass(frozen=True, eq=False, slots=True)
class Course:
    """One seizure, as its kind makes it. All seconds are counted from its onset.

    Parameters
    ----------
    regions : tuple of Region
        The cortex that takes part.
    frequency : Track
        Hz of its main rhythm.
    background : Track
        Share of the background that is left.
    full : (start, stop)
        Seconds between which it is as high as it gets.
    discharge : Render
        From its onset to its stop, on any scale.
    aftermath : Render, optional
        The slowing from its stop on over its postictal time, with a root mean square near 1 where and when it is
        largest; ``None`` where it leaves none.
    """

    regions: tuple[Region, ...]
    frequency: Track
    background: Track
    full: Span
    discharge: Render
    aftermath: Render | None = None


def course_of(seizure: Seizure) -> Course:
    """Return how a seizure goes.

    Examples
    --------
    >>> course_of(Seizure(10.0, 12.0, kind="absence")).frequency.values.round(1)
    array([3.6, 2.6])
    """
    course: Course = load_attribute(KINDS[seizure.kind].course)(seizure)
    return course


def involved(seizure: Seizure) -> tuple[tuple[str, float], ...]:
    """Return above which cortex a seizure is, and since when: each electrode with its second after the onset.

    Examples
    --------
    >>> involved(Seizure(0.0, 60.0, focus="T7", crossing=1.0))[0]
    ('T7', 0.0)
    """
    starts: dict[str, float] = {}
    for region in course_of(seizure).regions:
        if region.start < seizure.duration:
            starts[region.electrode] = min(region.start, starts.get(region.electrode, np.inf))
    return tuple(sorted(starts.items(), key=lambda joined: joined[1]))


def onset_electrodes(seizure: Seizure) -> tuple[str, ...]:
    """Return the electrodes that see at least half of what the best one sees of the onset, all if it is generalised.

    Examples
    --------
    >>> onset_electrodes(Seizure(0.0, 60.0, focus="C3"))
    ('C3',)
    """
    regions = [region for region in course_of(seizure).regions if region.start <= _AT_ONCE]
    if len(regions) == len(SCALP_19):
        return SCALP_19
    first = np.abs(mixing([region for region in regions if region.start == 0]).sum(axis=1))
    return tuple(name for name, strength in zip(SCALP_19, first, strict=True) if strength >= 0.5 * first.max())
