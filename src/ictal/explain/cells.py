"""Places along an axis of what a network computes: where each begins and ends, and what it covers of another axis."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Values = NDArray[np.float64]


class Cells(NamedTuple):
    """Places along an axis, in samples of the signal or pixels of a picture.

    Attributes
    ----------
    first : float
        Where the first one begins.
    stride : float
        How long each is.
    """

    first: float = 0.0
    stride: float = 1.0

    def edges(self, n_cells: int) -> NDArray[np.float64]:
        """Return where so many of them begin and the last one ends, shape (n_cells + 1,)."""
        return np.asarray(self.first + self.stride * np.arange(n_cells + 1), dtype=np.float64)


def follow(*layers: tuple[int, int, int], scale: float = 1.0) -> Cells:
    """Return where the cells lie that layers leave, each of kernel, stride and how much is padded before.

    A cell is as long as the stride, around the middle of all that it sees.

    Examples
    --------
    >>> follow((2, 2, 0), (2, 2, 0)), follow((2, 2, 0), (4, 1, 0))
    (Cells(first=0.0, stride=4.0), Cells(first=3.0, stride=2.0))
    """
    first, stride = 0.0, 1.0
    for kernel, step, before in layers:
        middle = first + stride * (kernel / 2 - before)
        stride *= step
        first = middle - stride / 2
    return Cells(first * scale, stride * scale)


def share_cells(edges: ArrayLike, borders: ArrayLike) -> Values:
    """Return the share of each cell of an axis in each column, shape (n_cells, n_columns); each row adds up to 1.

    Of a cell that reaches over the first or the last column the rest counts; one that lies outside is counted in the
    nearest.

    Parameters
    ----------
    edges : array-like, shape (n_cells + 1,)
        Where the cells begin and the last one ends, rising.
    borders : array-like, shape (n_columns + 1,)
        The same of the columns.

    Examples
    --------
    >>> share_cells([-1.0, 1.0, 4.0, 6.0], [0.0, 1.0, 2.0, 3.0]).round(2)
    array([[1. , 0. , 0. ],
           [0. , 0.5, 0.5],
           [0. , 0. , 1. ]])
    """
    cells, columns = np.asarray(edges, dtype=np.float64), np.asarray(borders, dtype=np.float64)
    inside = np.clip(cells, columns[0], columns[-1])
    shares = np.minimum.outer(inside[1:], columns[1:]) - np.maximum.outer(inside[:-1], columns[:-1])
    shares = np.maximum(shares, 0.0)
    outside = np.diff(inside) <= 0
    shares[outside & (cells[1:] <= columns[0]), 0] = 1.0
    shares[outside & (cells[:-1] >= columns[-1]), -1] = 1.0
    return np.asarray(shares / shares.sum(axis=1, keepdims=True))
