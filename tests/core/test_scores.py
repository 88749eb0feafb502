"""Scores hold their shape and their time axis."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.errors import ParameterError
from ictal.core.scores import Scores


def test_the_seizure_probability_adds_up_all_kinds() -> None:
    scores = Scores([[0.5, 0.2, 0.3], [np.nan] * 3], start=2.0, step=0.5, classes=("bckg", "sz_foc", "sz_gen"))
    np.testing.assert_allclose(scores.seizure, [0.5, np.nan])
    assert scores.analysed.tolist() == [True, False]
    assert scores.times.tolist() == [2.0, 2.5]


@pytest.mark.parametrize("shape", [(3,), (3, 1), (3, 3)])
def test_a_wrong_shape_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ParameterError, match="scores"):
        Scores(np.zeros(shape), start=0.0, step=1.0)
