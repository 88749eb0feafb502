"""Where leads stand, and that no peak is lost between pixels."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from ictal.core.montage import MONTAGES
from ictal.plots.chains import group_leads
from ictal.plots.trace_rows import place_rows, row_spacing, thin_out


@pytest.mark.parametrize("n_leads", [1, 18, 64])
def test_rows_fall_and_lie_inside_the_whole(n_leads: int) -> None:
    labels = [f"EEG{i}" for i in range(n_leads)] if n_leads != 18 else MONTAGES["double-banana"].labels
    heights, depth, _ = place_rows(group_leads(labels))
    placed = [heights[row] for chain in group_leads(labels) for row in chain.rows]
    assert (np.diff(placed) <= -row_spacing(n_leads) + 1e-9).all()
    assert 0.0 > placed[0] > placed[-1] - 1e-9 > -depth


@given(
    st.lists(st.floats(min_value=-1e4, max_value=1e4, width=32), min_size=1, max_size=400),
    st.integers(min_value=1, max_value=50),
)
def test_thinning_keeps_every_extreme(values: list[float], n_bins: int) -> None:
    data = np.array(values)
    indices, kept = thin_out(data, n_bins)
    assert len(kept) <= max(len(data), 2 * n_bins)
    assert kept.max() == data.max()
    assert kept.min() == data.min()
    assert (np.diff(indices) >= 0).all()
    assert indices[0] == 0
    assert indices[-1] == len(data) - 1


def test_thinning_passes_over_what_is_not_a_number_but_keeps_gaps() -> None:
    data = np.r_[np.zeros(100), np.full(100, np.nan), np.ones(99), np.nan]
    _, kept = thin_out(data, 3)
    assert_allclose(kept, [0.0, 0.0, np.nan, np.nan, 1.0, 1.0])
