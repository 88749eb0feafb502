"""Patches of cortex that are active together, and what the electrodes see of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ictal.simulation.head import CHANNELS, cortex, radial_fields

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


def channels_seeing(field: Floats, share: float = 0.5) -> tuple[str, ...]:
    """Return the labels of the channels that see at least a share of what the best one sees of a field.

    Parameters
    ----------
    field : ndarray, shape (19,)
        Of either polarity.
    share : float
        0 to 1.

    Examples
    --------
    >>> from ictal.simulation.head import below
    >>> channels_seeing(patch(below("C3"), 0.022)[1].sum(axis=1))
    ('C3-Avg',)
    """
    seen = np.abs(field)
    return tuple(label for label, strength in zip(CHANNELS, seen, strict=True) if strength >= share * seen.max())
