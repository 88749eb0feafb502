"""Events and annotations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.errors import ParameterError
from ictal.core.events import Annotations, Event, join_events


def test_events_are_kept_in_order() -> None:
    night = Annotations([Event(9.0, 1.0), Event(1.0, 2.0), Event(1.0, 1.0)], duration=20.0)
    assert [event.span for event in night] == [(1.0, 2.0), (1.0, 3.0), (9.0, 10.0)]
    assert night[0].stop == 2.0
    assert len(night) == 3


@pytest.mark.parametrize(("onset", "duration"), [(0.0, -1.0), (float("nan"), 1.0), (0.0, float("inf"))])
def test_impossible_events_are_refused(onset: float, duration: float) -> None:
    with pytest.raises(ParameterError, match="event"):
        Event(onset, duration)


def test_seizures_are_sz_and_its_kinds() -> None:
    kinds = [Event(0.0, 1.0, kind) for kind in ("sz", "sz_foc_ia", "bckg", "lpd", "szx")]
    assert [event.event_type for event in Annotations(kinds, 5.0).seizures] == ["sz", "sz_foc_ia"]


@pytest.mark.parametrize(
    ("span", "expected"),
    [
        ((0.0, 1.0), [1, 0, 0]),
        ((0.5, 1.5), [0, 0, 0]),  # exactly half of two seconds: not more than 50 %
        ((0.4, 1.6), [1, 1, 0]),
        ((0.49, 0.995), [1, 0, 0]),
        ((0.2, 0.7), [0, 0, 0]),
        ((1.0, 9.0), [0, 1, 1]),
    ],
)
def test_a_second_is_seizure_when_more_than_half_of_it_is(span: tuple[float, float], expected: list[int]) -> None:
    annotations = Annotations([Event(span[0], span[1] - span[0])], duration=3.0)
    assert annotations.mask(1.0).astype(int).tolist() == expected


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 200)), max_size=6),
    st.sampled_from([1.0, 2.0, 10.0]),
)
def test_the_mask_agrees_with_counting_fine_samples(rows: list[tuple[int, int]], rate: float) -> None:
    events = [Event(onset / 20, duration / 20) for onset, duration in rows]
    fine = np.zeros(20 * 20, dtype=bool)
    for onset, duration in rows:
        fine[onset : onset + duration] = True
    per_bin = fine.reshape(-1, round(20 / rate)).mean(axis=1)
    np.testing.assert_array_equal(Annotations(events, duration=20.0).mask(rate), per_bin > 0.5)


def test_merging_joins_events_of_one_type_only() -> None:
    annotations = Annotations([Event(0.0, 1.0), Event(2.0, 1.0), Event(3.5, 1.0, "lpd")], duration=9.0)
    assert [event.span for event in annotations.merge(1.5)] == [(0.0, 3.0), (3.5, 4.5)]
    assert len(annotations.merge(1.0)) == 3


def test_joining_keeps_the_higher_confidence_and_all_channels() -> None:
    joined = join_events(
        Event(0.0, 5.0, confidence=0.3, channels=("Fp1",)), Event(1.0, 1.0, confidence=None, channels=("F7", "Fp1"))
    )
    assert joined.span == (0.0, 5.0)
    assert joined.confidence == 0.3
    assert joined.channels == ("Fp1", "F7")


def test_overlap_and_total_time_count_every_second_once() -> None:
    ours = Annotations([Event(0.0, 4.0), Event(2.0, 4.0)], duration=10.0)
    theirs = Annotations([Event(5.0, 3.0)], duration=10.0)
    assert ours.total_time == 6.0
    assert ours.overlap(theirs) == ((5.0, 6.0),)
