"""Discharges: phases of either polarity, as high and as late as they were asked to be."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.simulation.discharges import discharge, discharge_course, discharge_transient, extent, varied

PHASES = np.array(
    [[[-0.1, 0.1, 0.4], [0.0, 0.1, -1.0], [0.3, 0.3, 0.6]], [[-0.05, 0.1, 0.2], [0.05, 0.1, -0.5], [0.35, 0.3, 0.3]]]
)
FIELDS = np.linspace(-50.0, 100.0, 38).reshape(19, 2)


def test_phases_peak_where_and_as_high_as_they_should() -> None:
    times = np.linspace(-0.5, 1.0, 1501)
    first, second = discharge_course(times, PHASES)
    assert times[first.argmin()] == pytest.approx(0.0, abs=0.01)
    assert times[second.argmin()] == pytest.approx(0.05, abs=0.01)
    assert first.min() == pytest.approx(-1.0, abs=0.1)
    assert times[first.argmax()] == pytest.approx(0.3, abs=0.01)


def test_a_phase_rises_more_steeply_than_it_falls() -> None:
    times = np.linspace(-0.2, 0.2, 401)
    course = discharge_course(times, np.array([[0.0, 0.1, -1.0]]))
    high = times[course < -0.5]
    assert high[-1] > 1.3 * -high[0]


def test_the_extent_holds_what_can_be_seen() -> None:
    begin, end = extent(PHASES)
    times = np.linspace(-1.0, 2.0, 3001)
    outside = (times < begin) | (times > end)
    assert np.abs(discharge_course(times, PHASES))[:, outside].max() < 0.06


@pytest.mark.parametrize("peak", [0.0, 3.1, 100.003])
def test_a_transient_is_the_discharge_at_its_place(peak: float) -> None:
    transient = discharge_transient(peak, FIELDS, PHASES, 256.0)
    made = transient.make()
    assert made.shape == (19, transient.length)
    times = (transient.first + np.arange(transient.length)) / 256.0
    np.testing.assert_allclose(made, FIELDS @ discharge_course(times - peak, PHASES), atol=1e-9)
    wide = discharge(-2.0, 1024, FIELDS, PHASES, 256.0)
    assert np.abs(made).sum() == pytest.approx(np.abs(wide).sum(), rel=2e-3)
    assert np.abs(made[:, [0, -1]]).max() < 0.005 * np.abs(made).max()


def test_discharges_of_one_patient_differ_a_little() -> None:
    many = varied(PHASES, 2000, np.random.default_rng(0))
    heights = np.abs(many[:, 0, 1, 2])
    assert np.median(heights) == pytest.approx(1.0, rel=0.05)
    assert np.log(heights).std() == pytest.approx(0.2 * np.sqrt(1.25), rel=0.1)
    assert (np.sign(many[..., 2]) == np.sign(PHASES[..., 2])).all()
    # Sources of one discharge vary together.
    np.testing.assert_allclose(many[:, 1, 1, 2] / many[:, 0, 1, 2], 0.5)
