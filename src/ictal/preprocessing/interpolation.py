"""Spherical splines: what an electrode that is not there would have seen, and the surface Laplacian.

Perrin, Pernier, Bertrand and Echallier, Spherical splines for scalp potential and current density mapping,
Electroencephalogr. Clin. Neurophysiol. 1989; corrigenda 1990.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError, check_positive

Matrix = NDArray[np.float64]

STIFFNESS = 4
N_LEGENDRE_TERMS = 50
SMOOTHING = 1e-5


def spline_kernel(cosines: ArrayLike, stiffness: int = STIFFNESS) -> Matrix:
    """Return g of the cosines of angles between electrodes (Perrin 1989, equation 3).

    The Laplacian of this kernel on the sphere is the kernel of stiffness one less, with the sign changed.

    Examples
    --------
    >>> spline_kernel([1.0, 0.0, -1.0]).round(5)
    array([ 0.01526, -0.00015, -0.01464])
    """
    order = np.arange(1, N_LEGENDRE_TERMS + 1, dtype=np.float64)
    factors = (2 * order + 1) / (order * (order + 1)) ** stiffness / (4 * np.pi)
    return np.asarray(np.polynomial.legendre.legval(np.asarray(cosines, dtype=np.float64), [0.0, *factors]))


def interpolation_weights(known: ArrayLike, wanted: ArrayLike) -> Matrix:
    """Return how potentials at some places follow from those at others.

    Parameters
    ----------
    known, wanted : array-like, shape (n_places, 3)
        Positions; only their directions from the centre of the head count.

    Returns
    -------
    ndarray, shape (n_wanted, n_known)
        Each row adds up to one, so the reference of the potentials does not matter.

    Examples
    --------
    >>> corners = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]
    >>> interpolation_weights(corners, [[0, 0, 1]]).round(6)
    array([[0.25, 0.25, 0.25, 0.25]])
    """
    sources, targets = _directions(known), _directions(wanted)
    n_known = len(sources)
    system = np.zeros((n_known + 1, n_known + 1))
    system[:n_known, :n_known] = spline_kernel(sources @ sources.T) + SMOOTHING * np.eye(n_known)
    system[n_known, :n_known] = system[:n_known, n_known] = 1.0
    evaluation = np.hstack([spline_kernel(targets @ sources.T), np.ones((len(targets), 1))])
    return np.asarray((evaluation @ np.linalg.pinv(system))[:, :n_known])


def laplacian_weights(positions: ArrayLike, radius: float = 1.0) -> Matrix:
    """Return how the surface Laplacian (current source density) at electrodes follows from their potentials.

    Parameters
    ----------
    positions : array-like, shape (n_electrodes, 3)
        Only directions from the centre of the head count.
    radius : float
        Of the head. The result is in units of the potential per squared unit of the radius.

    Returns
    -------
    ndarray, shape (n_electrodes, n_electrodes)
        Each row adds up to zero, so the reference of the potentials does not matter.

    Examples
    --------
    >>> corners = [[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0]]
    >>> laplacian_weights(corners).sum(axis=1).round(9) + 0.0
    array([0., 0., 0., 0.])
    """
    check_positive("head radius", radius)
    places = _directions(positions)
    cosines = places @ places.T
    inverse = np.linalg.inv(spline_kernel(cosines) + SMOOTHING * np.eye(len(places)))
    column_sums = inverse.sum(axis=0)
    coefficients = inverse - np.outer(column_sums, column_sums) / column_sums.sum()
    return np.asarray(spline_kernel(cosines, STIFFNESS - 1) @ coefficients / radius**2)


def _directions(positions: ArrayLike) -> Matrix:
    places = np.atleast_2d(np.asarray(positions, dtype=np.float64))
    lengths = np.linalg.norm(places, axis=-1, keepdims=True)
    if places.shape[-1] != 3 or not (lengths > 0).all():
        raise ParameterError(f"positions: an array of shape {places.shape} came; allowed are (n, 3) away from 0.")
    directions: Matrix = places / lengths
    return directions
