"""What all rules share; the table is walked in tests/contracts."""

from __future__ import annotations

import numpy as np
import pytest
from pydantic import ValidationError

from ictal.models.line_length import LineLengthConfig
from ictal.models.rule import logistic


def test_the_logistic_function_is_exact_and_never_overflows() -> None:
    values = np.array([-1e4, -2.0, 0.0, 2.0, 1e4])
    np.testing.assert_allclose(logistic(values), [0.0, 1 / (1 + np.exp(2.0)), 0.5, 1 / (1 + np.exp(-2.0)), 1.0])


def test_settings_are_frozen_and_unknown_ones_refused() -> None:
    with pytest.raises(ValidationError, match="n_tops"):
        LineLengthConfig(n_tops=3)  # type: ignore[call-arg]
    with pytest.raises(ValidationError, match="frozen"):
        LineLengthConfig().n_top = 3  # type: ignore[misc]
