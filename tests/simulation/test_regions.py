"""Regions of cortex: where they are seen, and when they join."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.electrodes import SCALP_19
from ictal.simulation.head import below
from ictal.simulation.regions import Region, everywhere, mirrored, mixing, recruitment, region_fields, spread


def test_each_region_is_seen_best_and_negative_at_its_electrode() -> None:
    fields = region_fields()
    assert fields.shape == (19, 19)
    np.testing.assert_array_equal(np.abs(fields).argmax(axis=0), np.arange(19))
    np.testing.assert_allclose(np.diag(fields), -1.0)
    np.testing.assert_allclose(fields.sum(axis=0), 0.0, atol=1e-9)


@given(st.sampled_from(SCALP_19), st.floats(0.002, 0.05), st.floats(0.02, 0.06), st.floats(0, 50))
def test_spread_walks_away_from_the_focus_on_its_side(focus: str, speed: float, reach: float, start: float) -> None:
    regions = spread(focus, speed, reach, start=start)
    assert regions[0] == Region(focus, start)
    for region in regions:
        distance = np.linalg.norm(below(region.electrode) - below(focus))
        assert region.start == pytest.approx(start + distance / speed)
        assert region.gain == pytest.approx(np.exp(-0.5 * (distance / reach) ** 2))
        assert below(region.electrode)[0] * below(focus)[0] >= -1e-12


def test_mirror_images_swap_sides() -> None:
    assert [mirrored(name) for name in ("Fp1", "T8", "P3", "Fz")] == ["Fp2", "T7", "P4", "Fz"]
    assert [mirrored(mirrored(name)) for name in SCALP_19] == list(SCALP_19)


def test_everywhere_has_its_middle_first_and_strongest() -> None:
    regions = everywhere("Fz", speed=0.5, reach=0.05, floor=0.25)
    assert {region.electrode for region in regions} == set(SCALP_19)
    assert regions[0] == Region("Fz", 0.0)
    assert regions[-1].electrode in {"O1", "O2"}
    gains = [region.gain for region in regions]
    assert gains == sorted(gains, reverse=True)
    assert gains[-1] == pytest.approx(0.25, abs=0.08)


def test_mixing_is_weighted_by_gain() -> None:
    seen = mixing([Region("T7"), Region("C4", gain=0.5)])
    np.testing.assert_allclose(seen[SCALP_19.index("T7"), 0], -1.0)
    np.testing.assert_allclose(seen[SCALP_19.index("C4"), 1], -0.5)


def test_regions_join_at_their_start_and_leave_at_their_stop() -> None:
    times = np.arange(0.0, 20.0, 0.5)
    first, second = recruitment([Region("T7", stop=10.0), Region("F7", start=4.0)], times, seconds=2.0)
    np.testing.assert_array_equal(first[times <= 10], 1.0)
    np.testing.assert_array_equal(first[times >= 12], 0.0)
    np.testing.assert_array_equal(second[times <= 4], 0.0)
    np.testing.assert_array_equal(second[times >= 6], 1.0)
    assert second[times == 5] == pytest.approx(0.5)
