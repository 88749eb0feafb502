"""Sources outside the brain, and how all electrodes see them at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.core.events import Event
from ictal.simulation.layers import Layer
from ictal.simulation.leadfield import SHELL_RADII, homogeneous_leadfield
from ictal.simulation.patches import channels_seeing
from ictal.simulation.scene import Scene

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class ProjectedLayer:
    """What a few sources do, seen by all electrodes.

    Parameters
    ----------
    fields : ndarray, shape (n_channels, n_sources)
        µV at each channel of a source of strength 1.
    sources : Layer
        Makes the sources, as other layers make the channels.
    """

    fields: Floats
    sources: Layer

    def apply(self, signal: Floats, first: int) -> None:
        courses = np.zeros((self.fields.shape[1], signal.shape[1]))
        self.sources.apply(courses, first)
        for field, course in zip(self.fields.T, courses, strict=True):
            if course.any():
                signal += np.outer(field, course)


def place_in_head(azimuth: float, elevation: float, depth: float) -> Floats:
    """Return a place in the head in metres, shape (3,).

    Parameters
    ----------
    azimuth, elevation : float
        Degrees from straight ahead, to the right and up.
    depth : float
        Distance from the middle of the head, as a share of the radius of the scalp.

    Examples
    --------
    >>> place_in_head(90.0, 0.0, 1.0).round(3)
    array([0.085, 0.   , 0.   ])
    """
    turn, rise = np.deg2rad(azimuth), np.deg2rad(elevation)
    forwards = np.array([np.sin(turn) * np.cos(rise), np.cos(turn) * np.cos(rise), np.sin(rise)])
    return depth * SHELL_RADII[-1] * forwards


def soft_fields(places: ArrayLike, moments: ArrayLike) -> Floats:
    """Return the fields of dipoles outside the skull, against the average of the electrodes.

    Parameters
    ----------
    places, moments : array-like, shape (n_dipoles, 3)
        Metres inside the head, and nA·m.

    Returns
    -------
    ndarray, shape (19, n_dipoles)
        µV.

    Examples
    --------
    >>> field = soft_fields([place_in_head(0.0, 0.0, 0.8)], [[0.0, 1.0, 0.0]])[:, 0]
    >>> SCALP_19[field.argmax()], bool(abs(field.mean()) < 1e-9)
    ('Fp1', True)
    """
    directions = np.atleast_2d(np.asarray(moments, dtype=np.float64))
    fields = np.einsum("epk,pk->ep", homogeneous_leadfield(electrode_directions(), places), directions)
    referenced: Floats = fields - fields.mean(axis=0)
    return referenced


def electrode_directions() -> Floats:
    """Return where the 19 electrodes are on the unit sphere, shape (19, 3)."""
    return np.array([Electrode(name).position for name in SCALP_19])


def nearness(place: ArrayLike, width: float) -> Floats:
    """Return how near each electrode is to a direction, 1 there and falling as a Gaussian of the angle, shape (19,).

    Parameters
    ----------
    place : array-like, shape (3,)
        On the unit sphere.
    width : float
        Standard deviation in degrees; 0 for one electrode alone.

    Examples
    --------
    >>> nearness(Electrode("Cz").position, 30.0)[[SCALP_19.index("Cz"), SCALP_19.index("Fz")]].round(2)
    array([1.  , 0.32])
    """
    angles = np.rad2deg(np.arccos(np.clip(electrode_directions() @ np.asarray(place, dtype=np.float64), -1.0, 1.0)))
    near: Floats = np.exp(-0.5 * (angles / max(width, 0.1)) ** 2)
    return near


def planted(scene: Scene, kind: str, onset: float, duration: float, field: Floats) -> Event:
    """Return the event that is true because of a planted source, up to the end of the recording.

    Parameters
    ----------
    scene : Scene
    kind : str
        Type of the event.
    onset, duration : float
        Seconds.
    field : ndarray, shape (19,) or (19, n_sources)
        How it is seen; the event names the channels that see at least half of what the best one sees.
    """
    strength = np.sqrt((field.reshape(len(SCALP_19), -1) ** 2).sum(axis=1))
    return Event(onset, min(onset + duration, scene.duration) - onset, kind, channels=channels_seeing(strength))
