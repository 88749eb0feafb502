"""The cortex of a seizure: nineteen regions, one under each electrode, that join one after the other."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19
from ictal.simulation.head import below
from ictal.simulation.patches import patch

Floats = NDArray[np.float64]

_WIDTH = 0.022
"""Standard deviation of a region in metres."""

_CONDUCTION_SPEED = 1.0
"""m/s at which one discharge travels over recruited cortex."""

_LEAST_GAIN = 0.1


@dataclass(frozen=True, slots=True)
class Region:
    """The cortex under an electrode, and its part in a seizure.

    Parameters
    ----------
    electrode : str
        Canonical name.
    start, stop : float
        Seconds after the onset between which it takes part.
    gain : float
        How strongly, 1 where the seizure begins.
    lag : float
        Seconds by which its discharges come after those of the place where the seizure begins.
    """

    electrode: str
    start: float = 0.0
    stop: float = np.inf
    gain: float = 1.0
    lag: float = 0.0


@functools.cache
def region_fields() -> Floats:
    """Return what the electrodes see of the negative surface of each region, -1 where most, shape (19, 19)."""
    return -np.column_stack([patch(below(name), _WIDTH)[1].sum(axis=1) for name in SCALP_19])


def spread(
    focus: str, speed: float, reach: float, start: float = 0.0, stop: float = np.inf, gain: float = 1.0
) -> tuple[Region, ...]:
    """Return the regions that a seizure recruits around a focus, on its side of the head, in the order of its spread.

    Parameters
    ----------
    focus : str
        Electrode above it.
    speed : float
        m/s at which cortex is recruited.
    reach : float
        Distance in metres over which the discharge becomes weaker, as the standard deviation of a Gaussian.
    start, stop : float
        Seconds after the onset of the seizure between which the focus takes part.
    gain : float
        Of the focus.

    Examples
    --------
    >>> [(region.electrode, round(region.start, 1)) for region in spread("T7", speed=0.008, reach=0.025)]
    [('T7', 0.0), ('F7', 4.8), ('P7', 4.8), ('C3', 5.9)]
    """
    middle = below(focus)
    found = []
    for name in SCALP_19:
        place = below(name)
        distance = float(np.linalg.norm(place - middle))
        strength = float(np.exp(-0.5 * (distance / reach) ** 2))
        if strength >= _LEAST_GAIN and round(place[0] * middle[0], 9) >= 0:
            lag = distance / _CONDUCTION_SPEED
            found.append(Region(name, start + distance / speed, stop, gain * strength, lag))
    return tuple(sorted(found, key=lambda region: region.start))


def mirrored(electrode: str) -> str:
    """Return the electrode at the same place of the other hemisphere, itself on the midline.

    Examples
    --------
    >>> mirrored("F7"), mirrored("Cz")
    ('F8', 'Cz')
    """
    other = below(electrode) * [-1.0, 1.0, 1.0]
    return min(SCALP_19, key=lambda name: float(np.linalg.norm(below(name) - other)))


def everywhere(middle: str, speed: float, reach: float, floor: float, conduction: float = 5.0) -> tuple[Region, ...]:
    """Return all regions, those around one electrode first and strongest.

    Parameters
    ----------
    middle : str
        Name of a place of the 10-10 system above the strongest cortex; need not be one of the 19.
    speed, conduction : float
        m/s at which cortex is recruited, and at which each discharge travels.
    reach : float
        Metres over which the discharge becomes weaker.
    floor : float
        Gain of regions far away.
    """
    distances = {name: float(np.linalg.norm(below(name) - below(middle))) for name in SCALP_19}
    nearest = min(distances.values())
    regions = []
    for name, distance in distances.items():
        gain = floor + (1 - floor) * float(np.exp(-0.5 * (distance / reach) ** 2))
        behind = distance - nearest
        regions.append(Region(name, behind / speed, gain=gain, lag=behind / conduction))
    return tuple(sorted(regions, key=lambda region: region.start))


def mixing(regions: Sequence[Region]) -> Floats:
    """Return what the electrodes see of each region, shape (19, n_regions)."""
    columns = [SCALP_19.index(region.electrode) for region in regions]
    seen: Floats = region_fields()[:, columns] * [region.gain for region in regions]
    return seen


def recruitment(regions: Sequence[Region], times: Floats, seconds: float) -> Floats:
    """Return how far each region has joined, 0 before its start and `seconds` later 1, and 0 again after its stop.

    Parameters
    ----------
    regions : sequence of Region
        Those that start with the seizure have joined at once.
    times : ndarray, shape (n_samples,)
        Seconds after the onset.
    seconds : float
        Above 0.

    Returns
    -------
    ndarray, shape (n_regions, n_samples)
    """
    start = np.array([[region.start if region.start > 0 else -seconds] for region in regions])
    stop = np.array([[region.stop] for region in regions])
    joined: Floats = np.clip((times - start) / seconds, 0.0, 1.0) * np.clip((stop - times) / seconds + 1.0, 0.0, 1.0)
    return joined
