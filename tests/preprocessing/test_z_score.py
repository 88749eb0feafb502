"""The z-score against the reference numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ictal.core.recording import Recording
from ictal.preprocessing.z_score import ZScore


def test_reference_numbers(
    recording: Recording, oracle: dict[str, NDArray[np.float64]], assert_close: Callable[..., None]
) -> None:
    assert_close(ZScore().apply(recording).read(), oracle["zscore"])


def test_gaps_do_not_count_and_constant_channels_are_zero() -> None:
    x = np.array([[1.0, 3.0, 9.0, 9.0, 5.0], [7.0, 7.0, 7.0, 7.0, 7.0]])
    scaled = ZScore().apply(Recording.from_array(x, 1.0, gaps=[(2.0, 4.0)])).read()
    expected = (np.array([1.0, 3.0, 5.0]) - 3.0) / np.std([1.0, 3.0, 5.0])
    np.testing.assert_allclose(scaled[0, [0, 1, 4]], expected, rtol=1e-6)
    np.testing.assert_array_equal(scaled[1, [0, 1, 4]], 0.0)
    assert np.isnan(scaled[:, 2:4]).all()
