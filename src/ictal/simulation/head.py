"""The phantom's head: where its cortex is, and what the 19 electrodes see of them.

Positions are in metres with x to the right, y to the front and z up. All fields are against the average of the
electrodes.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from ictal.core.electrodes import SCALP_19, Electrode
from ictal.simulation.leadfield import leadfield

Floats = NDArray[np.float64]

_OLD_NAMES = {"T7": "T3", "T8": "T4", "P7": "T5", "P8": "T6"}

CHANNELS = tuple(f"{_OLD_NAMES.get(name, name)}-Avg" for name in SCALP_19)
"""Labels of the channels, in the order of SCALP_19: each electrode against the average, as SzCORE spells them."""

_CORTEX_RADIUS = 0.062
_CORTEX_POINTS = 250
_LOWEST_CORTEX = -0.35
_TANGENTIAL_SHARE = 0.5

_PATCH_WIDTH = 0.05
"""Metres within which cortex is about as active."""


@functools.cache
def cortex() -> Floats:
    """Return evenly spread points below the skull, those under the ears left out, shape (n_points, 3)."""
    index = np.arange(_CORTEX_POINTS) + 0.5
    height = 1 - 2 * index / _CORTEX_POINTS
    turn = np.pi * (1 + np.sqrt(5)) * index
    ring = np.sqrt(1 - height**2)
    directions = np.column_stack([ring * np.cos(turn), ring * np.sin(turn), height])
    points: Floats = directions[height > _LOWEST_CORTEX] * _CORTEX_RADIUS
    return points


@functools.cache
def cortex_fields() -> Floats:
    """Return the fields of one nA·m at each point of the cortex in each direction, shape (19, n_points, 3)."""
    return _referenced(leadfield(_electrodes(), cortex()))


@functools.cache
def radial_fields() -> Floats:
    """Return the fields of outward dipoles at each point of the cortex, shape (19, n_points)."""
    outwards = cortex() / np.linalg.norm(cortex(), axis=1, keepdims=True)
    fields: Floats = np.einsum("epk,pk->ep", cortex_fields(), outwards)
    return fields


@functools.lru_cache(maxsize=16)
def background_mixing(patchiness: float = 0.0, topography: int = 0) -> Floats:
    """Return weights that give 18 independent sources the covariance of a cortex active everywhere.

    A sum over many independent dipoles of one spectrum is Gaussian and known by its covariance alone, so 18
    sources do for all of them, exactly. Scaled to a root mean square of 1 over the electrodes.

    Parameters
    ----------
    patchiness, topography
        As :func:`cortex_strengths` takes them.

    Returns
    -------
    ndarray, shape (19, 18)
    """
    strengths = cortex_strengths(patchiness, topography)
    radial, every = radial_fields() * strengths, cortex_fields() * strengths[:, np.newaxis]
    tangential = np.einsum("epk,fpk->ef", every, every)
    covariance = (1 - _TANGENTIAL_SHARE) * radial @ radial.T + _TANGENTIAL_SHARE * tangential
    # The electrodes add up to 0, so that the last one follows from the others.
    root = np.linalg.cholesky(covariance[:-1, :-1])
    mixing = np.vstack([root, -root.sum(axis=0)])
    scaled: Floats = mixing / np.sqrt((mixing**2).sum(axis=1).mean())
    return scaled


def cortex_strengths(patchiness: float, topography: int) -> Floats:
    """Return how active each point of the cortex is: no two brains are alike, and none is the same on either side.

    Parameters
    ----------
    patchiness : float
        Standard deviation of the logarithm of the strength; 0 makes all points equal.
    topography : int
        Seed of where it is more and where less.

    Returns
    -------
    ndarray, shape (n_points,)

    Examples
    --------
    >>> bool((cortex_strengths(0.0, topography=7) == 1.0).all())
    True
    """
    apart = np.linalg.norm(cortex()[:, np.newaxis] - cortex(), axis=2)
    near = np.exp(-0.5 * (apart / _PATCH_WIDTH) ** 2)
    smooth = near @ np.random.default_rng(topography).standard_normal(len(near)) / np.sqrt((near**2).sum(axis=1))
    strengths: Floats = np.exp(patchiness * smooth)
    return strengths


@functools.cache
def alpha_mixing() -> Floats:
    """Return how alpha is seen: a part common to both sides and a part of either side alone, 1 at O1 and O2.

    Returns
    -------
    ndarray, shape (19, 3)
        Columns: both sides, left, right; for sources of equal power.
    """
    sides = []
    for names in (("O1", "P3"), ("O2", "P4")):
        places = np.array([below(name, _CORTEX_RADIUS) for name in names])
        fields = np.einsum("epk,pk->ep", _referenced(leadfield(_electrodes(), places)), places)
        sides.append(fields @ [1.0, 0.4])
    left, right = sides
    columns = np.column_stack([0.8 * (left + right), 0.6 * left, 0.6 * right])
    occipital = [SCALP_19.index("O1"), SCALP_19.index("O2")]
    mixing: Floats = columns / np.sqrt((columns[occipital] ** 2).sum(axis=1).mean())
    return mixing


def below(electrode: str, radius: float = _CORTEX_RADIUS) -> Floats:
    """Return the place under an electrode at a distance from the centre, in metres, shape (3,)."""
    place: Floats = Electrode(electrode).position * radius
    return place


def _electrodes() -> Floats:
    return np.array([Electrode(name).position for name in SCALP_19])


def _referenced(fields: Floats) -> Floats:
    """Take the average over electrodes, the first axis, from each."""
    referenced: Floats = fields - fields.mean(axis=0)
    return referenced
