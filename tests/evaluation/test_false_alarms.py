"""Which events are false alarms, and what they are put down to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ictal.core.events import Annotations, Event
from ictal.core.spans import Span, intersect_spans, merge_spans, total_time
from ictal.evaluation.false_alarms import count_causes, covered_until, find_cause, find_false_alarms
from ictal.scoring.szcore import score_events

DURATION = 3600.0

events = st.lists(
    st.tuples(st.integers(0, 3000), st.integers(1, 700)).map(lambda pair: (pair[0] * 1.0, pair[0] + pair[1] * 0.9)),
    max_size=6,
)


@given(events, events)
def test_they_are_those_that_the_rule_counts(reference: list[Span], hypothesis: list[Span]) -> None:
    alarms = find_false_alarms(reference, hypothesis, DURATION)
    assert len(alarms) == score_events(reference, hypothesis, DURATION).false_positives
    for start, stop in alarms:
        near = merge_spans((max(first - 30, 0.0), last + 60) for first, last in reference)
        assert total_time(intersect_spans([(start, stop)], near)) < 0.11


def test_what_touches_a_seizure_is_none() -> None:
    assert find_false_alarms([(600.0, 660.0)], [(560.0, 575.0), (700.0, 710.0), (2000.0, 2010.0)], DURATION) == (
        (2000.0, 2010.0),
    )


@pytest.fixture(scope="module")
def night() -> Annotations:
    """An hour: half of it asleep, lateralised periodic discharges for a third, a few short things."""
    return Annotations(
        [
            Event(0.0, 1800.0, "sleep-n2"),
            Event(1200.0, 1200.0, "lpd"),
            Event(300.0, 12.0, "muscle"),
            Event(1500.0, 8.0, "muscle"),
            *(Event(30.0 * number, 0.5, "k-complex") for number in range(60)),
            Event(2900.0, 40.0, "sz_foc_ia"),
            Event(0.0, 3600.0, "bckg"),
        ],
        DURATION,
    )


@pytest.mark.parametrize(
    ("alarm", "cause"),
    [
        ((2000.0, 2030.0), "lpd"),
        ((1300.0, 1330.0), "lpd"),  # both are there; sleep is the commoner one
        ((302.0, 322.0), "muscle"),
        ((1495.0, 1512.0), "muscle"),
        ((600.0, 640.0), "sleep-n2"),  # k-complexes fill less than a tenth
        ((3000.0, 3030.0), "bckg"),
        ((2890.0, 2950.0), "bckg"),  # a seizure is never the cause of a false alarm
        ((2390.0, 2500.0), "bckg"),
        ((0.0, 3600.0), "sleep-n2"),  # nothing is rarer than the whole; it fills the most
    ],
)
def test_a_false_alarm_is_put_down_to_what_is_least_expected_there(night: Annotations, alarm: Span, cause: str) -> None:
    assert find_cause(alarm, night) == cause


def test_the_same_type_twice_at_one_time_counts_once() -> None:
    twice = Annotations([Event(100.0, 2.0, "spike"), Event(100.5, 2.0, "spike"), Event(100.0, 9.0, "mu")], DURATION)
    assert find_cause((100.0, 130.0), twice) == "mu"


def test_causes_are_counted_over_recordings(night: Annotations) -> None:
    quiet = Annotations((), DURATION)
    recordings = [([(302.0, 322.0), (2000.0, 2030.0)], night), ([(5.0, 20.0), (90.0, 99.0)], quiet)]
    assert list(count_causes(recordings).items()) == [("bckg", 2), ("lpd", 1), ("muscle", 1)]
    assert count_causes([([], night)]) == {}


@given(events, st.lists(st.floats(0.0, 4000.0), min_size=1, max_size=5))
def test_covered_time_is_that_of_the_spans_before(spans: list[Span], times: list[float]) -> None:
    merged = merge_spans(spans)
    for time, covered in zip(times, covered_until(merged, times), strict=True):
        assert covered == pytest.approx(total_time(intersect_spans(merged, [(0.0, time)])), abs=1e-6)
