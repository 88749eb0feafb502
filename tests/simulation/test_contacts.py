"""Faults come back at the same electrodes, and spells fill the share they should."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.spans import total_time
from ictal.simulation.contacts import fault_shares, log_uniform, random_spells
from ictal.simulation.scene import Scene


def test_two_electrodes_have_most_faults_in_all_parts_of_a_recording(make_scene: Callable[..., Scene]) -> None:
    shares = fault_shares(make_scene())
    assert shares.sum() == pytest.approx(1.0)
    assert (shares > 0.2).sum() == 2
    np.testing.assert_array_equal(shares, fault_shares(make_scene()))
    assert any((shares != fault_shares(make_scene(seed=seed))).any() for seed in (1, 2))


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9])
def test_spells_fill_their_share_on_average(share: float) -> None:
    spells = random_spells(400_000.0, share, (100.0, 500.0), np.random.default_rng(0))
    assert total_time(spells) / 400_000.0 == pytest.approx(share, abs=0.05)


@given(st.just(0.0) | st.floats(0.001, 1), st.floats(10, 5000), st.integers(0, 1000))
def test_spells_are_sorted_and_inside_the_recording(share: float, duration: float, seed: int) -> None:
    spells = random_spells(duration, share, (20.0, 60.0), np.random.default_rng(seed))
    assert all(0 <= start < stop <= duration for start, stop in spells)
    assert all(first[1] <= second[0] for first, second in pairwise(spells))


def test_each_magnitude_is_as_likely() -> None:
    rng = np.random.default_rng(0)
    drawn = np.array([log_uniform((1.0, 100.0), rng) for _ in range(2000)])
    assert drawn.min() >= 1.0
    assert drawn.max() <= 100.0
    assert (drawn < 10).mean() == pytest.approx(0.5, abs=0.05)
