"""Matrix products that stay in the thread that asks for them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROWS = 64


def multiply_rows(rows: NDArray[Any], matrix: NDArray[Any]) -> NDArray[Any]:
    """Return ``rows @ matrix``, computed 64 rows at a time.

    The threads of a BLAS wait for each other at the end of every product; on a machine that has other work to do, that
    waiting was seen to cost ten times the product itself. Products of this size are left to one thread, and are
    faster there than one large product.

    Parameters
    ----------
    rows : ndarray, shape (n_rows, n)
    matrix : ndarray, shape (n, m)

    Returns
    -------
    ndarray, shape (n_rows, m)

    Examples
    --------
    >>> multiply_rows(np.ones((100, 3)), np.ones((3, 2))).shape
    (100, 2)
    """
    whole = len(rows) // _ROWS * _ROWS
    product = np.empty((len(rows), matrix.shape[1]), np.result_type(rows, matrix))
    stacked = rows[:whole].reshape(-1, _ROWS, rows.shape[1])
    np.matmul(stacked, matrix, out=product[:whole].reshape(-1, _ROWS, matrix.shape[1]))
    np.matmul(rows[whole:], matrix, out=product[whole:])
    return product
