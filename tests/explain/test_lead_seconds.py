"""Evidence in the seconds of leads."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.attribution import Attribution
from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.lead_seconds import gather_evidence, second_edges, share_inside

LEADS = ("F7-T7", "T7-P7", "T8-P8")


def make_stretch(seconds: float, start: float = 0.0) -> Stretch:
    signal = np.zeros((3, round(256 * seconds)), np.float32)
    return Stretch(signal, 256.0, start, LEADS, 256, 256, 1, slice(0, 2), (start, start + seconds))


@given(st.floats(1.0, 9.0), st.floats(0.2, 1.3), st.floats(0.0, 500.0))
def test_no_evidence_is_lost_whatever_the_columns(seconds: float, step: float, start: float) -> None:
    stretch = make_stretch(seconds, start)
    n_columns = int((stretch.stop - start) / step + 1e-9)
    if n_columns == 0:
        return
    values = np.random.default_rng(0).uniform(0.1, 1.0, (3, 2, n_columns))
    cells = gather_evidence(Attribution(values, start, step, LEADS, (2.0, 6.0)), stretch)
    assert cells.shape == (3, len(second_edges(stretch)) - 1)
    assert cells.sum() == pytest.approx(1.0)


def test_evidence_is_where_it_was() -> None:
    values = np.zeros((3, 1, 16))
    values[1, 0, 9] = 2.0
    cells = gather_evidence(Attribution(values, 10.0, 0.25, LEADS), make_stretch(4.0, 10.0))
    assert np.argwhere(cells).tolist() == [[1, 2]]


def test_what_speaks_against_is_no_evidence() -> None:
    cells = gather_evidence(Attribution([[[1.0, -5.0]]], 0.0, 1.0), make_stretch(2.0))
    assert cells.tolist() == [[1.0, 0.0]]


def test_other_leads_are_refused() -> None:
    with pytest.raises(ParameterError, match="the stretch has"):
        gather_evidence(Attribution([[[1.0]]], 0.0, 1.0, ("Fz-Cz",)), make_stretch(2.0))


def test_shares_of_intervals_add_up() -> None:
    assert share_inside([0.0, 2.0, 3.0], (1.0, 5.0)).tolist() == [0.5, 1.0]
    assert share_inside([0.0, 2.0], (5.0, 6.0)).tolist() == [0.0]
