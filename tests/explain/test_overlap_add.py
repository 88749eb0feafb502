from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.detection.stretch import Stretch
from ictal.explain.overlap_add import overlap_add, split_between


def make_stretch(n_windows: int, hop: int, window: int = 100) -> Stretch:
    signal = np.zeros((2, window + (n_windows - 1) * hop), np.float32)
    return Stretch(signal, 100.0, 5.0, ("a", "b"), window, hop, 1, slice(0, n_windows), (5.0, 6.0))


@given(n_windows=st.integers(1, 4), hop=st.integers(1, 120), n_cells=st.integers(1, 30), seed=st.integers(0, 99))
def test_nothing_is_lost(n_windows: int, hop: int, n_cells: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(n_windows, 2, 3, n_cells))
    total = overlap_add(values, np.linspace(0.0, 1.0, n_cells + 1), make_stretch(n_windows, hop))
    np.testing.assert_allclose(total.sum(axis=-1), values.sum(axis=(0, 3)), atol=1e-9)


def test_a_cell_is_counted_when_its_window_has_it() -> None:
    values = np.zeros((3, 10))
    values[1, 4] = 1.0
    total = overlap_add(values, np.linspace(0.0, 1.0, 11), make_stretch(3, 60))
    assert total.tolist() == [0.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0]


def test_one_window_may_be_the_whole_stretch() -> None:
    total = overlap_add([[1.0, 2.0]], [0.0, 1.1, 2.2], make_stretch(3, 60))
    assert total.sum() == pytest.approx(3.0)
    assert total[:4].sum() == pytest.approx(1.0 / 1.1)


def test_other_windows_than_those_of_the_stretch_are_refused() -> None:
    with pytest.raises(ParameterError, match="2 windows of 3 cells came; allowed are 3 of 3"):
        overlap_add(np.zeros((2, 3)), [0.0, 0.3, 0.6, 1.0], make_stretch(3, 60))
    with pytest.raises(ParameterError, match="allowed are 3 of 2"):
        overlap_add(np.zeros((3, 3)), [0.0, 0.3, 1.0], make_stretch(3, 60))


@given(st.lists(st.floats(0.01, 3.99), min_size=2, unique=True))
def test_middles_lie_in_their_cells(middles: list[float]) -> None:
    rising = np.sort(middles)
    edges = split_between(rising, 4.0)
    assert len(edges) == len(rising) + 1
    assert (edges[:-1] <= rising).all() and (rising <= edges[1:]).all()
    assert edges[0] >= 0.0 and edges[-1] <= 4.0
