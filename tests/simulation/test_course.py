"""What is known of a seizure before it is made: where it begins, which cortex joins when, how fast it is."""

from __future__ import annotations

import numpy as np
import pytest

from ictal.core.electrodes import SCALP_19
from ictal.simulation.course import course_of, involved, onset_electrodes
from ictal.simulation.regions import mixing
from ictal.simulation.seizure import KINDS, Seizure


def typical(kind: str, **changed: float) -> Seizure:
    return Seizure(5.0, float(np.mean(KINDS[kind].durations)), kind, KINDS[kind].foci[0], **changed)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_a_course(kind: str) -> None:
    seizure = typical(kind)
    course = course_of(seizure)
    first, last = course.full
    assert 0 < first < last <= seizure.duration
    assert course.frequency.times[0] == 0.0
    assert course.frequency.times[-1] == pytest.approx(seizure.duration)
    assert course.frequency.values[0] == pytest.approx(seizure.start_frequency)
    assert course.frequency.values[-1] == pytest.approx(seizure.stop_frequency)
    assert course.background.values[0] == course.background.values[-1] == 1.0
    assert np.all(np.diff(course.background.times) >= 0)
    assert 0 < course.background.values.min() < 0.8


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seconds", [3.0, 24.0, 300.0])
def test_every_kind_can_have_any_duration(kind: str, seconds: float) -> None:
    seizure = Seizure(0.0, seconds, kind, KINDS[kind].foci[0], postictal=30.0)
    course = course_of(seizure)
    discharge = course.discharge(256.0, np.random.default_rng(0))
    assert discharge.shape == (19, round(seconds * 256))
    assert np.isfinite(discharge).all()
    assert discharge.any()
    if course.aftermath is not None:
        assert course.aftermath(256.0, np.random.default_rng(0)).shape == (19, 30 * 256)


@pytest.mark.parametrize("kind", KINDS)
def test_cortex_joins_in_order_and_in_time(kind: str) -> None:
    seizure = typical(kind)
    joined = involved(seizure)
    starts = [start for _, start in joined]
    assert starts == sorted(starts)
    assert starts[0] == 0.0
    assert starts[-1] < seizure.duration
    assert len({electrode for electrode, _ in joined}) == len(joined)


def test_focal_seizures_begin_around_their_focus_and_generalised_ones_everywhere() -> None:
    assert set(onset_electrodes(Seizure(0.0, 60.0, focus="T7"))) == {"T7", "F7", "P7"}
    assert set(onset_electrodes(Seizure(0.0, 60.0, "focal-to-bilateral", "T8"))) == {"T8", "F8", "P8"}
    assert onset_electrodes(Seizure(0.0, 60.0, "neonatal", "C3")) == ("C3",)
    assert onset_electrodes(Seizure(0.0, 10.0, "absence")) == SCALP_19
    assert onset_electrodes(Seizure(0.0, 15.0, "tonic")) == SCALP_19


def test_the_other_side_joins_at_the_crossing() -> None:
    seizure = Seizure(0.0, 60.0, focus="T7", crossing=0.5)
    joined = dict(involved(seizure))
    assert joined["T8"] == pytest.approx(30.0)
    assert joined["F8"] > 30.0
    assert "T8" not in dict(involved(Seizure(0.0, 60.0, focus="T7", crossing=1.0)))


@pytest.mark.parametrize("kind", KINDS)
def test_cortex_is_silent_before_it_joins(kind: str) -> None:
    seizure = typical(kind, crossing=0.5)
    seen = course_of(seizure).discharge(256.0, np.random.default_rng(0))
    for _, start in involved(seizure):
        early = [region for region in course_of(seizure).regions if region.start < start]
        before = seen[:, : round(start * 256)]
        explained = mixing(early) @ np.linalg.lstsq(mixing(early), before, rcond=None)[0] if early else 0.0
        np.testing.assert_allclose(before, explained, atol=1e-9)
