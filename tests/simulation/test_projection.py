"""Sources outside the brain are seen through their fields."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.electrodes import SCALP_19
from ictal.simulation.layers import Transient, TransientLayer
from ictal.simulation.projection import (
    ProjectedLayer,
    electrode_directions,
    nearness,
    place_in_head,
    planted,
    soft_fields,
)
from ictal.simulation.scene import Scene


def test_sources_are_seen_through_their_fields() -> None:
    fields = np.random.default_rng(0).standard_normal((19, 2))
    course = np.array([[1.0, 2.0, 3.0], [0.0, 0.0, 5.0]])
    signal = np.ones((19, 10))
    ProjectedLayer(fields, TransientLayer([Transient(104, 3, lambda: course)])).apply(signal, 100)
    np.testing.assert_allclose(signal[:, 4:7], 1.0 + fields @ course)
    np.testing.assert_array_equal(np.delete(signal, slice(4, 7), axis=1), 1.0)


@given(azimuth=st.floats(-180, 180), elevation=st.floats(-90, 90), depth=st.floats(0.1, 0.9))
def test_places_keep_their_depth_and_fields_their_reference(azimuth: float, elevation: float, depth: float) -> None:
    place = place_in_head(azimuth, elevation, depth)
    assert np.linalg.norm(place) == pytest.approx(depth * 0.085)
    field = soft_fields([place], [[0.3, -0.2, 0.5]])
    assert field.mean() == pytest.approx(0.0, abs=1e-9)


def test_places_lie_where_they_are_said_to() -> None:
    assert place_in_head(0.0, 0.0, 1.0)[1] > 0.08
    assert place_in_head(0.0, 90.0, 1.0)[2] > 0.08
    outwards = place_in_head(-90.0, 0.0, 0.9)
    assert SCALP_19[soft_fields([outwards], [outwards])[:, 0].argmax()] == "T7"


def test_nearness_falls_with_the_angle() -> None:
    vertex = electrode_directions()[SCALP_19.index("Cz")]
    near = nearness(vertex, 30.0)
    assert SCALP_19[near.argmax()] == "Cz"
    assert near[SCALP_19.index("C3")] == pytest.approx(np.exp(-0.5 * (45 / 30) ** 2), rel=0.01)
    np.testing.assert_array_equal(nearness(vertex, 0.0) > 1e-9, np.array(SCALP_19) == "Cz")


def test_events_end_with_the_recording_and_name_the_best_channels(make_scene: Callable[..., Scene]) -> None:
    field = nearness(electrode_directions()[SCALP_19.index("O1")], 20.0)
    event = planted(make_scene(60.0), "movement", 50.0, 30.0, field)
    assert event.span == (50.0, 60.0)
    assert event.channels == ("O1-Avg",)
    both = planted(make_scene(60.0), "movement", 5.0, 3.0, np.column_stack([field, -nearness([0, 0, 1], 20.0)]))
    assert both.channels == ("Cz-Avg", "O1-Avg")
