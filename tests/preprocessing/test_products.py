"""Products by rows of 64 are the products."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.preprocessing.products import multiply_columns, multiply_rows


@pytest.mark.parametrize("n_rows", [0, 1, 63, 64, 65, 200])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_any_number_of_rows(n_rows: int, dtype: type) -> None:
    rng = np.random.default_rng(n_rows)
    rows, matrix = rng.standard_normal((n_rows, 7)).astype(dtype), rng.standard_normal((7, 3)).astype(dtype)
    product = multiply_rows(rows, matrix)
    assert product.dtype == dtype
    np.testing.assert_allclose(product, np.einsum("ij,jk->ik", rows, matrix), rtol=1e-5, atol=1e-5)


def test_rows_in_reverse() -> None:
    rows = np.random.default_rng(0).standard_normal((150, 4))
    np.testing.assert_allclose(multiply_rows(rows[::-1], np.eye(4)), rows[::-1])


@pytest.mark.parametrize("n_columns", [0, 1, 511, 512, 513, 1500])
def test_any_number_of_columns(n_columns: int) -> None:
    rng = np.random.default_rng(n_columns)
    matrix, columns = rng.standard_normal((3, 7)), rng.standard_normal((7, 2 * n_columns))[:, ::2]
    np.testing.assert_allclose(
        multiply_columns(matrix, columns), np.einsum("ij,jk->ik", matrix, columns), rtol=1e-9, atol=1e-9
    )
