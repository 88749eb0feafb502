"""Windows on the time axis."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.windows import WindowGrid


@pytest.mark.parametrize(("duration", "expected"), [(3.9, 0), (4.0, 1), (4.9, 1), (5.0, 2), (3600.0, 3597)])
def test_only_whole_windows_count(duration: float, expected: int) -> None:
    assert WindowGrid(4.0, 1.0).n_windows(duration) == expected


def test_steps_that_are_no_binary_fraction_lose_no_window() -> None:
    grid = WindowGrid(0.3, 0.1)
    assert grid.n_windows(1.0) == 8
    np.testing.assert_allclose(grid.starts(1.0)[-1], 0.7)


def test_a_step_that_skips_time_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"window step: 5.0 s.*4.0 s"):
        WindowGrid(4.0, 5.0)
