"""Patches of cortex that are active together, and what the electrodes see of them."""

from __future__ import annotations

import functools
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.head import CHANNELS, below, cortex, radial_fields

Floats = NDArray[np.float64]


def patch(place: Floats, width: float) -> tuple[Floats, Floats]:
    """Return the distance of each point of a patch of cortex from its middle, and the field of each point.

    Fields are weighted by a Gaussian of the distance and add up to 1 at the electrode that sees most; cortex whose
    surface is negative is seen with their opposite.

    Parameters
    ----------
    place : ndarray, shape (3,)
        Metres; the middle, such as :func:`~ictal.simulation.head.below` gives.
    width : float
        Standard deviation in metres.

    Returns
    -------
    distance, fields : ndarray, shapes (n_points,) and (19, n_points)

    Examples
    --------
    >>> from ictal.simulation.head import below
    >>> distance, fields = patch(below("T7"), 0.02)
    >>> bool(distance.max() < 0.05), float(fields.sum(axis=1).max().round(3))
    (True, 1.0)
    """
    distance = np.linalg.norm(cortex() - place, axis=1)
    near = distance < 2.5 * width
    fields = radial_fields()[:, near] * np.exp(-0.5 * (distance[near] / width) ** 2)
    return distance[near], fields / np.abs(fields.sum(axis=1)).max()


def field_over(electrodes: Iterable[str], width: float) -> Floats:
    """Return what the electrodes see of patches under some of them that are active together, 1 where most.

    Parameters
    ----------
    electrodes : iterable of str
        Canonical names.
    width : float
        Standard deviation of each patch in metres.

    Returns
    -------
    ndarray, shape (19,)

    Examples
    --------
    >>> channels_seeing(field_over(["F3", "F4"], 0.022))
    ('F3-Avg', 'Fz-Avg', 'F4-Avg')
    """
    field: Floats = np.sum([_field_of_patch(name, width) for name in electrodes], axis=0)
    strongest: float = np.abs(field).max()
    return field / strongest


@functools.cache
def _field_of_patch(electrode: str, width: float) -> Floats:
    """Return what the electrodes see of one patch, all of it active alike, shape (19,)."""
    field: Floats = patch(below(electrode), width)[1].sum(axis=1)
    return field


def channels_seeing(field: Floats, share: float = 0.5) -> tuple[str, ...]:
    """Return the labels of the channels that see at least a share of what the best one sees, in the same polarity.

    Parameters
    ----------
    field : ndarray, shape (19,)
    share : float
        0 to 1.

    Examples
    --------
    >>> from ictal.simulation.head import below
    >>> channels_seeing(patch(below("C3"), 0.022)[1].sum(axis=1))
    ('C3-Avg',)
    """
    seen = field / field[np.abs(field).argmax()]
    return tuple(label for label, strength in zip(CHANNELS, seen, strict=True) if strength >= share)
