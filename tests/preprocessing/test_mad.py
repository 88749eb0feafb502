"""Robust scaling against the reference numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from ictal.core.recording import Recording
from ictal.preprocessing.mad import Mad
from ictal.preprocessing.statistics import find_median_and_mad

Oracle = dict[str, NDArray[np.float64]]


@pytest.mark.parametrize(("normal", "name"), [(False, "mad_normalised"), (True, "mad_normalised_1p4826")])
def test_reference_numbers(
    recording: Recording, oracle: Oracle, assert_close: Callable[..., None], normal: bool, name: str
) -> None:
    assert_close(Mad(normal=normal).apply(recording).read(), oracle[name])


def test_median_and_deviation(recording: Recording, oracle: Oracle) -> None:
    median, mad = find_median_and_mad(recording)
    np.testing.assert_allclose(median, oracle["median"], rtol=1e-6)
    np.testing.assert_allclose(mad, oracle["mad"], rtol=1e-6)
