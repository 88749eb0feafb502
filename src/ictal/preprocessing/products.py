"""Matrix products that stay in the thread that asks for them.

The threads of a BLAS wait for each other at the end of every product; on a machine that has other work to do, that
waiting was seen to cost ten times the product itself. Products of a small size are left to one thread, and many of them
are faster there than one large product.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

_ROWS = 64
_COLUMNS = 512


def multiply_rows(rows: NDArray[Any], matrix: NDArray[Any]) -> NDArray[Any]:
    """Return ``rows @ matrix``, computed 64 rows at a time.

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


def multiply_columns(matrix: NDArray[Any], columns: NDArray[Any]) -> NDArray[Any]:
    """Return ``matrix @ columns``, computed 512 columns at a time.

    Parameters
    ----------
    matrix : ndarray, shape (m, n)
    columns : ndarray, shape (n, n_columns)

    Returns
    -------
    ndarray, shape (m, n_columns)

    Examples
    --------
    >>> multiply_columns(np.ones((2, 3)), np.ones((3, 1000))).shape
    (2, 1000)
    """
    whole = columns.shape[1] // _COLUMNS * _COLUMNS
    product = np.empty((len(matrix), columns.shape[1]), np.result_type(matrix, columns))
    stacked, stacked_product = (
        each[:, :whole].reshape(len(each), -1, _COLUMNS).transpose(1, 0, 2) for each in (columns, product)
    )
    np.matmul(matrix, stacked, out=stacked_product)
    np.matmul(matrix, columns[:, whole:], out=product[:, whole:])
    return product
