"""From what counted in each window to what counted in each column of a stretch: windows overlap, and are added up."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.cells import share_cells
from ictal.explain.spectrum import COLUMN, count_columns

Values = NDArray[np.float64]


def overlap_add(values: ArrayLike, edges: ArrayLike, stretch: Stretch) -> Values:
    """Return what counted in each column of a stretch; nothing is lost.

    Parameters
    ----------
    values : array-like, shape (n_windows, ..., n_cells)
        What counted in each cell of time of each window; of one only, where all of the stretch was looked at as one.
    edges : array-like, shape (n_cells + 1,)
        Where the cells begin and the last one ends, in seconds from the start of their window, rising.
    stretch : Stretch
        How windows follow one another.

    Returns
    -------
    ndarray, shape (..., n_columns)
        Each cell shared evenly among the columns that it covers.

    Raises
    ------
    ParameterError
        If there are more or fewer windows than in the stretch, or more or fewer cells than edges say.

    Examples
    --------
    >>> two = Stretch(np.zeros((1, 5)), 4.0, 0.0, ("Fz-Cz",), 4, 1, 1, slice(0, 2), (0.0, 1.0))
    >>> overlap_add([[4.0, 0.0], [0.0, 6.0]], [0.0, 0.5, 1.0], two)
    array([2., 2., 0., 3., 3.])
    """
    array, borders = np.asarray(values, dtype=np.float64), np.asarray(edges, dtype=np.float64)
    if len(array) not in (1, stretch.n_windows) or array.shape[-1] != len(borders) - 1:
        raise ParameterError(
            f"overlap-add: {len(array)} windows of {array.shape[-1]} cells came; allowed are {stretch.n_windows} of "
            f"{len(borders) - 1}."
        )
    n_columns = count_columns(stretch.signal.shape[1], stretch.sampling_rate)
    columns = COLUMN * np.arange(n_columns + 1)
    total = np.zeros((*array.shape[1:-1], n_columns))
    for number, window in enumerate(array):
        total += window @ share_cells(borders + number * stretch.hop / stretch.sampling_rate, columns)
    return total


def split_between(middles: ArrayLike, length: float) -> Values:
    """Return the edges of cells with known middles: halfway between them, and nowhere outside of the window.

    Parameters
    ----------
    middles : array-like, shape (n_cells,)
        Seconds from the start of the window, rising.
    length : float
        Seconds of the window.

    Examples
    --------
    >>> split_between([0.5, 0.75, 1.0], 4.0).tolist(), split_between([2.0], 4.0).tolist()
    ([0.375, 0.625, 0.875, 1.125], [0.0, 4.0])
    """
    seconds = np.asarray(middles, dtype=np.float64)
    if len(seconds) == 1:
        return np.array([0.0, length])
    halfway = (seconds[1:] + seconds[:-1]) / 2
    first, last = 2 * seconds[0] - halfway[0], 2 * seconds[-1] - halfway[-1]
    return np.concatenate([[max(first, 0.0)], halfway, [min(last, length)]])
